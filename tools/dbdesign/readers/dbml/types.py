"""What a type written in DBML is in the document's engine: an enum of the document, or whatever the engine's own reader makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dbdesign.dialects.base import dialect
from dbdesign.errors import SqlError
from dbdesign.model.schema import Engine, EnumType, Identity, label
from dbdesign.model.types import DataType, Kind, TypeName
from dbdesign.readers.base import reader
from dbdesign.readers.dbml.syntax import ColumnSyntax

NAMED_ENUMS = frozenset({Engine.POSTGRESQL, Engine.COCKROACHDB})
INLINE_ENUMS = frozenset({Engine.MYSQL, Engine.TIDB})

_POSTGRESQL_ALIASES = {
    "binary": "bytea", "blob": "bytea", "clob": "text", "datetime": "timestamp", "datetime2": "timestamp",
    "datetimeoffset": "timestamp with time zone", "double": "double precision", "guid": "uuid", "image": "bytea",
    "int unsigned": "bigint", "long": "bigint", "longblob": "bytea", "longtext": "text", "mediumint": "integer", "mediumtext": "text",
    "nchar": "char", "ntext": "text", "number": "numeric", "nvarchar": "varchar", "string": "text", "tinyint": "smallint",
    "tinytext": "text", "uniqueidentifier": "uuid", "varbinary": "bytea", "varchar2": "varchar", "nvarchar2": "varchar",
}  # fmt: skip
_MYSQL_ALIASES = {
    "bytea": "longblob", "citext": "text", "jsonb": "json", "money": "decimal(19,4)", "number": "decimal", "serial": "int",
    "bigserial": "bigint", "string": "text", "timestamptz": "timestamp", "timestamp with time zone": "timestamp", "uuid": "char(36)",
    "uniqueidentifier": "char(36)", "bool": "tinyint(1)", "boolean": "tinyint(1)",
}  # fmt: skip
_SQLSERVER_ALIASES = {
    "bool": "bit", "boolean": "bit", "bytea": "varbinary(max)", "double": "float", "double precision": "float", "integer": "int",
    "json": "nvarchar(max)", "jsonb": "nvarchar(max)", "string": "nvarchar(max)", "timestamptz": "datetimeoffset",
    "timestamp": "datetime2", "uuid": "uniqueidentifier", "serial": "int", "bigserial": "bigint",
}  # fmt: skip
ALIASES: Mapping[Engine, Mapping[str, str]] = {
    Engine.POSTGRESQL: _POSTGRESQL_ALIASES,
    Engine.COCKROACHDB: _POSTGRESQL_ALIASES,
    Engine.MYSQL: _MYSQL_ALIASES,
    Engine.TIDB: _MYSQL_ALIASES,
    Engine.SQLSERVER: _SQLSERVER_ALIASES,
}
"""Types of other engines that DBML documents often use, by what they are called in the document's engine."""

_SAFE = re.compile(r"(?:[\w .,%\[\]\"]|'[\w .,-]*'|\([\w .,%'-]*\))+\Z")
_ARGUMENTS_KEPT = frozenset({"varchar", "char", "numeric", "nvarchar", "decimal"})


@dataclass(frozen=True)
class Resolved:
    """A type, and what else its name says: `serial` numbers the column."""

    type: DataType
    identity: Identity | None = None


