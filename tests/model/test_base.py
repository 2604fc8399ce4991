"""What holds of every model."""

from __future__ import annotations

from dbdesign.model.schema import Column, Table
from dbdesign.model.types import DataType, Kind

TEXT = DataType(kind=Kind.TEXT, native="text")


def test_a_copy_with_other_columns_looks_its_own_columns_up() -> None:
    table = Table(name="orders", columns=(Column(name="note", type=TEXT),))
    assert table.column("note") is not None
    copied = table.model_copy(update={"columns": (Column(name="remark", type=TEXT),)})
    assert copied.column("note") is None
    assert copied.column("remark") == Column(name="remark", type=TEXT)
