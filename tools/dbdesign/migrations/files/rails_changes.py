"""The calls of Active Record's migrations as statements for PostgreSQL, each as its adapter would send them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dbdesign.migrations.files.rails_columns import (
    TYPES,
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
    plural,
    quoted,
    singular,
    string,
    text,
)
from dbdesign.migrations.files.ruby import CallNode

Note = Callable[[int, str], None]
Change = Callable[[CallNode, Version, Note], Iterator[str]]

_COLUMN_METHODS = set(TYPES) | {"datetime", "timestamp", "enum", "virtual"}


def _alter(table: str, what: str) -> str:
    return f"ALTER TABLE {path(table)} {what}"


def _table(call: CallNode) -> str:
    return text(call.args[0])


# -- tables ----------------------------------------------------------------------------------------------------------------


def _create_table(call: CallNode, version: Version, note: Note) -> Iterator[str]:
    table = _table(call)
    if call.options.get("force") in {True, "cascade"}:
        yield f"DROP TABLE IF EXISTS {path(table)}{' CASCADE' if call.options['force'] == 'cascade' else ''}"
    if call.options.get("as") is not None:
        raise UnreadableError("a table made of a query")
    definition = _Definition(table, version, note)
    definition.parts += _own_key(call, version)
    definition.read(call)
    exists = "IF NOT EXISTS " if call.options.get("if_not_exists") is True else ""
    kind = "TEMPORARY TABLE" if call.options.get("temporary") is True else "TABLE"
    tail = f" {text(call.options['options'])}" if call.options.get("options") is not None else ""
    yield f"CREATE {kind} {exists}{path(table)} ({', '.join([*definition.parts, *definition.constraints])}){tail}"
    yield from definition.later
    if call.options.get("comment") is not None:
        yield f"COMMENT ON TABLE {path(table)} IS {string(text(call.options['comment']))}"


def _own_key(call: CallNode, version: Version) -> list[str]:
    kind, name = call.options.get("id", True), call.options.get("primary_key", "id")
    if kind is False:
        return []
    if isinstance(name, list):
        return [f"PRIMARY KEY ({', '.join(map(quoted, names(name)))})"]
    more: Mapping[str, Any] = kind if isinstance(kind, dict) else {}
    kind = more.get("type", "primary_key") if isinstance(kind, dict) else kind
    if kind == "uuid":
        usual = "gen_random_uuid()" if version >= (5, 1) else "uuid_generate_v4()"
        given = call.options.get("default", more.get("default", ()))
        default = usual if given == () else text(given) if isinstance(given, str) else literal(given)
        return [f"{quoted(text(name))} uuid DEFAULT {default} NOT NULL PRIMARY KEY"]
    if kind in {True, "primary_key", "bigint", "bigserial"}:
        return [
            f"{quoted(text(name))} {'bigserial' if version >= (5, 1) or kind is not True else 'serial'} PRIMARY KEY"
        ]
    if kind in {"integer", "serial"}:
        return [f"{quoted(text(name))} serial PRIMARY KEY"]
    return [f"{quoted(text(name))} {native_type(text(kind), call.options | dict(more), version)} NOT NULL PRIMARY KEY"]


class _Definition:
    """What the block of create_table says."""

    def __init__(self, table: str, version: Version, note: Note) -> None:
        self.table, self.version, self._note = table, version, note
        self.parts: list[str] = []
        self.constraints: list[str] = []
        self.later: list[str] = []

    def read(self, call: CallNode) -> None:
        """The block's statements."""
        for one in call.block.body if call.block is not None else ():
            line = getattr(one, "line", call.line)
            if not isinstance(one, CallNode) or one.receiver is None:
                self._note(line, f"in the table {self.table}: known only by executing it")
                continue
            try:
                self._one(one)
            except UnreadableError as error:
                self._note(line, f"{one.name} of {self.table}: {error}")

    def _one(self, call: CallNode) -> None:
        if call.name in {"references", "belongs_to"}:
            for name in call.args:
                parts, constraints, later = _reference(self.table, text(name), call.options, self.version)
                self.parts += parts
                self.constraints += constraints
                self.later += later
        elif call.name == "timestamps":
            self.parts += _timestamps(call.options, self.version)
        elif call.name == "column":
            self._columns([call.args[0]], text(call.args[1]), call.options)
        elif call.name in _COLUMN_METHODS:
            kind = text(call.options.get("type")) if call.name == "virtual" else call.name
            self._columns(call.args, kind, call.options)
        elif call.name == "index":
            self.later.append(create_index(self.table, call.args[0], call.options))
        elif call.name == "foreign_key":
            self.constraints.append(foreign_key(self.table, text(call.args[0]), call.options))
        elif call.name in {"check_constraint", "unique_constraint", "exclusion_constraint"}:
            self.constraints.append(_constraint(call.name, self.table, call.args[0], call.options))
        else:
            raise UnreadableError("known only by executing it")

    def _columns(self, given: list[Any], kind: str, options: Mapping[str, Any]) -> None:
        for name in names(given):
            self.parts.append(column(name, kind, options, self.version))
            self.later += _beside(self.table, name, options)


