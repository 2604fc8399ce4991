"""A collection a table: columns as fields, primary keys as `_id`, foreign keys as references."""

from __future__ import annotations

from typing import Any

from dbdesign.model.documents import Collection, DocumentField, DocumentSchema
from dbdesign.model.schema import Check, Column, ForeignKey, Schema, Table
from dbdesign.model.types import Kind
from dbdesign.writers.documents.checks import checked
from dbdesign.writers.documents.defaults import IS_NOW, default
from dbdesign.writers.documents.indexes import indexes
from dbdesign.writers.documents.losses import note_losses
from dbdesign.writers.documents.types import TypeMapper
from dbdesign.writers.javascript.naming import Names, camel, pascal, singular, words
from dbdesign.writers.postgresql.notes import Notes

CREATED = frozenset(
    {"createdAt", "createdOn", "created", "creationDate", "dateCreated", "insertedAt", "createDate", "createdDate"}
)
UPDATED = frozenset(
    {
        "updatedAt",
        "updatedOn",
        "updated",
        "modifiedAt",
        "modifiedOn",
        "modifiedDate",
        "dateUpdated",
        "lastUpdate",
        "lastUpdated",
        "lastModified",
        "updateDate",
        "updatedDate",
    }
)
"""Names of columns that a library's timestamps can stand for."""
MOMENTS = frozenset({Kind.TIMESTAMP, Kind.TIMESTAMPTZ})


def documents(schema: Schema, notes: Notes) -> DocumentSchema:
    """The collections for a relational schema; what documents cannot say goes to the notes."""
    converter = _Converter(schema, notes)
    collections = tuple(converter.collection(table) for table in converter.tables)
    note_losses(schema, notes)
    return DocumentSchema(collections=collections)


class _Converter:
    def __init__(self, schema: Schema, notes: Notes) -> None:
        self.schema = schema
        self.notes = notes
        self.types = TypeMapper(schema, notes)
        self.tables = [one for one in schema.tables if one.partition_of is None]
        names, models = (
            Names(keys=True),
            Names(
                {
                    "Schema",
                    "Model",
                    "Document",
                    "Types",
                    "Date",
                    "Map",
                    "String",
                    "Number",
                    "Boolean",
                    "Buffer",
                    "Object",
                    "Array",
                }
            ),
        )
        self.names = {one.label: names.new(one.name, one.label.replace(".", "_")) for one in self.tables}
        self.models = {
            one.label: models.new(_model_name(one.name), pascal(one.label.replace(".", "_"))) for one in self.tables
        }
        self.keys = {one.label: self._field_names(one) for one in self.tables}

    def _field_names(self, table: Table) -> dict[str, str]:
        """Columns → fields. The only column of a primary key is `_id`."""
        names = Names({"_id", "__v", "id"}, keys=True)
        primary = table.primary_key.columns if table.primary_key else ()
        return {
            one.name: "_id" if primary == (one.name,) else names.new(camel(one.name), f"{camel(one.name)}Value")
            for one in table.columns
        }

    def collection(self, table: Table) -> Collection:
        """The collection for a table."""
        created, updated = self._timestamps(table)
        fields = {one.name: self._field(table, one) for one in table.columns if not self._is_plain_id(table, one)}
        for check in table.checks:
            self._apply(table, check, fields)
        for name in (created, updated):
            if name is not None:
                stamp = fields.pop(name)  # Mongoose puts them behind all others
                fields[name] = DocumentField(name=stamp.name, type="date", required=True, comment=stamp.comment)
        keys = self.keys[table.label]
        return Collection(
            name=self.names[table.label],
            model=self.models[table.label],
            fields=tuple(fields.values()),
            indexes=tuple(indexes(table, keys, fields, self.schema, self.notes)),
            timestamps=(keys[created] if created else None, keys[updated] if updated else None),
            validation="strict",
            comment=table.comment,
        )

    def _is_plain_id(self, table: Table, column: Column) -> bool:
        """A primary key that numbers itself: the ObjectId that every document has stands for it."""
        return (
            self.keys[table.label][column.name] == "_id"
            and self._numbers_itself(column)
            and self._reference(table, column) is None
        )

    def _numbers_itself(self, column: Column) -> bool:
        default_text = (column.default or "").lower()
        return column.type.is_integer and (
            column.identity is not None or "nextval" in default_text or "unique_rowid" in default_text
        )

    def _reference(self, table: Table, column: Column) -> ForeignKey | None:
        """The foreign key of this column alone to a primary key."""
        for key in table.foreign_keys:
            target = self.schema.table_by_label.get(key.references)
            if (
                key.columns == (column.name,)
                and target is not None
                and target.primary_key
                and target.primary_key.columns == key.referenced_columns
            ):
                return key if target.label in self.keys else None
        return None

    def _field(self, table: Table, column: Column) -> DocumentField:
        where = f"{table.label}.{column.name}"
        update: dict[str, Any] = {
            "name": self.keys[table.label][column.name],
            "comment": column.comment,
            "required": not column.nullable,
        }
        key = self._reference(table, column)
        if key is not None:
            base = self._id_field(key.references, where)
            update["references"] = self.names[key.references]
        else:
            base = self.types.field(column.type, where)
        if column.generated is not None:
            self.notes.add(where, "a generated column", "a plain field: compute it where the document is written")
            return base.model_copy(update=update | {"required": False})
        return base.model_copy(update=update | default(column, base, where, self.schema, self.notes))

    def _id_field(self, label: str, where: str) -> DocumentField:
        """The type of a collection's `_id`, through primary keys that are foreign keys themselves."""
        seen: set[str] = set()
        while label not in seen:
            seen.add(label)
            table = self.schema.table_by_label[label]
            column = table.column(table.primary_key.columns[0]) if table.primary_key else None
            if column is None:
                break
            if (key := self._reference(table, column)) is not None:
                label = key.references
                continue
            if self._numbers_itself(column):
                break
            found = self.types.field(column.type, where)
            return DocumentField(type=found.type, max_length=found.max_length)
        return DocumentField(type="objectId")

    def _timestamps(self, table: Table) -> tuple[str | None, str | None]:
        """The columns that Mongoose's timestamps can stand for: when a row was made, and when it was last changed."""
        created = updated = None
        for column in table.columns:
            said = camel(column.name)
            is_now = column.default is not None and bool(IS_NOW.match(column.default))
            if column.type.kind not in MOMENTS or column.generated is not None:
                continue
            if created is None and said in CREATED and is_now:
                created = column.name
            if (
                updated is None
                and said in UPDATED
                and (is_now or column.on_update is not None or (column.nullable and column.default is None))
            ):
                updated = column.name
        return created, updated

    def _apply(self, table: Table, check: Check, fields: dict[str, DocumentField]) -> None:
        said = checked(check.expression, fields, self.schema.engine)
        if said is None:
            where = f"{table.label} ({check.name or 'check'})"
            self.notes.add(where, f"CHECK ({_short(check.expression)})", "validate it where the document is written")
        else:
            fields.update(said)


def _model_name(name: str) -> str:
    parts = words(name)
    if not parts:
        return "Model"
    return pascal("_".join([*parts[:-1], singular(parts[-1])]))


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 120 else f"{flat[:117]}…"
