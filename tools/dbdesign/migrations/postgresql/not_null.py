"""NOT NULL without a scan under ACCESS EXCLUSIVE: by a CHECK validated first (12 to 17), by a NOT VALID not-null constraint (18)."""

from __future__ import annotations

from dbdesign.migrations.postgresql.draft import SCAN
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.statements import alter, alter_column, drop_constraint, not_null_name, validate
from dbdesign.model.migration import PhaseName
from dbdesign.model.schema import Column, Table
from dbdesign.writers.postgresql.spelling import identifier, literal

NAMED_SINCE = 18
"""NOT NULL is a constraint with a name, and can be NOT VALID (release notes of 18)."""


def set_not_null(
    planning: Planning,
    table: Table,
    column: Column,
    place: str,
    *,
    phase: PhaseName = "validate",
    name: str | None = None,
) -> None:
    """The steps that make a column NOT NULL.

    Args:
        name: of the constraint (18), where it is not the column's own.
    """
    if planning.major >= NAMED_SINCE:
        _by_constraint(planning, table, column, place, phase, name or final_name(planning, table, column))
    else:
        _by_check(planning, table, column, place, phase)


def final_name(planning: Planning, table: Table, column: Column) -> str:
    """The name of a NOT NULL constraint, made of the table's final name."""
    final = planning.after.table_by_label.get(planning.label(table.label), table)
    return not_null_name(final, column)


def _by_constraint(planning: Planning, table: Table, column: Column, place: str, phase: PhaseName, name: str) -> None:
    inherit = " NO INHERIT" if column.not_null_no_inherit else ""
    what = f"{table.label}.{column.name}"
    planning.add(
        phase,
        f"Refuse new NULLs in {what}",
        [alter(place, f"ADD CONSTRAINT {identifier(name)} NOT NULL {identifier(column.name)}{inherit} NOT VALID")],
        [drop_constraint(place, name)],
    )
    if column.not_null_valid:
        planning.add(
            phase,
            f"Check that {what} has no NULL",
            [validate(place, name)],
            manner=SCAN,
            postcondition=_validated(place, name),
        )


def _by_check(planning: Planning, table: Table, column: Column, place: str, phase: PhaseName) -> None:
    what = f"{table.label}.{column.name}"
    proof = temporary(f"{table.name}_{column.name}", "not_null")
    planning.add(
        phase,
        f"Refuse new NULLs in {what}",
        [alter(place, f"ADD CONSTRAINT {identifier(proof)} CHECK ({identifier(column.name)} IS NOT NULL) NOT VALID")],
        [alter(place, f"DROP CONSTRAINT IF EXISTS {identifier(proof)}")],
    )
    planning.add(
        phase,
        f"Check that {what} has no NULL",
        [validate(place, proof)],
        manner=SCAN,
        postcondition=_validated(place, proof),
    )
    planning.add(
        phase,
        f"Make {what} NOT NULL, proven by the check",
        [alter_column(place, column.name, "SET NOT NULL"), drop_constraint(place, proof)],
        [alter_column(place, column.name, "DROP NOT NULL")],
    )


def _validated(place: str, name: str) -> str:
    return f"SELECT convalidated FROM pg_constraint WHERE conrelid = {literal(place)}::regclass AND conname = {literal(name)}"


def restoring(table: Table, column: Column, place: str, major: int) -> list[str]:
    """Statements, each in a transaction of its own, that make a column NOT NULL again, for a rollback."""
    if major >= NAMED_SINCE:
        name = not_null_name(table, column)
        inherit = " NO INHERIT" if column.not_null_no_inherit else ""
        add = alter(place, f"ADD CONSTRAINT {identifier(name)} NOT NULL {identifier(column.name)}{inherit} NOT VALID")
        return [add, validate(place, name)] if column.not_null_valid else [add]
    proof = temporary(f"{table.name}_{column.name}", "not_null")
    return [
        alter(place, f"ADD CONSTRAINT {identifier(proof)} CHECK ({identifier(column.name)} IS NOT NULL) NOT VALID"),
        validate(place, proof),
        alter_column(place, column.name, "SET NOT NULL"),
        drop_constraint(place, proof),
    ]
