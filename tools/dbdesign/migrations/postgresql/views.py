"""Views and routines rebuilt around a change in one short transaction; materialized views beside the old ones."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dbdesign.migrations.postgresql.draft import COPY
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.renames import view_again
from dbdesign.migrations.postgresql.statements import create, drop
from dbdesign.model.schema import Carried, Routine, Schema, View
from dbdesign.writers.postgresql.spelling import identifier, qualified

_WORD = re.compile(r"""(?:(?:[^\W\d][\w$]*|"(?:[^"]|"")+")\.)?(?:[^\W\d][\w$]*|"(?:[^"]|"")+")""")


def reads(view: View, label: str) -> bool:
    """Whether a view reads a relation."""
    if view.depends_on:
        return label in view.depends_on
    words = {match.group().replace('"', "").removeprefix("public.") for match in _WORD.finditer(view.definition)}
    return label in words


def dependents(schema: Schema, labels: Iterable[str]) -> list[View]:
    """The views that read these relations, directly or through others, each behind those that it reads."""
    reached, found = set(labels), dict[str, View]()
    grown = True
    while grown:
        grown = False
        for view in schema.views:
            if view.label not in found and any(reads(view, one) for one in reached):
                found[view.label] = view
                reached.add(view.label)
                grown = True
    return in_order(list(found.values()))


def in_order(views: list[View]) -> list[View]:
    """Each behind those that it reads."""
    result: list[View] = []
    waiting = list(views)
    while waiting:
        ready = [one for one in waiting if not any(reads(one, other.label) for other in waiting if other is not one)]
        result += ready or waiting
        waiting = [one for one in waiting if one not in ready] if ready else []
    return result


def plan(planning: Planning) -> None:
    """Every operation on views and routines."""
    _routines(planning)
    for label in planning.base_names:
        if again := view_again(planning, label):
            planning.add(
                "switch",
                f"Show new columns in the view before {label}",
                again,
                [],
                notes=["The rollback of the expand phase drops it."],
            )
            planning.drafts[-1].down = _narrow_again(planning, label)
            _widen_rollback(planning, label, again)
    altered = planning.take("view", ("alter", "rebuild"))
    dropped = [one.before for one in planning.take("view", "drop") if isinstance(one.before, View)]
    added = [one.after for one in planning.take("view", "add") if isinstance(one.after, View)]
    changed = [one.name for one in altered if one.name not in planning.done_views]
    gone = rebuild(planning, changed)
    new = in_order([one for one in added if one.label not in planning.done_views])
    for view in new:
        manner = COPY if view.materialized else None
        step = {"manner": manner} if manner else {}
        planning.add("switch", f"Create view {view.label}", list(create(view, planning.major)), [drop(view)], **step)  # type: ignore[arg-type]
    for view in reversed(
        in_order([one for one in dropped if one.label not in gone and one.label not in planning.done_views])
    ):
        planning.add(
            "contract", f"Drop view {view.label}", [drop(view)], list(create(view, planning.major)), first=True
        )
    for operation in planning.take("carried", ("alter", "rebuild")):
        _carried(planning, operation.before, operation.after)
    for operation in planning.take("carried", "add"):
        if isinstance(operation.after, Carried):
            _carried(planning, None, operation.after)


def _narrow_again(planning: Planning, label: str) -> list[str]:
    """A view cannot lose columns: it is dropped and made again."""
    for draft in planning.drafts:
        place = qualified(planning.after.table_by_label[label].namespace, planning.after.table_by_label[label].name)
        made = [one for one in draft.up if one.startswith((f"CREATE VIEW {place} ", "GRANT "))]
        if draft.phase == "expand" and any(one.startswith("CREATE VIEW") for one in made):
            return [f"DROP VIEW {place}", *made]
    return []


def _widen_rollback(planning: Planning, label: str, again: list[str]) -> None:
    """The view that the contract phase drops has the new columns too."""
    for draft in planning.drafts:
        if draft.title == f"Drop the view before {label}":
            wide = [one.replace("CREATE OR REPLACE VIEW", "CREATE VIEW", 1) for one in again]
            draft.down = [text for one in draft.down for text in (wide if one.startswith("CREATE VIEW ") else [one])]


def rebuild(planning: Planning, labels: Iterable[str]) -> set[str]:
    """Rebuild altered views and what reads them. Labels of views of the schema before that are gone with it."""
    wanted = set(labels)
    if not wanted:
        return set()
    before = {one.label: one for one in standing_views(planning)}
    after = {one.label: one for one in planning.after.views}
    simple = [one for one in wanted if one in before and one in after and _replaceable(before[one], after[one])]
    hard = wanted - set(simple)
    if hard:
        old = in_order(
            [
                *(before[one] for one in hard if one in before),
                *(v for v in dependents(planning.renamed, hard) if v.label not in hard),
            ]
        )
        simple = [one for one in simple if one not in {v.label for v in old}]
        _rebuild_all(planning, old, [after[one.label] for one in old if one.label in after])
    for one in in_order([after[label] for label in simple]):
        up, down = (
            next(iter(create(view, planning.major))).replace("CREATE ", "CREATE OR REPLACE ", 1)
            for view in (one, before[one.label])
        )
        planning.merge("switch", "views", "Replace views", [up], [down])
    planning.done_views |= wanted
    return {one.label for one in dependents(planning.renamed, hard)} - set(after) if hard else set()


def standing_views(planning: Planning) -> list[View]:
    """The views of the schema before once the renames are made: they read the new names, and keep their own columns' names."""
    original = {one.label: one for one in planning.before.views}
    return [
        one.model_copy(update={"column_types": ()})
        if one.columns and one.label in original and original[one.label].definition != one.definition
        else one
        for one in planning.renamed.views
    ]


def _replaceable(before: View, after: View) -> bool:
    """Whether CREATE OR REPLACE can make one of the other, both ways."""
    if before.materialized or after.materialized or before.recursive or after.recursive:
        return False
    return (
        before.columns == after.columns
        and before.column_types == after.column_types
        and before.options == after.options
    )


def _rebuild_all(planning: Planning, old: list[View], new: list[View]) -> None:
    """Plain views in one transaction; materialized ones are filled beside the old ones first."""
    planning.done_views |= {one.label for one in (*old, *new)}
    was = {one.label: one for one in old}
    stored = [one for one in new if one.materialized and one.label in was]
    names = ", ".join(one.label for one in new)
    up: list[str] = []
    down: list[str] = []
    parked: list[str] = []
    for one in stored:
        _fill_beside(planning, one)
    for one in reversed(in_order(old)):
        if one.materialized and any(other.label == one.label for other in stored):
            up += _renamed(one, one.name, temporary(one.name, "old"))
            parked.append(qualified(one.namespace, temporary(one.name, "old")))
        else:
            up.append(drop(one))
    for one in in_order(new):
        up += _renamed(one, temporary(one.name, "new"), one.name) if one in stored else create(one, planning.major)
    for one in reversed(in_order(new)):
        down += _renamed(one, one.name, temporary(one.name, "new")) if one in stored else [drop(one)]
    for one in in_order(old):
        kept = one.materialized and any(other.label == one.label for other in stored)
        down += _renamed(one, temporary(one.name, "old"), one.name) if kept else create(one, planning.major)
    planning.add("switch", f"Rebuild views: {names}", up, down)
    for one in (view for view in old if qualified(view.namespace, temporary(view.name, "old")) in parked):
        interim = _named(one, "old")
        planning.add(
            "contract",
            f"Drop the old materialized view {one.label}",
            [drop(interim)],
            list(create(interim, planning.major)),
            first=True,
        )


def _named(view: View, mark: str) -> View:
    indexes = tuple(one.model_copy(update={"name": temporary(one.name or "", mark)}) for one in view.indexes)
    return view.model_copy(update={"name": temporary(view.name, mark), "indexes": indexes})


def _fill_beside(planning: Planning, view: View) -> None:
    interim = _named(view, "new")
    planning.add(
        "switch", f"Fill the new {view.label}", list(create(interim, planning.major)), [drop(interim)], manner=COPY
    )


def _renamed(view: View, old: str, new: str) -> list[str]:
    """RENAME of a materialized view and of its indexes, whose marks are the view's."""
    mark = "old" if "old" in (old.rpartition("__")[2], new.rpartition("__")[2]) else "new"
    there = old != view.name
    found = [f"ALTER MATERIALIZED VIEW {qualified(view.namespace, old)} RENAME TO {identifier(new)}"]
    for one in view.indexes:
        names = (temporary(one.name or "", mark), one.name or "")
        first, second = names if there else names[::-1]
        found.append(f"ALTER INDEX {qualified(view.namespace, first)} RENAME TO {identifier(second)}")
    return found


def _routines(planning: Planning) -> None:
    for operation in planning.take("routine", ("alter", "rebuild")):
        before, after = operation.before, operation.after
        if not isinstance(before, Routine) or not isinstance(after, Routine):
            continue
        if operation.action == "rebuild" and before == after:
            continue
        if (
            before.returns == after.returns and before.kind == after.kind == "function"
        ) or before.kind == after.kind == "procedure":
            up, down = _or_replace(after.definition), _or_replace(before.definition)
            planning.merge("switch", "routines", "Replace routines", [up], [down])
        else:
            up_all = [drop(before), *create(after, planning.major)]
            planning.add(
                "switch",
                f"Replace {after.kind} {operation.name}",
                up_all,
                [drop(after), *create(before, planning.major)],
            )


def _or_replace(definition: str) -> str:
    return (
        definition
        if re.match(r"\s*CREATE\s+OR\s+REPLACE\b", definition, re.IGNORECASE)
        else definition.replace("CREATE", "CREATE OR REPLACE", 1)
    )


def _carried(planning: Planning, before: object, after: object) -> None:
    from dbdesign.migrations.postgresql.drops import drop_carried

    if isinstance(before, Carried) and before == after:
        return
    up, down = list[str](), list[str]()
    for one, into in ((before, up), (after, down)):
        if isinstance(one, Carried):
            text = drop_carried(one)
            if text is None:
                planning.manual.append(
                    f"{one.kind} {one.name} changes; apply by hand: {after.sql if isinstance(after, Carried) else one.sql}"
                )
                return
            into.append(text)
    up += [after.sql] if isinstance(after, Carried) else []
    down += [before.sql] if isinstance(before, Carried) else []
    planning.add("switch", "Objects carried as they are", up, down)
