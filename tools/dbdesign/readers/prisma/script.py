"""The SQL that `prisma migrate` or `prisma db push` would send to an empty database, statement by statement."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from dbdesign.dialects.base import dialect
from dbdesign.dialects.prisma import LISTS, NAMESPACED, relation_table_name
from dbdesign.model.schema import Engine, label
from dbdesign.readers.prisma.columns import Columns, qualified, quoted
from dbdesign.readers.prisma.defaults import literal
from dbdesign.readers.prisma.indexes import IndexDraft, Indexes
from dbdesign.readers.prisma.models import Declarations, Model
from dbdesign.readers.prisma.relations import ManyToMany, Reference, many_to_many, references

Statement = tuple[str, str, int]
"""SQL, and the path and line of what it creates."""

MYSQL_TABLE_OPTIONS = " DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"


@dataclass
class Script:
    """The statements, and where what they create was declared: by label or `label.part` → (path, line)."""

    statements: list[str] = field(default_factory=list)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    relations: list[str] = field(default_factory=list)

    origins: list[tuple[str, int]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def add(self, statement: str, path: str = "", line: int = 0) -> None:
        """Write a statement for what stands at a place."""
        self.statements.append(statement)
        self.origins.append((path, line))
        self.ends.append((self.ends[-1] if self.ends else 0) + statement.count("\n") + 1)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(f"{one};\n" for one in self.statements)

    def place_of(self, line: int) -> tuple[str | None, int]:
        """Where what a line of the script says was declared."""
        at = bisect_left(self.ends, line)
        return self.origins[at] if at < len(self.ends) else (None, 0)


def script(found: Declarations) -> Script:
    """The script of a document's declarations."""
    return _Writing(found).written()


