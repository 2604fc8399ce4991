"""The tables of Active Record's migrations as SQL for PostgreSQL: create_table with its block, references, constraints."""

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

COLUMN_METHODS = set(TYPES) | {"datetime", "timestamp", "enum", "virtual"}


def alter(table: str, what: str) -> str:
    """ALTER TABLE."""
    return f"ALTER TABLE {path(table)} {what}"


def table_of(call: CallNode) -> str:
    """The table that a call is about: its first argument."""
    return text(call.args[0])


# -- tables ----------------------------------------------------------------------------------------------------------------


def create_table_of(call: CallNode, version: Version, note: Note) -> Iterator[str]:
    """create_table, with what its block says."""
    table = table_of(call)
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
                parts, constraints, later = reference(self.table, text(name), call.options, self.version)
                self.parts += parts
                self.constraints += constraints
                self.later += later
        elif call.name == "timestamps":
            self.parts += timestamps(call.options, self.version)
        elif call.name == "column":
            self._columns([call.args[0]], text(call.args[1]), call.options)
        elif call.name in COLUMN_METHODS:
            kind = text(call.options.get("type")) if call.name == "virtual" else call.name
            self._columns(call.args, kind, call.options)
        elif call.name == "index":
            self.later.append(create_index(self.table, call.args[0], call.options))
        elif call.name == "foreign_key":
            self.constraints.append(foreign_key(self.table, text(call.args[0]), call.options))
        elif call.name in {"check_constraint", "unique_constraint", "exclusion_constraint"}:
            self.constraints.append(constraint(call.name, self.table, call.args[0], call.options))
        else:
            raise UnreadableError("known only by executing it")

    def _columns(self, given: list[Any], kind: str, options: Mapping[str, Any]) -> None:
        for name in names(given):
            self.parts.append(column(name, kind, options, self.version))
            self.later += beside(self.table, name, options)


def beside(table: str, name: str, options: Mapping[str, Any]) -> list[str]:
    """What an option of a column says behind it: its index, its comment."""
    found = []
    index = options.get("index")
    if index not in (None, False):
        found.append(create_index(table, name, index if isinstance(index, dict) else {}))
    if options.get("comment") is not None:
        found.append(f"COMMENT ON COLUMN {path(table)}.{quoted(name)} IS {string(text(options['comment']))}")
    return found


def timestamps(options: Mapping[str, Any], version: Version) -> list[str]:
    """The two columns, as that version of Rails makes them."""
    usual = {"null": False} if version >= (5, 0) else {}
    if version >= (6, 0):
        usual["precision"] = 6  # type: ignore[assignment]
    return [column(name, "datetime", {**usual, **options}, version) for name in ("created_at", "updated_at")]


def reference(
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


def constraint(kind: str, table: str, what: Any, options: Mapping[str, Any]) -> str:
    """`CONSTRAINT …` of a check, a unique or an exclusion constraint. Raises `UnreadableError`."""
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


def join_table(call: CallNode, version: Version, note: Note) -> Iterator[str]:
    """create_join_table."""
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
