"""What may be done against an anomaly, in a form that can be run: another isolation level, locks, a constraint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from dbdesign.dialects.base import dialect
from dbdesign.integrity.parameters import parsed
from dbdesign.model.schema import Engine, Schema
from dbdesign.model.workload import Isolation, Step, Transaction

Sides = tuple[Transaction, Transaction]


@dataclass(frozen=True)
class Remedy:
    """A change to the transactions or to the schema.

    Attributes:
        name: in a few words.
        sql: what to write; the statements that change.
        sides: the transactions with it.
        before, after: statements that put it into the schema and take it out.
        first: statements with which both transactions begin.
        costs: what one pays for it.
    """

    name: str
    sql: tuple[str, ...]
    sides: Sides
    costs: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    first: tuple[str, ...] = ()


def remedies(kind: str, sides: Sides, schema: Schema) -> Iterator[Remedy]:
    """The remedies worth trying against an anomaly, the cheapest first."""
    if kind == "phantom":
        yield from _unique(sides, schema)
    if (locked := _locked(sides)) is not None:
        yield locked
    if kind in {"lost update", "inconsistent read"}:
        yield _isolated(sides, "repeatable read")
    yield _isolated(sides, "serializable")


def _isolated(sides: Sides, level: Isolation) -> Remedy:
    left, right = (side.model_copy(update={"isolation": level}) for side in sides)
    return Remedy(
        name=f"{level}, with retries",
        sql=(f"BEGIN ISOLATION LEVEL {level.upper()}",),
        sides=(left, right),
        costs="a transaction that meets another may end with SQLSTATE 40001, after which the application must begin it anew",
    )


def _locked(sides: Sides) -> Remedy | None:
    """The rows that are read before a write are locked by the read."""
    changed: dict[str, str] = {}
    locked = tuple(_with_locks(side, changed) for side in sides)
    if not changed:
        return None
    return Remedy(
        name="lock what is read",
        sql=tuple(changed.values()),
        sides=(locked[0], locked[1]),
        costs="readers for update wait for each other; lock in one order everywhere, or deadlocks end one of them",
    )


def _with_locks(side: Transaction, changed: dict[str, str]) -> Transaction:
    writes = [place for place, step in enumerate(side.steps) if not isinstance(parsed(step.sql), exp.Query)]
    last = max(writes, default=-1)
    return side.model_copy(
        update={"steps": tuple(_lock(step, changed) if place < last else step for place, step in enumerate(side.steps))}
    )


def _lock(step: Step, changed: dict[str, str]) -> Step:
    """A plain SELECT of rows with FOR UPDATE (FOR NO KEY UPDATE suffices where the key does not change)."""
    tree = parsed(step.sql)
    plain = isinstance(tree, exp.Select) and not any(
        tree.args.get(part) for part in ("group", "distinct", "having", "locks")
    )
    if not plain or list(tree.find_all(exp.AggFunc)) or tree.args.get("from_") is None:
        return step
    sql = f"{step.sql} FOR NO KEY UPDATE"
    changed[step.sql] = sql
    return step.model_copy(update={"sql": sql})


def _unique(sides: Sides, schema: Schema) -> Iterator[Remedy]:
    """A unique key over what is looked for before something is inserted."""
    quote = dialect(Engine.POSTGRESQL)
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for side in sides:
        inserted = {
            one.this.find(exp.Table).name for step in side.steps if isinstance(one := parsed(step.sql), exp.Insert)
        }
        for step in side.steps:
            tree = parsed(step.sql)
            source = tree.find(exp.Table) if isinstance(tree, exp.Select) else None
            table = schema.table(source.name) if source is not None and source.name in inserted else None
            if table is None or tree.args.get("where") is None:
                continue
            compared = (one.find(exp.Column) for one in tree.args["where"].find_all(exp.EQ))
            columns = tuple(dict.fromkeys(one.name for one in compared if one is not None and table.column(one.name)))
            if not columns or (table.label, columns) in seen or table.is_unique(columns):
                continue
            seen.add((table.label, columns))
            name = f"{table.name}_{'_'.join(columns)}_key"[:63]
            keys = ", ".join(map(quote.identifier, columns))
            of_table = quote.qualified(table.namespace, table.name)
            yield Remedy(
                name=f"unique ({', '.join(columns)})",
                sql=(f"ALTER TABLE {of_table} ADD CONSTRAINT {quote.identifier(name)} UNIQUE ({keys});",),
                sides=sides,
                costs="the second insert fails with SQLSTATE 23505, or does nothing with ON CONFLICT DO NOTHING",
                before=(f"ALTER TABLE {of_table} ADD CONSTRAINT {quote.identifier(name)} UNIQUE ({keys})",),
                after=(f"ALTER TABLE {of_table} DROP CONSTRAINT {quote.identifier(name)}",),
            )
