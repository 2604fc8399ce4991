"""TypeORM entities (0.2, 0.3 and 1.x) as the schema that `synchronize` would create, names included; nothing of the program is run.

Decorated classes and `EntitySchema` objects are put together as TypeORM does it, and written as the statements that it would execute on the
data source's engine; those are read by the engine's own reader.
"""

from __future__ import annotations

from collections.abc import Mapping

from dbdesign.model.schema import Engine
from dbdesign.readers.base import ReadResult, SourceReader


def declares(text: str) -> float:
    """How sure it is, 0 to 1, that a text declares entities of TypeORM."""
    from dbdesign.readers.typeorm.read import declares as cheap

    return cheap(text)


def read(files: Mapping[str, str], *, engine: Engine | None = None) -> ReadResult:
    """Read entities. Raises `InputError` where no file declares one."""
    from dbdesign.readers.typeorm.read import read_entities

    return read_entities(files, engine=engine)


SOURCE_READER = SourceReader(
    name="typeorm",
    title="TypeORM entities",
    suffixes=(".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs"),
    declares=declares,
    read=read,
)
