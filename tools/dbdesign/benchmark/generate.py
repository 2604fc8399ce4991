"""Generates a database's contents: rows that follow a profile, made by the server itself, with every constraint satisfied.

The same design, profile, number of rows and seed give the same rows. Foreign keys, plain indexes and triggers are off while tables are
filled; afterwards the server builds the indexes and checks every foreign key against all rows. A table that cannot be filled is
reported with the reason, and the others are filled.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from dbdesign.benchmark.checks import conditions
from dbdesign.benchmark.constraints import force_row_security, lay_bare, partition_bounds, put_back
from dbdesign.benchmark.fill import FilledTable, Filling
from dbdesign.benchmark.late import refer_later
from dbdesign.benchmark.order import Order, keys_of, load_order, own_columns, root_of
from dbdesign.benchmark.parents import Parents
from dbdesign.benchmark.quoting import label_of, literal, name, namespace_of, qualified, relation
from dbdesign.benchmark.scale import holders, scaled, shares
from dbdesign.benchmark.session import Session
from dbdesign.model.profile import ColumnProfile, Profile, TableProfile
from dbdesign.model.relations import Relations
from dbdesign.model.schema import Schema, Table
from dbdesign.twin.partitions import parse_bound
from dbdesign.twin.values import ORDERED, from_ordinal, ordinal

SETTINGS = {
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_parallel_workers_per_gather": "0",
    "row_security": "off",
}

MOST_NAMED = 1000
"""Values that a child's volumes name which are made sure to exist."""

_NEXTVAL = re.compile(r"nextval\('((?:[^']|'')+)'", re.IGNORECASE)


@dataclass(frozen=True)
class Loaded:
    """What was generated.

    Attributes:
        tables: those that rows were put into, in the order of the schema.
        foreign_keys: how many the server checked and found satisfied.
        problems: what is not as the schema says, a sentence each.
        notes: what to know.
        bytes: of the database.
        checksum: of all rows: the same for the same design, volumes, number of rows, seed and day (dates end today).
    """

    tables: tuple[FilledTable, ...]
    foreign_keys: int
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    bytes: int
    seconds: float
    checksum: str = ""

    @property
    def rows(self) -> int:
        """Rows in all tables."""
        return sum(one.rows for one in self.tables)

    @property
    def filled(self) -> int:
        """How many tables have rows."""
        return sum(one.rows > 0 for one in self.tables)


def _quiet(_done: float, _message: str) -> None:
    """Nobody is told."""


