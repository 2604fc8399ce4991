"""Prints a schema whose types, expressions and options are MySQL's: exactly what the model says, nothing invented."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from dbdesign.dialects.base import Dialect
from dbdesign.model.relations import Relations
from dbdesign.model.schema import Check, Column, ForeignKey, Index, IndexKey, Key, Schema, Sequence, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.base import WriteOptions

INDENT = "  "
BARE_DEFAULT = re.compile(
    r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|(?:_\w+\s*|[nbx])?'(?:[^'\\]|\\.|'')*'|0x[0-9a-f]+|0b[01]+|TRUE|FALSE|NULL"
    r"|(?:CURRENT_TIMESTAMP|NOW|LOCALTIME|LOCALTIMESTAMP)(?:\(\d*\))?|NEXTVAL\([^()]+\)|NEXT VALUE FOR \S+",
    re.IGNORECASE | re.DOTALL,
)
"""Defaults that take no parentheses (data-type-defaults; of MariaDB and TiDB: sequences)."""
NEEDS_EXPRESSION = frozenset({Kind.TEXT, Kind.BLOB, Kind.JSON, Kind.GEOMETRY, Kind.VECTOR})
"""Kinds whose default MySQL accepts as an expression only."""

_INDEX_WORDS = {
    "fulltext": "FULLTEXT KEY",
    "spatial": "SPATIAL KEY",
    "vector": "VECTOR KEY",
    "columnstore": "COLUMNAR INDEX",
}
OPTION_WORDS = {"charset": "DEFAULT CHARSET", "collation": "COLLATE"}
UNPRINTED = frozenset({"system_versioned", "start_transaction", "tiflash_replica"})


class Printer:
    """Prints the parts of a table. `dialect` quotes; `comments` says whether comments are written."""

    def __init__(self, dialect: Dialect, options: WriteOptions) -> None:
        self.dialect = dialect
        self.options = options

    def name(self, name: str) -> str:
        """A name, quoted where it must be."""
        return self.dialect.identifier(name)

    def names(self, names: Iterable[str]) -> str:
        """Names in parentheses."""
        return f"({', '.join(self.name(name) for name in names)})"

    def literal(self, text: str) -> str:
        """A string literal; the backslash escapes in MySQL."""
        return "'" + text.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n") + "'"

    def comment(self, text: str | None) -> str:
        """A COMMENT clause, or nothing."""
        return f" COMMENT {self.literal(text)}" if text and self.options.comments else ""

    def table(self, table: Table, later: frozenset[int] = frozenset()) -> str:
        """CREATE TABLE. `later` are the positions of foreign keys that ALTER TABLE adds."""
        body = [INDENT + self.column(column) for column in table.columns]
        body += [f"{INDENT}{part}" for part in self._constraints(table, later)]
        options = "".join(f" {option}" for option in self.table_options(table))
        partitioning = f"\n{table.partitioning.text}" if table.partitioning and table.partitioning.text else ""
        name = self.dialect.qualified(table.namespace, table.name)
        lines = ",\n".join(body)
        return f"CREATE TABLE {name} (\n{lines}\n){options}{partitioning};"

    def _constraints(self, table: Table, later: frozenset[int]) -> Iterator[str]:
        if table.primary_key:
            yield self.key("PRIMARY KEY", table.primary_key)
        for key in table.unique_keys:
            yield self.key("UNIQUE KEY", key)
        for index in table.indexes:
            yield self.index(index)
        for number, foreign_key in enumerate(table.foreign_keys):
            if number not in later:
                yield self.foreign_key(foreign_key)
        for check in table.checks:
            yield self.check(check)
        for name, value in table.options.items():
            if name.startswith("period_"):
                yield f"PERIOD FOR {name.removeprefix('period_').upper()} ({value})"

    def column(self, column: Column) -> str:
        """A column definition."""
        text = f"{self.name(column.name)} {self.type(column.type)}"
        if column.charset:
            text += f" CHARACTER SET {column.charset}"
        if column.collation:
            text += f" COLLATE {column.collation}"
        if "compressed" in column.options:
            said = column.options["compressed"]
            text += " COMPRESSED" if said == "true" else f" COMPRESSED={said}"
        if column.generated:
            text += f" GENERATED ALWAYS AS ({column.generated.expression}) {'STORED' if column.generated.stored else 'VIRTUAL'}"
        if row := column.options.get("generated_row"):
            text += f" GENERATED ALWAYS AS ROW {row.upper()}"
        text += self._nullability(column)
        text += self._value(column)
        return text + self._column_options(column) + self.comment(column.comment)

    def type(self, data_type: DataType) -> str:
        """The native type."""
        return data_type.native

    def _nullability(self, column: Column) -> str:
        if "generated_row" in column.options:
            return ""
        if not column.nullable:
            return " NOT NULL"
        return " NULL" if column.type.native.startswith("timestamp") else ""

    def _value(self, column: Column) -> str:
        text = f" DEFAULT {self.default(column)}" if column.default is not None else ""
        if column.on_update:
            text += f" ON UPDATE {column.on_update}"
        if column.identity:
            text += f" {self.identity(column)}"
        return text

    def identity(self, column: Column) -> str:  # noqa: ARG002 - TiDB's printer looks at it
        """How the column is numbered."""
        return "AUTO_INCREMENT"

    def default(self, column: Column) -> str:
        """The default, in parentheses where it is an expression."""
        text = column.default or "NULL"
        bare = BARE_DEFAULT.fullmatch(text) is not None
        if bare and column.type.kind in NEEDS_EXPRESSION:
            bare = text.upper() == "NULL"
        return text if bare else f"({text})"

    def _column_options(self, column: Column) -> str:
        text = ""
        for word, value in column.options.items():
            if word == "invisible":
                text += " INVISIBLE"
            elif word == "system_versioning":
                text += f" {value.upper()} SYSTEM VERSIONING"
            elif word in {"column_format", "storage", "srid"}:
                text += f" {word.upper()} {value}"
            elif word in {"engine_attribute", "secondary_engine_attribute", "ref_system_id", "encrypted"}:
                text += f" {word.upper()}={value}"
            elif word == "not_secondary":
                text += " NOT SECONDARY"
        return text

    def part(self, key: IndexKey) -> str:
        """A key part."""
        text = f"({key.expression})" if key.column is None else self.name(key.column)
        if key.length:
            text += f"({key.length})"
        return f"{text} DESC" if key.descending else text

    def _parts(self, key: Key) -> str:
        parts = key.keys or tuple(IndexKey(column=name) for name in key.columns)
        return f"({', '.join(self.part(part) for part in parts)})"

    def key(self, words: str, key: Key) -> str:
        """PRIMARY KEY or UNIQUE KEY."""
        name = f" {self.name(key.name)}" if key.name and words != "PRIMARY KEY" else ""
        method = f" USING {key.method.upper()}" if key.method else ""
        return f"{words}{name} {self._parts(key)}{method}{self._index_options(key.options)}{self.comment(key.comment)}"

    def index(self, index: Index) -> str:
        """KEY, UNIQUE KEY, FULLTEXT KEY or SPATIAL KEY."""
        words = _INDEX_WORDS.get(index.method, "KEY")
        if index.unique:
            words = "UNIQUE KEY"
        name = f" {self.name(index.name)}" if index.name else ""
        parts = ", ".join(self.part(key) for key in index.keys)
        using = "hash" if index.method == "hash" else index.options.get("using")
        method = f" USING {using.upper()}" if using else ""
        hidden = "" if index.visible else (" IGNORED" if "ignored" in index.options else " INVISIBLE")
        return (
            f"{words}{name} ({parts}){method}{self._index_options(index.options)}{hidden}{self.comment(index.comment)}"
        )

    def _index_options(self, options: Mapping[str, str]) -> str:
        text = ""
        for word, value in options.items():
            if word == "parser":
                text += f" WITH PARSER {value}"
            elif word == "invisible":
                text += " INVISIBLE"
            elif word == "global":
                text += " GLOBAL"
            elif word not in {"using", "ignored"}:
                text += f" {word.upper()}={value}"
        return text

    def foreign_key(self, key: ForeignKey) -> str:
        """A foreign key constraint."""
        name = f"CONSTRAINT {self.name(key.name)} " if key.name else ""
        parent = self.dialect.qualified(key.referenced_namespace, key.referenced_table)
        text = f"{name}FOREIGN KEY {self.names(key.columns)} REFERENCES {parent} {self.names(key.referenced_columns)}"
        if key.on_delete != "no action":
            text += f" ON DELETE {key.on_delete.upper()}"
        if key.on_update != "no action":
            text += f" ON UPDATE {key.on_update.upper()}"
        return text

    def check(self, check: Check) -> str:
        """A check constraint."""
        name = f"CONSTRAINT {self.name(check.name)} " if check.name else ""
        return f"{name}CHECK ({check.expression}){'' if check.enforced else ' NOT ENFORCED'}"

    def table_options(self, table: Table) -> Iterator[str]:
        """ENGINE, AUTO_INCREMENT, DEFAULT CHARSET, … in the order in which SHOW CREATE TABLE has them."""
        options = dict(table.options)
        if engine := options.pop("engine", None):
            yield f"ENGINE={engine}"
        start = next((c.identity.options.start for c in table.columns if c.identity and c.identity.options.start), None)
        if start is not None and start > 1:
            yield f"{self.start_word(table)}={start}"
        for word in ("charset", "collation"):
            if value := options.pop(word, None):
                yield f"{OPTION_WORDS[word]}={value}"
        if table.comment and self.options.comments:
            yield f"COMMENT={self.literal(table.comment)}"
        for word, value in options.items():
            yield from self.table_option(word, value)

    def start_word(self, table: Table) -> str:  # noqa: ARG002 - TiDB's printer looks at it
        """The option that says where numbering goes on."""
        return "AUTO_INCREMENT"

    def table_option(self, word: str, value: str) -> Iterator[str]:
        """One further table option."""
        if word == "system_versioned":
            yield "WITH SYSTEM VERSIONING"
        elif word == "start_transaction":
            yield "START TRANSACTION"
        elif word in {"data_directory", "index_directory"}:
            yield f"{word.upper().replace('_', ' ')}={value}"
        elif word == "row_format":
            yield f"ROW_FORMAT={value.upper()}"
        elif not word.startswith("period_") and word not in UNPRINTED:
            yield f"{word.upper()}={value}"

    def alter_foreign_keys(self, table: Table, positions: Iterable[int]) -> str:
        """ALTER TABLE … ADD for foreign keys that close a cycle."""
        adds = ",\n".join(f"{INDENT}ADD {self.foreign_key(table.foreign_keys[number])}" for number in sorted(positions))
        return f"ALTER TABLE {self.dialect.qualified(table.namespace, table.name)}\n{adds};"

    def sequence(self, sequence: Sequence) -> str:
        """CREATE SEQUENCE (MariaDB and TiDB; MySQL has none)."""
        options = sequence.options
        text = f"CREATE SEQUENCE {self.dialect.qualified(sequence.namespace, sequence.name)}"
        if sequence.type:
            text += f" AS {sequence.type.native}"
        for word, value in (
            ("START WITH", options.start),
            ("MINVALUE", options.minimum),
            ("MAXVALUE", options.maximum),
            ("INCREMENT BY", options.increment),
        ):
            text += f" {word} {value}" if value is not None else ""
        if options.cache is not None:
            text += f" CACHE {options.cache}" if options.cache else " NOCACHE"
        return f"{text}{' CYCLE' if options.cycle else ''};"


def table_order(schema: Schema) -> list[tuple[Table, frozenset[int]]]:
    """The tables, parents first, each with the positions of its foreign keys whose parent comes later."""
    order = Relations(schema).load_order()
    done: set[str] = set()
    result: list[tuple[Table, frozenset[int]]] = []
    for table in order:
        done.add(table.label)
        later = {
            n
            for n, key in enumerate(table.foreign_keys)
            if key.references not in done and key.references in schema.table_by_label
        }
        result.append((table, frozenset(later)))
    return result
