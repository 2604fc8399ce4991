"""The calls of Active Record's migrations as statements for PostgreSQL, each as its adapter would send them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbdesign.migrations.files.rails_columns import (
    UnreadableError,
    Version,
    check_name,
    column,
    create_index,
    foreign_key,
    foreign_key_name,
    index_name,
    literal,
    names,
    native_type,
    path,
    quoted,
    singular,
    string,
    text,
)
from dbdesign.migrations.files.rails_tables import (
    COLUMN_METHODS,
    Change,
    Note,
    alter,
    beside,
    constraint,
    create_table_of,
    join_table,
    reference,
    table_of,
    timestamps,
)
from dbdesign.migrations.files.ruby import CallNode


def _change_table(call: CallNode, version: Version, note: Note) -> Iterator[str]:
    """Each statement of the block as the call of the same meaning on its own."""
    table = table_of(call)
    for one in call.block.body if call.block is not None else ():
        line = getattr(one, "line", call.line)
        if not isinstance(one, CallNode) or one.receiver is None:
            note(line, f"in the table {table}: known only by executing it")
            continue
        try:
            yield from _of_table(table, one, version, note)
        except UnreadableError as error:
            note(line, f"{one.name} of {table}: {error}")


_IN_TABLE = {
    "index": "add_index", "remove": "remove_columns", "rename": "rename_column", "change": "change_column",
    "change_default": "change_column_default", "change_null": "change_column_null", "timestamps": "add_timestamps",
    "remove_timestamps": "remove_timestamps", "remove_index": "remove_index", "foreign_key": "add_foreign_key",
    "remove_foreign_key": "remove_foreign_key", "remove_references": "remove_reference", "remove_belongs_to": "remove_reference",
    "check_constraint": "add_check_constraint", "remove_check_constraint": "remove_check_constraint", "column": "add_column",
    "rename_index": "rename_index",
}  # fmt: skip


def _of_table(table: str, call: CallNode, version: Version, note: Note) -> Iterator[str]:
    if call.name in {"references", "belongs_to"}:
        for name in call.args:
            yield from CHANGES["add_reference"](_as(call, "add_reference", [table, name]), version, note)
    elif call.name in COLUMN_METHODS:
        for name in names(call.args):
            yield from CHANGES["add_column"](_as(call, "add_column", [table, name, call.name]), version, note)
    elif call.name in _IN_TABLE:
        inner = _as(call, _IN_TABLE[call.name], [table, *call.args])
        yield from CHANGES[inner.name](inner, version, note)
    else:
        raise UnreadableError("known only by executing it")


def _as(call: CallNode, name: str, args: list[Any]) -> CallNode:
    return CallNode(name, call.line, None, args, call.options)


# -- columns ---------------------------------------------------------------------------------------------------------------


def _add_column(call: CallNode, version: Version, _note: Note) -> Iterator[str]:
    table, name, kind = table_of(call), text(call.args[1]), text(call.args[2])
    exists = "IF NOT EXISTS " if call.options.get("if_not_exists") is True else ""
    yield alter(table, f"ADD COLUMN {exists}{column(name, kind, call.options, version)}")
    yield from (one for one in beside(table, name, call.options) if one.startswith("COMMENT"))


def _add_timestamps(call: CallNode, version: Version, _note: Note) -> Iterator[str]:
    yield alter(table_of(call), ", ".join(f"ADD COLUMN {one}" for one in timestamps(call.options, version)))


def _remove_columns(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    given = call.args[1:2] if call.name == "remove_column" else call.args[1:]
    exists = "IF EXISTS " if call.options.get("if_exists") is True else ""
    yield alter(table_of(call), ", ".join(f"DROP COLUMN {exists}{quoted(one)}" for one in names(given)))


def _change_column(call: CallNode, version: Version, _note: Note) -> Iterator[str]:
    table, name, kind = table_of(call), quoted(text(call.args[1])), text(call.args[2])
    native = native_type(kind, call.options, version)
    using = call.options.get("using")
    parts = [f"ALTER COLUMN {name} TYPE {native}{f' USING {text(using)}' if using is not None else ''}"]
    if "default" in call.options:
        parts.append(_default(name, call.options["default"]))
    if "null" in call.options:
        parts.append(f"ALTER COLUMN {name} {'DROP' if call.options['null'] else 'SET'} NOT NULL")
    yield alter(table, ", ".join(parts))
    yield from (one for one in beside(table, text(call.args[1]), call.options) if one.startswith("COMMENT"))


def _default(name: str, value: Any) -> str:
    return f"ALTER COLUMN {name} " + ("DROP DEFAULT" if value is None else f"SET DEFAULT {literal(value)}")


def _change_default(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    given = call.args[2] if len(call.args) > 2 else call.options
    value = given["to"] if isinstance(given, dict) and "to" in given else given
    yield alter(table_of(call), _default(quoted(text(call.args[1])), value))


def _change_null(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    table, name, null = table_of(call), quoted(text(call.args[1])), call.args[2]
    if len(call.args) > 3 and call.args[3] is not None and not null:
        yield f"UPDATE {path(table)} SET {name}={literal(call.args[3])} WHERE {name} IS NULL"
    yield alter(table, f"ALTER COLUMN {name} {'DROP' if null else 'SET'} NOT NULL")


def _add_reference(call: CallNode, version: Version, _note: Note) -> Iterator[str]:
    table = table_of(call)
    parts, constraints, later = reference(table, text(call.args[1]), call.options, version)
    yield alter(table, ", ".join(f"ADD COLUMN {one}" for one in parts))
    yield from later
    yield from (alter(table, f"ADD {one}") for one in constraints)


def _remove_reference(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    table, name = table_of(call), text(call.args[1])
    kinds = ["type", "id"] if call.options.get("polymorphic") not in (None, False) else ["id"]
    yield alter(table, ", ".join(f"DROP COLUMN {quoted(f'{name}_{kind}')}" for kind in kinds))


# -- indexes and constraints -----------------------------------------------------------------------------------------------


def _remove_index(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    table, options = table_of(call), call.options
    columns = call.args[1] if len(call.args) > 1 else options.get("column")
    name = text(options["name"]) if options.get("name") is not None else index_name(table, names(columns))
    words = ["DROP INDEX", *(["CONCURRENTLY"] if options.get("algorithm") == "concurrently" else [])]
    words += ["IF EXISTS"] if options.get("if_exists") is True else []
    yield " ".join([*words, path(f"{table.rpartition('.')[0]}.{name}" if "." in table else name)])


def _add_foreign_key(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    table = table_of(call)
    yield alter(table, f"ADD {foreign_key(table, text(call.args[1]), call.options)}")


def _named_foreign_key(call: CallNode) -> str:
    options = call.options
    if options.get("name") is not None:
        return text(options["name"])
    columns = (
        options.get("column") or f"{singular(text(call.args[1] if len(call.args) > 1 else options['to_table']))}_id"
    )
    return foreign_key_name(table_of(call), names(columns))


def _of_foreign_key(word: str) -> Change:
    def change(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
        exists = " IF EXISTS" if word == "DROP" and call.options.get("if_exists") is True else ""
        yield alter(table_of(call), f"{word} CONSTRAINT{exists} {quoted(_named_foreign_key(call))}")

    return change


def _add_constraint(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    kind = call.name.removeprefix("add_")
    yield alter(
        table_of(call),
        f"ADD {constraint(kind, table_of(call), call.args[1] if len(call.args) > 1 else [], call.options)}",
    )


def _of_constraint(word: str) -> Change:
    def change(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
        table, given = table_of(call), call.options.get("name")
        name = text(given) if given is not None else check_name(table, text(call.args[1]))
        yield alter(table, f"{word} CONSTRAINT {quoted(name)}")

    return change


# -- the rest --------------------------------------------------------------------------------------------------------------


def _rename_table(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    yield alter(table_of(call), f"RENAME TO {quoted(text(call.args[1]))}")


def _rename_column(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    yield alter(table_of(call), f"RENAME COLUMN {quoted(text(call.args[1]))} TO {quoted(text(call.args[2]))}")


def _rename_index(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    yield f"ALTER INDEX {quoted(text(call.args[1]))} RENAME TO {quoted(text(call.args[2]))}"


def _drop_table(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    exists = "IF EXISTS " if call.options.get("if_exists") is True else ""
    tail = " CASCADE" if call.options.get("force") == "cascade" else ""
    for one in call.args:
        yield f"DROP TABLE {exists}{path(text(one))}{tail}"


def _comment(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    value = call.options.get("to", call.args[-1])
    what = (
        f"COLUMN {path(table_of(call))}.{quoted(text(call.args[1]))}"
        if "column" in call.name
        else f"TABLE {path(table_of(call))}"
    )
    yield f"COMMENT ON {what} IS {literal(value)}"


def _plain(sql: str) -> Change:
    def change(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
        yield sql.format(quoted(text(call.args[0])))

    return change


def _create_enum(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    yield f"CREATE TYPE {path(table_of(call))} AS ENUM ({', '.join(map(string, names(call.args[1])))})"


def _index(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    yield create_index(table_of(call), call.args[1], call.options)


CHANGES: dict[str, Change] = {
    "create_table": create_table_of,
    "create_join_table": join_table,
    "change_table": _change_table,
    "drop_table": _drop_table,
    "rename_table": _rename_table,
    "add_column": _add_column,
    "add_timestamps": _add_timestamps,
    "remove_column": _remove_columns,
    "remove_columns": _remove_columns,
    "remove_timestamps": lambda call, version, note: _remove_columns(
        _as(call, "remove_columns", [call.args[0], "created_at", "updated_at"]), version, note
    ),
    "rename_column": _rename_column,
    "change_column": _change_column,
    "change_column_default": _change_default,
    "change_column_null": _change_null,
    "change_column_comment": _comment,
    "change_table_comment": _comment,
    "add_index": _index,
    "remove_index": _remove_index,
    "rename_index": _rename_index,
    "add_reference": _add_reference,
    "add_belongs_to": _add_reference,
    "remove_reference": _remove_reference,
    "remove_belongs_to": _remove_reference,
    "add_foreign_key": _add_foreign_key,
    "remove_foreign_key": _of_foreign_key("DROP"),
    "validate_foreign_key": _of_foreign_key("VALIDATE"),
    "add_check_constraint": _add_constraint,
    "add_unique_constraint": _add_constraint,
    "add_exclusion_constraint": _add_constraint,
    "remove_check_constraint": _of_constraint("DROP"),
    "remove_unique_constraint": _of_constraint("DROP"),
    "remove_exclusion_constraint": _of_constraint("DROP"),
    "validate_check_constraint": _of_constraint("VALIDATE"),
    "validate_constraint": lambda call, _version, _note: iter(
        [alter(table_of(call), f"VALIDATE CONSTRAINT {quoted(text(call.args[1]))}")]
    ),
    "enable_extension": _plain("CREATE EXTENSION IF NOT EXISTS {}"),
    "disable_extension": _plain("DROP EXTENSION IF EXISTS {} CASCADE"),
    "create_schema": _plain("CREATE SCHEMA {}"),
    "drop_schema": _plain("DROP SCHEMA {} CASCADE"),
    "create_enum": _create_enum,
    "drop_enum": _plain("DROP TYPE {}"),
}
"""By the call's name."""
