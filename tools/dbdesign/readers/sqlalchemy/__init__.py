"""SQLAlchemy, SQLModel and Flask-SQLAlchemy models, read from their source: nothing of the program is executed.

The source is parsed by Python's `ast` and gone through by an interpreter of its own that knows literals, names, small functions and what
SQLAlchemy exports, and nothing else. SQLAlchemy itself then says what its `create_all` would send, and the reader of the engine reads that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from dbdesign.model.schema import Engine
from dbdesign.readers.base import ReadResult, SourceReader

_IMPORT = re.compile(r"^\s*(?:from|import)\s+(?:sqlalchemy|sqlmodel|flask_sqlalchemy)\b", re.MULTILINE)
_DECLARATION = re.compile(
    r"\b(?:mapped_column|Column)\s*\(|\bMapped\s*\[|\bTable\s*\(\s*[\"']|\btable\s*=\s*True|\bdb\.Model\b|__tablename__|\bdeclarative_base\s*\(|"
    r"\(\s*DeclarativeBase\b"
)


def declares(text: str) -> float:
    """How sure it is that a text declares tables in this form, 0 to 1."""
    sample = text[:200_000]
    if not _DECLARATION.search(sample):
        return 0.0
    if re.search(r"^down_revision\b", sample, re.MULTILINE):
        return 0.0  # a revision of Alembic
    if _IMPORT.search(sample):
        return 0.95
    return 0.6 if "__tablename__" in sample or re.search(r"\bdb\.(?:Model|Column)\b", sample) else 0.1


def read(files: Mapping[str, str], *, engine: Engine | None = None, execute: bool = True) -> ReadResult:
    """Read models: what `metadata.create_all()` would make.

    Args:
        files: path → text; also files that models import (enumerations, types, bases).
        engine: None for the one that the files name, else PostgreSQL; a note says which way it was found.
        execute: False never executes the DDL on the embedded server or SQLite, but reads it by grammar alone.

    Raises:
        InputError: where no table is declared.
    """
    from dbdesign.readers.sqlalchemy.result import read_files

    return read_files(files, engine, execute=execute)


SOURCE_READER = SourceReader(
    name="sqlalchemy", title="SQLAlchemy, SQLModel or Flask-SQLAlchemy", suffixes=(".py",), declares=declares, read=read
)
