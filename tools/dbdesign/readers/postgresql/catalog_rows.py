"""Fetches everything that the catalogues say, one query a kind, and looks rows up by what they belong to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dbdesign.errors import EngineError
from dbdesign.model.schema import Grant
from dbdesign.readers.postgresql.catalog_carried import CARRIED, PRESENT_IN, carried_query
from dbdesign.readers.postgresql.catalog_queries import QUERIES, presence, types

if TYPE_CHECKING:
    import psycopg

OLDEST = 12
Row = Any
"""A named tuple of a query's columns."""

PRIVILEGE_ORDER = tuple(
    "SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER MAINTAIN USAGE CREATE CONNECT TEMPORARY EXECUTE".split()  # noqa: SIM905
)


@dataclass
class Rows:
    """The rows of every query, by the query's name, and what belongs to whom.

    Attributes:
        version: the server's major version.
        facts: whether owners, tablespaces and extension versions are the source's own (a live database) and not the sandbox's.
    """

    version: int
    facts: bool
    by_query: Mapping[str, list[Row]]
    type_rows: Mapping[tuple[int, int], Row] = field(default_factory=dict)

    def __getitem__(self, query: str) -> list[Row]:
        return self.by_query[query]

    @cached_property
    def relation_by_oid(self) -> Mapping[int, Row]:
        """Tables, views and the like."""
        return {row.oid: row for row in self["relations"]}

    @cached_property
    def columns_of(self) -> Mapping[int, list[Row]]:
        """Columns in order, by relation."""
        return grouped(self["columns"], "relation")

    @cached_property
    def column_names(self) -> Mapping[int, Mapping[int, str]]:
        """Column number → name, by relation."""
        return {oid: {row.number: row.name for row in rows} for oid, rows in self.columns_of.items()}

    @cached_property
    def constraints_of(self) -> Mapping[int, list[Row]]:
        """Constraints by table."""
        return grouped(self["constraints"], "relation")

    @cached_property
    def constraints_of_domain(self) -> Mapping[int, list[Row]]:
        """Constraints by domain."""
        return grouped((row for row in self["constraints"] if row.domain), "domain")

    @cached_property
    def constraint_by_oid(self) -> Mapping[int, Row]:
        """Constraints."""
        return {row.oid: row for row in self["constraints"]}

    @cached_property
    def indexes_of(self) -> Mapping[int, list[Row]]:
        """Indexes by table."""
        return grouped(self["indexes"], "relation")

    @cached_property
    def index_columns_of(self) -> Mapping[int, list[Row]]:
        """An index's columns in order."""
        return grouped(self["index_columns"], "index")

    @cached_property
    def operator_class_by_oid(self) -> Mapping[int, Row]:
        """Operator classes."""
        return {row.oid: row for row in self["operator_classes"]}

    @cached_property
    def default_types(self) -> frozenset[tuple[str, int]]:
        """Access methods and types that have a default operator class of exactly that type."""
        return frozenset((row.method, row.type) for row in self["operator_classes"] if row.is_default)

    @cached_property
    def collation_by_oid(self) -> Mapping[int, str]:
        """Names of the collations that indexes use."""
        return {row.oid: row.name for row in self["index_collations"]}

    @cached_property
    def column_by_number(self) -> Mapping[tuple[int, int], Row]:
        """Columns by relation and number."""
        return {(row.relation, row.number): row for row in self["columns"]}

    @cached_property
    def index_by_oid(self) -> Mapping[int, Row]:
        """Indexes."""
        return {row.oid: row for row in self["indexes"]}

    @cached_property
    def parents_of(self) -> Mapping[int, list[int]]:
        """Parents of a table, by INHERITS or as partition."""
        found: dict[int, list[int]] = defaultdict(list)
        for row in self["inheritance"]:
            found[row.child].append(row.parent)
        return found

    @cached_property
    def triggers_of(self) -> Mapping[int, list[Row]]:
        """Triggers by relation."""
        return grouped(self["triggers"], "relation")

    @cached_property
    def policies_of(self) -> Mapping[int, list[Row]]:
        """Policies by table."""
        return grouped(self["policies"], "relation")

    @cached_property
    def partitioned_by_oid(self) -> Mapping[int, Row]:
        """How partitioned tables are split."""
        return {row.relation: row for row in self["partitioned"]}

    @cached_property
    def sequence_of_column(self) -> Mapping[tuple[int, int], Row]:
        """Sequences that a column owns, by relation and column number."""
        return {(row.table, row.column): row for row in self["sequences"] if row.table}

    @cached_property
    def _comments(self) -> Mapping[tuple[str, int, int], str]:
        return {(row.catalog, row.oid, row.number): row.text for row in self["comments"]}

    def comment(self, catalog: str, oid: int, number: int = 0) -> str | None:
        """The comment on an object."""
        return self._comments.get((catalog, oid, number))

    def owner(self, row: Row) -> str | None:
        """The owner, unless it is the sandbox's."""
        return row.owner if self.facts else None

    @cached_property
    def _grants(self) -> Mapping[tuple[str, int], list[Row]]:
        found: dict[tuple[str, int], list[Row]] = defaultdict(list)
        for row in self["grants"]:
            found[row.catalog, row.oid].append(row)
        return found

    def grants(self, catalog: str, oid: int) -> tuple[Grant, ...]:
        """Privileges that differ from the default ones, columns' privileges gathered by what they are."""
        rows = self._grants.get((catalog, oid))
        if not rows:
            return ()
        by_privilege: dict[tuple[str, str, bool, bool], set[int]] = defaultdict(set)
        for row in rows:
            grantee = "current_user" if row.to_owner and not self.facts else row.grantee
            by_privilege[row.privilege, grantee, row.grantable, row.revoked].add(row.number)
        by_columns: dict[tuple[tuple[int, ...], str, bool, bool], list[str]] = defaultdict(list)
        for (privilege, *holder), numbers in by_privilege.items():
            for part in ({0} & numbers, numbers - {0}):
                if part:
                    by_columns[tuple(sorted(part)), *holder].append(privilege)  # type: ignore[index]
        names = self.column_names.get(oid, {})
        return tuple(
            Grant(
                privileges=tuple(sorted(privileges, key=PRIVILEGE_ORDER.index)),
                grantee=grantee,
                grantable=grantable,
                revoked=revoked,
                columns=tuple(names[number] for number in numbers if number),
            )
            for (numbers, grantee, grantable, revoked), privileges in by_columns.items()
        )