def _beside(table: str, name: str, options: Mapping[str, Any]) -> list[str]:
    """What an option of a column says behind it: its index, its comment."""
    found = []
    index = options.get("index")
    if index not in (None, False):
        found.append(create_index(table, name, index if isinstance(index, dict) else {}))
    if options.get("comment") is not None:
        found.append(f"COMMENT ON COLUMN {path(table)}.{quoted(name)} IS {string(text(options['comment']))}")
    return found


def _timestamps(options: Mapping[str, Any], version: Version) -> list[str]:
    usual = {"null": False} if version >= (5, 0) else {}
    if version >= (6, 0):
        usual["precision"] = 6  # type: ignore[assignment]
    return [column(name, "datetime", {**usual, **options}, version) for name in ("created_at", "updated_at")]


def _reference(
    table: str, name: str, options: Mapping[str, Any], version: Version
) -> tuple[list[str], list[str], list[str]]:
    """Columns, constraints, and what follows."""
    usual = "bigint" if version >= (5, 1) else "integer"
    kind = text(options.get("type", usual))
    own = {one: value for one, value in options.items() if one in {"null", "default", "comment", "limit"}}
    polymorphic = options.get("polymorphic")
    keys, parts = [f"{name}_id"], []
    if polymorphic not in (None, False):
        more = polymorphic if isinstance(polymorphic, dict) else {}
        keys = [f"{name}_type", f"{name}_id"]
        parts.append(column(f"{name}_type", "string", {**own, **more}, version))
    parts.append(column(f"{name}_id", kind, own, version))
    later, index = [], options.get("index", version >= (5, 0))
    if index not in (None, False):
        said: dict[str, Any] = dict(index) if isinstance(index, dict) else {}
        if len(keys) > 1 and "name" not in said:
            said["name"] = f"index_{table}_on_{name}"
        later.append(create_index(table, keys if len(keys) > 1 else keys[0], said))
    constraints, given = [], options.get("foreign_key")
    if given not in (None, False):
        more = given if isinstance(given, dict) else {}
        target = text(more.get("to_table", plural(name)))
        constraints.append(foreign_key(table, target, {"column": f"{name}_id", **more}))
    return parts, constraints, later


def _constraint(kind: str, table: str, what: Any, options: Mapping[str, Any]) -> str:
    if kind == "check_constraint":
        name = text(options["name"]) if options.get("name") is not None else check_name(table, text(what))
        return (
            f"CONSTRAINT {quoted(name)} CHECK ({text(what)}){' NOT VALID' if options.get('validate') is False else ''}"
        )
    if options.get("name") is None:
        raise UnreadableError("a constraint without a name")
    name = quoted(text(options["name"]))
    if kind == "unique_constraint":
        if options.get("using_index") is not None:
            return f"CONSTRAINT {name} UNIQUE USING INDEX {quoted(text(options['using_index']))}"
        return f"CONSTRAINT {name} UNIQUE ({', '.join(map(quoted, names(what)))})"
    using = f" USING {text(options['using'])}" if options.get("using") is not None else ""
    where = f" WHERE ({text(options['where'])})" if options.get("where") is not None else ""
    return f"CONSTRAINT {name} EXCLUDE{using} ({text(what)}){where}"


