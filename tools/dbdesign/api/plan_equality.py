"""Whether a query and its rewrites give the same rows: both are run on generated data, with values that occur there.

The rows are compared as a multiset, as text, so that every type can be compared. A LIMIT at the end is left out of both, since it may cut
among equals; whatever is the same without it is the same with it, up to those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dbdesign.plans.rewrites import owner_of, rewrites
from dbdesign.queries.placeholders import spaced

if TYPE_CHECKING:
    from dbdesign.api.twin_source import TwinInput
    from dbdesign.benchmark.session import Session
    from dbdesign.model.schema import Schema

ROWS = 20_000
"""Rows that are generated, in all tables together."""
SECONDS = 20.0
"""Of one execution on them."""
DRAWS = 6
"""Rows from which the constants of a query are drawn anew, where its own find nothing."""
THINNED = 0.05
"""Share of the rows that stay in tables that no other refers to, where a query found nothing on all of them: an anti join of
everything with everything finds nothing."""

Verdict = tuple[bool | None, str]


def same_rows(statement: str, names: Sequence[str], given: TwinInput) -> list[Verdict]:
    """Whether the rewrites of these names give the rows of the statement, and how that was tried; None where it could not be."""
    import psycopg

    from dbdesign.benchmark.generate import generate
    from dbdesign.benchmark.queries import make_ready
    from dbdesign.benchmark.session import Session
    from dbdesign.engines.postgres import Limits, embedded
    from dbdesign.model.workload import Query
    from dbdesign.twin.profiles import resolve

    schema = given.design.schema_
    limits = Limits(seconds=SECONDS, disk=2 * 1024**3, temporary=1024**3)
    with embedded().scratch(limits=limits) as database:
        database.run_script(given.ddl)
        session = Session(database, disk=2 * 1024**3, seconds=120.0)
        try:
            loaded = generate(session, schema, resolve(given.design), ROWS)
            session.limit(SECONDS)
            counts = {one.label: one.rows for one in loaded.tables}
            [ready] = make_ready(session, schema, [Query(name="query", sql=statement)], counts, 1)
        except psycopg.Error as error:
            return [(None, f"not tried: {_primary(error)}")] * len(names)
        if ready.error or ready.writes:
            return [(None, f"not tried: {ready.error or 'the statement writes'}")] * len(names)
        comparing = _Comparing(session, given, ready.values, sum(counts.values()))
        return comparing.verdicts(ready.sql, names)


class _Comparing:
    def __init__(self, session: Session, given: TwinInput, values: Sequence[Sequence[str | None]], rows: int) -> None:
        self.session, self.given, self.values, self.rows = session, given, values, rows
        self.schema: Schema = given.design.schema_

    def verdicts(self, statement: str, names: Sequence[str]) -> list[Verdict]:
        """First with the query's own constants, then with constants that occur, then on fewer rows."""
        found = self._on([statement], names)
        if all(equal is None for equal, _ in found):
            drawn = [text for draw in range(DRAWS) if (text := self._redrawn(statement, draw)) is not None]
            found = self._on(drawn, names, " and constants drawn from them") if drawn else found
        if all(equal is None for equal, _ in found):
            self._thin()
            found = self._on([statement], names)
        return found

    def _on(self, statements: Sequence[str], names: Sequence[str], how: str = "") -> list[Verdict]:
        found = dict.fromkeys(names, 0)
        said: dict[str, Verdict] = {}
        for statement in dict.fromkeys(statements):
            others = {one.name: one.sql for one in rewrites(statement, self.schema)}
            for name in names:
                if name in said or name not in others:
                    continue
                rows, wrong = self._compare(statement, others[name])
                found[name] += rows
                if wrong is not None:
                    said[name] = wrong
        on = f"on {self.rows:,} generated rows{how}"
        for name in names:
            given = f"gives the same {found[name]:,} rows, {on}"
            said.setdefault(
                name, (True, given) if found[name] else (None, f"both gave no row {on}: that proves nothing")
            )
        return [said[name] for name in names]

    def _compare(self, statement: str, other: str) -> tuple[int, Verdict | None]:
        """Rows that both gave, and the verdict where they differ or cannot be run."""
        import psycopg

        cursor, found = psycopg.RawCursor(self.session.connection), 0
        question = (
            f"WITH one AS MATERIALIZED (SELECT r::text AS r FROM ({_unlimited(statement)}) AS r), "
            f"two AS MATERIALIZED (SELECT r::text AS r FROM ({_unlimited(other)}) AS r) "
            "SELECT (SELECT count(*) FROM one), (SELECT count(*) FROM "
            "((TABLE one EXCEPT ALL TABLE two) UNION ALL (TABLE two EXCEPT ALL TABLE one)) AS d)"
        )
        for values in list(self.values)[:8]:
            try:
                cursor.execute(question.encode(), list(values) or None)
                [[rows, different]] = cursor.fetchall()
            except psycopg.Error as error:
                return found, (None, f"not tried: {_primary(error)}")
            found += int(rows)
            if different:
                return found, (
                    False,
                    f"gives other rows: {different:,} differ of {rows:,}, on {self.rows:,} generated rows",
                )
        return found, None

    def _redrawn(self, statement: str, draw: int) -> str | None:
        """The statement with its constants replaced by what one row of their table has; None where there is none to replace."""
        import sqlglot
        from sqlglot import exp

        tree = sqlglot.parse_one(spaced(statement), dialect="postgres")
        compared: dict[tuple[str, str], list[tuple[Any, Any]]] = {}
        for comparison in tree.find_all(exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like):
            side, literal = comparison.this, comparison.expression
            columns = list(side.find_all(exp.Column))
            value = literal.this if isinstance(literal, exp.Cast) else literal
            if len(columns) != 1 or not isinstance(value, exp.Literal):
                continue
            owner = owner_of(columns[0], comparison.find_ancestor(exp.Select), self.schema)
            if owner is not None:
                compared.setdefault(owner, []).append((side, value))
        changed = [self._draw(table, alias, parts, draw) for (table, alias), parts in compared.items()]
        return tree.sql(dialect="postgres") if any(changed) else None

    def _draw(self, table: str, alias: str, parts: Sequence[tuple[Any, Any]], draw: int) -> bool:
        import psycopg
        from sqlglot import exp

        sides = ", ".join(f"({side.sql(dialect='postgres')})::text" for side, _ in parts)
        question = f"SELECT {sides} FROM {table} AS {alias} ORDER BY hashtext({alias}.ctid::text) LIMIT 1 OFFSET {draw}"
        try:
            rows = self.session.rows(question)
        except psycopg.Error:
            return False
        if not rows or any(value is None for value in rows[0]):
            return False
        for (_, literal), value in zip(parts, rows[0], strict=True):
            literal.replace(exp.Literal.string(value))
        return True

    def _thin(self) -> None:
        """Delete most rows of the tables that nothing refers to."""
        from dbdesign.benchmark.quoting import relation

        tables = [one for one in self.schema.tables if one.partition_of is None]
        for table in tables:
            if not self.given.design.relations.references_in(table.label):
                self.session.execute(
                    f"DELETE FROM {relation(table)} WHERE abs(hashtext(ctid::text)) % 1000 >= {THINNED * 1000:.0f}"
                )
        counts = (self.session.rows(f"SELECT count(*) FROM {relation(table)}")[0][0] for table in tables)
        self.rows = sum(map(int, counts))


def _unlimited(statement: str) -> str:
    """A statement without the LIMIT and the OFFSET at its end."""
    import sqlglot

    tree = sqlglot.parse_one(spaced(statement), dialect="postgres")
    cut: Mapping[str, Any] = {key: tree.args.get(key) for key in ("limit", "offset")}
    for key in (key for key, value in cut.items() if value is not None):
        tree.set(key, None)
    return tree.sql(dialect="postgres") if any(cut.values()) else statement


def _primary(error: BaseException) -> str:
    diagnosis = getattr(error, "diag", None)
    return " ".join(str(getattr(diagnosis, "message_primary", None) or error).split())
