"""A table of Knex's schema builder as SQL for PostgreSQL: columns with their modifiers, keys, indexes, alterations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from dbdesign.migrations.files.javascript import NotStaticError, constant_text
from dbdesign.readers.typeorm.values import json_text
from dbdesign.readers.typescript import UNDEFINED, CallNode, ObjectValue, Reference, Value, text_value

_PLAIN = {
    "integer": "integer", "int": "integer", "tinyint": "smallint", "smallint": "smallint", "mediumint": "integer", "bigint": "bigint",
    "bigInteger": "bigint", "text": "text", "double": "double precision", "boolean": "boolean", "bool": "boolean", "date": "date",
    "json": "json", "jsonb": "jsonb", "uuid": "uuid", "binary": "bytea", "float": "real", "mediumtext": "text", "longtext": "text",
    "time": "time", "geometry": "geometry", "geography": "geography", "point": "point",
}  # fmt: skip
_SERIALS = {
    "increments": "serial",
    "bigincrements": "bigserial",
    "bigIncrements": "bigserial",
    "smallincrements": "smallserial",
}


def quoted(name: str) -> str:
    """A quoted name."""
    return '"' + name.replace('"', '""') + '"'


def quoted_path(name: str, schema: str | None) -> str:
    """A quoted name with its schema; a dot in it separates them."""
    path = ".".join(quoted(part) for part in name.split("."))
    return f"{quoted(schema)}.{path}" if schema else path


def _names(value: Value) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [constant_text(one) for one in items]


def _name_option(value: Value, *keys: str) -> str | None:
    """A constraint's name: a string, or one of the options."""
    if isinstance(value, str):
        return value
    options: Mapping[str, Value] = value if isinstance(value, ObjectValue) else {}
    return next((found for key in keys if isinstance(found := options.get(key), str)), None)