def _join_table(call: CallNode, version: Version, note: Note) -> Iterator[str]:
    one, other = sorted(text(name) for name in call.args[:2])
    table = text(call.options.get("table_name", f"{one}_{other}"))
    options = {"null": False, **call.options.get("column_options", {})}
    columns = [
        column(f"{singular(text(name))}_id", "bigint" if version >= (5, 1) else "integer", options, version)
        for name in call.args[:2]
    ]
    definition = _Definition(table, version, note)
    definition.read(call)
    yield f"CREATE TABLE {path(table)} ({', '.join([*columns, *definition.parts, *definition.constraints])})"
    yield from definition.later


def _change_table(call: CallNode, version: Version, note: Note) -> Iterator[str]:
    """Each statement of the block as the call of the same meaning on its own."""
    table = _table(call)
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
    elif call.name in _COLUMN_METHODS:
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
    table, name, kind = _table(call), text(call.args[1]), text(call.args[2])
    exists = "IF NOT EXISTS " if call.options.get("if_not_exists") is True else ""
    yield _alter(table, f"ADD COLUMN {exists}{column(name, kind, call.options, version)}")
    yield from (one for one in _beside(table, name, call.options) if one.startswith("COMMENT"))


def _add_timestamps(call: CallNode, version: Version, _note: Note) -> Iterator[str]:
    yield _alter(_table(call), ", ".join(f"ADD COLUMN {one}" for one in _timestamps(call.options, version)))


