"""Prisma schemas for MongoDB: collections whose fields nest."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign.errors import LimitError
from dbdesign.model.documents import DocumentField
from dbdesign.readers.prisma import read
from prisma_engine import prisma_engine

TEXT = (Path(__file__).with_name("schemas") / "mongodb.prisma").read_text()
MONGODB = 'datasource db {\n  provider = "mongodb"\n}\n'


def shape(field: DocumentField) -> str:
    """A field on one line: `name: type!` where it is required, what it nests behind it."""
    mark = "!" if field.required else ""
    inside = f" {{{', '.join(map(shape, field.fields))}}}" if field.fields else ""
    element = f"[{shape(field.element)}]" if field.element else ""
    return f"{field.name}: {field.type}{mark}{inside}{element}"


def test_composite_types_nest() -> None:
    prisma_engine().validate(TEXT)
    result = read({"schema.prisma": TEXT})
    assert result.unread == ()
    assert result.schema_.tables == ()
    assert result.documents is not None
    users = result.documents.collection("users")
    assert users is not None
    address = "{str: string!, geo: object {lat: double!, self: object}, tags: array[: string]}"
    assert [shape(one) for one in users.fields] == [
        "_id: objectId!",
        "email: string!",
        f"addr: object! {address}",
        f"old: array[: object {address}]",
        "k: string!",
        "ks: array[: string]",
        "n: int",
        "postIds: array[: objectId]",
        "updatedAt: date!",
    ]


def test_names_defaults_references_and_indexes() -> None:
    documents = read({"schema.prisma": TEXT}).documents
    assert documents is not None
    users = documents.collection("users")
    assert users is not None
    fields = {one.name: one for one in users.fields}
    assert (users.model, fields["_id"].alias, fields["_id"].default_expression) == ("User", "id", "auto()")
    assert (fields["k"].values, fields["k"].default, fields["n"].default) == (("a", "B"), "a", 3)
    assert fields["postIds"].element == DocumentField(type="objectId", references="Post")
    assert fields["updatedAt"].options == {"updatedAt": True}
    assert [(one.name, dict(one.keys), one.unique) for one in users.indexes] == [
        ("users_email_key", {"email": 1}, True),
        ("users_addr_str_n_idx", {"addr.str": 1, "n": -1}, False),
    ]


def test_types_that_unfold_without_end_are_refused() -> None:
    types = "".join(f"type T{one} {{\n  a T{one + 1}\n  b T{one + 1}\n}}\n" for one in range(40))
    model = "type T40 {\n  x Int\n}\n\nmodel A {\n  id String @id\n  t T0\n}\n"
    with pytest.raises(LimitError, match="unfold into more than"):
        read({"schema.prisma": MONGODB + types + model})
    chain = "".join(f"type T{one} {{\n  a T{one + 1}\n}}\n" for one in range(5_000)) + model.replace("T40", "T5000")
    with pytest.raises(LimitError, match="nest more than"):
        read({"schema.prisma": MONGODB + chain})
