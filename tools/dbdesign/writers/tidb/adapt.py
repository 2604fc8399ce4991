"""Adapts a schema to TiDB's terms: first to MySQL's if it is another engine's, then to what a TiDB cluster can say and does well."""

from __future__ import annotations

import re

from dbdesign.dialects.tidb import DEFAULT_COLLATION, EXPRESSION_INDEX_FUNCTIONS, SHARD_BITS
from dbdesign.model.schema import Column, Engine, Identity, Index, IndexKey, Partitioning, Schema, Table
from dbdesign.model.types import Kind
from dbdesign.writers.mysql.context import Context
from dbdesign.writers.mysql.printing import BARE_DEFAULT, NEEDS_EXPRESSION
from dbdesign.writers.mysql.types import varchar

CHARSETS = {"utf8mb4", "utf8mb3", "utf8", "ascii", "latin1", "binary", "gbk"}
"""character-set-and-collation; gb18030 comes after 8.5."""
COLLATION = re.compile(
    r"utf8mb4_(bin|general_ci|unicode_ci|0900_ai_ci|0900_bin)|(utf8|utf8mb3)_(bin|general_ci|unicode_ci)"
    r"|ascii_bin|latin1_bin|binary|gbk_\w+"
)
"""Collations that TiDB knows (character-set-and-collation)."""
IGNORED_OPTIONS = frozenset(
    (
        "engine",
        "row_format",
        "key_block_size",
        "stats_persistent",
        "pack_keys",
        "max_rows",
        "min_rows",
        "page_checksum",
        "checksum",
    )
)
"""Table options that TiDB parses and ignores (sql-statement-create-table)."""
DEFAULT_FUNCTIONS = re.compile(
    r"UUID\(\)|UUID_TO_BIN\(UUID\(\)(?:, ?[01])?\)|RAND\(\)|REPLACE\(UPPER\(UUID\(\)\), '-', ''\)|NEXTVAL\(\S+\)|NEXT VALUE FOR \S+",
    re.IGNORECASE,
)
"""Defaults that are expressions and that every version takes (data-type-default-values)."""
FUNCTION = re.compile(r"(\w+)\s*\(")


def adapt_to_tidb(schema: Schema, context: Context) -> Schema:
    """The schema as TiDB can say it."""
    if schema.engine is not Engine.MYSQL:
        from dbdesign.writers.mysql.adapt import adapt

        schema = adapt(schema, context)
    adapter = _Adapter(schema, context)
    return adapter.schema()


