"""Columns of a table: the builder that begins a chain says the type, the calls behind it the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from dbdesign.readers.drizzle.draft import ColumnDraft, Core
from dbdesign.readers.drizzle.expressions import (
    NameOf,
    UnsayableError,
    array_text,
    json_text,
    json_value,
    literal,
    moment,
    sql_text,
)
from dbdesign.readers.drizzle.types import SERIALS, TYPES, custom_type, name_and_config, number
from dbdesign.readers.typescript import (
    UNDEFINED,
    CallNode,
    FunctionNode,
    Member,
    ObjectValue,
    Program,
    Reference,
    Template,
    Value,
    text_value,
)

ENUMS = frozenset({"pgEnum", "enum"})
_SILENT = frozenset({"$type", "$defaultFn", "$default", "$onUpdate", "$onUpdateFn", "$narrow", "mapWith"})
"""Calls that the database does not notice."""
_SQLITE_NOW = "(cast((julianday('now') - 2440587.5)*86400000 as integer))"


@dataclass
class ColumnReader:
    """Reads the columns of one table.

    Attributes:
        casing: of names that are left out: `snake_case`, `camelCase` or None.
        name_of: the names of columns in SQL.
        say: takes a problem: line, text, reason.
    """

    program: Program
    core: Core
    table: str
    namespace: str | None
    casing: Callable[[str], str]
    name_of: NameOf
    say: Callable[[int, str, str], None]

    def read(self, key: str, value: Value, line: int) -> ColumnDraft | None:
        """The column under a key; None where it is not understood, which is then said."""
        chain = unfolded(value, self.program)
        if not chain:
            text = getattr(value, "text", "") or key
            self.say(line, f"{key}: {text}", "a column whose builder is not known")
            return None
        builder = chain[0]
        given, config = name_and_config(builder.args)
        data_type = self._type(builder, config)
        if data_type is None:
            self.say(builder.line, f"{key}: {builder.text}", "a column of a type that is not known")
            return None
        column = ColumnDraft(given or self.casing(key), data_type, line, given or key)
        if builder.name in SERIALS and self.core in {"pg", "mysql"}:
            column.not_null = True
            column.autoincrement = self.core == "mysql"
        for call in chain[1:]:
            self._modify(column, call)
        return column

    def _type(self, builder: CallNode, config: Value) -> str | None:
        callee = builder.callee
        if isinstance(callee, CallNode):
            if callee.name == "customType":
                return custom_type(callee, config)
            if callee.name in ENUMS:
                return self._enum(callee)
            return None
        if builder.name == "mysqlEnum" and self.core == "mysql":
            values = enum_values(builder.args)
            return f"enum({','.join(literal(one) for one in values)})" if values else None
        known = TYPES[self.core].get(builder.name)
        return known(config if isinstance(config, ObjectValue) else {}) if known is not None else None

    def _enum(self, definition: CallNode) -> str | None:
        """An enumeration's name, in its namespace."""
        name = definition.arg(0)
        if not isinstance(name, str):
            return None
        namespace = namespace_of(definition)
        return (
            quoted(name, self.core)
            if not namespace or namespace == "public"
            else f"{quoted(namespace, self.core)}.{quoted(name, self.core)}"
        )

    # --- calls behind the builder ---

    def _modify(self, column: ColumnDraft, call: CallNode) -> None:
        handler = self.MODIFIERS.get(call.name)
        if handler is not None:
            try:
                handler(self, column, call)
            except UnsayableError as problem:
                self.say(call.line, call.text, f"{call.name} of {self.table}.{column.name}: {problem}")
        elif call.name not in _SILENT:
            self.say(call.line, call.text, f"{call.name}() of a column is not known")

    def _not_null(self, column: ColumnDraft, _call: CallNode) -> None:
        column.not_null = True

    def _primary(self, column: ColumnDraft, call: CallNode) -> None:
        column.primary = column.not_null = True
        options = call.arg(0)
        column.autoincrement |= isinstance(options, ObjectValue) and options.get("autoIncrement") is True

    def _autoincrement(self, column: ColumnDraft, _call: CallNode) -> None:
        column.autoincrement = True

    def _unique(self, column: ColumnDraft, call: CallNode) -> None:
        name, options = call.arg(0), call.arg(1)
        column.unique = name if isinstance(name, str) else ""
        column.nulls_not_distinct = isinstance(options, ObjectValue) and options.get("nulls") == "not distinct"

    def _references(self, column: ColumnDraft, call: CallNode) -> None:
        column.references.append((call.arg(0), call.arg(1), call.line))

    def _array(self, column: ColumnDraft, call: CallNode) -> None:
        size = call.arg(0)
        column.type += f"[{size if isinstance(size, int) else ''}]"

    def _generated(self, column: ColumnDraft, call: CallNode) -> None:
        value = call.arg(0)
        value = value.result if isinstance(value, FunctionNode) else value
        column.generated = value if isinstance(value, str) else sql_text(value, self.name_of)
        options = call.arg(1)
        mode = options.get("mode") if isinstance(options, ObjectValue) else None
        column.generated_mode = "stored" if self.core == "pg" else str(mode or "virtual")

    def _identity(self, column: ColumnDraft, call: CallNode) -> None:
        options = call.arg(0)
        options = options if isinstance(options, ObjectValue) else ObjectValue()
        mode = "ALWAYS" if call.name == "generatedAlwaysAsIdentity" else "BY DEFAULT"
        name = options.get("name")
        clauses = sequence_clauses(options)
        if isinstance(name, str):
            path = f"{quoted(self.namespace, 'pg')}.{quoted(name, 'pg')}" if self.namespace else quoted(name, "pg")
            clauses.insert(0, f"sequence name {path}")
        column.identity = f"GENERATED {mode} AS IDENTITY" + (f" ({' '.join(clauses)})" if clauses else "")
        column.not_null = True

    def _default_now(self, column: ColumnDraft, _call: CallNode) -> None:
        column.default = {"pg": "now()", "mysql": "(now())", "sqlite": _SQLITE_NOW}[self.core]

    def _default_random(self, column: ColumnDraft, _call: CallNode) -> None:
        column.default = "gen_random_uuid()"

    def _on_update_now(self, column: ColumnDraft, _call: CallNode) -> None:
        column.on_update = True

    def _default(self, column: ColumnDraft, call: CallNode) -> None:
        value = call.arg(0)
        value = self.program.expand(value)
        if value is UNDEFINED:
            return
        column.default = self._default_text(value, column)
        if self.core == "mysql" and column.type in {"blob", "text", "json"} and not isinstance(value, Template):
            column.default = f"({column.default})"

    def _default_text(self, value: Value, column: ColumnDraft) -> str:
        if isinstance(value, Template) or (isinstance(value, CallNode) and value.name == "raw"):
            return sql_text(value, self.name_of)
        if isinstance(value, str):
            return literal(value)
        kind = column.type.lower()
        if (when := moment(value)) is not None:
            return literal(_date_text(when, kind, self.core))
        if isinstance(value, ObjectValue | list):
            return self._structured(value, kind)
        if isinstance(value, bool | int | float) or value is None:
            return text_value(value)
        raise UnsayableError("it is computed when the program runs")

    def _structured(self, value: Value, kind: str) -> str:
        found = json_value(value)
        if kind in {"json", "jsonb"}:
            cast = f"::{kind}" if self.core == "pg" else ""
            return "'" + json_text(found).replace("'", "''") + "'" + cast
        if kind.endswith("]") and isinstance(found, list):
            return "'" + array_text(found) + "'"
        return "'" + json_text(found).replace("'", "''") + "'"

    MODIFIERS: ClassVar = {
        "notNull": _not_null,
        "primaryKey": _primary,
        "autoincrement": _autoincrement,
        "unique": _unique,
        "references": _references,
        "array": _array,
        "generatedAlwaysAs": _generated,
        "generatedAlwaysAsIdentity": _identity,
        "generatedByDefaultAsIdentity": _identity,
        "defaultNow": _default_now,
        "defaultRandom": _default_random,
        "onUpdateNow": _on_update_now,
        "default": _default,
    }