@dataclass
class TableBuilder:
    """Collects what a callback says of a table."""

    name: str
    schema: str | None
    creates: bool
    if_not_exists: bool = False
    parts: list[str] = field(default_factory=list)
    primary: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The table's quoted name."""
        return quoted_path(self.name, self.schema)

    def statements(self) -> list[str]:
        """The SQL, in the order in which Knex sends it."""
        found: list[str] = []
        if self.creates:
            exists = "if not exists " if self.if_not_exists else ""
            found.append(f"create table {exists}{self.path} ({', '.join([*self.parts, *self.primary])})")
        elif self.parts:
            found.append(f"alter table {self.path} {', '.join(f'add column {one}' for one in self.parts)}")
        return [*found, *([] if self.creates else [self._alter(f"add {one}") for one in self.primary]), *self.later]

    def _alter(self, what: str) -> str:
        return f"alter table {self.path} {what}"

    def _default_name(self, columns: Sequence[str], kind: str) -> str:
        """Knex's own name of a constraint or an index."""
        text = f"{self.name}_{'_'.join(columns)}_{kind}".lower()
        return re.sub(r"[.\-]", "_", text)

    def add(self, chain: Sequence[CallNode]) -> None:
        """A statement of the callback: a column with its modifiers, or something of the table."""
        first, rest = chain[0], chain[1:]
        handler = _TABLE.get(first.name)
        if handler is not None:
            handler(self, first, rest)
        elif (
            first.name in {"timestamps", "timestamp", "datetime"}
            or first.name in _PLAIN
            or first.name in _TYPES
            or first.name in _SERIALS
        ):
            self._column(first, rest)
        else:
            raise NotStaticError(f"{first.name} is known only by executing it")

    # --- columns ---

    def _column(self, call: CallNode, modifiers: Sequence[CallNode]) -> None:
        if call.name == "timestamps":
            self._timestamps(call)
            return
        name = constant_text(call.arg(0)) if call.arg(0) is not UNDEFINED else "id"
        kind = self._type(call, name)
        if any(one.name == "alter" for one in modifiers):
            self._altered(name, kind, modifiers)
            return
        text = f"{quoted(name)} {kind}"
        if call.name in _SERIALS and self._is_key(call):
            text += " primary key"
        for modifier in modifiers:
            text += self._modifier(name, modifier, modifiers)
        self.parts.append(text)

    @staticmethod
    def _is_key(call: CallNode) -> bool:
        options = call.arg(1)
        return not (isinstance(options, ObjectValue) and options.get("primaryKey") is False)

    def _type(self, call: CallNode, name: str) -> str:
        if call.name in _SERIALS:
            return _SERIALS[call.name]
        special = _TYPES.get(call.name)
        return special(call, name) if special is not None else _PLAIN.get(call.name) or _timestamp(call)

    def _timestamps(self, call: CallNode) -> None:
        options = call.arg(0)
        if isinstance(options, ObjectValue):
            plain, now, camel = (options.get(one) for one in ("useTimestamps", "defaultToNow", "useCamelCase"))
        else:
            plain, now, camel = call.arg(0), call.arg(1), call.arg(2)
        del plain  # PostgreSQL has one type for both
        names = ("createdAt", "updatedAt") if camel is True else ("created_at", "updated_at")
        tail = " not null default CURRENT_TIMESTAMP" if now is True else ""
        self.parts += [f"{quoted(name)} timestamptz{tail}" for name in names]

    def _altered(self, name: str, kind: str, modifiers: Sequence[CallNode]) -> None:
        column = quoted(name)
        nullable = any(one.name == "nullable" and one.arg(0) is not False for one in modifiers)
        required = any(one.name in {"notNullable", "notNull"} for one in modifiers)
        self.later.append(self._alter(f"alter column {column} drop default"))
        self.later.append(self._alter(f"alter column {column} drop not null"))
        self.later.append(self._alter(f"alter column {column} type {kind} using ({column}::{kind})"))
        default = next((one for one in modifiers if one.name == "defaultTo"), None)
        if default is not None:
            self.later.append(self._alter(f"alter column {column} set default {_default(default.arg(0))}"))
        if required and not nullable:
            self.later.append(self._alter(f"alter column {column} set not null"))

    def _modifier(self, name: str, call: CallNode, modifiers: Sequence[CallNode]) -> str:
        kind = call.name
        if kind in {"notNullable", "notNull"}:
            return " not null"
        if kind == "nullable":
            return " not null" if call.arg(0) is False else " null"
        if kind == "defaultTo":
            return f" default {_default(call.arg(0))}"
        if kind == "collate":
            return f" collate {quoted(constant_text(call.arg(0)))}"
        if kind == "comment":
            text = constant_text(call.arg(0)).replace("'", "''")
            self.later.append(f"comment on column {self.path}.{quoted(name)} is '{text}'")
        elif kind in {"primary", "unique", "index"}:
            self._key(kind, [name], call.arg(0), call.arg(1))
        elif kind in {"references", "foreign"}:
            self._references([name], modifiers, None)
        elif kind not in _MODIFIERS:
            raise NotStaticError(f"the modifier {kind} of {name} is known only by executing it")
        return ""

    # --- keys ---

    def _key(self, kind: str, columns: list[str], option: Value, further: Value = UNDEFINED) -> None:
        listed = ", ".join(quoted(one) for one in columns)
        if kind == "primary":
            name = _name_option(option, "constraintName") or f"{self.name.rpartition('.')[2]}_pkey"
            self.primary.append(f"constraint {quoted(name)} primary key ({listed}){_deferrable(option)}")
        elif kind == "unique":
            name = _name_option(option, "indexName") or self._default_name(columns, "unique")
            options = option if isinstance(option, ObjectValue) else ObjectValue()
            if options.get("useConstraint") is False or "predicate" in options:
                raise NotStaticError(f"the unique index {name} is known only by executing it")
            self.later.append(self._alter(f"add constraint {quoted(name)} unique ({listed}){_deferrable(option)}"))
        else:
            name = _name_option(option, "indexName") or self._default_name(columns, "index")
            method = further if isinstance(further, str) else _name_option(further, "indexType") or ""
            if isinstance(further, ObjectValue) and "predicate" in further:
                raise NotStaticError(f"the predicate of the index {name} is known only by executing it")
            using = f" using {method.lower()}" if method and method.lower() != "unique" else ""
            self.later.append(f"create index {quoted(name)} on {self.path}{using} ({listed})")

    def _references(self, columns: list[str], modifiers: Sequence[CallNode], name: str | None) -> None:
        said = {one.name: one for one in modifiers}
        references = said.get("references")
        if references is None:
            raise NotStaticError("a foreign key whose columns are known only by executing it")
        targets = _names(references.arg(0))
        table = said.get("inTable") or said.get("on")
        if table is not None:
            target = constant_text(table.arg(0))
        else:
            target = targets[0].rpartition(".")[0]
            targets = [one.rpartition(".")[2] for one in targets]
        given = said.get("withKeyName")
        own = (constant_text(given.arg(0)) if given is not None else name) or self._default_name(columns, "foreign")
        sql = f"add constraint {quoted(own)} foreign key ({', '.join(map(quoted, columns))}) references {quoted_path(target, None)}"
        sql += f" ({', '.join(map(quoted, targets))})"
        for word, clause in (("onUpdate", "on update"), ("onDelete", "on delete")):
            if word in said:
                sql += f" {clause} {constant_text(said[word].arg(0))}"
        if "deferrable" in said:
            sql += f" deferrable initially {constant_text(said['deferrable'].arg(0))}"
        self.later.append(self._alter(sql))

    def table_key(self, call: CallNode, rest: Sequence[CallNode]) -> None:
        """`t.unique([…])`, `t.index([…])`, `t.primary([…])`."""
        del rest
        self._key(call.name, _names(call.arg(0)), call.arg(1), call.arg(2))

    def foreign(self, call: CallNode, rest: Sequence[CallNode]) -> None:
        """`t.foreign("a").references("b.c")`."""
        self._references(_names(call.arg(0)), rest, _name_option(call.arg(1)))

    def drop_columns(self, call: CallNode, rest: Sequence[CallNode]) -> None:
        """`t.dropColumn("a", "b")`, `t.dropTimestamps()`."""
        del rest
        names = [name for one in call.args for name in _names(one)]
        if call.name == "dropTimestamps":
            names = ["createdAt", "updatedAt"] if call.arg(0) is True else ["created_at", "updated_at"]
        self.later.append(self._alter(", ".join(f"drop column {quoted(one)}" for one in names)))

    def drop_key(self, call: CallNode, rest: Sequence[CallNode]) -> None:
        """`t.dropUnique([…])`, `t.dropForeign(…)`, `t.dropIndex(…)`, `t.dropPrimary()`."""
        del rest
        kind = call.name.removeprefix("drop").lower()
        if kind == "primary":
            name = _name_option(call.arg(0)) or f"{self.name.rpartition('.')[2]}_pkey"
        else:
            name = _name_option(call.arg(1)) or self._default_name(_names(call.arg(0)), kind)
        if kind == "index":
            self.later.append(f"drop index {quoted_path(name, self.schema)}")
        else:
            self.later.append(self._alter(f"drop constraint {quoted(name)}"))

    def rename_column(self, call: CallNode, rest: Sequence[CallNode]) -> None:
        """`t.renameColumn("a", "b")`."""
        del rest
        old, new = constant_text(call.arg(0)), constant_text(call.arg(1))
        self.later.append(self._alter(f"rename {quoted(old)} to {quoted(new)}"))

    def nullability(self, call: CallNode, rest: Sequence[CallNode]) -> None:
        """`t.setNullable("a")`, `t.dropNullable("a")`."""
        del rest
        what = "drop not null" if call.name == "setNullable" else "set not null"
        self.later.append(self._alter(f"alter column {quoted(constant_text(call.arg(0)))} {what}"))

    def comment(self, call: CallNode, rest: Sequence[CallNode]) -> None:
        """`t.comment("…")`."""
        del rest
        text = constant_text(call.arg(0)).replace("'", "''")
        self.later.append(f"comment on table {self.path} is '{text}'")

    def check(self, call: CallNode, rest: Sequence[CallNode]) -> None:
        """`t.check("…", {}, "name")`."""
        del rest
        name = call.arg(2)
        constraint = f"constraint {quoted(name)} " if isinstance(name, str) else ""
        text = f"{constraint}check ({constant_text(call.arg(0))})"
        if self.creates:
            self.primary.append(text)
        else:
            self.later.append(self._alter(f"add {text}"))

    def nothing(self, call: CallNode, rest: Sequence[CallNode]) -> None:
        """What PostgreSQL has not: an engine, a character set."""


