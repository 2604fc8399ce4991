"""Two PostgreSQL schemas in the server's own spelling: made on the embedded server, renamed there, and read from its catalogues.

Only what the server rewrites is taken from it (expressions, definitions, names that it chose); owners, privileges, comments and options
stay as the source had them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.errors import EngineError, LimitError, SqlError
from dbdesign.migrations.compare.dependents import Uses
from dbdesign.migrations.compare.matching import by_key
from dbdesign.migrations.compare.objects import object_name
from dbdesign.migrations.compare.renaming import Place, Renames, renamed
from dbdesign.migrations.compare.scope import around
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Column, Engine, Schema, Table, label
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.postgresql.script import script

if TYPE_CHECKING:
    from dbdesign.engines.postgres.scratch import ScratchDatabase

_SPELT = {
    "column": {"default", "generated"},
    "check": {"expression"},
    "index": {"keys", "where"},
    "exclusion": {"keys", "where"},
    "policy": {"using", "check", "roles"},
    "trigger": {"definition"},
    "view": {"definition", "columns"},
    "routine": {"definition", "signature"},
    "domain": {"default", "checks"},
    "partition": set[str](),
    "partitioning": set[str](),
    "carried": {"sql"},
}
"""By kind the fields that the server rewrites."""

_PAIRED = frozenset({"check", "index", "exclusion", "policy", "trigger", "unique key", "foreign key", "routine"})
"""Kinds of which one that goes and one that comes may be the same without a name, or under another spelling of it."""


def spelling_may_differ(operations: Sequence[Operation]) -> list[Operation]:
    """The operations that could be of spelling alone, so that asking the server is worth its time."""
    found = [one for one in operations if one.action == "alter" and _is_spelt(one)]
    paired: dict[tuple[str, str | None], list[Operation]] = {}
    for one in operations:
        if one.kind in _PAIRED and one.action in {"add", "drop"}:
            paired.setdefault((one.kind, one.table), []).append(one)
    for group in paired.values():
        if {one.action for one in group} == {"add", "drop"}:
            found += group
    return found


def _is_spelt(one: Operation) -> bool:
    spelt = _SPELT.get(one.kind)
    return spelt is not None and (not spelt or not spelt.isdisjoint(one.changed))


@dataclass(frozen=True)
class Executed:
    """What the server makes of two schemas.

    Attributes:
        before, between, after: in its spelling; `between` is `before` with the renames made by it.
        uses: what reads each column of `between`; None where only some tables were made.
        version: the server's.
    """

    before: Schema
    between: Schema
    after: Schema
    uses: Uses | None
    version: str


def execute(before: Schema, after: Schema, renames: Renames, tables: Collection[str] | None = None) -> Executed | str:
    """Both schemas by the server, or why that cannot be.

    Args:
        tables: labels, before and after, of the tables whose expressions matter; None for everything.
    """
    from dbdesign.engines.postgres import embedded

    if Engine.POSTGRESQL not in {before.engine, after.engine}:
        return "only PostgreSQL's schemas can be executed"
    parts = _Parts(before, after, renames, tables)
    try:
        server = embedded()
        with server.scratch() as database:
            refused = _make(database, parts.before)
            if refused:
                return refused
            first = parts.spelt(before, _read(database, server.major))
            refused = _run(database, ";\n".join(_rename_statements(parts.before, renames)))
            if refused:
                return refused
            second = parts.spelt(renamed(before, renames), _read(database, server.major))
            uses = None if parts.partial else _uses(database)
        with server.scratch() as database:
            refused = _make(database, parts.after)
            if refused:
                return refused
            third = parts.spelt(after, _read(database, server.major))
    except (EngineError, LimitError, SqlError) as error:
        return str(error)
    return Executed(first, second, third, uses, server.version)


class _Parts:
    """What of two schemas is made on the server: only some tables, where nothing else is in question."""

    def __init__(self, before: Schema, after: Schema, renames: Renames, tables: Collection[str] | None) -> None:
        wanted = set(tables or ())
        old = [one.label for one in before.tables if one.label in wanted or renames.label(one.label) in wanted]
        some = (around(before, old), around(after, wanted)) if tables is not None else (None, None)
        self.partial = some[0] is not None and some[1] is not None
        self.before = some[0] if some[0] is not None and some[1] is not None else before
        self.after = some[1] if some[0] is not None and some[1] is not None else after

    def spelt(self, schema: Schema, server: Schema) -> Schema:
        """The schema as the server spells it, as far as it was made there."""
        if not self.partial:
            return _spelt(schema, server)
        tables = {one.label: one for one in server.tables}
        made = (_guarded(one, tables[one.label]) if one.label in tables else one for one in schema.tables)
        return schema.model_copy(update={"tables": tuple(made)})


def _guarded(ours: Table, theirs: Table) -> Table:
    """As the server spells it, but for the references and triggers that were not made."""
    return _table(ours, theirs).model_copy(update={"foreign_keys": ours.foreign_keys, "triggers": ours.triggers})


def _make(database: ScratchDatabase, schema: Schema) -> str | None:
    """Makes the schema; says what was refused, if anything was."""
    return _run(database, script(schema, WriteOptions(grants=False, comments=False), 18))


def _run(database: ScratchDatabase, text: str) -> str | None:
    outcome = database.run_script(text)
    if not outcome.failures:
        return None
    first = outcome.failures[0]
    return f"the server refuses {len(outcome.failures)} of the statements that make it, the first: {first.message}"


def _read(database: ScratchDatabase, major: int) -> Schema:
    from dbdesign.readers.postgresql.catalog import read_whole_catalog

    return read_whole_catalog(database.admin, version=major, facts=False).schema


def _rename_statements(schema: Schema, renames: Renames) -> list[str]:
    """ALTER … RENAME and SET SCHEMA by way of names that nothing has, so that names may be swapped."""
    found: list[str] = []
    for table, columns in renames.columns.items():
        one = schema.table_by_label.get(table)  # it may not have been made
        if one is not None and columns:
            where = f"ALTER TABLE {DIALECT.qualified(one.namespace, one.name)} RENAME COLUMN"
            steps = {old: f"dbdesign_{number}" for number, old in enumerate(columns)}
            found += [f"{where} {DIALECT.identifier(old)} TO {step}" for old, step in steps.items()]
            found += [f"{where} {step} TO {DIALECT.identifier(columns[old])}" for old, step in steps.items()]
    groups: list[tuple[str, dict[Place, Place]]] = [
        ("TABLE", {_place(schema, old): new for old, new in renames.tables.items() if old in schema.table_by_label}),
        ("TYPE", {_split(schema, old): new for old, new in renames.types.items()}),
    ]
    groups += [
        (
            kind.upper(),
            {
                _split(schema, old): new
                for (what, old), new in renames.others.items()
                if what == kind and _has(schema, kind, old)
            },
        )
        for kind in ("sequence", "view")
    ]
    for kind, places in groups:
        found += _moves(kind, places)
    return found


def _moves(kind: str, places: dict[Place, Place]) -> list[str]:
    back: list[str] = []
    forth: list[str] = []
    for number, (old, new) in enumerate(places.items()):
        step = f"dbdesign_{kind.lower()}_{number}"
        forth.append(f"ALTER {kind} {DIALECT.qualified(*old)} RENAME TO {step}")
        if old[0] != new[0]:
            target = DIALECT.identifier(new[0] or "public")
            forth.append(f"CREATE SCHEMA IF NOT EXISTS {target}")
            forth.append(f"ALTER {kind} {DIALECT.qualified(old[0], step)} SET SCHEMA {target}")
        back.append(f"ALTER {kind} {DIALECT.qualified(new[0], step)} RENAME TO {DIALECT.identifier(new[1])}")
    return forth + back


def _place(schema: Schema, old: str) -> Place:
    table = schema.table_by_label[old]
    return table.namespace, table.name


def _has(schema: Schema, kind: str, old: str) -> bool:
    group: tuple[Any, ...] = schema.views if kind == "view" else schema.sequences
    return any(one.label == old for one in group)


def _split(schema: Schema, old: str) -> Place:
    for group in (schema.enums, schema.domains, schema.composites, schema.sequences, schema.views):
        for one in group:
            if one.label == old:
                return one.namespace, one.name
    return None, old


def _spelt(schema: Schema, server: Schema) -> Schema:
    """The schema with what the server rewrites as the server says it."""
    tables = {one.label: one for one in server.tables}
    changed: dict[str, Any] = {
        "tables": tuple(_table(one, tables[one.label]) if one.label in tables else one for one in schema.tables)
    }
    for group, fields in (
        ("views", ("definition", "columns", "column_types", "depends_on", "indexes", "triggers")),
        ("routines", ("definition", "depends_on", "returns", "language", "signature", "options")),
        ("domains", ("default", "checks", "type")),
    ):
        changed[group] = _like(getattr(schema, group), getattr(server, group), fields, _key)
    changed["carried"] = _like(schema.carried, server.carried, ("sql",), object_name)
    changed["sequences"] = _without_owned(schema, server)
    return schema.model_copy(update=changed)


def _key(one: Any) -> Any:
    """Overloads are told apart by their order: signatures are what the server may spell otherwise."""
    return one.label


def _without_owned(schema: Schema, server: Schema) -> tuple[Any, ...]:
    """Sequences that the server sees as a column's own numbering are that."""
    there = {one.label for one in server.sequences}
    return tuple(one for one in schema.sequences if one.label in there)


