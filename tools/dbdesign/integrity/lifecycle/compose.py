"""The lifecycle of a design for an engine: the schema with what it needs, the parts that are run after it, and what is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from dbdesign.errors import InputError
from dbdesign.integrity.lifecycle.base import TITLES, Part, Statement, Target, joined
from dbdesign.integrity.lifecycle.cockroachdb import parts as cockroachdb
from dbdesign.integrity.lifecycle.mysql import parts as mysql
from dbdesign.integrity.lifecycle.postgresql import parts as postgresql
from dbdesign.integrity.lifecycle.sqlite import parts as sqlite
from dbdesign.integrity.lifecycle.sqlserver import parts as sqlserver
from dbdesign.integrity.lifecycle.tidb import parts as tidb
from dbdesign.model.base import Model
from dbdesign.model.lifecycle import Lifecycle
from dbdesign.model.schema import Engine, Schema
from dbdesign.writers.base import Note

ENGINES: Mapping[Engine, tuple[Callable[[Target], str], Callable[[Target], list[Part]]]] = {
    Engine.POSTGRESQL: (postgresql.shared, postgresql.parts),
    Engine.MYSQL: (mysql.shared, mysql.parts),
    Engine.COCKROACHDB: (cockroachdb.shared, cockroachdb.parts),
    Engine.SQLSERVER: (sqlserver.shared, sqlserver.parts),
    Engine.SQLITE: (sqlite.shared, sqlite.parts),
    Engine.TIDB: (mysql.shared, tidb.parts),
}
"""By engine: what goes before all parts, and the parts."""


class Scripts(Model):
    """What a lifecycle is made of.

    Attributes:
        shared: what goes before all parts.
        notes: what the engine cannot do as others can, and what to know.
    """

    shared: str
    parts: tuple[Part, ...]
    notes: tuple[Note, ...] = ()

    @property
    def text(self) -> str:
        """Everything that is run after the schema."""
        titled = [f"-- {TITLES[one.concern]}\n\n{one.sql}" for one in self.parts if one.sql]
        return (
            joined("-- Lifecycle of the rows\n\n" + self.shared if self.shared else "-- Lifecycle of the rows", *titled)
            + "\n"
        )

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What is sent."""
        return tuple(statement for part in self.parts for statement in part.statements)


def compose(schema: Schema, lifecycle: Lifecycle, engine: Engine, version: tuple[int, ...]) -> Scripts:
    """The scripts for an engine.

    Args:
        schema: as it is on that engine, already with what `shape.shaped` adds.

    Raises:
        InputError: what is asked for cannot be.
    """
    if engine not in ENGINES:
        raise InputError(f"is written for {', '.join(ENGINES)}", where="lifecycle", remedy="Write to one of these")
    target = Target(engine, version, schema, lifecycle)
    before, write = ENGINES[engine]
    parts = write(target)
    _check_names(target, parts)
    notes = tuple(note for part in parts for note in part.notes)
    return Scripts(shared=before(target), parts=tuple(parts), notes=notes)


_MADE = re.compile(r"^CREATE TABLE (?:IF NOT EXISTS )?([^\s(]+)", re.MULTILINE)


def _check_names(target: Target, parts: list[Part]) -> None:
    """Raises an `InputError` where a part makes a table of a name that the schema has."""
    taken = {
        name.lower(): table.label
        for table in target.schema.tables
        for name in (target.table(table), target.full(table.namespace, table.name))
    }
    for part in parts:
        for name in _MADE.findall(part.sql):
            if name.lower() in taken:
                raise InputError(
                    f"makes a table {name}, and the schema for {target.dialect.title} has one of that name",
                    where=f"lifecycle.{part.concern}",
                    remedy=f"Rename that table, or leave `{part.concern}` out and keep your own",
                )