def _deferrable(option: Value) -> str:
    value = option.get("deferrable") if isinstance(option, ObjectValue) else None
    return f" deferrable initially {value}" if isinstance(value, str) and value != "not deferrable" else ""


def _timestamp(call: CallNode) -> str:
    options = call.arg(1)
    plain = options is True or (isinstance(options, ObjectValue) and options.get("useTz") is False)
    precision = options.get("precision") if isinstance(options, ObjectValue) else call.arg(2)
    digits = f"({precision})" if isinstance(precision, int) and not isinstance(precision, bool) else ""
    return f"timestamp{digits}" if plain else f"timestamptz{digits}"


def _string(call: CallNode, name: str) -> str:
    del name
    length = call.arg(1)
    return f"varchar({length if isinstance(length, (int, str)) and length else 255})"


def _decimal(call: CallNode, name: str) -> str:
    del name
    precision, scale = call.arg(1), call.arg(2)
    if precision is None:
        return "decimal"
    return f"decimal({precision if isinstance(precision, int) else 8}, {scale if isinstance(scale, int) else 2})"


def _enum(call: CallNode, name: str) -> str:
    options = call.arg(2)
    if isinstance(options, ObjectValue) and options.get("useNative"):
        raise NotStaticError(f"the enumeration type of {name} is known only by executing it")
    values = ", ".join("'" + one.replace("'", "''") + "'" for one in _names(call.arg(1)))
    return f"text check ({quoted(name)} in ({values}))"