def grouped(rows: Iterable[Row], key: str) -> Mapping[int, list[Row]]:
    """Rows by the value of one column."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def fetch(connection: psycopg.Connection[Any], *, version: int | None, facts: bool) -> Rows:
    """Every row of every query, in one read-only transaction on `connection`.

    Each query is declared as a cursor while the search path holds nothing but `pg_catalog`, so that its names and operators are the
    catalogue's own, and fetched while `public` is on the path, so that the deparsers leave it out of names.
    Raises `EngineError` for servers older than 12.
    """
    major = version or connection.info.server_version // 10000
    if major < OLDEST:
        raise EngineError(
            f"PostgreSQL {major} is older than {OLDEST}", remedy=f"Read a dump of it, or a server from {OLDEST} on"
        )
    idle = connection.info.transaction_status.name == "IDLE"
    with connection.transaction(force_rollback=True):
        if idle:
            connection.execute("set transaction isolation level repeatable read, read only")
        connection.execute(_settings().encode())
        found = _fetch_present(connection, major)
        wanted = _wanted_types(found)
        (type_rows,) = _fetch_all(connection, [types(major).replace("$wanted", _pairs(wanted))])
        known = {(row.type, row.typmod): row for row in type_rows}
        elements = {(row.element or row.base, -1) for row in type_rows if row.element or row.base} - set(known)
        if elements:
            (more,) = _fetch_all(connection, [types(major).replace("$wanted", _pairs(elements))])
            known |= {(row.type, row.typmod): row for row in more}
    return Rows(version=major, facts=facts, by_query=found, type_rows=known)


def _fetch_present(connection: psycopg.Connection[Any], version: int) -> dict[str, list[Row]]:
    """The rows of every query that finds any: most databases have no operators, casts or publications, and planning costs time."""
    catalogs = {f"carried {kind}": PRESENT_IN[kind] for kind in CARRIED}
    ((present,),) = _fetch_all(connection, [presence(catalogs)])
    every = {name: query(version) for name, query in QUERIES.items() if name in present.names}
    every |= {f"carried {kind}": carried_query(kind, version) for kind in CARRIED if f"carried {kind}" in present.names}
    found = dict(zip(every, _fetch_all(connection, list(every.values())), strict=True))
    return {name: found.get(name, []) for name in (*QUERIES, *catalogs)}


def _settings() -> str:
    settings = {
        "cursor_tuple_fraction": "1.0",
        "quote_all_identifiers": "off",
        "datestyle": "'ISO, YMD'",
        "intervalstyle": "'postgres'",
        "extra_float_digits": "1",
        "bytea_output": "'hex'",
        "jit": "off",
    }
    return "; ".join(f"set local {name} = {value}" for name, value in settings.items())


_COLLATION_NAME = (
    "(select case when pg_collation_is_visible(named.oid) then quote_ident(named.collname) else format('%I.%I', space.nspname, "
    r"named.collname) end from pg_collation named join pg_namespace space on space.oid = named.collnamespace where named.oid = \1)"
)


def _spelt_for_12(query: str) -> str:
    """A query without what came with 13 (its release notes): a partition's own copies of triggers are internal ones before."""
    query = re.sub(r"(\w+\.\w+)::regcollation::text", _COLLATION_NAME, query)
    for new, old in (
        ("t.tgparentid = 0", "true"),
        ("s.stxstattarget", "null::integer"),
        ("p.pubviaroot", "false"),
    ):
        query = query.replace(new, old)
    return query


def _fetch_all(connection: psycopg.Connection[Any], queries: list[str]) -> list[list[Row]]:
    """The rows of each query, all in one round trip."""
    from psycopg.rows import namedtuple_row

    script = ["set local search_path = pg_catalog, pg_temp"]
    spelt = map(_spelt_for_12, queries) if connection.info.server_version < 130_000 else queries
    script += [f"declare dbdesign_{number} no scroll cursor for {query}" for number, query in enumerate(spelt)]
    script.append("set local search_path = public, pg_temp")
    for number in range(len(queries)):
        script += [f"fetch all from dbdesign_{number}", f"close dbdesign_{number}"]
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        cursor.execute(";\n".join(script).encode())  # built here, of constants and integers
        results: list[list[Row]] = []
        while True:
            if cursor.description is not None:
                results.append(cursor.fetchall())
            if not cursor.nextset():
                return results


def _wanted_types(found: Mapping[str, list[Row]]) -> set[tuple[int, int]]:
    wanted = {(row.type, row.typmod) for row in found["columns"]}
    wanted |= {(row.base, row.typmod) for row in found["named_types"] if row.base}
    return wanted or {(25, -1)}


def _pairs(wanted: Iterable[tuple[int, int]]) -> str:
    return ", ".join(f"({oid}, {typmod})" for oid, typmod in sorted(wanted))
