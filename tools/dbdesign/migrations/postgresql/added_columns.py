"""New columns: without a rewrite, with a backfill where rows that exist need a value that is not one and the same for all."""

from __future__ import annotations

from dbdesign.migrations.postgresql.backfills import update_script
from dbdesign.migrations.postgresql.draft import BACKFILL
from dbdesign.migrations.postgresql.not_null import NAMED_SINCE, final_name, set_not_null
from dbdesign.migrations.postgresql.planning import Planning, firing_notes, temporary
from dbdesign.migrations.postgresql.statements import (
    add_column,
    alter,
    alter_column,
    base_type,
    owned_sequence,
    set_default,
)
from dbdesign.migrations.postgresql.unanswered import set_aside
from dbdesign.migrations.postgresql.volatility import is_volatile
from dbdesign.model.migration import Question
from dbdesign.model.schema import Column, Table
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.clauses import identity_clause, sequence_name, serial_default
from dbdesign.writers.postgresql.spelling import default, identifier, literal, qualified


def plan(planning: Planning) -> None:
    """Every added column of a table that stood before."""
    for operation in planning.take("column", "add"):
        if isinstance(operation.after, Column) and operation.table is not None:
            _add(planning, operation.table, operation.after)


def _add(planning: Planning, label: str, column: Column) -> None:
    table = planning.table(label)
    if column.identity is not None:
        (_serial if column.identity.mode == "serial" else _identity)(planning, table, column)
    elif _needs_value(planning, table, column):
        _with_fill(planning, table, column)
    elif column.default is not None and (
        is_volatile(column.default, planning.after) or constrained_domain(planning, column)
    ):
        _volatile(planning, table, column)
    else:
        _plain(planning, table, column)
    comment(planning, table, column)


def comment(planning: Planning, table: Table, column: Column) -> None:
    """What is said beside a new column: comment, storage and statistics, privileges."""
    place = planning.place(table.label)
    said = list(objects.comment("COLUMN", f"{place}.{identifier(column.name)}", column.comment))
    said += [
        alter_column(place, column.name, f"SET {keyword.upper()} {column.options[keyword]}")
        for keyword in ("storage", "compression", "statistics")
        if keyword in column.options
    ]
    if said:
        planning.merge("expand", "said of columns", "Comments and settings of new columns", said)


def _needs_value(planning: Planning, table: Table, column: Column) -> bool:
    if f"{table.label}.{column.name}" in planning.settings.fills:
        return True
    return not column.nullable and column.default is None and column.generated is None


def constrained_domain(planning: Planning, column: Column) -> bool:
    """Whether its type is a domain with a constraint: ADD COLUMN rewrites for it, default or not (measured)."""
    seen, kind = 0, column.type
    while kind.name is not None and (domain := planning.after.domain_by_label.get(str(kind.name))) and seen < 32:
        if domain.checks or not domain.nullable:
            return True
        kind, seen = domain.type, seen + 1
    return False


def _plain(planning: Planning, table: Table, column: Column) -> None:
    """A default that is the same for all rows is kept in the catalogue: no rewrite."""
    place = planning.place(table.label)
    not_null = not column.nullable and column.default is not None
    clause = add_column(place, table, column)
    if not_null:
        name = _named(planning, table, column)
        clause += f"{name} NOT NULL"
    drop = alter(place, f"DROP COLUMN {identifier(column.name)}")
    planning.add("expand", f"Add {table.label}.{column.name}", [clause], [drop])
    if not column.nullable and not not_null:  # a virtual column: its NOT NULL is checked apart
        set_not_null(planning, table, column, place)


def _named(planning: Planning, table: Table, column: Column) -> str:
    """The name of a NOT NULL constraint where the server would choose another (18)."""
    aside = planning.label(table.label) in planning.base_names
    if planning.major < NAMED_SINCE or not (column.not_null_name or aside):
        return ""
    return f" CONSTRAINT {identifier(final_name(planning, table, column))}"


def _volatile(planning: Planning, table: Table, column: Column) -> None:
    """Add, then set the default, then fill what is there already."""
    place = planning.place(table.label)
    _expand(planning, table, column, [add_column(place, table, column, bare=True), set_default(place, table, column)])
    fill(planning, table, column, default(column.default or "NULL"))
    if not column.nullable:
        set_not_null(planning, table, column, place)