class _Writing:
    def __init__(self, found: Declarations) -> None:
        self.found = found
        self.engine = found.settings.engine
        self.columns = Columns(found)
        self.indexes = Indexes(found)
        self.out = Script()
        self.taken: set[str] = set()
        self.references: dict[str, list[Reference]] = {}

    def written(self) -> Script:
        if self.found.settings.foreign_keys:
            for key in references(self.found):
                self.references.setdefault(key.model.name, []).append(key)
        self._schemas()
        self._enums()
        models = [one for one in self.found.models.values() if not one.is_view and self._is_free(one)]
        later: list[Statement] = []
        for model in models:
            later += self._table(model)
        for relation in many_to_many(self.found):
            later += self._relation(relation)
        for statement, path, line in later:
            self.out.add(statement, path, line)
        if self.engine is not Engine.SQLITE:
            for model in models:
                for key in self.references.get(model.name, ()):
                    self.out.add(
                        f"ALTER TABLE {self._name(model)} ADD {self._foreign_key(key)}", model.block.path, key.line
                    )
        return self.out

    def _is_free(self, model: Model) -> bool:
        named = label(model.namespace, model.table)
        if named in self.taken:
            self.found.complain(
                model.block, model.block.line, model.name, f"another model has the table {named} already"
            )
            return False
        self.taken.add(named)
        self.out.places[named] = model.block.path, model.block.line
        return True

    def _name(self, model: Model) -> str:
        return qualified(self.engine, model.namespace, model.table)

    def _schemas(self) -> None:
        default = dialect(self.engine).default_namespace
        if self.engine in NAMESPACED:
            used = {one.namespace for one in self.found.models.values()}
            used |= {self.found.namespace(one) for one in self.found.enums.values()}
            for one in sorted({one for one in used if one} - {default}):
                self.out.add(f"CREATE SCHEMA {quoted(self.engine, one)}")
        for extension in self.found.settings.extensions if self.engine is Engine.POSTGRESQL else ():
            schema = f" SCHEMA {quoted(self.engine, extension.namespace)}" if extension.namespace else ""
            version = f" VERSION {literal(extension.version)}" if extension.version else ""
            self.out.add(f"CREATE EXTENSION IF NOT EXISTS {quoted(self.engine, extension.name)}{schema}{version}")

    def _enums(self) -> None:
        if self.engine not in LISTS:
            return
        for enum in self.found.enums.values():
            namespace = self.found.namespace(enum)
            named = label(namespace, enum.mapped)
            if named in self.out.places:
                self.found.complain(enum, enum.line, enum.name, f"another enum has the type {named} already")
                continue
            self.out.places[named] = enum.path, enum.line
            values = ", ".join(literal(one.mapped) for one in enum.fields)
            self.out.add(
                f"CREATE TYPE {qualified(self.engine, namespace, enum.mapped)} AS ENUM ({values})", enum.path, enum.line
            )

    # Tables

    def _table(self, model: Model) -> list[Statement]:
        """Write CREATE TABLE; what must come after all of them is returned."""
        named = label(model.namespace, model.table)
        parts: list[str] = []
        written: set[str] = set()
        for one in model.columns.values():
            if one.mapped in written:
                self.found.complain(
                    model.block, one.line, one.name, f"another field has the column {one.mapped} already"
                )
            elif column := self.columns.column(model, one):
                parts.append(column)
                written.add(one.mapped)
                self._place(model, one.mapped, one.line)
        later: list[Statement] = []
        primary = self.indexes.primary_key(model)
        if primary is not None and set(primary.columns) <= written:
            self._place(model, primary.name, primary.line)
            if not any(" PRIMARY KEY AUTOINCREMENT" in one for one in parts):
                parts.append(self._key(primary))
        for index in self.indexes.others(model):
            if not set(index.columns) <= written:
                continue
            self._place(model, index.name, index.line)
            inside = self._index_inside(index)
            parts += [inside] if inside else []
            later += [] if inside else [(self._index(index, self._name(model)), model.block.path, index.line)]
        for key in self.references.get(model.name, ()):
            self._place(model, key.name, key.line)
            parts += [self._foreign_key(key)] if self.engine is Engine.SQLITE else []
        if not parts:
            self.found.complain(model.block, model.block.line, model.name, "the model has no field that is a column")
            self.out.places.pop(named, None)
            self.references.pop(model.name, None)
            return []
        self._create(self._name(model), parts, model.block.path, model.block.line)
        return later

    def _create(self, name: str, parts: list[str], path: str, line: int) -> None:
        options = MYSQL_TABLE_OPTIONS if self.engine is Engine.MYSQL else ""
        self.out.add(f"CREATE TABLE {name} (\n    " + ",\n    ".join(parts) + f"\n){options}", path, line)

    def _place(self, model: Model, part: str, line: int) -> None:
        self.out.places.setdefault(f"{label(model.namespace, model.table)}.{part}", (model.block.path, line))

    def _key(self, key: IndexDraft) -> str:
        """A primary or unique key inside CREATE TABLE."""
        columns = f"({', '.join(key.keys)})"
        clustered = ""
        if self.engine is Engine.SQLSERVER:
            usual = key.kind == "PRIMARY KEY"
            clustered = " CLUSTERED" if (usual if key.clustered is None else key.clustered) else " NONCLUSTERED"
        if self.engine in {Engine.SQLITE, Engine.MYSQL}:
            return f"{key.kind} {columns}"
        return f"CONSTRAINT {quoted(self.engine, key.name)} {key.kind}{clustered} {columns}"

    def _index_inside(self, index: IndexDraft) -> str | None:
        """What stands inside CREATE TABLE: MySQL's indexes and SQL Server's unique ones."""
        if self.engine is Engine.MYSQL:
            return f"{index.kind} INDEX {quoted(self.engine, index.name)}({', '.join(index.keys)})".lstrip()
        return self._key(index) if self.engine is Engine.SQLSERVER and index.kind == "UNIQUE" else None

    def _index(self, index: IndexDraft, table: str) -> str:
        kind = f"{index.kind} " if index.kind == "UNIQUE" else ""
        if self.engine is Engine.SQLSERVER:
            kind = "CLUSTERED " if index.clustered else "NONCLUSTERED "
        method = f" USING {index.method}" if index.method else ""
        where = f" WHERE ({index.where})" if index.where else ""
        return (
            f"CREATE {kind}INDEX {quoted(self.engine, index.name)} ON {table}{method} ({', '.join(index.keys)}){where}"
        )

    # Relations

    def _foreign_key(self, key: Reference) -> str:
        columns = ", ".join(quoted(self.engine, one) for one in key.columns)
        referenced = ", ".join(quoted(self.engine, one) for one in key.referenced_columns)
        return (
            f"CONSTRAINT {quoted(self.engine, key.name)} FOREIGN KEY ({columns}) REFERENCES {self._name(key.referenced)} ({referenced})"
            f" ON DELETE {key.on_delete.upper()} ON UPDATE {key.on_update.upper()}"
        )

    def _relation(self, relation: ManyToMany) -> list[Statement]:
        """Write the table of an implicit relation; its indexes and keys come after all tables."""
        named = label(relation.namespace, relation.table)
        ends = ((relation.first, relation.first_field), (relation.second, relation.second_field))
        types = [self.columns.types.get((model.name, name)) for model, name in ends]
        if named in self.taken or None in types:
            reason = f"there is a table {named} already" if named in self.taken else "a model at its end was left out"
            self.found.complain(
                relation.first.block, relation.line, relation.table, f"the relation was left out: {reason}"
            )
            return []
        self.taken.add(named)
        place = relation.first.block.path, relation.line
        self.out.places[named] = place
        self.out.relations.append(named)
        name = qualified(self.engine, relation.namespace, relation.table)
        parts = [f"{quoted(self.engine, 'AB'[one])} {types[one]} NOT NULL" for one in (0, 1)]
        kind = self.found.settings.relation_key
        keys = [quoted(self.engine, one) for one in "AB"]
        unique = IndexDraft(
            relation_table_name(self.engine, relation.table, kind),
            keys,
            relation.line,
            "PRIMARY KEY" if kind == "AB_pkey" else "UNIQUE",
        )
        backward = IndexDraft(relation_table_name(self.engine, relation.table, "B_index"), keys[1:], relation.line)
        later: list[Statement] = []
        for index in (unique, backward):
            inside = self._key(index) if index.kind == "PRIMARY KEY" else self._index_inside(index)
            parts += [inside] if inside else []
            later += [] if inside else [(self._index(index, name), *place)]
        same = relation.first is relation.second and self.engine is Engine.SQLSERVER
        action = "NO ACTION" if same else "CASCADE"
        for column, (model, field_name) in zip("AB", ends, strict=True) if self.found.settings.foreign_keys else ():
            constraint = quoted(self.engine, relation_table_name(self.engine, relation.table, f"{column}_fkey"))
            target = quoted(self.engine, model.columns[field_name].mapped)
            key = (
                f"CONSTRAINT {constraint} FOREIGN KEY ({quoted(self.engine, column)}) REFERENCES {self._name(model)} ({target})"
                f" ON DELETE {action} ON UPDATE {action}"
            )
            if self.engine is Engine.SQLITE:
                parts.append(key)
            else:
                later.append((f"ALTER TABLE {name} ADD {key}", *place))
        self._create(name, parts, *place)
        return later
