"""Tenants: each tries to read, write, refer to and copy what is another's, and a session without a tenant tries to see anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dbdesign.integrity.lifecycle.base import Step
from dbdesign.integrity.lifecycle.postgresql.tenant import protected_tables
from dbdesign.integrity.lifecycle.proof.rows import copy_of, other_key
from dbdesign.integrity.lifecycle.proof.stand import Connection, Stand, attempt, listed, step, undone
from dbdesign.model.lifecycle import TenantIsolation
from dbdesign.model.schema import Table

VIOLATES = "42501"
"""SQLSTATE of a row that a policy refuses."""
NO_PARENT = "23503"
NOTHING = "0 rows"
"""No row of another tenant has a key that no row of one's own has."""
MOST_TABLES = 80


@dataclass(frozen=True)
class Held:
    """A table, the column of its tenants, and two tenants that have rows in it."""

    table: Table
    column: str
    ours: str
    theirs: str
    own_rows: int
    all_rows: int


class Tenants:
    """The trials of one design."""

    def __init__(self, stand: Stand, tenant: TenantIsolation) -> None:
        self.stand, self.tenant, self.target = stand, tenant, stand.target
        found = [one for one in protected_tables(stand.target, tenant) if one[0].partition_of is None]
        self.tables = [one for pair in found[:MOST_TABLES] if (one := self._held(*pair)) is not None]
        self.empty = [table.label for table, _ in found if table.label not in {one.table.label for one in self.tables}]
        self.empty += [table.label for table, _ in found[MOST_TABLES:]]

    def _held(self, table: Table, column: str) -> Held | None:
        name, quoted = self.stand.table(table), self.target.column(column)
        counted = self.stand.rows(f"SELECT {quoted}::text, count(*) FROM {name} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 2")
        if len(counted) < 2:
            return None
        total = int(self.stand.value(f"SELECT count(*) FROM {name}"))
        return Held(table, column, counted[0][0], counted[1][0], counted[0][1], total)

    def steps(self) -> Iterator[Step]:
        """Every trial."""
        with self.stand.acting(self.stand.application) as connection:
            yield self._reads(connection)
            yield self._writes(connection)
            yield self._inserts(connection)
            yield self._moves(connection)
            yield self._copies(connection)
            yield self._nobody(connection)
            yield from self._views(connection)
            yield self._leaks(connection)
            yield self._by_index(connection)
        yield from self._references()
        yield self._owner()
        if self.empty:
            yield step(
                "tenant",
                "every protected table was tried",
                "rows of two tenants were looked for",
                f"not tried, since generated rows of two tenants are missing: {listed(self.empty)}",
                holds=False,
            )

    def _work_for(self, connection: Connection, tenant: str) -> None:
        connection.execute(b"SELECT set_config(%s, %s, true)", (self.tenant.setting, tenant))

    def _seen(self, connection: Connection, one: Held) -> tuple[int, int]:
        """Rows that are seen, and of those the ones that are not ours."""
        foreign = f"{self.target.column(one.column)}::text IS DISTINCT FROM %s"
        sql = f"SELECT count(*), count(*) FILTER (WHERE {foreign}) FROM {self.stand.table(one.table)}"
        row = connection.execute(sql.encode(), (one.ours,)).fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def _reads(self, connection: Connection) -> Step:
        told, holds = [], True
        for one in self.tables:
            with undone(connection):
                self._work_for(connection, one.ours)
                seen, foreign = self._seen(connection, one)
            alone = len(one.table.policies) == 0
            holds = holds and foreign == 0 and (seen == one.own_rows or not alone)
            told.append(f"{one.table.label} {seen} of {one.all_rows}, {foreign} of others")
        return step(
            "tenant",
            "a tenant sees its own rows, all of them and no others",
            f"SELECT from {len(told)} tables as {self.stand.application}",
            "; ".join(told),
            holds=holds,
        )

    def _writes(self, connection: Connection) -> Step:
        touched = []
        for one in self.tables:
            theirs = f"{self.target.column(one.column)}::text = :theirs"
            plain = next(
                (column.name for column in one.table.columns if column.identity is None and column.generated is None),
                one.column,
            )
            changed = self.target.column(plain)
            for sql in (
                f"UPDATE {self.stand.table(one.table)} SET {changed} = {changed} WHERE {theirs}",
                f"DELETE FROM {self.stand.table(one.table)} WHERE {theirs}",
            ):
                with undone(connection):
                    self._work_for(connection, one.ours)
                    outcome = attempt(connection, sql, {"theirs": one.theirs})
                    if outcome.count or outcome.state not in {None, VIOLATES}:
                        touched.append(f"{one.table.label}: {outcome.told}")
        return step(
            "tenant",
            "a tenant changes and deletes nothing of another",
            f"UPDATE and DELETE of the other's rows in {len(self.tables)} tables",
            "; ".join(touched) or "0 rows in each",
            holds=not touched,
        )

    def _refusals(self, connection: Connection, sqls: list[tuple[Held, str]], claim: str, executed: str) -> Step:
        got = []
        for one, sql in sqls:
            with undone(connection):
                self._work_for(connection, one.ours)
                got.append((one, attempt(connection, sql, {"theirs": one.theirs, "ours": one.ours})))
        through = [f"{one.table.label}: {outcome.told}" for one, outcome in got if outcome.state != VIOLATES]
        return step(
            "tenant",
            claim,
            executed,
            "; ".join(through) or f"{len(got)} of {len(got)} refused with {VIOLATES}",
            holds=bool(got) and not through,
        )

    def _inserts(self, connection: Connection) -> Step:
        """A copy of another's row, as the jobs see it."""
        sqls = []
        for one in self.tables:
            text = self.stand.value(
                f"SELECT to_jsonb(t)::text FROM {self.stand.table(one.table)} t WHERE"
                f" {self.target.column(one.column)}::text = %s LIMIT 1",
                (one.theirs,),
            )
            sqls.append((one, copy_of(self.target, one.table, text)))
        return self._refusals(
            connection,
            sqls,
            "a tenant inserts nothing for another",
            f"INSERT of a row with the other's {self.tenant.column} into {len(sqls)} tables",
        )

    def _moves(self, connection: Connection) -> Step:
        sqls = []
        for one in self.tables:
            column = one.table.column(one.column)
            if column is not None and column.identity is None:
                name = self.target.column(one.column)
                theirs = f"CAST(:theirs AS {column.type.native})"
                sqls.append(
                    (one, f"UPDATE {self.stand.table(one.table)} SET {name} = {theirs} WHERE {name}::text = :ours")
                )
        return self._refusals(
            connection,
            sqls,
            "a tenant gives none of its rows to another",
            f"UPDATE … SET {self.tenant.column} = another's in {len(sqls)} tables",
        )

    def _copies(self, connection: Connection) -> Step:
        wrong = []
        for one in self.tables:
            name = self.stand.table(one.table)
            with undone(connection):
                self._work_for(connection, one.ours)
                with connection.cursor() as cursor, cursor.copy(f"COPY {name} TO STDOUT".encode()) as copy:
                    out = sum(1 for _ in copy.rows())
                into = attempt(connection, f"COPY {name} FROM STDIN")
            if out > one.own_rows or into.state is None:
                wrong.append(f"{one.table.label}: {out} rows out, in: {into.told}")
        return step(
            "tenant",
            "COPY shows own rows alone, and takes none",
            f"COPY … TO STDOUT and FROM STDIN of {len(self.tables)} tables",
            "; ".join(wrong) or "own rows out; FROM is refused where row security is on",
            holds=not wrong,
        )

    def _nobody(self, connection: Connection) -> Step:
        """Never set; set in a transaction that has ended, as on a pooled connection; set to nothing."""
        seen = []
        for one in self.tables:
            count = f"SELECT count(*) FROM {self.stand.table(one.table)}"
            with self.stand.acting(self.stand.application) as fresh:
                unset = attempt(fresh, count)
            with connection.transaction():
                self._work_for(connection, one.ours)
            after = attempt(connection, count)
            with undone(connection):
                self._work_for(connection, "")
                empty = attempt(connection, count)
            rows = [outcome.rows[0][0] if outcome.rows else outcome.told for outcome in (unset, after, empty)]
            if rows != [0, 0, 0]:
                seen.append(f"{one.table.label}: {rows}")
        return step(
            "tenant",
            "without a tenant nothing is seen",
            f"SELECT from {len(self.tables)} tables: {self.tenant.setting} never set, set in a"
            " transaction before on the same connection, and set to ''",
            "; ".join(seen) or "0 rows each time",
            holds=not seen,
        )

    def _views(self, connection: Connection) -> Iterator[Step]:
        protected = {one.table.label for one in self.tables}
        views = [
            view for view in self.target.schema.views if protected & set(view.depends_on) and not view.materialized
        ]
        names = [self.target.dialect.qualified(view.namespace, view.name) for view in views]
        soft = self.target.lifecycle.soft_delete
        names += [
            self.target.dialect.qualified(
                self.target.at(label).namespace, self.target.bare_name("live", self.target.at(label).name)
            )
            for label in (soft.tables if soft else ())
            if label in protected
        ]
        if not names:
            return
        wrong = []
        ours = self.tables[0].ours if self.tables else ""
        for name in names:
            counts = []
            for tenant in ("", ours):
                with undone(connection):
                    self._work_for(connection, tenant)
                    counts.append(attempt(connection, f"SELECT count(*) FROM (SELECT * FROM {name}) v"))
            whole = (
                self.stand.value(f"SELECT count(*) FROM (SELECT * FROM {name}) v")
                if name in names[: len(views)]
                else None
            )
            if counts[0].state or (counts[0].rows[0][0] and whole != 1):
                wrong.append(f"{name}: {counts[0].told} without a tenant")
        yield step(
            "tenant",
            "views show what their caller may see",
            f"SELECT from {listed(names)} without a tenant",
            "; ".join(wrong) or "0 rows",
            holds=not wrong,
        )

    def _leaks(self, connection: Connection) -> Step:
        """A cheap function that tells what it is given must not be asked of others' rows before the policy is."""
        if not self.tables:
            return step(
                "tenant", "a function in a condition sees own rows alone", "", "no table with rows", holds=False
            )
        one, told = self.tables[0], []
        owner = self.stand.owner
        owner.execute(
            b"CREATE FUNCTION tell_row(whole text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS "
            b"$$ BEGIN RAISE WARNING '%', whole; RETURN true; END $$"
        )
        connection.add_notice_handler(lambda said: told.append(said.message_primary))
        with undone(connection):
            self._work_for(connection, one.ours)
            attempt(connection, f"SELECT count(*) FROM {self.stand.table(one.table)} t WHERE tell_row(t::text)")
        owner.execute(b"DROP FUNCTION tell_row(text)")
        return step(
            "tenant",
            "a function in a condition is given own rows alone",
            f"SELECT from {one.table.label} WHERE a function that costs nothing and tells its argument",
            f"it was given {len(told)} rows; {one.own_rows} are the tenant's, {one.all_rows} in all",
            holds=0 < len(told) <= one.own_rows,
        )

    def _by_index(self, connection: Connection) -> Step:
        wrong = []
        for one in self.tables:
            with undone(connection):
                self._work_for(connection, one.ours)
                connection.execute(b"SET LOCAL enable_seqscan = off")
                plan = attempt(connection, f"EXPLAIN SELECT * FROM {self.stand.table(one.table)}")
            text = "\n".join(str(row[0]) for row in plan.rows)
            if f"Cond: ({self.target.column(one.column)} = " not in text:
                wrong.append(one.table.label)
        return step(
            "tenant",
            "the policy's condition is looked up in an index",
            f"EXPLAIN of SELECT from {len(self.tables)} tables",
            listed(wrong) or "an index condition on the tenant in each plan",
            holds=not wrong,
        )

    def _references(self) -> Iterator[Step]:
        """Even the jobs, whom no policy holds back, cannot let a row refer to another tenant's."""
        tried, wrong = 0, []
        held = {one.table.label: one for one in self.tables}
        for relation in self.target.relations.all:
            child, parent = held.get(relation.child), held.get(relation.parent)
            if child is None or parent is None or self.tenant.column not in relation.foreign_key.columns:
                continue
            if len(relation.foreign_key.columns) < 2:
                continue
            outcome = self._point_across(
                relation.foreign_key.columns, relation.foreign_key.referenced_columns, child, parent
            )
            tried += outcome != NOTHING
            if outcome not in {NO_PARENT, NOTHING}:
                wrong.append(f"{relation.child} → {relation.parent}: {outcome}")
        if tried:
            yield step(
                "tenant",
                "no row refers to a row of another tenant",
                f"UPDATE of {tried} foreign keys to another tenant's row, as the role that no policy holds back",
                "; ".join(wrong) or f"{tried} of {tried} refused with {NO_PARENT}",
                holds=not wrong,
            )

    def _point_across(self, columns: tuple[str, ...], referenced: tuple[str, ...], child: Held, parent: Held) -> str:
        pairs = [(ours, theirs) for ours, theirs in zip(columns, referenced, strict=True) if ours != self.tenant.column]
        sets = ", ".join(f"{self.target.column(ours)} = p.{self.target.column(theirs)}" for ours, theirs in pairs)
        own = (
            " AND ".join(f"o.{self.target.column(theirs)} = f.{self.target.column(theirs)}" for _, theirs in pairs)
            or "true"
        )
        fresh = other_key(self.target, child.table) or {}
        sets += "".join(
            f", {self.target.column(name)} = {value.replace('r.', 'c.')}"
            for name, value in fresh.items()
            if name not in columns and name in self._settable(child.table)
        )
        tenant = self.target.column(self.tenant.column)
        sql = (
            f"UPDATE {self.stand.table(child.table)} c SET {sets} FROM (SELECT * FROM"
            f" {self.stand.table(parent.table)} f"
            f" WHERE {tenant}::text = :theirs AND NOT EXISTS (SELECT FROM {self.stand.table(parent.table)} o"
            f" WHERE o.{tenant}::text = :ours AND {own}) LIMIT 1) p WHERE c.ctid = (SELECT min(ctid) FROM"
            f" {self.stand.table(child.table)} WHERE {tenant}::text = :ours)"
        )
        with undone(self.stand.jobs):
            self.stand.jobs.execute(b"SET CONSTRAINTS ALL IMMEDIATE")
            outcome = attempt(
                self.stand.jobs,
                sql,
                {"theirs": parent.theirs if parent.theirs != child.ours else parent.ours, "ours": child.ours},
            )
        return outcome.state or outcome.told

    @staticmethod
    def _settable(table: Table) -> set[str]:
        return {column.name for column in table.columns if column.identity is None and column.generated is None}

    def _owner(self) -> Step:
        """A function with its owner's rights, who is no exception."""
        wrong = []
        owner = self.stand.owner
        with undone(owner):
            for number, one in enumerate(self.tables):
                count = f"SELECT count(*) FROM {self.stand.table(one.table)}"
                head = f"CREATE FUNCTION count_rows_{number}() RETURNS bigint LANGUAGE sql SECURITY DEFINER"
                owner.execute(f"{head} AS $${count}$$".encode())
            owner.execute(f"SET LOCAL ROLE {self.target.dialect.identifier(self.stand.application)}".encode())
            for number, one in enumerate(self.tables):
                counts = []
                for tenant in ("", one.ours):
                    self._work_for(owner, tenant)
                    counts.append(attempt(owner, f"SELECT count_rows_{number}()").rows)
                if counts[0] != ((0,),) or not counts[1] or counts[1][0][0] > one.own_rows:
                    wrong.append(f"{one.table.label}: {counts}")
        return step(
            "tenant",
            "the owner of the tables is no exception",
            f"SECURITY DEFINER functions of the owner count {len(self.tables)} tables, without and with a tenant",
            "; ".join(wrong) or "0 rows without, own rows with",
            holds=not wrong,
        )


def prove_tenants(stand: Stand) -> Iterator[Step]:
    """The steps for a design with tenants."""
    tenant = stand.target.lifecycle.tenant
    if tenant is not None:
        yield from Tenants(stand, tenant).steps()
