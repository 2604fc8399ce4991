"""The order in which operations are planned, and what the plan is once all of them are."""

from __future__ import annotations

from collections.abc import Callable

from dbdesign.migrations.compare import Comparison
from dbdesign.migrations.postgresql import (
    added_columns,
    altered_columns,
    constraints,
    creations,
    drops,
    guards,
    indexes,
    keys,
    moves,
    named_types,
    partitions,
    properties,
    renames,
    shadow_tables,
    type_changes,
    views,
)
from dbdesign.migrations.postgresql.finish import finished
from dbdesign.migrations.postgresql.newer import refuse_newer
from dbdesign.migrations.postgresql.planning import Planning, major_of
from dbdesign.migrations.settings import ConsentError, PlanSettings
from dbdesign.model.migration import MigrationPlan, Operation, Question

PASSES: tuple[Callable[[Planning], None], ...] = (
    renames.plan,
    shadow_tables.plan,
    creations.plan,
    named_types.plan,
    added_columns.plan,
    moves.plan,
    type_changes.plan,
    altered_columns.plan,
    indexes.plan,
    keys.plan,
    constraints.plan,
    partitions.plan,
    views.plan,
    guards.plan,
    properties.plan,
    drops.plan,
)
"""Each takes the operations that it plans; what is left in the end is done by hand."""


def plan(comparison: Comparison, settings: PlanSettings) -> MigrationPlan:
    """A plan for PostgreSQL.

    Raises:
        ConsentError: data would be lost, and nobody has agreed to it.
        InputError: for a version that is not known, or that cannot have what the target has.
    """
    major = major_of(settings.version or comparison.after.version)
    refuse_newer(comparison.after, major)
    planning = Planning(
        comparison.before, comparison.after, comparison.operations, settings, major, renamed=comparison.renamed
    )
    planning.questions += comparison.questions
    planning.notes += comparison.notes
    _set_aside(planning, comparison.questions)
    for one in PASSES:
        one(planning)
    late = {id(draft) for draft in planning.last}
    planning.drafts = [draft for draft in planning.drafts if id(draft) not in late] + planning.last
    if planning.refused:
        raise ConsentError(
            f"data would be lost: {'; '.join(planning.refused)}",
            where="allow_destructive",
            remedy="Say allow_destructive (--allow-destructive) if that is wanted; say a rename or a move if it is not",
        )
    _note_publications(planning)
    planning.manual += [_by_hand(one) for one in planning.left if one.action != "rebuild"]
    return finished(planning)


def _set_aside(planning: Planning, questions: tuple[Question, ...]) -> None:
    """A question stops only what it is about: the table of a doubtful rename, or the table of a doubtful column."""
    about = {one.about for one in questions}
    doubtful = [one for one in planning.left if not one.certain]
    stopped = {one.name for one in doubtful if one.kind == "table"} | {
        one.table for one in doubtful if one.kind == "column"
    }
    stopped |= {getattr(one.before, "label", one.name) for one in doubtful if one.kind == "table"}
    planning.blocked |= {one for one in stopped if one} | about
    planning.left = [
        one for one in planning.left if one.certain and one.table not in stopped and one.name not in stopped
    ]


def _note_publications(planning: Planning) -> None:
    """A publication names tables, and columns by what they are called."""
    published = [one.name for one in planning.after.carried if one.kind == "publication"]
    touched = sorted({*planning.replaced, *planning.swapped, *planning.base_names} - planning.added)
    if published and touched:
        planning.notes.append(
            f"Publications ({', '.join(published)}): {', '.join(touched)} or columns of theirs are exchanged; let subscribers catch up "
            "before the switch, and look at the publication's tables and columns behind it."
        )


def _by_hand(operation: Operation) -> str:
    where = f" of {operation.table}" if operation.table else ""
    return f"{operation.action} {operation.kind} {operation.name}{where}: no plan without stopping the application; do it by hand"