class _Adapter:
    """One adaptation of a MySQL schema."""

    def __init__(self, source: Schema, context: Context) -> None:
        self.source = source
        self.context = context

    def schema(self) -> Schema:
        """The adapted schema."""
        note = self.context.note
        tables = tuple(self.table(table) for table in self.source.tables)
        for routine in self.source.routines:
            note(routine.label, f"there are no stored {routine.kind}s", "left out: the application's work")
        kept = {"comment", "grant"}
        for one in self.source.carried:
            if one.kind not in kept:
                note(one.name, f"there are no {one.kind}s", "left out")
        return self.source.model_copy(
            update={
                "engine": Engine.TIDB,
                "tables": tables,
                "routines": (),
                "carried": tuple(one for one in self.source.carried if one.kind in kept),
            }
        )

    def table(self, table: Table) -> Table:
        """One table."""
        label, note = table.label, self.context.note
        for trigger in table.triggers:
            note(f"{label} ({trigger.name})", "there are no triggers", "left out: the application's work")
        if table.checks:
            note(
                label,
                "CHECK is enforced only while tidb_enable_check_constraint is ON; it is OFF by default",
                "written: SET GLOBAL it before",
            )
        if table.foreign_keys and not self.context.has("foreign_key"):
            note(label, "foreign keys are experimental before 8.5", "written")
        columns = tuple(self.column(table, column) for column in table.columns)
        primary = table.primary_key
        if primary and primary.clustered is None:
            primary = primary.model_copy(update={"clustered": True, "method": None})
        self._hot(table, columns)
        return table.model_copy(
            update={
                "columns": columns,
                "primary_key": primary.model_copy(update={"keys": self._ascending(primary.keys, label)})
                if primary
                else None,
                "unique_keys": tuple(
                    key.model_copy(update={"keys": self._ascending(key.keys, label), "method": None})
                    for key in table.unique_keys
                ),
                "indexes": tuple(one for index in table.indexes if (one := self.index(table, index)) is not None),
                "triggers": (),
                "options": self._options(table),
                "partitioning": self._partitioning(table),
            }
        )

    def _options(self, table: Table) -> dict[str, str]:
        options = {}
        for word, value in table.options.items():
            if word == "collation":
                options[word] = self._collation(value, table.label) or DEFAULT_COLLATION
            elif word == "charset":
                options[word] = self._charset(value, table.label)
            elif word in {"system_versioned", "start_transaction"} or word.startswith("period_"):
                self.context.note(table.label, "there are no system-versioned tables", "an ordinary table")
            elif word not in IGNORED_OPTIONS:
                self.context.note(table.label, f"the table option {word.upper()} does not exist", "left out")
        return options

    def _charset(self, charset: str, where: str) -> str:
        if charset in CHARSETS:
            return charset
        self.context.note(where, f"character set {charset} does not exist", "utf8mb4")
        return "utf8mb4"

    def _collation(self, collation: str | None, where: str) -> str | None:
        if collation is None or COLLATION.fullmatch(collation):
            return collation
        nearest = "utf8mb4_general_ci" if collation.endswith("_ci") else "utf8mb4_bin"
        self.context.note(where, f"collation {collation} does not exist", nearest)
        return nearest

    def column(self, table: Table, column: Column) -> Column:
        """One column."""
        where = f"{table.label}.{column.name}"
        if (
            column.type.kind is Kind.TEXT
            and column.default not in {None, "''"}
            and BARE_DEFAULT.fullmatch(column.default or "")
        ):
            self.context.note(where, "a text has no constant default", "varchar(255): adjust to the data")
            column = column.model_copy(update={"type": varchar(255)})
        changes: dict[str, object] = {
            "charset": self._charset(column.charset, where) if column.charset else None,
            "collation": self._collation(column.collation, where),
            "default": self._default(column, where),
            "options": self._column_options(column, where),
        }
        if column.type.kind is Kind.GEOMETRY:
            self.context.note(where, "there are no spatial types", "longblob with the well-known binary form")
            changes["type"] = column.type.model_copy(update={"kind": Kind.BLOB, "native": "longblob"})
        if self._is_hot(table, column):
            changes["identity"] = Identity(mode="auto_random", shard_bits=SHARD_BITS)
            self.context.note(
                where,
                "consecutive keys would all be written to one region of the cluster",
                "AUTO_RANDOM: unique but not increasing, beyond 2^53 (JavaScript reads it as a string), and given values need "
                "allow_auto_random_explicit_insert",
            )
        return column.model_copy(update=changes)

    def _is_hot(self, table: Table, column: Column) -> bool:
        """Whether AUTO_RANDOM can stand for AUTO_INCREMENT: BIGINT, and the only column of a key that may be clustered."""
        identity = column.identity is not None and column.identity.mode == "auto_increment"
        primary = table.primary_key
        alone = primary is not None and primary.columns == (column.name,) and primary.clustered is not False
        return identity and alone and column.type.kind is Kind.INT64 and table.partitioning is None

    def _hot(self, table: Table, columns: tuple[Column, ...]) -> None:
        for column in columns:
            if column.identity and column.identity.mode == "auto_increment":
                self.context.note(
                    f"{table.label}.{column.name}",
                    "consecutive keys are all written to one region of the cluster; AUTO_RANDOM needs a BIGINT that is the primary key",
                    "AUTO_INCREMENT: fine below some thousand inserts a second",
                )

    def _column_options(self, column: Column, where: str) -> dict[str, str]:
        options = dict(column.options)
        for word in list(options):
            if word == "invisible":
                self.context.note(
                    where, "columns cannot be invisible", "a visible column: name the columns in SELECT and INSERT"
                )
            elif word not in {"column_format", "storage"}:
                self.context.note(where, f"the column option {word.upper()} does not exist", "left out")
            del options[word]
        return options

    def _default(self, column: Column, where: str) -> str | None:
        text = column.default
        if text is None or DEFAULT_FUNCTIONS.fullmatch(text):
            return text
        if BARE_DEFAULT.fullmatch(text) and column.type.kind not in NEEDS_EXPRESSION:
            return text
        self.context.note(
            where,
            f"DEFAULT ({text}): few expressions are accepted, no constants for text, blob and json",
            "no default: give the value",
        )
        return None

    def _ascending(self, keys: tuple[IndexKey, ...], label: str) -> tuple[IndexKey, ...]:
        if any(key.descending for key in keys):
            self.context.note(label, "DESC in an index is ignored", "an ascending key, which is read backwards")
        plain = tuple(key.model_copy(update={"descending": False}) for key in keys)
        return plain if any(key.length for key in keys) else ()

    def index(self, table: Table, index: Index) -> Index | None:
        """One index; None where there is none."""
        where = f"{table.label} ({index.name or 'index'})"
        if index.method in {"fulltext", "spatial"}:
            self.context.note(
                where,
                f"there are no {index.method} indexes on self-hosted clusters",
                "left out: a search engine beside it",
            )
            return None
        for key in index.keys:
            functions = {name.lower() for name in FUNCTION.findall(key.expression or "")}
            if key.expression and not functions <= EXPRESSION_INDEX_FUNCTIONS | {"char", "array", "as"}:
                self.context.note(
                    where,
                    f"an index on {key.expression}: only some functions are allowed",
                    "left out: a generated column can be indexed",
                )
                return None
        if any(key.descending for key in index.keys):
            self.context.note(table.label, "DESC in an index is ignored", "an ascending key, which is read backwards")
        keys = tuple(key.model_copy(update={"descending": False}) for key in index.keys)
        return index.model_copy(update={"keys": keys, "method": "btree", "options": {}})

    def _partitioning(self, table: Table) -> Partitioning | None:
        if table.partitioning and table.partitioning.text and "SUBPARTITION" in table.partitioning.text.upper():
            self.context.note(table.label, "there are no subpartitions", "an unpartitioned table")
            return None
        return table.partitioning
