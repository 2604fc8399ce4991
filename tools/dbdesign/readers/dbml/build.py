"""Turns what a DBML document says into a schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from dbdesign.dialects.base import dialect
from dbdesign.errors import LimitError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import (
    Check,
    Column,
    Engine,
    EnumType,
    Extension,
    Identity,
    Index,
    IndexKey,
    Key,
    Namespace,
    Schema,
    Table,
    label,
)
from dbdesign.model.types import Kind
from dbdesign.readers.base import ReadResult, Skipped, Unread
from dbdesign.readers.dbml.references import References
from dbdesign.readers.dbml.settings import literal
from dbdesign.readers.dbml.syntax import ColumnSyntax, DocumentSyntax, IndexSyntax, Name, TableSyntax
from dbdesign.readers.dbml.types import INLINE_ENUMS, NAMED_ENUMS, Types

MOST_COPIED = 500_000
"""Columns, indexes and enum values that partials and checks may copy into tables."""
STUB_NOTE, STUB_COLOR = "Stub: ", "#cccccc"
"""How dbdesign's writer marks a table that is referenced and not part of the document."""

IdentityMode = Literal["by_default", "auto_increment", "identity"]
_IDENTITY: dict[Engine, IdentityMode] = {
    Engine.POSTGRESQL: "by_default",
    Engine.COCKROACHDB: "by_default",
    Engine.MYSQL: "auto_increment",
    Engine.TIDB: "auto_increment",
    Engine.SQLITE: "auto_increment",
    Engine.SQLSERVER: "identity",
}
_ENGINES = (
    ("postgres", Engine.POSTGRESQL),
    ("mysql", Engine.MYSQL),
    ("maria", Engine.MYSQL),
    ("sqlserver", Engine.SQLSERVER),
    ("mssql", Engine.SQLSERVER),
    ("tsql", Engine.SQLSERVER),
    ("microsoft", Engine.SQLSERVER),
    ("sqlite", Engine.SQLITE),
    ("cockroach", Engine.COCKROACHDB),
    ("tidb", Engine.TIDB),
)
_EXTENSIONS = {
    Kind.CITEXT: "citext",
    Kind.GEOGRAPHY: "postgis",
    Kind.GEOMETRY: "postgis",
    Kind.HSTORE: "hstore",
    Kind.LTREE: "ltree",
    Kind.VECTOR: "vector",
}
_WHY_SKIPPED = {
    "TableGroup": "a grouping of tables for display",
    "Note": "a note on the canvas",
    "records": "rows, not schema",
    "stub table": "a table that is referenced and not part of the document",
    "note of an enum value": "the model keeps no notes on enum values",
}


def build(document: DocumentSyntax) -> ReadResult:
    """The result of reading a parsed document."""
    return _Builder(document).result()


