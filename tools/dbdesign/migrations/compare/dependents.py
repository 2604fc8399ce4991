"""What has to be dropped and made again because a column that it reads changes its type, is renamed or goes.

PostgreSQL refuses to change the type of a column that a view, rule, policy, trigger, generated column or SQL-standard function body reads,
and to drop one without CASCADE (ALTER TABLE in the manual; errors 0A000 and 2BP01). MySQL and SQL Server keep views as text: after a
rename they are broken. SQL Server refuses to alter a column that an index, key or check is on. SQLite rebuilds the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dbdesign.migrations.compare.mentions import mentions, names_column, names_table
from dbdesign.migrations.compare.objects import object_name
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Column, Engine, Index, Routine, Schema, Table, Trigger, View

REACHING = frozenset({"type", "collation", "generated", "charset"})
"""Fields of a column that what reads it depends on."""

TEXT_ENGINES = frozenset({Engine.MYSQL, Engine.TIDB, Engine.SQLSERVER, Engine.COCKROACHDB})
"""Engines whose views do not follow a rename: MySQL, TiDB and SQL Server keep them as text, CockroachDB refuses the rename."""

Uses = Mapping[tuple[str, str], frozenset[tuple[str, str]]]
"""From the server's pg_depend: by a table's label and a column, the kinds and names of what reads it."""


@dataclass(frozen=True)
class Change:
    """What happens to a column: `table` by its label after, `was` and `name` of the column before and after."""

    table: Table
    was: str
    name: str
    sentence: str
    gone: bool = False
    renamed: bool = False


@dataclass
class Dependents:
    """Finds what depends on the changed columns of two schemas; `before` with the renames made."""

    before: Schema
    after: Schema
    operations: list[Operation]
    uses: Uses | None = None
    notes: list[str] = field(default_factory=list)

    def all(self) -> list[Operation]:
        """The operations with those that rebuild; altered views and routines say what they depend on."""
        changes = list(self._changes())
        if not changes:
            return self.operations
        reasons = dict(self._in_tables(changes))
        reasons |= self._views(changes)
        reasons |= self._routines(changes, reasons)
        return [*self._with_evidence(reasons), *self._rebuilds(reasons)]

    def _changes(self) -> Iterator[Change]:
        for one in self.operations:
            if one.kind != "column" or one.table is None or not isinstance(one.before, Column):
                continue
            table = self.before.table_by_label.get(one.table) or self.after.table_by_label.get(one.table)
            if table is None:
                continue
            place = f"{one.table}.{one.name}"
            if one.action == "drop":
                yield Change(table, one.name, one.name, f"{place} is dropped", gone=True)
            elif one.action == "alter" and not REACHING.isdisjoint(one.changed):
                yield Change(table, one.name, one.name, f"{place} changes its {_listed(REACHING & set(one.changed))}")
            elif one.action == "rename" and self.after.engine in TEXT_ENGINES:
                yield Change(table, one.before.name, one.name, f"{place} was called {one.before.name}", renamed=True)

    def _in_tables(self, changes: Iterable[Change]) -> Iterator[tuple[tuple[str, str | None, str], list[str]]]:
        found: dict[tuple[str, str | None, str], list[str]] = {}
        for change in changes:
            before = self.before.table_by_label.get(change.table.label)
            if before is None:
                continue
            for kind, name in _parts_on(before, change, self.after.engine):
                found.setdefault((kind, before.label, name), []).append(change.sentence)
        yield from found.items()

    def _views(self, changes: list[Change]) -> dict[tuple[str, str | None, str], list[str]]:
        found: dict[tuple[str, str | None, str], list[str]] = {}
        waiting = list[str]()
        for view in self.before.views:
            said = [one.sentence for one in changes if self._reads(view, one)]
            if said:
                found["view", None, view.label] = said
                waiting.append(view.label)
        while waiting:  # a view on a view that is dropped has to go too
            below = waiting.pop()
            for view in self.before.views:
                key = ("view", None, view.label)
                if key not in found and _stands_on(view, below):
                    found[key] = [f"it reads {below}, which is made again"]
                    waiting.append(view.label)
        return found

    def _reads(self, view: View, change: Change) -> bool:
        if self.uses is not None and not change.renamed:
            return ("view", view.label) in self.uses.get((change.table.label, change.name), frozenset())
        if view.depends_on and change.table.label not in view.depends_on:
            return False
        if not view.depends_on and not names_table(view.definition, change.table.name):
            return False
        return mentions(view.definition, change.table.name, change.name)

    def _routines(
        self, changes: list[Change], reasons: Mapping[tuple[str, str | None, str], list[str]]
    ) -> dict[tuple[str, str | None, str], list[str]]:
        found: dict[tuple[str, str | None, str], list[str]] = {}
        views = {name for kind, _, name in reasons if kind == "view"}
        for routine in self.before.routines:
            said = [f"it reads {one}, which is made again" for one in sorted(views & set(routine.depends_on))]
            for change in changes:
                if not names_table(_bodies(routine), change.table.name) or not names_column(
                    _bodies(routine), change.name
                ):
                    continue
                if _is_tracked(routine):
                    said.append(change.sentence)
                else:
                    about = f"{change.table.label} and {change.name}"
                    self.notes.append(
                        f"{routine.label}: its body, text to the server, names {about}: {change.sentence}"
                    )
            if said:
                found["routine", None, object_name(routine)] = said
        return found

    def _with_evidence(self, reasons: Mapping[tuple[str, str | None, str], list[str]]) -> Iterator[Operation]:
        for one in self.operations:
            said = reasons.get((one.kind, one.table, one.name))
            if said and one.action == "alter":
                yield one.model_copy(update={"evidence": (*one.evidence, *said)})
            else:
                yield one

    def _rebuilds(self, reasons: Mapping[tuple[str, str | None, str], list[str]]) -> Iterator[Operation]:
        touched = {(one.kind, one.table, one.name) for one in self.operations if one.action in {"add", "alter", "drop"}}
        for (kind, table, name), said in reasons.items():
            if (kind, table, name) in touched:
                continue
            before, after = _find(self.before, kind, table, name), _find(self.after, kind, table, name)
            if after is not None:
                yield Operation.model_validate(
                    {
                        "action": "rebuild", "kind": kind, "table": table, "name": name, "before": before, "after": after,
                        "evidence": tuple(dict.fromkeys(said)),
                    }
                )  # fmt: skip


def _listed(words: Iterable[str]) -> str:
    return " and ".join(sorted(words))


def _parts_on(table: Table, change: Change, engine: Engine) -> Iterator[tuple[str, str]]:
    """The parts of the column's own table that read it by an expression; for SQL Server those on the column itself too."""
    name, pinned = change.name, engine is Engine.SQLSERVER and not change.renamed
    follows = change.renamed and engine not in {Engine.MYSQL, Engine.TIDB}
    for column in table.columns:
        if column.name != name and column.generated and names_column(column.generated.expression, name) and not follows:
            yield "column", column.name
    for check in table.checks:
        if check.name and names_column(check.expression, name) and not follows:
            yield "check", check.name
    if change.renamed:
        return
    for index in table.indexes:
        if index.name and (_reads_by_expression(index, name) or (pinned and name in _key_columns(index))):
            yield "index", index.name
    for policy in table.policies:
        if names_column(policy.using, name) or names_column(policy.check, name):
            yield "policy", policy.name
    for trigger in table.triggers:
        if _watches(trigger, name):
            yield "trigger", trigger.name
    yield from _keys_on(table, name) if pinned else ()


