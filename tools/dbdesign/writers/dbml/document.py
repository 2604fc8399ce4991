"""Puts a DBML document together: project, enums, tables, references, groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbdesign.dialects.base import dialect
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Column, Engine, EnumType, ForeignKey, Index, Key, Schema, Table
from dbdesign.model.types import Kind
from dbdesign.writers.base import WriteOptions, WriteResult
from dbdesign.writers.dbml import losses as lost
from dbdesign.writers.dbml.losses import Losses
from dbdesign.writers.dbml.spelling import (
    data_type,
    default,
    expression,
    is_usual,
    name,
    qualified,
    quoted,
    sayable,
)
from dbdesign.writers.domains import domains
from dbdesign.writers.selection import Entity, Link, Picture, select

GROUPED_FROM = 20
"""Tables from which on they are grouped by domain."""
STUB_COLOR = "#cccccc"
STUB_NOTE = "Stub: "
"""How a table that is referenced and not shown is marked; the DBML reader leaves such a table out again."""
USUAL_IDENTITY = {
    Engine.POSTGRESQL: "by_default",
    Engine.COCKROACHDB: "by_default",
    Engine.MYSQL: "auto_increment",
    Engine.TIDB: "auto_increment",
    Engine.SQLITE: "auto_increment",
    Engine.SQLSERVER: "identity",
}
"""What `increment` is read as."""


def document(schema: Schema, options: WriteOptions) -> WriteResult:
    """The DBML text of a selection of the schema's tables."""
    picture = select(schema, options)
    found = Losses()
    lost.of_schema(schema, found)
    writer = _Document(schema, options, found)
    blocks = [writer.project(), *writer.enums(), *writer.tables(picture), *writer.stubs(picture)]
    blocks += [*writer.references(picture), *writer.groups(picture)]
    notes = (*picture.notes, *found.notes())
    return WriteResult(text="\n\n".join(blocks) + "\n", notes=notes, proof=Proof(level="by rule"))


