"""What may be done against an anomaly, in a form that can be run: another isolation level, locks, a constraint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from dbdesign.dialects.base import dialect
from dbdesign.integrity.parameters import parsed
from dbdesign.model.schema import Engine, Schema
from dbdesign.model.workload import Isolation, Step, Transaction

_PYFORMAT = re.compile(r"%\((\w+)\)s")
"""As sqlglot writes named placeholders for PostgreSQL."""

Sides = tuple[Transaction, Transaction]


@dataclass(frozen=True)
class Remedy:
    """A change to the transactions or to the schema.

    Attributes:
        name: in a few words.
        sql: what to write; the statements that change.
        sides: the transactions with it.
        before, after: statements that put it into the schema and take it out.
        retry: SQLSTATEs, beside those of serialization, after which the application begins anew.
        costs: what one pays for it.
    """

    name: str
    sql: tuple[str, ...]
    sides: Sides
    costs: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    retry: frozenset[str] = frozenset()


def remedies(kind: str, sides: Sides, schema: Schema) -> Iterator[Remedy]:
    """The remedies worth trying against an anomaly, the cheapest first."""
    if kind == "phantom":
        yield from _unique(sides, schema)
    if (locked := _locked(sides)) is not None:
        yield locked
    if kind in {"lost update", "inconsistent read"}:
        yield _isolated(sides, "repeatable read")
    if kind == "phantom":
        yield _one_at_a_time(sides)
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
    steps: list[Step] = []
    for place, step in enumerate(side.steps):
        steps += _locked_step(step, changed) if place < last else [step]
    return side.model_copy(update={"steps": tuple(steps)})


def _locked_step(step: Step, changed: dict[str, str]) -> list[Step]:
    """A SELECT of rows with FOR NO KEY UPDATE; before one that counts or adds up, another that locks the rows it looks at."""
    tree = parsed(step.sql)
    if not isinstance(tree, exp.Select) or tree.args.get("from_") is None or tree.args.get("locks"):
        return [step]
    if not any(tree.args.get(part) for part in ("group", "distinct", "having")) and not list(
        tree.find_all(exp.AggFunc)
    ):
        changed[step.sql] = f"{step.sql} FOR NO KEY UPDATE"
        return [step.model_copy(update={"sql": changed[step.sql]})]
    rows = exp.select("1").from_(tree.args["from_"].this.copy())
    for join in tree.args.get("joins") or ():
        rows = rows.join(join.copy())
    if tree.args.get("where") is not None:
        rows = rows.where(tree.args["where"].this.copy())
    locking = _PYFORMAT.sub(r":\1", f"{rows.sql(dialect='postgres')} FOR NO KEY UPDATE")
    changed[step.sql] = f"{locking}; {step.sql}"
    return [Step(sql=locking, when=step.when), step]


def _one_at_a_time(sides: Sides) -> Remedy:
    """Both take the same advisory lock first."""
    name = " and ".join(sorted({side.name for side in sides})).replace("'", "''")
    lock = f"SELECT pg_advisory_xact_lock(hashtext('{name}'))"
    left, right = (side.model_copy(update={"steps": (Step(sql=lock), *side.steps)}) for side in sides)
    return Remedy(
        name="one at a time, by an advisory lock",
        sql=(f"{lock};",),
        sides=(left, right),
        costs="such transactions run one after the other; add what they are about to the text, such as the room and the day",
    )


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
                costs="the second insert fails with SQLSTATE 23505: look again, or write ON CONFLICT DO NOTHING",
                retry=frozenset({"23505"}),
                before=(f"ALTER TABLE {of_table} ADD CONSTRAINT {quote.identifier(name)} UNIQUE ({keys})",),
                after=(f"ALTER TABLE {of_table} DROP CONSTRAINT {quote.identifier(name)}",),
            )