def _remove_columns(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    given = call.args[1:2] if call.name == "remove_column" else call.args[1:]
    exists = "IF EXISTS " if call.options.get("if_exists") is True else ""
    yield _alter(_table(call), ", ".join(f"DROP COLUMN {exists}{quoted(one)}" for one in names(given)))


def _change_column(call: CallNode, version: Version, _note: Note) -> Iterator[str]:
    table, name, kind = _table(call), quoted(text(call.args[1])), text(call.args[2])
    native = native_type(kind, call.options, version)
    using = call.options.get("using")
    parts = [f"ALTER COLUMN {name} TYPE {native}{f' USING {text(using)}' if using is not None else ''}"]
    if "default" in call.options:
        parts.append(_default(name, call.options["default"]))
    if "null" in call.options:
        parts.append(f"ALTER COLUMN {name} {'DROP' if call.options['null'] else 'SET'} NOT NULL")
    yield _alter(table, ", ".join(parts))
    yield from (one for one in _beside(table, text(call.args[1]), call.options) if one.startswith("COMMENT"))


def _default(name: str, value: Any) -> str:
    return f"ALTER COLUMN {name} " + ("DROP DEFAULT" if value is None else f"SET DEFAULT {literal(value)}")


def _change_default(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    given = call.args[2] if len(call.args) > 2 else call.options
    value = given["to"] if isinstance(given, dict) and "to" in given else given
    yield _alter(_table(call), _default(quoted(text(call.args[1])), value))


def _change_null(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    table, name, null = _table(call), quoted(text(call.args[1])), call.args[2]
    if len(call.args) > 3 and call.args[3] is not None and not null:
        yield f"UPDATE {path(table)} SET {name}={literal(call.args[3])} WHERE {name} IS NULL"
    yield _alter(table, f"ALTER COLUMN {name} {'DROP' if null else 'SET'} NOT NULL")


def _add_reference(call: CallNode, version: Version, _note: Note) -> Iterator[str]:
    table = _table(call)
    parts, constraints, later = _reference(table, text(call.args[1]), call.options, version)
    yield _alter(table, ", ".join(f"ADD COLUMN {one}" for one in parts))
    yield from later
    yield from (_alter(table, f"ADD {one}") for one in constraints)


def _remove_reference(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    table, name = _table(call), text(call.args[1])
    kinds = ["type", "id"] if call.options.get("polymorphic") not in (None, False) else ["id"]
    yield _alter(table, ", ".join(f"DROP COLUMN {quoted(f'{name}_{kind}')}" for kind in kinds))


# -- indexes and constraints -----------------------------------------------------------------------------------------------


def _remove_index(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    table, options = _table(call), call.options
    columns = call.args[1] if len(call.args) > 1 else options.get("column")
    name = text(options["name"]) if options.get("name") is not None else index_name(table, names(columns))
    words = ["DROP INDEX", *(["CONCURRENTLY"] if options.get("algorithm") == "concurrently" else [])]
    words += ["IF EXISTS"] if options.get("if_exists") is True else []
    yield " ".join([*words, path(f"{table.rpartition('.')[0]}.{name}" if "." in table else name)])


def _add_foreign_key(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    table = _table(call)
    yield _alter(table, f"ADD {foreign_key(table, text(call.args[1]), call.options)}")


def _named_foreign_key(call: CallNode) -> str:
    options = call.options
    if options.get("name") is not None:
        return text(options["name"])
    columns = (
        options.get("column") or f"{singular(text(call.args[1] if len(call.args) > 1 else options['to_table']))}_id"
    )
    return foreign_key_name(_table(call), names(columns))


def _of_foreign_key(word: str) -> Change:
    def change(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
        exists = " IF EXISTS" if word == "DROP" and call.options.get("if_exists") is True else ""
        yield _alter(_table(call), f"{word} CONSTRAINT{exists} {quoted(_named_foreign_key(call))}")

    return change


def _add_constraint(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    kind = call.name.removeprefix("add_")
    yield _alter(
        _table(call), f"ADD {_constraint(kind, _table(call), call.args[1] if len(call.args) > 1 else [], call.options)}"
    )


def _of_constraint(word: str) -> Change:
    def change(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
        table, given = _table(call), call.options.get("name")
        name = text(given) if given is not None else check_name(table, text(call.args[1]))
        yield _alter(table, f"{word} CONSTRAINT {quoted(name)}")

    return change


# -- the rest --------------------------------------------------------------------------------------------------------------


def _rename_table(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    yield _alter(_table(call), f"RENAME TO {quoted(text(call.args[1]))}")


def _rename_column(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    yield _alter(_table(call), f"RENAME COLUMN {quoted(text(call.args[1]))} TO {quoted(text(call.args[2]))}")


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
        f"COLUMN {path(_table(call))}.{quoted(text(call.args[1]))}"
        if "column" in call.name
        else f"TABLE {path(_table(call))}"
    )
    yield f"COMMENT ON {what} IS {literal(value)}"


def _plain(sql: str) -> Change:
    def change(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
        yield sql.format(quoted(text(call.args[0])))

    return change


def _create_enum(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    yield f"CREATE TYPE {path(_table(call))} AS ENUM ({', '.join(map(string, names(call.args[1])))})"


def _index(call: CallNode, _version: Version, _note: Note) -> Iterator[str]:
    yield create_index(_table(call), call.args[1], call.options)


CHANGES: dict[str, Change] = {
    "create_table": _create_table,
    "create_join_table": _join_table,
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
        [_alter(_table(call), f"VALIDATE CONSTRAINT {quoted(text(call.args[1]))}")]
    ),
    "enable_extension": _plain("CREATE EXTENSION IF NOT EXISTS {}"),
    "disable_extension": _plain("DROP EXTENSION IF EXISTS {} CASCADE"),
    "create_schema": _plain("CREATE SCHEMA {}"),
    "drop_schema": _plain("DROP SCHEMA {} CASCADE"),
    "create_enum": _create_enum,
    "drop_enum": _plain("DROP TYPE {}"),
}
"""By the call's name."""
