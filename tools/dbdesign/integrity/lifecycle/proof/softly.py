"""Soft delete: a marked row frees its unique values, nobody can begin to refer to it, and it comes back while its values are free."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.integrity.lifecycle.base import Step
from dbdesign.integrity.lifecycle.proof.rows import insertion, other_key
from dbdesign.integrity.lifecycle.proof.stand import Connection, Outcome, Stand, attempt, listed, step, undone
from dbdesign.integrity.lifecycle.soft import cascades, owners, soft_children
from dbdesign.model.lifecycle import SoftDelete
from dbdesign.model.relations import Relation
from dbdesign.model.schema import Index, Table

DUPLICATE, NO_PARENT, CHECKED = "23505", "23503", "23514"
DEPTH = 6
"""References that are followed to rows that must be marked first."""
GONE = "deleted row"
"""Words of the guard, which a foreign key's own refusal does not have."""


class _Soft:
    """The trials of one table, each in a transaction that is undone."""

    def __init__(self, stand: Stand, wanted: SoftDelete, table: Table) -> None:
        self.stand, self.wanted, self.table, self.target = stand, wanted, table, stand.target
        self.name, self.column = stand.table(table), stand.target.column(wanted.column)
        self.view = self.target.dialect.qualified(table.namespace, self.target.bare_name("live", table.name))
        keys = table.primary_key.columns if table.primary_key else ()
        self.key = ", ".join(f"t.{self.target.column(one)}" for one in keys)
        self.row = f"SELECT to_jsonb(t) FROM {self.name} t ORDER BY {self.key or '1'} LIMIT 1"
        self.same = " AND ".join(f"t.{self.target.column(one)} = r.{self.target.column(one)}" for one in keys)

    def steps(self) -> Iterator[Step]:
        """Every trial that the table has something for."""
        if not self.key or self.stand.value(self.row) is None:
            yield step(
                "soft_delete",
                f"rows of {self.table.label} can be marked",
                "looked for a row with a key",
                "there is none: not tried",
                holds=False,
            )
            return
        yield self._hidden()
        unique = [index for index in self.table.indexes if index.unique and index.where and self.column in index.where]
        if unique:
            yield self._freed(unique)
        relations = owners(self.target, self.table)
        if relations:
            yield self._referred()
        if any(cascades(one, self.wanted) for one in soft_children(self.target, self.table, self.wanted)):
            yield self._cascaded()

    def marking(self, value: str, text: str) -> str:
        """UPDATE that marks a row, or takes the mark from it."""
        record = f"jsonb_populate_record(NULL::{self.name}, {self.target.literal(text)}::jsonb)"
        return f"UPDATE {self.name} t SET {self.column} = {value} FROM {record} r WHERE {self.same}"

    def mark(self, connection: Connection, value: str, text: str, depth: int = DEPTH) -> Outcome:
        """Mark a row, first those that would be in its way; or take the mark from it."""
        for relation in soft_children(self.target, self.table, self.wanted) if value != "NULL" and depth else ():
            if cascades(relation, self.wanted):
                continue
            child = _Soft(self.stand, self.wanted, self.target.at(relation.child))
            pairs = zip(relation.foreign_key.columns, relation.foreign_key.referenced_columns, strict=True)
            same = " AND ".join(
                f"c.{self.target.column(ours)} = r.{self.target.column(theirs)}" for ours, theirs in pairs
            )
            record = f"jsonb_populate_record(NULL::{self.name}, {self.target.literal(text)}::jsonb)"
            live = f"SELECT to_jsonb(c)::text FROM {child.name} c, {record} r WHERE {same} AND c.{self.column} IS NULL"
            for (below,) in connection.execute(live.encode()).fetchall():
                child.mark(connection, value, below, depth - 1)
        return attempt(connection, self.marking(value, text))

    def _leaf(self) -> str:
        """A row that nothing live refers to where there is one, so that nothing is in its way."""
        free = [
            f"NOT EXISTS (SELECT FROM {self.stand.table(self.target.at(one.child))} c WHERE "
            + " AND ".join(
                f"c.{self.target.column(a)} = t.{self.target.column(b)}"
                for a, b in zip(one.foreign_key.columns, one.foreign_key.referenced_columns, strict=True)
            )
            + ")"
            for one in soft_children(self.target, self.table, self.wanted)
        ]
        condition = f" WHERE {' AND '.join(free)}" if free else ""
        found = self.stand.value(f"SELECT to_jsonb(t)::text FROM {self.name} t{condition} ORDER BY {self.key} LIMIT 1")
        return str(
            found or self.stand.value(f"SELECT to_jsonb(t)::text FROM {self.name} t ORDER BY {self.key} LIMIT 1")
        )

    def _hidden(self) -> Step:
        text = self._leaf()
        with undone(self.stand.jobs):
            before = self._live(text)
            marked = self.mark(self.stand.jobs, "now()", text)
            after = self._live(text)
            back = attempt(self.stand.jobs, self.marking("NULL", text))
            restored = self._live(text)
        seen = f"among the live rows {before} time before, {after} after ({marked.told}), {restored} when restored ({back.told})"
        return step(
            "soft_delete",
            f"a marked row of {self.table.label} is not among the live ones, and can come back",
            f"UPDATE … SET {self.column} = now(), then NULL; looked for it in {self.view}",
            seen,
            holds=(before, after, restored) == (1, 0, 1),
        )

    def _live(self, text: str) -> int:
        """How often a row is in the view of what is live."""
        same = self.same.replace("t.", "v.")
        record = f"jsonb_populate_record(NULL::{self.name}, {self.target.literal(text)}::jsonb)"
        return int(self.stand.value(f"SELECT count(*) FROM {self.view} v, {record} r WHERE {same}"))

    def _freed(self, unique: list[Index]) -> Step:
        names = listed([", ".join(index.columns) or "an expression" for index in unique])
        fresh, text = other_key(self.target, self.table), self._leaf()
        claim = f"a marked row of {self.table.label} frees its unique values ({names})"
        if fresh is None:
            return step(
                "soft_delete",
                claim,
                "looked for a key that no row has",
                "the key's type says of none: not tried",
                holds=False,
            )
        second = insertion(
            self.target,
            self.table,
            f"{self.target.literal(text)}::jsonb",
            {**self._loose(), **fresh, self.wanted.column: "NULL"},
        )
        with undone(self.stand.jobs):
            refused = attempt(self.stand.jobs, second)
            self.mark(self.stand.jobs, "now()", text)
            taken = attempt(self.stand.jobs, second)
            back = attempt(self.stand.jobs, self.marking("NULL", text))
        told = f"before: {refused.state or refused.told}; after: {taken.told}; restoring the first: {back.state or back.told}"
        holds = (refused.state, taken.count, back.state) == (DUPLICATE, 1, DUPLICATE)
        return step(
            "soft_delete",
            claim,
            "inserted a second row with the same values before and after marking the first, then restored the first",
            told,
            holds=holds,
        )

    def referring(self, relation: Relation) -> tuple[str, str] | None:
        """A row, and a statement that lets one row of another table of the same tenant refer to it; None where there is none."""
        child, text = self.target.at(relation.child), self._leaf()
        pairs = list(zip(relation.foreign_key.columns, relation.foreign_key.referenced_columns, strict=True))
        tenant = self.target.lifecycle.tenant.column if self.target.lifecycle.tenant else None
        record = f"jsonb_populate_record(NULL::{self.name}, {self.target.literal(text)}::jsonb) r"
        sets = [
            f"{self.target.column(ours)} = r.{self.target.column(theirs)}" for ours, theirs in pairs if ours != tenant
        ]
        same = [
            f"c.{self.target.column(ours)} = r.{self.target.column(theirs)}" for ours, theirs in pairs if ours == tenant
        ]
        unlike = " AND ".join(
            f"c.{self.target.column(ours)} IS NOT DISTINCT FROM r.{self.target.column(theirs)}"
            for ours, theirs in pairs
            if ours != tenant
        )
        fresh = other_key(self.target, child) or {}
        named = {ours for ours, _ in pairs}
        settable = {column.name for column in child.columns if column.identity is None and column.generated is None}
        if child.primary_key and not named.isdisjoint(child.primary_key.columns):
            sets += [
                f"{self.target.column(name)} = {value.replace('r.', 'c.')}"
                for name, value in fresh.items()
                if name in settable - named
            ]
        where = " AND ".join([*same, f"NOT ({unlike})"])
        name = self.stand.table(child)
        row = self.stand.value(f"SELECT to_jsonb(c)::text FROM {name} c, {record} WHERE {where} LIMIT 1")
        if row is None or not sets or child.primary_key is None:
            return None
        key = " AND ".join(
            f"c.{self.target.column(one)} = k.{self.target.column(one)}" for one in child.primary_key.columns
        )
        known = f"jsonb_populate_record(NULL::{name}, {self.target.literal(str(row))}::jsonb) k"
        return text, f"UPDATE {name} c SET {', '.join(sets)} FROM {record}, {known} WHERE {key}"

    def _loose(self) -> dict[str, str]:
        """References that may be empty: what they refer to may be marked."""
        names = {name for key in self.table.foreign_keys for name in key.columns}
        return {name: "NULL" for name in names if (column := self.table.column(name)) is not None and column.nullable}

    def _referred(self) -> Step:
        told: list[str] = []
        wrong: list[str] = []
        for relation in owners(self.target, self.table):
            found = self.referring(relation)
            if found is None:
                continue
            with undone(self.stand.jobs):
                self.mark(self.stand.jobs, "now()", found[0])
                outcome = attempt(self.stand.jobs, found[1])
            if outcome.state in {DUPLICATE, CHECKED}:
                continue  # a key or a check of the child is in the way before the guard is asked
            refused = outcome.state == NO_PARENT and GONE in outcome.words
            (told if refused else wrong).append(f"{relation.child}: {outcome.told}")
        claim = f"no row begins to refer to a marked row of {self.table.label}"
        tried = len(told) + len(wrong)
        return step(
            "soft_delete",
            claim,
            f"let a row of each of {tried} tables refer to it",
            "; ".join(wrong or told) or "no row to try with",
            holds=bool(told) and not wrong,
        )

    def _cascaded(self) -> Step:
        relation = next(
            one for one in soft_children(self.target, self.table, self.wanted) if cascades(one, self.wanted)
        )
        child, pairs = (
            self.target.at(relation.child),
            list(zip(relation.foreign_key.columns, relation.foreign_key.referenced_columns, strict=True)),
        )
        same = " AND ".join(f"c.{self.target.column(ours)} = t.{self.target.column(theirs)}" for ours, theirs in pairs)
        text = self.stand.value(
            f"SELECT to_jsonb(t)::text FROM {self.name} t WHERE EXISTS (SELECT FROM {self.stand.table(child)} c WHERE"
            f" {same}) LIMIT 1"
        )
        claim = f"rows of {child.label} are marked and restored with their row of {self.table.label}"
        if text is None:
            return step(
                "soft_delete", claim, "looked for a row that is referred to", "there is none: not tried", holds=False
            )
        record = f"jsonb_populate_record(NULL::{self.name}, {self.target.literal(str(text))}::jsonb) t"
        counted = f"SELECT count(*), count(c.{self.column}) FROM {self.stand.table(child)} c, {record} WHERE {same}"
        with undone(self.stand.jobs):
            self.mark(self.stand.jobs, "now()", str(text))
            marked = self.stand.rows(counted)[0]
            attempt(self.stand.jobs, self.marking("NULL", str(text)))
            restored = self.stand.rows(counted)[0]
        return step(
            "soft_delete",
            claim,
            f"marked and restored a row of {self.table.label}",
            f"{marked[1]} of {marked[0]} marked, then {restored[1]}",
            holds=marked[0] == marked[1] > 0 == restored[1],
        )


