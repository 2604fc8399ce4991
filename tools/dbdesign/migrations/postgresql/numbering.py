"""The numbers of a column, handed over to the column that takes its place: they go on where they were."""

from __future__ import annotations

from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.statements import alter_column
from dbdesign.model.schema import Column, Table
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.clauses import identity_clause, sequence_name
from dbdesign.writers.postgresql.spelling import identifier, literal, qualified, sequence_clauses, statement


def hand_over(
    planning: Planning,
    place: str,
    old: tuple[Table, Column, str],
    new: tuple[Table, Column, str],
) -> list[str]:
    """Statements that number the new column and no longer the old one.

    Args:
        old, new: the table under the name that the sequence is called by, the column with its own name and identity, and what the column
            is called while this runs.
    """
    if old[1].identity is None and new[1].identity is None:
        return []
    interim = temporary(_sequence(new) if new[1].identity else "none", "take")
    found = _on(place, new, interim) if new[1].identity else []
    if new[1].identity:
        found.append(_value(place, old, new, interim))
    if old[1].identity:
        found += _off(place, old)
    if new[1].identity:
        space = new[0].namespace
        found.append(f"ALTER SEQUENCE {qualified(space, interim)} RENAME TO {identifier(_sequence(new))}")
        found += objects.grants("SEQUENCE", qualified(space, _sequence(new)), new[1].identity.grants, planning.major)
        found += objects.comment("SEQUENCE", qualified(space, _sequence(new)), new[1].identity.comment)
    return found


def _sequence(of: tuple[Table, Column, str]) -> str:
    assert of[1].identity is not None  # noqa: S101 - by the caller
    return sequence_name(of[0], of[1], of[1].identity)


def _on(place: str, new: tuple[Table, Column, str], interim: str) -> list[str]:
    table, column, name = new
    assert column.identity is not None  # noqa: S101
    sequence = qualified(table.namespace, interim)
    if column.identity.mode != "serial":
        identity = column.identity.model_copy(update={"sequence_name": interim})
        return [alter_column(place, name, f"ADD {identity_clause(table, identity)}")]
    clauses = sequence_clauses(column.identity.options)
    if column.identity.options.data_type is None and column.type.native != "bigint":
        clauses.insert(0, f"AS {column.type.native}")
    return [
        statement("CREATE SEQUENCE", sequence, *clauses),
        alter_column(place, name, f"SET DEFAULT nextval({literal(sequence)}::regclass)"),
        f"ALTER SEQUENCE {sequence} OWNED BY {place}.{identifier(name)}",
    ]


def _value(place: str, old: tuple[Table, Column, str], new: tuple[Table, Column, str], interim: str) -> str:
    target = literal(qualified(new[0].namespace, interim))
    if old[1].identity is None:
        name = identifier(new[2])
        return (
            f"SELECT setval({target}, greatest((SELECT max({name}) FROM {place}), 1), EXISTS (SELECT 1 FROM {place}))"
        )
    source = qualified(old[0].namespace, _sequence(old))
    return f"SELECT setval({target}, (SELECT last_value FROM {source}), (SELECT is_called FROM {source}))"


def _off(place: str, old: tuple[Table, Column, str]) -> list[str]:
    assert old[1].identity is not None  # noqa: S101
    if old[1].identity.mode != "serial":
        return [alter_column(place, old[2], "DROP IDENTITY")]
    return [alter_column(place, old[2], "DROP DEFAULT"), f"DROP SEQUENCE {qualified(old[0].namespace, _sequence(old))}"]