def _expand(planning: Planning, table: Table, column: Column, up: list[str], down: list[str] | None = None) -> None:
    place = planning.place(table.label)
    drop = alter(place, f"DROP COLUMN {identifier(column.name)}")
    planning.add("expand", f"Add {table.label}.{column.name}", up, [drop, *(down or [])])


def fill(planning: Planning, table: Table, column: Column, expression: str, *, where: str | None = None) -> None:
    """The backfill of one column."""
    place = planning.place(table.label)
    condition = where or f"t.{identifier(column.name)} IS NULL"
    key_table = planning.old(table.label) or table
    named = key_table.model_copy(
        update={"primary_key": table.primary_key if _stands(key_table, table) else key_table.primary_key}
    )
    script, batches = update_script(planning, named, place, f"{identifier(column.name)} = {expression}", condition)
    planning.add("backfill", f"Fill {table.label}.{column.name}", [script], manner=BACKFILL, batches=batches)
    planning.drafts[-1].notes += firing_notes(planning.fired(table.label))
    planning.filled.add(f"{table.label}.{column.name}")


def _stands(before: Table, after: Table) -> bool:
    """Whether the primary key after is the one before, so that its columns' new names hold."""
    return (
        before.primary_key is not None
        and after.primary_key is not None
        and before.primary_key.name == after.primary_key.name
    )


def _with_fill(planning: Planning, table: Table, column: Column) -> None:
    label = f"{table.label}.{column.name}"
    expression = planning.settings.fills.get(label)
    if expression is None:
        _ask(planning, table, column)
        return
    place = planning.place(table.label)
    constant = not _reads_row(expression, table)
    if constant and not is_volatile(expression, planning.after) and not constrained_domain(planning, column):
        _constant_fill(planning, table, column, expression)
        return
    up = [add_column(place, table, column, bare=True)]
    if column.default is not None:
        up.append(set_default(place, table, column))
    elif constant and not column.nullable:
        up.append(alter_column(place, column.name, f"SET DEFAULT {default(expression)}"))
    _expand(planning, table, column, up)
    if not constant and not column.nullable:
        _fill_by_trigger(planning, table, column, expression)
    elif constant and column.default is None and not column.nullable:
        _drop_default(planning, table, column, expression)
    fill(planning, table, column, f"({expression})")
    if not column.nullable:
        set_not_null(planning, table, column, place)


def _constant_fill(planning: Planning, table: Table, column: Column, expression: str) -> None:
    """A value that is the same for all rows: a default that lasts until no writer leaves the column out."""
    place = planning.place(table.label)
    stood = column.model_copy(update={"default": expression})
    name = _named(planning, table, column)
    not_null = "" if column.nullable else f"{name} NOT NULL"
    _expand(planning, table, column, [add_column(place, table, stood) + not_null])
    if column.nullable:
        after = set_default(place, table, column)
        planning.add("expand", f"Default of {table.label}.{column.name}", [after], [set_default(place, table, stood)])
    else:
        _drop_default(planning, table, column, expression)


def _drop_default(planning: Planning, table: Table, column: Column, expression: str) -> None:
    final = planning.place(table.label, "contract")
    planning.add(
        "contract",
        f"End the stand-in default of {table.label}.{column.name}",
        [set_default(final, table, column)],
        [alter_column(final, column.name, f"SET DEFAULT {default(expression)}")],
    )


def _reads_row(expression: str, table: Table) -> bool:
    words = set(_words(expression))
    return any(column.name in words for column in table.columns)


def _words(expression: str) -> list[str]:
    import re

    text = re.sub(r"'(?:[^']|'')*'", "''", expression)
    return [one.strip('"') for one in re.findall(r'"(?:[^"]|"")+"|[^\W\d][\w$]*', text)]


def _fill_by_trigger(planning: Planning, table: Table, column: Column, expression: str) -> None:
    """Rows that the old version writes in the meantime get the value too."""
    place = planning.place(table.label)
    name = temporary(f"{table.name}_{column.name}", "fill")
    function = qualified(table.namespace, name)
    row = f"(SELECT {expression} FROM (SELECT NEW.*) AS t)"
    body = (
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $fill$\nBEGIN\n"
        f"    IF NEW.{identifier(column.name)} IS NULL THEN\n"
        f"        NEW.{identifier(column.name)} := {row};\n    END IF;\n    RETURN NEW;\nEND\n$fill$"
    )
    up = [
        body,
        f"CREATE TRIGGER {identifier(name)} BEFORE INSERT OR UPDATE ON {place} FOR EACH ROW EXECUTE FUNCTION {function}()",
    ]
    down = [f"DROP TRIGGER {identifier(name)} ON {place}", f"DROP FUNCTION {function}()"]
    planning.add("expand", f"Fill {table.label}.{column.name} in rows of the old version", up, down)
    final = planning.place(table.label, "contract")
    again = [up[0], up[1].replace(f" ON {place} ", f" ON {final} ")]
    planning.add(
        "contract",
        f"Stop filling {table.label}.{column.name}",
        [f"DROP TRIGGER {identifier(name)} ON {final}", down[1]],
        again,
    )