class Types:
    """The types of a document. `renamed` has those that its engine calls otherwise: as written → as read."""

    def __init__(self, engine: Engine, enums: Iterable[EnumType], columns: Iterable[ColumnSyntax]) -> None:
        self.engine = engine
        self.enums = {enum.label: enum for enum in enums}
        self.renamed: dict[str, str] = {}
        self.unknown: dict[str, None] = {}
        self._default = dialect(engine).default_namespace
        self._enum_types: dict[str, DataType] = {}
        texts = dict.fromkeys(column.type_text for column in columns if self.enum(column) is None)
        self._by_text = _read_types(engine, texts)
        self._rename([text for text in texts if self._is_unknown(text)])

    def _is_unknown(self, text: str) -> bool:
        found = self._by_text.get(text)
        return found is None or (found.type.kind is Kind.OTHER and self._enum_of_array(text) is None)

    def _rename(self, texts: list[str]) -> None:
        aliases = {text: alias for text in texts if (alias := _alias(text, ALIASES.get(self.engine, {})))}
        read = _read_types(self.engine, dict.fromkeys(aliases.values()))
        for text in texts:
            found = read.get(aliases.get(text, ""))
            if found is not None:
                self._by_text[text] = found
                self.renamed[text] = aliases[text]
            else:
                self.unknown[text] = None

    def enum(self, column: ColumnSyntax) -> EnumType | None:
        """The enum that a column's type names."""
        if column.type_name is None:
            return None
        namespace, name = column.type_name
        return self.enums.get(label(None if namespace == self._default else namespace, name))

    def of(self, column: ColumnSyntax) -> Resolved:
        """The type of a column; an unknown one is kept as it is written."""
        enum = self.enum(column)
        if enum is not None:
            return Resolved(self._enum_type(enum))
        element = self._enum_of_array(column.type_text)
        if element is not None:
            inner = self._enum_type(element)
            return Resolved(DataType(kind=Kind.ARRAY, native=f"{inner.native}[]", element=inner))
        found = self._by_text.get(column.type_text)
        if found is not None:
            return found
        native = column.type_text
        return Resolved(DataType(kind=Kind.OTHER, native=native, name=TypeName(name=native)))

    def _enum_of_array(self, text: str) -> EnumType | None:
        base = text.removesuffix("[]").replace('"', "")
        return self.enums.get(base) if text.endswith("[]") and self.engine in NAMED_ENUMS else None

    def _enum_type(self, enum: EnumType) -> DataType:
        if enum.label not in self._enum_types:
            self._enum_types[enum.label] = self._new_enum_type(enum)
        return self._enum_types[enum.label]

    def _new_enum_type(self, enum: EnumType) -> DataType:
        if self.engine in NAMED_ENUMS:
            native = dialect(self.engine).qualified(enum.namespace, enum.name)
            return DataType(kind=Kind.ENUM, native=native, name=TypeName(namespace=enum.namespace, name=enum.name))
        if self.engine in INLINE_ENUMS:
            values = ",".join(_mysql_literal(value) for value in enum.values)
            return DataType(kind=Kind.ENUM, native=f"enum({values})", values=enum.values)
        longest = max((len(value) for value in enum.values), default=1)
        if self.engine is Engine.SQLSERVER:
            return DataType(kind=Kind.VARCHAR, native=f"nvarchar({longest})", length=longest, national=True)
        return DataType(kind=Kind.TEXT, native="TEXT")


def _mysql_literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n") + "'"


def _alias(text: str, aliases: Mapping[str, str]) -> str | None:
    base, opening, arguments = text.lower().partition("(")
    alias = aliases.get(base.strip()) or aliases.get(text.lower())
    if alias is None:
        return None
    numeric = opening and arguments[:1].isdigit()
    return f"{alias}({arguments}" if numeric and alias in _ARGUMENTS_KEPT else alias


def _is_safe(text: str) -> bool:
    """Whether a text can be nothing but a type."""
    return _SAFE.match(text) is not None and "--" not in text and text.count('"') % 2 == 0


def _read_types(engine: Engine, texts: Iterable[str]) -> dict[str, Resolved]:
    """Each text as the engine's own reader understands it: by giving it a table with one column of each type.

    Only the grammar is asked, nothing is executed, and a text that could be more than a type is not asked at all.
    """
    arrays = engine in NAMED_ENUMS
    asked = [text for text in texts if _is_safe(text) and (arrays or "[]" not in text)]
    if not asked:
        return {}
    script = "".join(f"CREATE TABLE dbml_type_{number} (c {text});\n" for number, text in enumerate(asked))
    try:
        tables = reader(engine.value).read(script, execute=False).schema_.table_by_label
    except SqlError:
        return {}
    found: dict[str, Resolved] = {}
    for number, text in enumerate(asked):
        table = tables.get(f"dbml_type_{number}")
        if table is not None and len(table.columns) == 1:
            found[text] = Resolved(table.columns[0].type, table.columns[0].identity)
    return found