def _like(
    ours: Sequence[Any], theirs: Sequence[Any], fields: Sequence[str], key: Callable[[Any], Any]
) -> tuple[Any, ...]:
    """Ours in our order, the fields from theirs."""
    pairs = {id(one): other for one, other in by_key(ours, theirs, key).same}
    return tuple(
        one.model_copy(update={name: getattr(pairs[id(one)], name) for name in fields}) if id(one) in pairs else one
        for one in ours
    )


_COLUMN = ("default", "generated", "identity", "type", "nullable", "not_null_name", "collation")


def _table(ours: Table, theirs: Table) -> Table:
    """The table with the server's columns' values, keys and guards; comments and options stay ours."""
    columns = _like(ours.columns, theirs.columns, _COLUMN, lambda one: one.name)
    return ours.model_copy(
        update={
            "columns": tuple(_with_own(one, was) for one, was in zip(columns, ours.columns, strict=True)),
            "primary_key": theirs.primary_key and _commented((theirs.primary_key,), (ours.primary_key,))[0],
            **{name: _commented(getattr(theirs, name), getattr(ours, name)) for name in _PARTS},
            "partitioning": theirs.partitioning,
            "partition_of": theirs.partition_of,
            "inherited": theirs.inherited,
        }
    )


_PARTS = ("unique_keys", "foreign_keys", "checks", "exclusions", "indexes", "triggers", "policies")