@dataclass
class _Generation:
    session: Session
    schema: Schema
    profiles: Mapping[str, TableProfile]
    counts: Mapping[str, int]
    seed: int
    tell: Callable[[float, str], None]
    order: Order
    bounds: Mapping[tuple[str, str], str]
    parents: Parents
    relations: Relations
    found: dict[str, FilledTable] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def fill(self) -> None:
        total, done = max(sum(self.counts.values()), 1), 0
        members: dict[str, list[str]] = {}
        for label in self.counts:
            members.setdefault(root_of(self.schema.table_by_label[label], self.schema).label, []).append(label)
        for root in self.order.tables:
            self.tell(0.85 * done / total, f"filling {root}")
            self._fill_root(self.schema.table_by_label[root], members.get(root, []))
            done += sum(self.counts[label] for label in members.get(root, []))
        for label, keys in self.order.late.items():
            for key in keys:
                table = self.schema.table_by_label[label]
                self.problems += refer_later(
                    self.session,
                    self.parents,
                    table,
                    key,
                    self.profiles.get(label),
                    self.seed,
                    conditions(table, self.schema),
                )
            self.parents.forget(label)

    def _fill_root(self, root: Table, leaves: list[str]) -> None:
        late = self.order.late.get(root.label, ())
        keys = [key for key in keys_of(root, self.schema) if key not in late]
        waiting = frozenset(column for key in late for column in set(key.columns) - own_columns(key, root)) - {
            column for key in keys for column in key.columns
        }
        total, first, retries = sum(self.counts[label] for label in leaves), 0, [0]
        for label in leaves:
            target = self.schema.table_by_label[label]
            profile = self._with_default_bounds(target, self.profiles[label])
            filling = Filling(
                self.session,
                self.schema,
                self.parents,
                root,
                target,
                profile,
                self.counts[label],
                total,
                first,
                keys,
                waiting,
                self.bounds.get((namespace_of(target.namespace), target.name)),
                self.seed,
                self._named(root),
                retries,
            )
            self.found[label] = filling.run()
            first += self.counts[label]

    def _named(self, parent: Table) -> dict[str, tuple[str, ...]]:
        """The values of a table's keys that its children's volumes name, where the key would not have them by itself."""
        found: dict[str, dict[str, None]] = {}
        for relation_ in self.relations.references_in(parent.label):
            key, child = relation_.foreign_key, self.profiles.get(relation_.child)
            profile = child.columns.get(key.columns[0]) if child and len(key.columns) == 1 else None
            own = (
                self.profiles[parent.label].columns.get(key.referenced_columns[0])
                if parent.label in self.profiles
                else None
            )
            if profile is None or own is None or profile.reference is None:
                continue
            column = parent.column(own.column)
            counted = column is not None and self.schema.resolve_type(column.type).is_integer
            texts = [text for text, _ in profile.common[:MOST_NAMED]]
            if counted and own.low is not None and own.high is not None:
                texts = [
                    text
                    for text in texts
                    if text.lstrip("-").isdigit() and not int(own.low) <= int(text) <= int(own.high)
                ]
            found.setdefault(own.column, {}).update(dict.fromkeys(texts))
        return {column: tuple(texts) for column, texts in found.items() if texts}

    def _with_default_bounds(self, target: Table, profile: TableProfile) -> TableProfile:
        """A default partition of ranges has what lies beyond its siblings."""
        if target.partition_of is None or "DEFAULT" not in target.partition_of.bound.upper():
            return profile
        parent = self.schema.table_by_label.get(target.partition_of.label)
        key = (
            parent.partitioning.keys[0].column if parent and parent.partitioning and parent.partitioning.keys else None
        )
        column, known = (parent.column(key) if parent and key else None), profile.columns.get(key or "")
        if column is None or known is None:
            return profile
        siblings = [
            one
            for one in self.schema.tables
            if one.partition_of and one.partition_of.label == target.partition_of.label
        ]
        beyond = _beyond(known, self.schema.resolve_type(column.type).kind, siblings)
        return profile.model_copy(update={"columns": {**profile.columns, column.name: beyond}})


def _beyond(known: ColumnProfile, kind: object, siblings: list[Table]) -> ColumnProfile:
    from dbdesign.model.types import Kind

    assert isinstance(kind, Kind)  # noqa: S101
    bounds = [parse_bound(one.partition_of.bound) for one in siblings if one.partition_of]
    highs = [bound.high for bound in bounds if bound.high is not None]
    listed = {value for bound in bounds for value in bound.values}
    if listed:
        others = tuple((text, share) for text, share in known.common if text not in listed)
        return known.model_copy(update={"common": others, "distinct": max(known.distinct, len(others) + 3.0)})
    if not highs or kind not in ORDERED or known.low is None or known.high is None:
        return known
    try:
        start = max(ordinal(kind, one, like=known.low) for one in highs)
        span = max(ordinal(kind, known.high, like=known.low) - ordinal(kind, known.low, like=known.high), 1000)
        low, high = (
            from_ordinal(kind, start, known.low, known.high),
            from_ordinal(kind, start + span, known.low, known.high),
        )
    except ValueError:
        return known
    return known.model_copy(update={"low": low, "high": high, "common": ()})