def _keys_on(table: Table, name: str) -> Iterator[tuple[str, str]]:
    if table.primary_key and table.primary_key.name and name in table.primary_key.columns:
        yield "primary key", table.primary_key.name
    yield from (("unique key", key.name) for key in table.unique_keys if key.name and name in key.columns)
    yield from (("foreign key", key.name) for key in table.foreign_keys if key.name and name in key.columns)


def _key_columns(index: Index) -> set[str]:
    return {key.column for key in index.keys if key.column} | set(index.include)


def _reads_by_expression(index: Index, name: str) -> bool:
    return names_column(index.where, name) or any(names_column(key.expression, name) for key in index.keys)


def _watches(trigger: Trigger, name: str) -> bool:
    """Whether a trigger's own definition, up to the function it calls, names the column: UPDATE OF, WHEN."""
    head = trigger.definition
    for word in ("EXECUTE FUNCTION", "EXECUTE PROCEDURE"):
        head = head.split(word)[0]
    return names_column(head.partition(trigger.name)[2] or head, name)


def _stands_on(view: View, label: str) -> bool:
    if view.depends_on:
        return label in view.depends_on
    return view.label != label and names_table(view.definition, label.rpartition(".")[2])


def _is_tracked(routine: Routine) -> bool:
    """Whether the server knows what the routine reads: a body of the SQL standard's kind."""
    head = routine.definition.upper()
    return (
        routine.language == "sql"
        and ("BEGIN ATOMIC" in head or "\nRETURN " in head or " RETURN " in head)
        and "AS $" not in head
    )


def _bodies(routine: Routine) -> str:
    return routine.definition.replace("$function$", " ").replace("$procedure$", " ").replace("$$", " ")


def _find(schema: Schema, kind: str, table: str | None, name: str) -> Any:
    if table is None:
        group: tuple[Any, ...] = schema.views if kind == "view" else schema.routines
        return next((one for one in group if object_name(one) == name), None)
    owner = schema.table_by_label.get(table)
    if owner is None:
        return None
    fields: dict[str, tuple[Any, ...]] = {
        "column": owner.columns, "check": owner.checks, "index": owner.indexes, "policy": owner.policies, "trigger": owner.triggers,
        "primary key": (owner.primary_key,), "unique key": owner.unique_keys, "foreign key": owner.foreign_keys,
    }  # fmt: skip
    return next((one for one in fields[kind] if one is not None and one.name == name), None)