def _with_own(column: Column, was: Column) -> Column:
    """The numbering's comment and privileges as the source had them."""
    if column.identity is None or was.identity is None:
        return column
    kept = {"comment": was.identity.comment, "grants": was.identity.grants}
    return column.model_copy(update={"identity": column.identity.model_copy(update=kept)})


def _commented(theirs: Sequence[Any], ours: Sequence[Any]) -> tuple[Any, ...]:
    comments = {one.name: one.comment for one in ours if one is not None and one.comment}
    return tuple(one.model_copy(update={"comment": comments.get(one.name)}) for one in theirs)


_USES = """
select n.nspname as namespace, c.relname as "table", a.attname as "column", 'view' as kind, vn.nspname as owner, v.relname as name
from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    join pg_class c on c.oid = d.refobjid join pg_namespace n on n.oid = c.relnamespace
    join pg_rewrite r on r.oid = d.objid join pg_class v on v.oid = r.ev_class join pg_namespace vn on vn.oid = v.relnamespace
where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and v.oid <> c.oid
    and c.relkind in ('r', 'p')
"""


def _uses(database: ScratchDatabase) -> Uses:
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for namespace, table, column, kind, owner, name in database.admin.execute(_USES).fetchall():
        key = (label(_own(namespace), table), column)
        found.setdefault(key, set()).add((kind, label(_own(owner), name)))
    return {key: frozenset(readers) for key, readers in found.items()}


def _own(namespace: str) -> str | None:
    return None if namespace == DIALECT.default_namespace else namespace