def generate(
    session: Session,
    schema: Schema,
    profile: Profile,
    rows: int,
    *,
    seed: int = 1,
    tell: Callable[[float, str], None] = _quiet,
) -> Loaded:
    """Fill the database of a session, which has the schema already and no rows.

    Args:
        rows: in all tables together, about; lookup tables keep their size.
        tell: told the share of the work done and what comes next.

    Raises:
        LimitError: where it was stopped.
    """
    begun = time.monotonic()
    for setting, value in SETTINGS.items():
        session.execute(f"SET {setting} = '{value}'")
    schema, absent = _present(session, schema)
    counts = shares(profile, schema, rows)
    bared = lay_bare(session)
    work = _Generation(
        session,
        schema,
        scaled(profile, schema, counts),
        counts,
        seed,
        tell,
        load_order(schema),
        partition_bounds(session),
        Parents(session, schema),
        Relations(schema),
    )
    work.fill()
    tell(0.88, "building indexes and checking foreign keys")
    put_back(session, bared)
    _set_sequences(session, schema)
    tell(0.95, "collecting statistics")
    _finish(session, schema, work.order, work.problems)
    notes = []
    if off := [label_of(namespace, table) for namespace, table in bared.triggers]:
        notes.append(f"Triggers were off while tables were filled: {', '.join(off)}.")
    if off := [f"{rule} on {namespace}.{table}" for namespace, table, rule in bared.rules]:
        notes.append(f"Rules were off while tables were filled: {', '.join(off)}.")
    if bared.forced:
        off = [label_of(namespace, table) for namespace, table in bared.forced]
        notes.append(f"Row security was not forced on the owner while tables were filled: {', '.join(off)}.")
    size = session.size()
    found = checksum(session, [schema.table_by_label[label] for label in holders(schema) if label in work.found])
    force_row_security(session, bared)
    return Loaded(
        tuple(work.found[label] for label in holders(schema) if label in work.found),
        bared.validated,
        (*absent, *work.problems, *bared.problems),
        tuple(notes),
        size,
        time.monotonic() - begun,
        found,
    )


AS_TEXT = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
}
"""Settings on which the text of a row depends."""


def checksum(session: Session, tables: Sequence[Table]) -> str:
    """Of the rows of all tables, whatever their order."""
    for setting, value in AS_TEXT.items():
        session.execute(f"SET {setting} = '{value}'")
    digest = sha256()
    for table in tables:
        total = session.rows(f"SELECT count(*), sum(hashtextextended(t::text, 0)) FROM {relation(table)} t")[0]
        digest.update(f"{table.label} {total[0]} {total[1]}\n".encode())
    for setting in AS_TEXT:
        session.execute(f"RESET {setting}")
    return digest.hexdigest()[:16]


def _present(session: Session, schema: Schema) -> tuple[Schema, list[str]]:
    """The schema without the tables that the database does not have, and a sentence on each of them."""
    rows = session.database.admin.execute(
        b"SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')"
    ).fetchall()
    there = {(row[0], row[1]) for row in rows}
    tables = tuple(one for one in schema.tables if (namespace_of(one.namespace), one.name) in there)
    absent = [f"{one.label}: the table could not be made" for one in schema.tables if one not in tables]
    return (schema if not absent else schema.model_copy(update={"tables": tables})), absent


def _set_sequences(session: Session, schema: Schema) -> None:
    """Each sequence goes on after the greatest number that its column holds."""
    for table in schema.tables:
        for column in table.columns:
            if column.identity is not None:
                sequence = f"pg_get_serial_sequence({literal(relation(table))}, {literal(column.name)})"
            elif column.default and (match := _NEXTVAL.search(column.default)):
                sequence = f"'{match[1]}'::regclass"
            else:
                continue
            session.execute(
                f"SELECT setval({sequence}, (SELECT max({name(column.name)}) FROM {relation(table)})) "
                f"WHERE {sequence} IS NOT NULL AND (SELECT max({name(column.name)}) FROM {relation(table)}) >= 1"
            )


def _finish(session: Session, schema: Schema, order: Order, problems: list[str]) -> None:
    import psycopg

    for view in schema.views:
        if view.materialized:
            try:
                session.execute(f"REFRESH MATERIALIZED VIEW {qualified(view.namespace, view.name)}")
            except psycopg.Error as error:
                problems.append(f"{view.label}: {error.diag.message_primary}")
    for table in schema.tables:
        if root_of(table, schema).label in order.late:  # the UPDATE has left half of it empty
            session.execute(f"VACUUM (FULL) {relation(table)}")
        session.execute(f"VACUUM (ANALYZE) {relation(table)}")  # FULL leaves no page marked as visible to all
