"""From a schema to a module of models, proven by importing it."""

from __future__ import annotations

from collections.abc import Callable

from dbdesign.dialects.mysql_names import with_chosen_names
from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, WriteResult
from dbdesign.writers.sqlalchemy.module import Writing
from dbdesign.writers.sqlalchemy.proof import BY_RULE, prove


def generate(kind: Callable[[Schema], Writing], schema: Schema, options: WriteOptions) -> WriteResult:
    """The module, its notes and its proof."""
    writing = kind(with_chosen_names(schema))
    text = writing.text()
    proof, said = prove(text, schema) if options.prove and schema.tables else (BY_RULE, ())
    return WriteResult(text=text, notes=(*writing.source.notes(), *said), proof=proof, parts={"models.py": text})