class _Document:
    def __init__(self, schema: Schema, options: WriteOptions, found: Losses) -> None:
        self.schema = schema
        self.options = options
        self.lost = found
        self.dialect = dialect(schema.engine)
        self.inline_enums: dict[tuple[str, str], EnumType] = {}
        self.written: set[str] = set()

    def project(self) -> str:
        version = f" {self.schema.version}" if self.schema.version else ""
        lines = [f"  database_type: {quoted(self.dialect.title + version)}"]
        comment = self.schema.options.get("comment")
        if comment and self.options.comments:
            lines.append(f"  Note: {quoted(comment)}")
        return "\n".join(["Project schema {", *lines, "}"])

    def enums(self) -> Iterator[str]:
        """Named enums, and one for each column that lists its values in line (MySQL), named after the column."""
        taken = {enum.label for enum in self.schema.enums}
        for table in self.schema.tables:
            for column in table.columns:
                if column.type.kind is Kind.ENUM and column.type.values and column.type.name is None:
                    one = EnumType(
                        namespace=table.namespace, name=f"{table.name}_{column.name}", values=column.type.values
                    )
                    while one.label in taken:
                        one = one.model_copy(update={"name": f"{one.name}_"})
                    taken.add(one.label)
                    self.inline_enums[table.label, column.name] = one
        for enum in (*self.schema.enums, *self.inline_enums.values()):
            if enum.values:
                values = [f"  {name(value)}" for value in enum.values]
                yield "\n".join([f"Enum {qualified(enum.namespace, enum.name)} {{", *values, "}"])

    def tables(self, picture: Picture) -> Iterator[str]:
        for entity in picture.entities:
            lost.of_table(entity.table, self.lost)
            if entity.fields:
                self.written.add(entity.label)
                yield self.table(entity)
            else:
                self.lost.add(entity.label, "a table without columns cannot be written")

    def table(self, entity: Entity) -> str:
        table = entity.table
        shown = {field.column.name for field in entity.fields}
        simple = self._simple_keys(table)
        lines = [self.column(table, field.column, simple.get(field.column.name, ())) for field in entity.fields]
        indexes = list(self._indexes(table, shown))
        if indexes:
            lines += ["", "  indexes {", *indexes, "  }"]
        checks = list(self._checks(table))
        if checks:
            lines += ["", "  checks {", *checks, "  }"]
        if table.comment and self.options.comments:
            lines += ["", f"  Note: {quoted(table.comment)}"]
        return "\n".join([f"Table {qualified(table.namespace, table.name)} {{", *lines, "}"])

    def column(self, table: Table, column: Column, key_settings: tuple[str, ...]) -> str:
        lost.of_column(table, column, USUAL_IDENTITY[self.schema.engine], self.lost)
        settings = list(key_settings)
        primary = table.primary_key is not None and column.name in table.primary_key.columns
        if not column.nullable and "pk" not in settings:
            settings.append("not null")
        if column.nullable and primary:
            settings.append("null")
        if column.identity:
            settings.append("increment")
        if column.default is not None:
            self._check_expression(f"{table.label}.{column.name}", column.default)
            settings.append(f"default: {default(column.default)}")
        if column.comment is not None and self.options.comments:
            settings.append(f"note: {quoted(column.comment)}")
        inline = self.inline_enums.get((table.label, column.name))
        spelt = qualified(inline.namespace, inline.name) if inline else data_type(column.type, self.schema)
        return f"  {name(column.name)} {spelt}{_settings(settings)}"

    def _simple_keys(self, table: Table) -> dict[str, tuple[str, ...]]:
        """The settings of columns that are a key by themselves under the name that the engine gives."""
        settings: dict[str, tuple[str, ...]] = {}
        primary = table.primary_key
        if primary and self._is_simple(table, primary, "pkey"):
            settings[primary.columns[0]] = ("pk",)
        for key in table.unique_keys:
            if self._is_simple(table, key, "key") and "unique" not in settings.get(key.columns[0], ()):
                settings[key.columns[0]] = (*settings.get(key.columns[0], ()), "unique")
        return settings

    def _is_simple(self, table: Table, key: Key, suffix: str) -> bool:
        usual = is_usual(key.name, self.schema.engine, table.name, key.columns, suffix)
        return len(key.columns) == 1 and usual and not (key.comment and self.options.comments)

    def _indexes(self, table: Table, shown: set[str]) -> Iterator[str]:
        seen: set[str] = set()
        if table.primary_key:
            lost.of_key(table, table.primary_key, self.lost)
            if not self._is_simple(table, table.primary_key, "pkey"):
                yield self._key(table, table.primary_key, "pk", "pkey")
        for key in table.unique_keys:
            lost.of_key(table, key, self.lost)
            simple = self._is_simple(table, key, "key") and key.columns[0] not in seen
            seen |= {key.columns[0]} if simple else set()
            if not simple:
                yield self._key(table, key, "unique", "key")
        for index in table.indexes:
            lost.of_index(table, index, self.lost)
            if all(part.column is None or part.column in shown for part in index.keys):
                yield self._index(table, index)

    def _key(self, table: Table, key: Key, mark: str, suffix: str) -> str:
        settings = [mark]
        if key.name and not is_usual(key.name, self.schema.engine, table.name, key.columns, suffix):
            settings.append(f"name: {quoted(key.name)}")
        if key.comment and self.options.comments:
            settings.append(f"note: {quoted(key.comment)}")
        return f"    {_columns(key.columns)}{_settings(settings)}"

    def _index(self, table: Table, index: Index) -> str:
        """An index. A unique one says its `type`, by which the DBML reader tells it from a unique constraint."""
        parts: list[str] = []
        for part in index.keys:
            if part.column is None:
                self._check_expression(f"{table.label} ({index.name})", part.expression or "")
            parts.append(name(part.column) if part.column is not None else expression(part.expression or ""))
        whole = index.where is None and index.valid and not any(part.length for part in index.keys)
        settings = ["unique"] if index.unique and whole else []
        if index.unique and not whole:
            self.lost.add(
                f"{table.label} ({index.name})", "that some of the rows are unique", "a plain index was written"
            )
        if (index.unique and whole) or index.method != "btree":
            settings.append(f"type: {name(index.method)}")
        if index.name:
            settings.append(f"name: {quoted(index.name)}")
        note = index.comment if self.options.comments and index.comment else index.where and f"where {index.where}"
        if note:
            settings.append(f"note: {quoted(note)}")
        return f"    {parts[0] if len(parts) == 1 else '(' + ', '.join(parts) + ')'}{_settings(settings)}"

    def _checks(self, table: Table) -> Iterator[str]:
        for check in table.checks:
            self._check_expression(f"{table.label} ({check.name})", check.expression)
            yield f"    {expression(check.expression)}{_settings([f'name: {quoted(check.name)}'] if check.name else [])}"

    def _check_expression(self, where: str, text: str) -> None:
        self.lost.when(not sayable(text), where, "backticks inside an expression", "the expression was written without")

    def stubs(self, picture: Picture) -> Iterator[str]:
        """Tables that are referenced and not shown: with the referenced columns alone, for a reference needs something to point at."""
        for stub in picture.stubs:
            types: dict[str, str] = {}
            namespace: str | None = None
            bare = stub.label
            for link in picture.links:
                key = link.foreign_key
                if key is None or link.parent != stub.label or link.child not in self.written:
                    continue
                namespace, bare = key.referenced_namespace, key.referenced_table
                child = self.schema.table_by_label[link.child]
                for own, other in zip(key.columns, key.referenced_columns, strict=False):
                    column = child.column(own)
                    types.setdefault(other, data_type(column.type, self.schema) if column else "unknown")
            if types:
                self.written.add(stub.label)
                head = f"Table {qualified(namespace, bare)} [headercolor: {STUB_COLOR}, note: {quoted(STUB_NOTE + stub.where)}] {{"
                yield "\n".join([head, *(f"  {name(column)} {spelt}" for column, spelt in types.items()), "}"])

    def references(self, picture: Picture) -> Iterator[str]:
        seen: set[frozenset[tuple[str, tuple[str, ...]]]] = set()
        lines: list[str] = []
        for link in picture.links:
            key = link.foreign_key
            if key is None:
                continue
            child = self.schema.table_by_label[link.child]
            lost.of_foreign_key(child, key, self.lost)
            ends = frozenset({(link.child, key.columns), (link.parent, key.referenced_columns)})
            where = f"{link.child} ({key.name or ', '.join(key.columns)})"
            if ends in seen or len(ends) < 2:
                self.lost.add(where, "a reference between the same columns as another, or of a column to itself")
            elif not self._has_ends(link, key, child):
                self.lost.add(where, "a reference of columns that are not written")
            else:
                seen.add(ends)
                lines.append(self._reference(link, key, child))
        if lines:
            yield "\n".join(lines)

    def _has_ends(self, link: Link, key: ForeignKey, child: Table) -> bool:
        parent = self.schema.table_by_label.get(link.parent)
        known = parent is None or (link.parent in self.written and _has(parent, key.referenced_columns))
        same_length = len(key.columns) == len(key.referenced_columns)
        return (
            link.child in self.written
            and link.parent in self.written
            and known
            and same_length
            and _has(child, key.columns)
        )

    def _reference(self, link: Link, key: ForeignKey, child: Table) -> str:
        parent = self.schema.table_by_label.get(link.parent)
        namespace, bare = (
            (parent.namespace, parent.name) if parent else (key.referenced_namespace, key.referenced_table)
        )
        left = f"{qualified(child.namespace, child.name)}.{_columns(key.columns)}"
        right = f"{qualified(namespace, bare)}.{_columns(key.referenced_columns)}"
        settings = [f"delete: {key.on_delete}"] if key.on_delete != "no action" else []
        settings += [f"update: {key.on_update}"] if key.on_update != "no action" else []
        head = f"Ref {name(key.name)}:" if key.name else "Ref:"
        return f"{head} {left} {'-' if self._is_one_to_one(link, key, child, parent) else '>'} {right}{_settings(settings)}"

    def _is_one_to_one(self, link: Link, key: ForeignKey, child: Table, parent: Table | None) -> bool:
        """Whether `-` says it. Where only the child's side is a primary key, `-` would be taken for a reference in the other direction."""
        inverted = (
            parent is not None and _is_primary(child, key.columns) and not _is_primary(parent, key.referenced_columns)
        )
        return link.child_unique and not inverted

    def groups(self, picture: Picture) -> Iterator[str]:
        shown = [label for label in picture.labels if label in self.written]
        if len(shown) < GROUPED_FROM:
            return
        for domain in domains(picture, self.dialect.default_namespace):
            tables = [self.schema.table_by_label[label] for label in domain.labels if label in self.written]
            lines = [f"  {qualified(table.namespace, table.name)}" for table in tables]
            if lines:
                yield "\n".join([f"TableGroup {name(domain.name)} {{", *lines, "}"])


def _is_primary(table: Table, columns: tuple[str, ...]) -> bool:
    return table.primary_key is not None and set(table.primary_key.columns) == set(columns)


def _has(table: Table, columns: Iterable[str]) -> bool:
    return all(table.column(column) is not None for column in columns)


def _columns(columns: tuple[str, ...]) -> str:
    return name(columns[0]) if len(columns) == 1 else f"({', '.join(map(name, columns))})"


def _settings(settings: list[str]) -> str:
    return f" [{', '.join(settings)}]" if settings else ""
