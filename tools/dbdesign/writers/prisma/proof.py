"""Proof that what was written says what it should: it is read back, and every table is found again."""

from __future__ import annotations

from dbdesign.errors import DesignError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions

BY_RULE = Proof(level="by rule")


def prove(text: str, schema: Schema, options: WriteOptions) -> tuple[Proof, tuple[str, ...]]:
    """How far the text was proven, and what is wrong with it."""
    wanted = {one.label for one in schema.tables if one.partition_of is None and one.columns}
    if not options.prove or not wanted:
        return BY_RULE, ()
    from dbdesign.readers.base import source_readers

    try:
        read = source_readers()["prisma"].read({"schema.prisma": text})
    except DesignError as error:
        return BY_RULE, (f"the text was not read back: {error}",)
    refused = [f"line {one.line} was not understood when read back: {one.reason}" for one in read.unread]
    refused += [f"{one} was not found when read back" for one in sorted(wanted - set(read.schema_.table_by_label))]
    return Proof(level="parsed", by="dbdesign's Prisma reader"), tuple(refused)
