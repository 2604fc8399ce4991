"""Proof of what was written: it is imported in a process of its own, SQLAlchemy writes its DDL, and the engine's own reader reads that."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from dbdesign.errors import DesignError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Schema
from dbdesign.writers.base import Note

BY_RULE = Proof(level="by rule")


def prove(text: str, schema: Schema) -> tuple[Proof, tuple[Note, ...]]:
    """Imports the module; the proof, and notes on what came out that should not have."""
    from dbdesign.readers.sqlalchemy.imported import read_imported

    with tempfile.TemporaryDirectory(prefix="dbdesign-proof-") as folder:
        path = Path(folder) / "models.py"
        path.write_text(text, encoding="utf-8")
        try:
            result = read_imported(path, python=sys.executable, engine=schema.engine)
        except DesignError as error:
            return BY_RULE, (Note(object="models", lost="the module could not be imported", instead=str(error)),)
    notes = tuple(Note(object=one.text, lost=f"refused: {one.reason}") for one in result.unread)
    missing = [
        one.label for one in schema.tables if one.partition_of is None and result.schema_.table(one.label) is None
    ]
    notes += tuple(Note(object=one, lost="a table that the module does not create") for one in missing)
    if notes:
        return BY_RULE, notes
    return Proof(level=result.proof.level, by=result.proof.by, detail="imported, and created by SQLAlchemy"), ()
