"""Keys and indexes of tables as indexes of collections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dbdesign.model.documents import DocumentField, DocumentIndex
from dbdesign.model.schema import Engine, Index, IndexKey, Schema, Table
from dbdesign.model.types import Kind
from dbdesign.writers.documents.conditions import conditions
from dbdesign.writers.postgresql.notes import Notes

TYPE_NAMES = {
    "uuid": "binData",
    "mixed": "object",
    "geojson": "object",
    "map": "object",
    "vector": "array",
    "double": "number",
    "int": "number",
    "long": "number",
}
"""What `$type` calls the model's types where BSON has no such alias, or where numbers of several widths are stored."""


def indexes(
    table: Table, names: Mapping[str, str], fields: Mapping[str, DocumentField], schema: Schema, notes: Notes
) -> Iterator[DocumentIndex]:
    """The indexes of a table's collection: composite primary key, unique keys, then the table's own indexes."""
    work = _Indexes(table, names, fields, schema, notes)
    if table.primary_key and len(table.primary_key.columns) > 1:
        yield DocumentIndex(keys={names[one]: 1 for one in table.primary_key.columns if one in names}, unique=True)
    for key in table.unique_keys:
        keys = {names[one]: -1 if _is_descending(key.keys, one) else 1 for one in key.columns if one in names}
        if tuple(keys) != ("_id",):
            where = {} if key.nulls_not_distinct else work.present(key.columns)
            yield DocumentIndex(name=key.name, keys=keys, unique=True, where=where)
    for index in table.indexes:
        if (found := work.index(index)) is not None:
            yield found


def _is_descending(keys: tuple[IndexKey, ...], column: str) -> bool:
    return any(one.column == column and one.descending for one in keys)


class _Indexes:
    def __init__(
        self, table: Table, names: Mapping[str, str], fields: Mapping[str, DocumentField], schema: Schema, notes: Notes
    ) -> None:
        self.table, self.names, self.fields, self.schema, self.notes = table, names, fields, schema, notes

    def present(self, columns: tuple[str, ...]) -> dict[str, Any]:
        """The condition that fields which may be missing are there: a unique index of MongoDB takes missing fields for equal."""
        nullable = [one for one in columns if (column := self.table.column(one)) is not None and column.nullable]
        return {self.names[one]: {"$type": self._type_name(one)} for one in nullable}

    def _type_name(self, column: str) -> str:
        field = self.fields.get(column)
        return TYPE_NAMES.get(field.type, field.type) if field is not None else "objectId"

    def index(self, index: Index) -> DocumentIndex | None:
        """An index of the table; None where MongoDB has none like it."""
        where = f"{self.table.label} ({index.name or 'index'})"
        if index.include:
            self.notes.add(where, f"INCLUDE ({', '.join(index.include)})", "the index without it")
        keys = self._keys(index, where)
        if keys is None or tuple(keys) == ("_id",):
            return None
        filtered, unique = self._filter(index, where)
        if index.unique and unique and not index.nulls_not_distinct:
            filtered = self.present(tuple(one.column for one in index.keys if one.column)) | filtered
        if index.unique and any(value not in {1, -1} for value in keys.values()):
            unique = False
        return DocumentIndex(
            name=index.name, keys=keys, unique=unique, where=filtered, options={} if index.visible else {"hidden": True}
        )

    def _keys(self, index: Index, where: str) -> dict[str, int | str] | None:
        if any(key.column is None or key.column not in self.names for key in index.keys):
            self.notes.add(
                where, "an index of an expression", "none: store the value in a field of its own and index that"
            )
            return None
        kinds = [self._kind(key) for key in index.keys]
        names = [self.names[key.column or ""] for key in index.keys]
        if index.method == "fulltext" or Kind.TSVECTOR in kinds:
            self.notes.add(
                where,
                "full-text search as the engine has it",
                "a text index, of which a collection has one: index the texts themselves",
            )
            return None if Kind.TSVECTOR in kinds else dict.fromkeys(names, "text")
        if set(kinds) & {Kind.GEOMETRY, Kind.GEOGRAPHY}:
            return dict.fromkeys(names, "2dsphere")
        if index.method == "hash" and len(names) == 1:
            return {names[0]: "hashed"}
        if index.method == "gin" and kinds == [Kind.JSONB]:
            return {f"{names[0]}.$**": 1}
        if index.method not in {"btree", "gin", "brin", "hash", "clustered"}:
            self.notes.add(where, f"a {index.method} index", "a plain index")
        if any(key.length for key in index.keys):
            self.notes.add(where, "an index of the beginnings of texts", "an index of the whole texts")
        return {name: -1 if key.descending else 1 for name, key in zip(names, index.keys, strict=True)}

    def _kind(self, key: IndexKey) -> Kind:
        column = self.table.column(key.column or "")
        return self.schema.resolve_type(column.type).kind if column is not None else Kind.OTHER

    def _filter(self, index: Index, where: str) -> tuple[dict[str, Any], bool]:
        """The predicate as a filter, and whether the index may still be unique."""
        if index.where is None:
            return {}, index.unique
        found = conditions(index.where, self.schema.engine)
        filtered: dict[str, Any] = {}
        for condition in found or []:
            said = self._said(condition.says, condition.column or "")
            if (
                (said is None and "null" not in condition.says)
                or condition.column is None
                or condition.column not in self.names
            ):
                found = None
                break
            filtered[self.names[condition.column]] = said
        if found is None:
            self.notes.add(
                where, f"WHERE {index.where}", "an index of all documents" + (", not unique" if index.unique else "")
            )
            return {}, False
        return filtered, index.unique

    def _said(self, says: Mapping[str, Any], column: str) -> Any:
        operators = {"minimum": "$gte", "maximum": "$lte", "above": "$gt", "below": "$lt"}
        if "equals" in says:
            return says["equals"]
        if "exists" in says:
            return {"$type": self._type_name(column)}
        if "values" in says:
            return {"$in": list(says["values"])}
        if says and all(name in operators for name in says):
            return {operators[name]: value for name, value in says.items()}
        return None


ENGINES_THAT_DISTINGUISH_NULLS = frozenset(
    {Engine.POSTGRESQL, Engine.MYSQL, Engine.SQLITE, Engine.COCKROACHDB, Engine.TIDB}
)
"""Whose unique keys let nulls repeat; SQL Server's do not."""
