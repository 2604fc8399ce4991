"""Adapts indexes: partial and expression indexes through generated columns, INCLUDE as trailing keys, prefixes for long texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.dialects.mysql import MAX_KEY_BYTES, MAX_KEY_PARTS
from dbdesign.model.schema import Column, Generated, Index, IndexKey, Key, Schema, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.mysql.columns import shown, words
from dbdesign.writers.mysql.context import Context
from dbdesign.writers.mysql.keyed import BYTES, KEY_TEXT
from dbdesign.writers.mysql.names import shortened
from dbdesign.writers.mysql.types import varchar
from dbdesign.writers.translate import Kinds, column_kinds, translate

TREES = {"btree", "hash", "brin", "clustered", "unique", "rowstore"}
UNINDEXABLE = {Kind.JSON, Kind.GEOMETRY, Kind.VECTOR}
FUNCTION = re.compile(r"\s*(\w+)\s*\(")
INNER = re.compile(r"\w+\(\s*`?(\w+)`?\s*[,)]")
TEXT_FUNCTIONS = {
    "LOWER",
    "UPPER",
    "TRIM",
    "LTRIM",
    "RTRIM",
    "REPLACE",
    "SUBSTRING",
    "SUBSTR",
    "LEFT",
    "RIGHT",
    "REVERSE",
    "CONCAT",
    "JSON_UNQUOTE",
}
INTEGER_FUNCTIONS = {
    "YEAR",
    "MONTH",
    "DAY",
    "HOUR",
    "MINUTE",
    "EXTRACT",
    "CHAR_LENGTH",
    "LENGTH",
    "ASCII",
    "WEEKDAY",
    "QUARTER",
    "FLOOR",
    "CEIL",
}
SAME_FUNCTIONS = {"COALESCE", "IFNULL", "ABS", "NULLIF"}
PREDICATE = re.compile(r"\bIS (NOT )?NULL\b|[<>=]|\bIN \(|\bNOT\b", re.IGNORECASE)
SENTINELS = {
    "int": "0",
    "varchar": "''",
    "char": "''",
    "binary": "x''",
    "date": "'0001-01-01'",
    "datetime": "'1000-01-01'",
}


class IndexAdapter:
    """Adapts the indexes of one table; `added` are the generated columns that they need."""

    def __init__(self, schema: Schema, table: Table, columns: dict[str, Column], context: Context) -> None:
        self.schema = schema
        self.table = table
        self.columns = columns
        self.context = context
        self.kinds: Kinds = column_kinds(table.columns, schema)
        self.added: list[Column] = []

    def adapt(self, index: Index) -> Index | None:
        """The index, or the nearest to it; None where there is none."""
        where = f"{self.table.label} ({index.name or 'index'})"
        if not index.valid:
            self.context.note(where, "the index is not valid in the source", "written as a valid one")
        if index.method not in TREES:
            return self._other_method(index, where)
        if index.method == "brin":
            self.context.note(where, "there are no BRIN indexes", "a B-tree index: larger, and it slows down inserts")
        parts = [self._key(index, position, where) for position in range(len(index.keys))]
        if any(part is None for part in parts):
            return None
        whole = [part for part in parts if part is not None]
        if index.where is not None and not self._partial(index, whole, where):
            return None
        self._unsaid(index, where)
        if index.include and not index.unique:
            whole += self._included(index, whole, where)
        elif index.include:
            self.context.note(where, "INCLUDE: a unique index carries no further columns", "left out")
        return self._built(index, whole, where)

    def _built(self, index: Index, parts: list[IndexKey], where: str) -> Index | None:
        fitted = self._with_prefixes(index, parts, where)
        if fitted is None:
            return None
        if index.nulls_not_distinct:
            fitted = self._nulls_not_distinct(fitted, where)
        return Index(
            name=shortened(index.name) if index.name else None,
            keys=tuple(fitted),
            unique=index.unique,
            visible=index.visible,
            comment=index.comment,
        )

    def _key(self, index: Index, position: int, where: str) -> IndexKey | None:
        key = index.keys[position]
        if key.column is not None:
            kind = self.columns[key.column].type.kind if key.column in self.columns else None
            if kind in UNINDEXABLE:
                self.context.note(
                    where, f"{key.column} ({self.columns[key.column].type.native}) cannot be a key", "left out"
                )
                return None
            return IndexKey(column=key.column, descending=key.descending)
        name = shortened(f"{index.name or self.table.name}_expr{position + 1 if len(index.keys) > 1 else ''}")
        column = self._computed(name, key.expression or "", where, unique=index.unique)
        return IndexKey(column=column.name, descending=key.descending) if column else None

    def _computed(self, name: str, expression: str, where: str, *, unique: bool) -> Column | None:
        """A generated column for an index expression."""
        said = translate(expression, self.schema.engine, self.context.target, immutable=True, kinds=self.kinds)
        data_type = self._type_of(said) if said else None
        if said is None or data_type is None or self._names_numbered(said):
            self.context.note(where, f"an index on {shown(expression)} cannot be said", "left out")
            return None
        if data_type.kind is Kind.TEXT:
            said, data_type = self._bounded(said, unique=unique)
        self.context.note(where, "an index on an expression", "an index on a generated column")
        return self._shared(name, data_type, said)

    def _add(self, name: str, data_type: DataType, expression: str) -> Column:
        taken = set(self.columns) | {column.name for column in self.added}
        base, number = name, 2
        while name in taken:
            name, number = shortened(f"{base}_{number}"), number + 1
        options = {"invisible": "true"} if self.context.has("invisible_column") else {}
        column = Column(
            name=name, type=data_type, generated=Generated(expression=expression, stored=False), options=options
        )
        self.added.append(column)
        return column

    def _shared(self, name: str, data_type: DataType, expression: str) -> Column:
        """A generated column, or the one that computes the same."""
        same = (one for one in self.added if one.generated and one.generated.expression == expression)
        return next(same, None) or self._add(name, data_type, expression)

    def _bounded(self, said: str, *, unique: bool) -> tuple[str, DataType]:
        """A long text in an index: its digest where it must be unique, its beginning otherwise."""
        if unique:
            return f"UNHEX(SHA2({said}, 256))", DataType(kind=Kind.BINARY, native="binary(32)", length=32)
        return f"LEFT({said}, {KEY_TEXT})", varchar(KEY_TEXT)

    def _names_numbered(self, said: str) -> bool:
        numbered = {column.name for column in self.columns.values() if column.identity}
        return bool(numbered & words(said))

    def _type_of(self, said: str) -> DataType | None:
        """The type of an expression, as far as its outermost function tells."""
        match = FUNCTION.match(said)
        name = match[1].upper() if match else ""
        inner = INNER.match(said.strip())
        column = self.columns.get(inner[1]) if inner else None
        if name in TEXT_FUNCTIONS:
            bounded = column and column.type.kind in {Kind.VARCHAR, Kind.CHAR} and name not in {"CONCAT", "REPLACE"}
            return (
                varchar(min(column.type.length or 1, 768))
                if bounded and column
                else DataType(kind=Kind.TEXT, native="longtext")
            )
        if name in INTEGER_FUNCTIONS:
            return DataType(kind=Kind.INT64, native="bigint")
        if name == "DATE" or re.search(r"\bAS DATE\)\Z", said, re.IGNORECASE):
            return DataType(kind=Kind.DATE, native="date")
        if name in SAME_FUNCTIONS and column:
            return column.type
        if name == "MD5":
            return DataType(kind=Kind.CHAR, native="char(32)", length=32)
        if said in self.columns:
            return self.columns[said].type
        if not name and PREDICATE.search(said):
            return DataType(kind=Kind.BOOLEAN, native="tinyint(1)")
        return None

    def _partial(self, index: Index, parts: list[IndexKey], where: str) -> bool:
        """The predicate: for a unique index the first key becomes NULL for the other rows; otherwise it is left out."""
        predicate = index.where or ""
        if index.unique and self._only_skips_nulls(index, predicate):
            return True
        if not index.unique:
            self.context.note(where, f"WHERE {shown(predicate)}: there are no partial indexes", "an index on all rows")
            return True
        said = translate(
            predicate, self.schema.engine, self.context.target, predicate=True, immutable=True, kinds=self.kinds
        )
        first = self.columns.get(parts[0].column or "") or next(
            (c for c in self.added if c.name == parts[0].column), None
        )
        if said is None or first is None or self._names_numbered(f"{said} {first.name}"):
            self.context.note(
                where, f"a unique index WHERE {shown(predicate)} cannot be said", "left out: uniqueness is not enforced"
            )
            return False
        value = (
            first.generated.expression
            if first in self.added and first.generated
            else self.context.dialect.identifier(first.name)
        )
        expression, data_type = f"CASE WHEN {said} THEN {value} END", first.type
        if data_type.kind in {Kind.TEXT, Kind.BLOB}:
            expression, data_type = self._bounded(expression, unique=True)
        column = self._add(shortened(f"{index.name or self.table.name}_when"), data_type, expression)
        parts[0] = IndexKey(column=column.name, descending=parts[0].descending)
        self.context.note(
            where,
            "there are no partial indexes",
            "unique over a generated column that is NULL for the other rows",
        )
        return True

    def _only_skips_nulls(self, index: Index, predicate: str) -> bool:
        """Whether the predicate is `key IS NOT NULL`: MySQL's unique keys admit any number of NULLs anyway."""
        match = re.fullmatch(r'\(*\s*"?([\w$]+)"?\s+IS\s+NOT\s+NULL\s*\)*', predicate, re.IGNORECASE)
        return match is not None and match[1] in index.columns

    def _unsaid(self, index: Index, where: str) -> None:
        if any(key.nulls for key in index.keys):
            self.context.note(where, "NULLS FIRST or LAST: NULL is always the least value", "the order of keys alone")
        if any(key.opclass and "pattern_ops" not in key.opclass for key in index.keys):
            self.context.note(where, "operator classes do not exist", "a plain index")
        if any(key.collation for key in index.keys):
            self.context.note(where, "an index has the collation of its columns", "a plain index")

    def _included(self, index: Index, parts: list[IndexKey], where: str) -> list[IndexKey]:
        room = MAX_KEY_BYTES - sum(self._size(part.column) for part in parts)
        added: list[IndexKey] = []
        for name in index.include:
            size = self._size(name)
            unbounded = name in self.columns and self.columns[name].type.kind in {Kind.TEXT, Kind.BLOB, *UNINDEXABLE}
            if unbounded or size > room or len(parts) + len(added) >= MAX_KEY_PARTS:
                self.context.note(where, f"INCLUDE ({name}): it does not fit in a key", "left out")
                continue
            room -= size
            added.append(IndexKey(column=name))
        if added:
            self.context.note(where, "there is no INCLUDE", "the columns at the end of the key")
        return added

    def _column(self, name: str | None) -> Column | None:
        return self.columns.get(name or "") or next((column for column in self.added if column.name == name), None)

    def _size(self, name: str | None) -> int:
        column = self._column(name)
        if column is None:
            return 8
        if column.type.kind in {Kind.CHAR, Kind.VARCHAR}:
            return (column.type.length or 1) * (1 if column.charset == "ascii" else 4)
        if column.type.kind in {Kind.BINARY, Kind.VARBINARY}:
            return column.type.length or 1
        if column.type.kind in {Kind.TEXT, Kind.BLOB}:
            return MAX_KEY_BYTES + 1
        return BYTES.get(column.type.kind, 16)

    def _with_prefixes(self, index: Index, parts: list[IndexKey], where: str) -> list[IndexKey] | None:
        """The parts within the 3072 bytes of a key: long texts by their beginning, or by their digest where they must be unique."""
        if sum(self._size(part.column) for part in parts) <= MAX_KEY_BYTES:
            return parts
        long = [part for part in parts if self._size(part.column) > 4 * KEY_TEXT]
        if not long:
            long = [
                part for part in parts if (c := self._column(part.column)) and c.type.kind in {Kind.VARCHAR, Kind.CHAR}
            ]
        fixed = sum(self._size(part.column) for part in parts if part not in long)
        share = min((MAX_KEY_BYTES - fixed) // (4 * max(len(long), 1)), KEY_TEXT)
        return [self._shortened_part(index, part, share, where) if part in long else part for part in parts]

    def _shortened_part(self, index: Index, part: IndexKey, share: int, where: str) -> IndexKey:
        column = self._column(part.column)
        assert column is not None  # noqa: S101 - only columns have a size
        if index.unique:
            name = self.context.dialect.identifier(column.name)
            digest = self._add(
                shortened(f"{column.name}_sha256"),
                DataType(kind=Kind.BINARY, native="binary(32)", length=32),
                f"UNHEX(SHA2({column.generated.expression if column in self.added and column.generated else name}, 256))",
            )
            self.context.note(
                where,
                "a key has at most 3072 bytes",
                "unique over the SHA-256 of the column, in a generated column",
            )
            return IndexKey(column=digest.name)
        self.context.note(
            where,
            "MySQL indexes no unbounded text, and a key has at most 3072 bytes",
            f"an index on the first {share} characters",
        )
        return part.model_copy(update={"length": share})

    def unique_key(self, key: Key) -> Key | Index:
        """A unique key that fits: by digests where it is too long, with NULLs told apart where they are not distinct."""
        where = f"{self.table.label} ({key.name or ', '.join(key.columns)})"
        parts = list(key.keys) or [IndexKey(column=name) for name in key.columns]
        fitted = self._with_prefixes(Index(name=key.name, keys=tuple(parts), unique=True), parts, where) or parts
        if key.nulls_not_distinct:
            fitted = self._nulls_not_distinct(fitted, where)
        if fitted is parts:
            return key
        return Key(name=key.name, columns=tuple(part.column or "" for part in fitted), comment=key.comment)

    def _nulls_not_distinct(self, parts: list[IndexKey], where: str) -> list[IndexKey]:
        """Two generated columns for each nullable one: its value with a stand-in for NULL, and whether it is NULL."""
        result: list[IndexKey] = []
        for part in parts:
            column = self._column(part.column)
            if column is None or not column.nullable:
                result.append(part)
                continue
            sentinel = self._sentinel(column)
            if sentinel is None:
                self.context.note(
                    where, "NULLS NOT DISTINCT cannot be said for its type", "a plain unique key: NULLs may repeat"
                )
                return parts
            said = self.context.dialect.identifier(column.name)
            value = self._shared(shortened(f"{column.name}_value"), column.type, f"COALESCE({said}, {sentinel})")
            null = self._shared(
                shortened(f"{column.name}_null"),
                DataType(kind=Kind.BOOLEAN, native="tinyint(1)"),
                f"{said} IS NULL",
            )
            result += [IndexKey(column=value.name, descending=part.descending), IndexKey(column=null.name)]
        self.context.note(
            where, "NULLS NOT DISTINCT cannot be said", "unique over generated columns that tell NULLs apart"
        )
        return result

    def _sentinel(self, column: Column) -> str | None:
        if column.type.is_integer or column.type.kind in {Kind.DECIMAL, Kind.BOOLEAN}:
            return "0"
        if column.type.kind is Kind.BINARY:
            return f"x'{'00' * (column.type.length or 1)}'"
        return SENTINELS.get(column.type.native.split("(")[0])

    def _other_method(self, index: Index, where: str) -> Index | None:
        """Full text and spatial indexes; what GIN, GiST and others do beyond that cannot be said."""
        texts = list(self._searched(index))
        if texts and not self.context.has("fulltext_index"):
            self.context.note(
                where,
                f"{index.method.upper()} for text search: there are no full-text indexes",
                "left out: a search engine beside it",
            )
            return None
        if texts:
            self.context.note(
                where,
                f"{index.method.upper()} for text search",
                "a FULLTEXT index: MATCH … AGAINST instead of @@ and LIKE (for trigrams: WITH PARSER ngram)",
            )
            return Index(
                name=shortened(index.name) if index.name else None,
                keys=tuple(IndexKey(column=name) for name in texts),
                method="fulltext",
                comment=index.comment,
            )
        column = self.columns.get(index.keys[0].column or "")
        if (
            column is not None
            and column.type.kind is Kind.GEOMETRY
            and index.method in {"gist", "spgist", "spatial"}
            and len(index.keys) == 1
        ):
            if not column.nullable:
                return Index(
                    name=shortened(index.name) if index.name else None,
                    keys=(IndexKey(column=column.name),),
                    method="spatial",
                    comment=index.comment,
                )
            self.context.note(where, "a SPATIAL index needs a NOT NULL column", "left out")
            return None
        self.context.note(where, f"there are no {index.method} indexes of this kind", "left out")
        return None

    def _searched(self, index: Index) -> Iterator[str]:
        """The text columns that a full-text index searches: of a tsvector column, of to_tsvector(…), of trigrams."""
        if index.method not in {"gin", "gist", "fulltext"}:
            return
        found: list[str] = []
        for key in index.keys:
            if key.column:
                source = self.table.column(key.column)
                text = source is not None and source.type.is_text
                vector = source is not None and source.type.kind is Kind.TSVECTOR
                if not (vector or (text and ("trgm" in (key.opclass or "") or index.method == "fulltext"))):
                    return
                found.append(key.column)
            elif "to_tsvector" in (key.expression or ""):
                named = words(key.expression or "")
                found += [c.name for c in self.table.columns if c.type.is_text and c.name in named]
            else:
                return
        yield from (
            name
            for name in dict.fromkeys(found)
            if self.columns[name].type.kind in {Kind.TEXT, Kind.VARCHAR, Kind.CHAR}
        )