def _date_text(when: str, kind: str, core: Core) -> str:
    """A moment as a default: drizzle-kit cuts it to what the type holds."""
    if kind == "date":
        return when.split("T", maxsplit=1)[0]
    is_plain = kind == "timestamp" if core == "pg" else kind.startswith(("datetime", "timestamp"))
    return when.replace("T", " ")[:23] if is_plain else when


def unfolded(value: Value, program: Program) -> tuple[CallNode, ...]:
    """The calls of a chain, from the builder on; functions of the program that give builders are seen through. Empty for no chain."""
    rest: tuple[CallNode, ...] = ()
    for _ in range(16):
        value = program.expand(value)
        if not isinstance(value, CallNode):
            return ()
        chain = value.chain
        if not isinstance(chain[0].callee, FunctionNode) or chain[0].callee.returned(chain[0].args) is UNDEFINED:
            return (*chain, *rest)
        rest = (*chain[1:], *rest)
        value = chain[0]
        if program.expand(value) is value:
            return ()
    return ()


def enum_values(args: tuple[Value, ...]) -> list[str]:
    """The values of an enumeration: a list, a TypeScript enum, or an object whose values they are."""
    from dbdesign.readers.typescript import EnumNode

    for one in args:
        if isinstance(one, list):
            return [text_value(value) for value in one if isinstance(value, str | int)]
        if isinstance(one, EnumNode):
            return [text_value(value) for value in one.members.values() if isinstance(value, str | int)]
        if isinstance(one, ObjectValue):
            return [value for value in one.values() if isinstance(value, str)]
    return []


def namespace_of(call: CallNode) -> str | None:
    """The name of the `pgSchema` or `mysqlSchema` whose method is called."""
    owner = call.callee.object if isinstance(call.callee, Member) else None
    if (
        isinstance(owner, CallNode)
        and owner.name in {"pgSchema", "mysqlSchema", "mysqlDatabase"}
        and isinstance(owner.arg(0), str)
    ):
        return str(owner.arg(0))
    return None


def quoted(name: str, core: Core) -> str:
    """A name between quotes."""
    return f"`{name.replace('`', '``')}`" if core != "pg" else '"' + name.replace('"', '""') + '"'


_SEQUENCE = {
    "increment": "INCREMENT BY",
    "minValue": "MINVALUE",
    "maxValue": "MAXVALUE",
    "startWith": "START WITH",
    "cache": "CACHE",
}


def sequence_clauses(options: ObjectValue) -> list[str]:
    """What a sequence counts by."""
    found = [f"{clause} {text}" for key, clause in _SEQUENCE.items() if (text := number(options, key)) is not None]
    return [*found, "CYCLE"] if options.get("cycle") is True else found


__all__ = ["ColumnReader", "Reference", "enum_values", "namespace_of", "quoted", "sequence_clauses", "unfolded"]