def _ask(planning: Planning, table: Table, column: Column) -> None:
    label = f"{table.label}.{column.name}"
    planning.blocked.add(label)
    planning.questions.append(
        Question(
            about=label,
            text=f"{label} is NOT NULL and has no default: which value do the rows get that exist already?",
            answers={
                f"fill={label}:<expression>": "is put into existing rows, and into those that the old version writes meanwhile",
            },
        )
    )
    set_aside(planning, table, column)


def _serial(planning: Planning, table: Table, column: Column) -> None:
    """The default is a sequence's next number, which is volatile."""
    place = planning.place(table.label)
    owned = owned_sequence(table, column)
    assert owned is not None  # noqa: S101 - a serial has one
    _, create, ownership = owned
    up = [
        *create,
        add_column(place, table, column, bare=True),
        set_default(place, table, column),
        f"ALTER SEQUENCE {ownership} {place}.{identifier(column.name)}",
    ]
    _expand(planning, table, column, up)
    assert column.identity is not None  # noqa: S101
    fill(planning, table, column, serial_default(table, column, column.identity))
    if not column.nullable:
        set_not_null(planning, table, column, place)


def _identity(planning: Planning, table: Table, column: Column) -> None:
    """Numbered by a sequence that stands in until the column is NOT NULL, as an identity must be."""
    place, name = planning.place(table.label), temporary(f"{table.name}_{column.name}", "numbers")
    sequence = qualified(table.namespace, name)
    stand_in = f"nextval({literal(sequence)}::regclass)"
    assert column.identity is not None  # noqa: S101
    up = [
        f"CREATE SEQUENCE {sequence}",
        alter(place, f"ADD COLUMN {identifier(column.name)} {base_type(column)}"),
        alter_column(place, column.name, f"SET DEFAULT {stand_in}"),
        f"ALTER SEQUENCE {sequence} OWNED BY {place}.{identifier(column.name)}",
    ]
    _expand(planning, table, column, up)
    fill(planning, table, column, stand_in)
    set_not_null(planning, table, column, place)
    make_identity(planning, table, column, sequence)


def make_identity(planning: Planning, table: Table, column: Column, sequence: str | None) -> None:
    """From a column that reads a sequence to an identity that goes on counting there."""
    assert column.identity is not None  # noqa: S101
    place = planning.place(table.label)
    final = planning.table(table.label, "contract")
    numbers = qualified(final.namespace, sequence_name(final, column, column.identity))
    own = literal(numbers)
    clause = identity_clause(final, column.identity)
    if place != planning.place(table.label, "contract") and column.identity.sequence_name is None:
        name = qualified(final.namespace, sequence_name(final, column, column.identity))
        clause = (
            clause.replace("AS IDENTITY", f"AS IDENTITY (SEQUENCE NAME {name})", 1) if "(" not in clause else clause
        )
    up = [alter_column(place, column.name, "DROP DEFAULT"), alter_column(place, column.name, f"ADD {clause}")]
    down = [alter_column(place, column.name, "DROP IDENTITY")]
    if sequence is not None:
        up.append(f"SELECT setval({own}, (SELECT last_value FROM {sequence}), (SELECT is_called FROM {sequence}))")
        up.append(f"DROP SEQUENCE {sequence}")
        down = [
            f"CREATE SEQUENCE {sequence}",
            f"SELECT setval({literal(sequence)}, (SELECT last_value FROM {numbers}), (SELECT is_called FROM {numbers}))",
            *down,
            alter_column(place, column.name, f"SET DEFAULT nextval({literal(sequence)}::regclass)"),
            f"ALTER SEQUENCE {sequence} OWNED BY {place}.{identifier(column.name)}",
        ]
    planning.add("switch", f"Number {table.label}.{column.name} as an identity", up, down)


def stored(column: Column) -> bool:
    """Whether adding it computes every row."""
    return column.generated is not None and column.generated.stored