def prove_soft_delete(stand: Stand) -> Iterator[Step]:
    """The steps for a design with soft delete."""
    wanted = stand.target.lifecycle.soft_delete
    if wanted is None:
        return
    for label in wanted.tables:
        yield from _Soft(stand, wanted, stand.target.at(label)).steps()
    yield from _race(stand, wanted)


def _race(stand: Stand, wanted: SoftDelete) -> Iterator[Step]:
    """A reference is made while the row is just being marked by somebody else."""
    for label in wanted.tables:
        table = stand.target.at(label)
        for relation in owners(stand.target, table):
            child = stand.target.at(relation.child)
            keyed = set(child.primary_key.columns) if child.primary_key else set()
            if (
                relation.child in wanted.tables
                or not table.primary_key
                or not keyed.isdisjoint(relation.foreign_key.columns)
            ):
                continue
            found = _Soft(stand, wanted, table).referring(relation)
            if found is not None:
                yield _raced(stand, _Soft(stand, wanted, table), child, *found)
                return


def _raced(stand: Stand, soft: _Soft, child: Table, text: str, refer: str) -> Step:
    with (
        stand.acting(stand.roles.maintenance) as marking,
        stand.acting(stand.roles.maintenance) as referring,
        undone(referring),
    ):
        with marking.transaction():
            soft.mark(marking, "now()", text)
            pending = stand.waiting(referring, refer, {})
            waited = not pending.done()
        outcome = pending.result()
    for label in soft.wanted.tables:
        attempt(
            stand.jobs,
            f"UPDATE {stand.table(stand.target.at(label))} SET {soft.column} = NULL WHERE {soft.column} IS NOT NULL",
        )
    return step(
        "soft_delete",
        "a reference that is made while the row is being marked is refused as well",
        f"marked a row of {soft.table.label} in an open transaction, let a"
        f" row of {child.label} refer to it in another, committed the first",
        f"the second {'waited, then' if waited else 'did not wait:'} {outcome.told}",
        holds=outcome.state == NO_PARENT and GONE in outcome.words,
    )
