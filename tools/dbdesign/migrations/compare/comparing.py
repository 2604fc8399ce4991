"""Compares two schemas: renames first, then every kind of object, then the order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pydantic import Field

from dbdesign.errors import InputError
from dbdesign.migrations.compare.confirming import Confirmed, confirmed_renames
from dbdesign.migrations.compare.dependents import Dependents
from dbdesign.migrations.compare.detecting import Detection, detect
from dbdesign.migrations.compare.equality import Equality
from dbdesign.migrations.compare.executed import Executed, spelling_may_differ
from dbdesign.migrations.compare.executed import execute as on_server
from dbdesign.migrations.compare.matching import by_key
from dbdesign.migrations.compare.objects import objects, schema_options
from dbdesign.migrations.compare.order import ordered
from dbdesign.migrations.compare.rename_operations import rename_operations, with_values
from dbdesign.migrations.compare.renaming import renamed
from dbdesign.migrations.compare.tables import Tables, parents
from dbdesign.model.base import Model
from dbdesign.model.finding import Proof
from dbdesign.model.migration import Operation, Question
from dbdesign.model.schema import Engine, Schema, Table


class Comparison(Model):
    """What differs between two schemas of one engine.

    Attributes:
        before, after: the schemas, as they were compared (the server's own spelling where it was asked).
        renamed: `before` with every rename made: what the operations behind the renames start from.
        operations: in an order in which they can be made; renames first, what is lost last.
        questions: doubtful renames; their operations are renames that are not `certain`.
        notes: what is no difference and yet worth saying; cycles.
        proof: how equal spellings were told from differences.
    """

    before: Schema
    after: Schema
    renamed: Schema
    operations: tuple[Operation, ...]
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()
    proof: Proof = Field(default_factory=lambda: Proof(level="by rule"))


def compare(
    before: Schema,
    after: Schema,
    *,
    renames: Mapping[str, str] | None = None,
    drops: Collection[str] = (),
    execute: bool = True,
) -> Comparison:
    """The operations that make `after` of `before`.

    Args:
        before, after: schemas of the same engine.
        renames: what the caller confirms: old label to new name or label (`{"orders": "purchases", "orders.total": "amount"}`);
            a column's old name is said with its table's old label.
        drops: labels and columns (`orders.total`) that are dropped for certain, and are never taken for renamed ones.
        execute: whether the embedded server may be asked about spellings that differ (PostgreSQL).

    Raises:
        InputError: the schemas are of two engines.
        UnknownNameError: a rename or drop names what is not there.
    """
    if before.engine is not after.engine:
        raise InputError(
            f"the schemas are of two engines, {before.engine} and {after.engine}",
            remedy="Generate one of them for the other's engine first",
        )
    confirmed = confirmed_renames(before, after, renames or {}, drops)
    work = _Work(before, after, confirmed, frozenset(drops))
    found = work.compared()
    if not execute or before.engine is not Engine.POSTGRESQL:
        return found
    doubtful, asks = spelling_may_differ(found.operations), _asks(found)
    if not doubtful and not asks:
        return found
    inside = not asks and all(one.table is not None and one.kind not in {"trigger", "foreign key"} for one in doubtful)
    tables = {one.table for one in doubtful if one.table is not None} if inside else None
    executed = on_server(before, after, work.detection.renames, tables)
    if isinstance(executed, str):
        note = f"spellings were compared as text, not on the server: {executed}"
        return found.model_copy(update={"notes": (*found.notes, note)})
    return _Work(executed.before, executed.after, confirmed, frozenset(drops), executed, work.detection).compared()


def _asks(found: Comparison) -> bool:
    """Whether views may stand in the way of a change: the server knows which."""
    return any(one.kind == "view" and (one.action == "rebuild" or one.evidence) for one in found.operations)


class _Work:
    def __init__(
        self,
        before: Schema,
        after: Schema,
        confirmed: Confirmed,
        drops: frozenset[str],
        executed: Executed | None = None,
        detection: Detection | None = None,
    ) -> None:
        self.before, self.after, self.drops = before, after, drops
        self.equality = Equality(after.engine)
        self.confirmed, self.executed = confirmed, executed
        self.detection = detection or detect(before, after, confirmed.renames, drops, self.equality)

    def compared(self) -> Comparison:
        before, after, renames = self.before, self.after, self.detection.renames
        between = self.executed.between if self.executed else renamed(before, renames)
        old = {renames.label(one.label): one for one in before.tables}
        tables = Tables(between, after, old, self.equality)
        found = [
            *rename_operations(before, between, after, self.detection),
            *objects(between, after, self.equality),
            *_tables(tables),
            *schema_options(between, after),
        ]
        found, asked = with_values(found, self.confirmed.values, self.drops)
        dependents = Dependents(between, after, found, self.executed.uses if self.executed else None)
        operations, cycles = ordered(dependents.all(), after)
        return Comparison(
            before=before,
            after=after,
            renamed=between,
            operations=tuple(operations),
            questions=(*(one.question() for one in self.detection.found if not one.certain), *asked),
            notes=(*tables.notes, *dependents.notes, *cycles),
            proof=self._proof(),
        )

    def _proof(self) -> Proof:
        if self.executed is None:
            return Proof(level="by rule")
        what = "the tables in question" if self.executed.uses is None else "both schemas"
        detail = f"{what} made there, their spellings read from its catalogues"
        return Proof(level="executed", by=f"PostgreSQL {self.executed.version}", detail=detail)


def _tables(tables: Tables) -> Iterator[Operation]:
    pairs = by_key(tables.before.tables, tables.after.tables, lambda one: one.label)
    for gone in pairs.gone:
        yield from tables.dropped(tables.old[gone.label])
    for one, other in _parents_first(pairs.same):
        yield from tables.changed(one, other)
    for new in pairs.new:
        yield from tables.added(new)


def _parents_first(pairs: list[tuple[Table, Table]]) -> list[tuple[Table, Table]]:
    """What a parent's columns become is known before its children are compared."""
    done: set[str] = set()
    waiting, result = pairs, list[tuple[Table, Table]]()
    labels = {one.label for one, _ in pairs}
    while waiting:
        ready = [pair for pair in waiting if not ({*parents(pair[0]), *parents(pair[1])} & labels) - done]
        for pair in ready or waiting:
            done.add(pair[0].label)
            result.append(pair)
        waiting = [pair for pair in waiting if pair[0].label not in done]
    return result
