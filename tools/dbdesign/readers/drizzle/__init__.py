"""Schemas of Drizzle ORM, read statically as what `drizzle-kit push` would create on an empty database.

The declarations become the statements that drizzle-kit 0.31 writes (its serializers and `sqlgenerator` say how), and those are read by the
engine's own reader, so that types and names are as the engine keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from dbdesign.model.schema import Engine
from dbdesign.readers.base import ReadResult, SourceReader

_CORE = re.compile(r"""["']drizzle-orm/(?:pg|mysql|sqlite)-core["']""")
_TABLE = re.compile(
    r"\b(?:pg|mysql|sqlite)(?:Table|TableCreator|Schema|Enum|View|Sequence|MaterializedView)\b|\bcreateTable\b|\.table\("
)


def declares(text: str) -> float:
    """How sure it is that a text declares tables of Drizzle."""
    if not _CORE.search(text):
        return 0.3 if "drizzle-orm" in text and _TABLE.search(text) else 0.0
    return 0.95 if _TABLE.search(text) else 0.2


def read(files: Mapping[str, str], *, engine: Engine | None = None) -> ReadResult:
    """Read the exported tables, enumerations, sequences and views of some modules.

    Args:
        files: path → text; `drizzle.config.ts` among them says the casing and which files are the schema.
        engine: where modules for several engines are among the files.

    Raises:
        InputError: nothing of Drizzle is declared.
    """
    from dbdesign.readers.drizzle.reading import read_files

    return read_files(files, engine)


SOURCE_READER = SourceReader(
    name="drizzle",
    title="Drizzle ORM",
    suffixes=(".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx"),
    declares=declares,
    read=read,
)
