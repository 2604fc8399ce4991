"""Reads Prisma schemas (https://www.prisma.io/docs/orm/reference/prisma-schema-reference) by a parser of our own.

What comes out is the schema that `prisma migrate` or `prisma db push` creates in an empty database: with the names that Prisma gives to
constraints and indexes, its default types and referential actions, and the tables of implicit many-to-many relations. The `///`
comments are taken for comments, although Prisma does not write them to the database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from dbdesign.model.schema import Engine
from dbdesign.readers.base import ReadResult, SourceReader

_SURE = re.compile(r"^[ \t]*datasource[ \t]+\w+[ \t]*\{", re.MULTILINE)
_BLOCK = re.compile(r"^[ \t]*(?:model|view|type|enum|generator)[ \t]+\w+[ \t]*\{", re.MULTILINE)
_MEMBER = re.compile(
    r"@id\b|@default\(|@relation\b|@unique\b|@db\.|@map\(|@@(?:map|index|unique|id|schema|ignore)\b|\bprisma-client\b"
    r"|^[ \t]+\w+[ \t]+(?:String|Int|BigInt|Boolean|DateTime|Float|Decimal|Json|Bytes)\b(?:\?|\[\])?[ \t]*(?:$|//|@)",
    re.MULTILINE,
)
_ENUM = re.compile(r"^[ \t]*enum[ \t]+\w+[ \t]*\{(?:[ \t]*\r?\n[ \t]*\w*)+[ \t]*\r?\n[ \t]*\}", re.MULTILINE)


def declares(text: str) -> float:
    """Near 1 for text with a datasource, or with blocks whose fields have Prisma's types or attributes."""
    if _SURE.search(text):
        return 0.95
    if _BLOCK.search(text):
        return 0.9 if _MEMBER.search(text) else 0.3
    return 0.0


def read(files: Mapping[str, str], *, engine: Engine | None = None) -> ReadResult:
    """The schema that the files declare together.

    Args:
        files: path → text; several `.prisma` files are one schema, and a `package.json` among them tells Prisma's version.
        engine: where no datasource names a provider.

    Raises:
        InputError: where no model, view, type or enum is declared.
    """
    from dbdesign.readers.prisma.build import build

    return build(files, engine)


SOURCE_READER = SourceReader(name="prisma", title="Prisma schema", suffixes=(".prisma",), declares=declares, read=read)