class _Builder:
    def __init__(self, document: DocumentSyntax) -> None:
        self.document = document
        self.unread = list(document.unread)
        self.skipped = {kind: list(lines) for kind, lines in document.skipped.items()}
        self.notes: list[str] = []
        self.lines: dict[str, int] = {}
        self.copied = 0
        self.engine, self.version = self._engine()
        self.default = dialect(self.engine).default_namespace

    def _engine(self) -> tuple[Engine, str | None]:
        said = self.document.database_type
        if said is None:
            self.notes.append("The document names no database_type: PostgreSQL was assumed")
            return Engine.POSTGRESQL, None
        bare = re.sub(r"[^a-z]", "", said.lower())
        for beginning, engine in _ENGINES:
            if bare.startswith(beginning):
                version = re.search(r"\d+(?:\.\d+)*", said)
                return engine, version[0] if version else None
        self.notes.append(f"database_type {said!r} is none of the engines that dbdesign knows: PostgreSQL was assumed")
        return Engine.POSTGRESQL, None

    def _place(self, name: Name) -> tuple[str | None, str]:
        namespace, bare = name
        return (None if namespace == self.default else namespace), bare

    def _label(self, name: Name) -> str:
        return label(*self._place(name))

    def result(self) -> ReadResult:
        enums = self._enums()
        tables = self._tables()
        columns = [column for table in tables for column in table.columns]
        types = Types(self.engine, enums, columns)
        built = {self._label(table.name): self._table(table, types) for table in tables}
        references = References(
            built, {table.alias: self._label(table.name) for table in tables if table.alias}, self.default
        )
        for ref in (*(ref for table in tables for ref in table.refs), *self.document.refs):
            problem = references.add(ref)
            if problem:
                self._unread(
                    ref.line, f"{'.'.join(ref.left.columns)} {ref.operator} {'.'.join(ref.right.columns)}", problem
                )
        schema = self._schema(enums, references.tables(), types)
        self.lines |= references.lines
        self._note_types(types)
        return ReadResult(
            schema=schema,
            unread=tuple(sorted(self.unread, key=lambda one: one.line)),
            skipped=tuple(self._skips()),
            declared_tables=self.document.declared_tables + references.made,
            lines=self.lines,
            comments=self.document.comments,
            notes=(*self.notes, *references.notes),
            proof=Proof(level="parsed", by="dbdesign's DBML grammar"),
        )

    def _schema(self, enums: list[EnumType], tables: list[Table], types: Types) -> Schema:
        kept = tuple(enums) if self.engine in NAMED_ENUMS else ()
        places = [*(enum.namespace for enum in kept), *(table.namespace for table in tables)]
        used = dict.fromkeys(place for place in places if place)
        if enums and not kept:
            how = "written into the columns" if self.engine in INLINE_ENUMS else "written as checks"
            self.notes.append(
                f"{dialect(self.engine).title} has no named enums: {len(types.enums)} were {how} that use them"
            )
        return Schema(
            engine=self.engine,
            version=self.version,
            namespaces=tuple(Namespace(name=name) for name in used),
            extensions=tuple(self._extensions(tables)),
            enums=kept,
            tables=tuple(tables),
            options={"comment": self.document.note} if self.document.note else {},
        )

    def _extensions(self, tables: list[Table]) -> Iterator[Extension]:
        """The PostgreSQL extensions that the types of columns come from."""
        kinds = {(column.type.element or column.type).kind for table in tables for column in table.columns}
        needed = {_EXTENSIONS[kind] for kind in kinds if kind in _EXTENSIONS and self.engine is Engine.POSTGRESQL}
        for name in sorted(needed):
            yield Extension(name=name)

    def _skips(self) -> Iterator[Skipped]:
        for kind, lines in self.skipped.items():
            reason = _WHY_SKIPPED.get(kind, "says nothing of the schema")
            yield Skipped(kind=kind, count=len(lines), lines=tuple(lines), reason=reason)

    def _note_types(self, types: Types) -> None:
        title = dialect(self.engine).title
        if types.renamed:
            pairs = ", ".join(f"{text} as {alias}" for text, alias in types.renamed.items())
            self.notes.append(f"Types of other engines were read as {title}'s: {pairs}")
        if types.unknown:
            self.notes.append(f"Types that {title} does not have, kept as written: {', '.join(types.unknown)}")

    def _unread(self, line: int, text: str, reason: str) -> None:
        self.unread.append(Unread(line=line, text=text[:200], reason=reason))

    def _enums(self) -> list[EnumType]:
        found: dict[str, EnumType] = {}
        for syntax in self.document.enums:
            namespace, name = self._place(syntax.name)
            enum = EnumType(namespace=namespace, name=name, values=tuple(dict.fromkeys(syntax.values)))
            if enum.label in found:
                self._unread(syntax.line, f"Enum {enum.label}", f"declared before, on line {self.lines[enum.label]}")
                continue
            found[enum.label] = enum
            self.lines[enum.label] = syntax.line
        return list(found.values())

    def _tables(self) -> list[TableSyntax]:
        """The tables with their partials in them, each once, without stubs."""
        partials = {partial.name[1]: partial for partial in self.document.partials}
        seen: dict[str, int] = {}
        kept: list[TableSyntax] = []
        for table in self.document.tables:
            one = self._label(table.name)
            if one in seen:
                self._unread(table.line, f"Table {one}", f"declared before, on line {seen[one]}")
                continue
            seen[one] = table.line
            if table.note and table.note.startswith(STUB_NOTE) and table.color == STUB_COLOR:
                self.skipped.setdefault("stub table", []).append(table.line)
                continue
            self._inject(table, partials)
            kept.append(table)
        return kept

    def _spend(self, size: int, line: int) -> None:
        """Counts what is copied into many places; a short text must not grow without bounds."""
        self.copied += size
        if self.copied > MOST_COPIED:
            raise LimitError(
                f"partials and enums are copied into more than {MOST_COPIED:,} places",
                where=f"DBML, line {line}",
                remedy="Split the document",
            )

    def _inject(self, table: TableSyntax, partials: dict[str, TableSyntax]) -> None:
        """Puts the columns of partials where they are named; the table's own win, then those of later partials."""
        own = {column.name for column in table.columns}
        for name, position, line in reversed(table.injected):
            partial = partials.get(name)
            if partial is None:
                self._unread(line, f"~{name}", "no TablePartial of that name")
                continue
            self._spend(len(partial.columns) + len(partial.indexes) + len(partial.checks) + len(partial.refs), line)
            new = [column for column in partial.columns if column.name not in own]
            own |= {column.name for column in new}
            table.columns[position:position] = new
            table.indexes[:0] = partial.indexes
            table.checks[:0] = partial.checks
            table.refs[:0] = [replace(ref, left=replace(ref.left, table=table.name)) for ref in partial.refs]
            table.note = table.note if table.note is not None else partial.note

    def _table(self, syntax: TableSyntax, types: Types) -> Table:
        namespace, name = self._place(syntax.name)
        one = label(namespace, name)
        self.lines[one] = syntax.line
        columns = list(self._columns(one, syntax))
        known = {column.name for column in columns}
        indexes = [index for index in syntax.indexes if self._is_whole(one, index, known)]
        primary = self._primary(one, columns, indexes)
        keyed = set(primary.columns) if primary else set()
        constraints = [Key(columns=(column.name,)) for column in columns if column.unique]
        constraints += [_key(index) for index in indexes if _is_constraint(index)]
        plain = [_index(index) for index in indexes if not index.primary and not _is_constraint(index)]
        self._locate(one, indexes)
        return Table(
            namespace=namespace,
            name=name,
            columns=tuple(self._column(column, column.name in keyed, types) for column in columns),
            primary_key=primary,
            unique_keys=tuple(constraints),
            checks=tuple(self._checks(one, syntax, columns, types)),
            indexes=tuple(plain),
            comment=syntax.note,
        )

    def _columns(self, one: str, syntax: TableSyntax) -> Iterator[ColumnSyntax]:
        seen: set[str] = set()
        for column in syntax.columns:
            if column.name in seen:
                self._unread(
                    column.line, f"{column.name} {column.type_text}", f"{one} has a column of that name already"
                )
                continue
            seen.add(column.name)
            self.lines[f"{one}.{column.name}"] = column.line
            yield column

    def _column(self, syntax: ColumnSyntax, primary: bool, types: Types) -> Column:
        resolved = types.of(syntax)
        identity = resolved.identity
        if syntax.increment and identity is None:
            identity = Identity(mode=_IDENTITY[self.engine])
        nullable = syntax.nullable if syntax.nullable is not None else not primary
        return Column(
            name=syntax.name,
            type=resolved.type,
            nullable=nullable,
            default=syntax.default,
            identity=identity,
            comment=syntax.note,
        )

    def _is_whole(self, one: str, index: IndexSyntax, known: set[str]) -> bool:
        absent = [column for column, _ in index.keys if column is not None and column not in known]
        if absent:
            self._unread(index.line, index.name or ", ".join(absent), f"{one} has no column {absent[0]!r}")
        return not absent and bool(index.keys)

    def _primary(self, one: str, columns: list[ColumnSyntax], indexes: list[IndexSyntax]) -> Key | None:
        marked = tuple(column.name for column in columns if column.primary)
        declared = [index for index in indexes if index.primary]
        first = Key(columns=marked) if marked else _key(declared.pop(0)) if declared else None
        for index in declared:
            self._unread(index.line, index.name or "pk", f"{one} has a primary key already")
        return first

    def _locate(self, one: str, indexes: Iterable[IndexSyntax]) -> None:
        for index in indexes:
            if index.name:
                self.lines[f"{one}.{index.name}"] = index.line

    def _checks(self, one: str, syntax: TableSyntax, columns: list[ColumnSyntax], types: Types) -> Iterator[Check]:
        for column in columns:
            for expression, name in column.checks:
                yield Check(name=name, expression=expression)
            enum = types.enum(column)
            if enum is not None and self.engine not in NAMED_ENUMS | INLINE_ENUMS:
                self._spend(len(enum.values), column.line)
                values = ", ".join(literal(value) for value in enum.values)
                yield Check(expression=f"{dialect(self.engine).identifier(column.name)} IN ({values})")
        for expression, name, line in syntax.checks:
            if name:
                self.lines[f"{one}.{name}"] = line
            yield Check(name=name, expression=expression)


def _is_constraint(index: IndexSyntax) -> bool:
    """A unique index of plain columns that names no method is read as a constraint."""
    return index.unique and not index.primary and index.method is None and all(column for column, _ in index.keys)


def _key(index: IndexSyntax) -> Key:
    return Key(
        name=index.name, columns=tuple(column for column, _ in index.keys if column is not None), comment=index.note
    )


def _index(index: IndexSyntax) -> Index:
    keys = tuple(IndexKey(column=column, expression=expression) for column, expression in index.keys)
    return Index(name=index.name, keys=keys, unique=index.unique, method=index.method or "btree", comment=index.note)