def _default(value: Value) -> str:
    """A default as Knex writes it."""
    if value is None:
        return "null"
    if isinstance(value, CallNode) and isinstance(value.callee, Reference):
        if value.name == "raw":
            return constant_text(value.arg(0))
        if value.name == "now":
            digits = value.arg(0)
            return f"CURRENT_TIMESTAMP({digits})" if isinstance(digits, int) else "CURRENT_TIMESTAMP"
        if value.name == "uuid":
            return "gen_random_uuid()"
    if isinstance(value, bool):
        return "'1'" if value else "'0'"
    if isinstance(value, (str, int, float)):
        return "'" + text_value(value).replace("'", "''") + "'"
    text = json_text(value) if isinstance(value, (list, ObjectValue)) else None
    if text is None:
        raise NotStaticError("a default that is known only by executing it")
    return "'" + text.replace("'", "''") + "'"


def _specific(call: CallNode, name: str) -> str:
    del name
    return constant_text(call.arg(1))


_TYPES: dict[str, Callable[[CallNode, str], str]] = {
    "string": _string,
    "varchar": _string,
    "decimal": _decimal,
    "enum": _enum,
    "enu": _enum,
    "specificType": _specific,
}
_MODIFIERS = {
    "unsigned",
    "inTable",
    "on",
    "onDelete",
    "onUpdate",
    "withKeyName",
    "deferrable",
    "first",
    "after",
    "alter",
}
_TABLE: dict[str, Callable[[TableBuilder, CallNode, Sequence[CallNode]], None]] = {
    "primary": TableBuilder.table_key,
    "unique": TableBuilder.table_key,
    "index": TableBuilder.table_key,
    "foreign": TableBuilder.foreign,
    "dropColumn": TableBuilder.drop_columns,
    "dropColumns": TableBuilder.drop_columns,
    "dropTimestamps": TableBuilder.drop_columns,
    "dropUnique": TableBuilder.drop_key,
    "dropIndex": TableBuilder.drop_key,
    "dropForeign": TableBuilder.drop_key,
    "dropPrimary": TableBuilder.drop_key,
    "renameColumn": TableBuilder.rename_column,
    "setNullable": TableBuilder.nullability,
    "dropNullable": TableBuilder.nullability,
    "comment": TableBuilder.comment,
    "check": TableBuilder.check,
    "engine": TableBuilder.nothing,
    "charset": TableBuilder.nothing,
    "collate": TableBuilder.nothing,
}

__all__ = ["TableBuilder", "quoted", "quoted_path"]
