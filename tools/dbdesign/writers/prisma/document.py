"""A whole schema as one Prisma schema file."""

from __future__ import annotations

import re

from dbdesign.dialects.base import dialect
from dbdesign.dialects.mysql_names import with_chosen_names
from dbdesign.dialects.prisma import LISTS, NAMESPACED, constraint_name
from dbdesign.model.schema import Column, Engine, Schema, Table
from dbdesign.writers.base import Note, WriteOptions, WriteResult
from dbdesign.writers.dbml.losses import Losses
from dbdesign.writers.prisma.defaults import default, is_numbered
from dbdesign.writers.prisma.indexes import Keys, keys
from dbdesign.writers.prisma.layout import Row, block, settings, text
from dbdesign.writers.prisma.losses import of_column, of_schema, of_table
from dbdesign.writers.prisma.plan import EnumPlan, ModelPlan, Plan, plan
from dbdesign.writers.prisma.proof import prove
from dbdesign.writers.prisma.relations import Relation, joins, relations, rows
from dbdesign.writers.prisma.types import FieldType

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
CLIENT_OUTPUT = "../src/generated/prisma"
OWN_EXTENSIONS = frozenset({"plpgsql"})
"""Extensions that are there without being asked for."""


def document(schema: Schema, options: WriteOptions) -> WriteResult:
    """The schema of one engine for the provider of that engine."""
    losses, schema = Losses(), with_chosen_names(schema)
    writing = _Writing(plan(schema, losses), options)
    of_schema(schema, losses)
    parts = writing.parts()
    whole = "\n".join(parts)
    proof, refused = prove(whole, schema, options)
    return WriteResult(
        text=whole, notes=(*losses.notes(), *(Note(object="schema", lost=one) for one in refused)), proof=proof
    )


class _Writing:
    def __init__(self, found: Plan, options: WriteOptions) -> None:
        self.plan = found
        self.options = options
        self.losses = found.losses
        self.keys: dict[str, Keys] = {}
        self.relations: dict[str, list[Relation]] = {}

    def parts(self) -> list[str]:
        models = [one for label, one in self.plan.models.items() if label not in self.plan.implicit]
        self.keys = {one.table.label: keys(one, self.plan) for one in models}
        self.relations = {}
        for one in relations(self.plan, self.keys):
            for end in {one.child.table.label, one.parent.table.label}:
                self.relations.setdefault(end, []).append(one)
        lists = joins(self.plan)
        ignored = frozenset(label for label, one in self.keys.items() if not one.usable)
        enums = {id(one): self.enum(one) for one in self.plan.enums.values()}
        written = [self.model(one, lists.get(one.table.label, []), ignored) for one in models]
        return [self.generator(), self.datasource(), *written, *enums.values()]

    # The head

    def generator(self) -> str:
        features = ["partialIndexes"] if any(one.partial for one in self.keys.values()) else []
        features += ["postgresqlExtensions"] if self.extensions() else []
        said = [("provider", text("prisma-client")), ("output", text(CLIENT_OUTPUT))]
        said += [("previewFeatures", f"[{', '.join(map(text, features))}]")] if features else []
        return settings("generator", "client", said)

    def datasource(self) -> str:
        said = [("provider", text(self.plan.engine.value))]
        if extensions := self.extensions():
            said.append(("extensions", f"[{', '.join(extensions)}]"))
        if self.plan.namespaced and self.plan.engine in NAMESPACED:
            names = {one.name for one in self.plan.schema.namespaces}
            names |= {one.namespace for one in self.plan.schema.tables if one.namespace}
            names |= {one.namespace for one in self.plan.schema.enums if one.namespace}
            default_one = dialect(self.plan.schema.engine).default_namespace
            said.append(("schemas", f"[{', '.join(map(text, [default_one, *sorted(names - {default_one})]))}]"))
        return settings("datasource", "db", said)

    def extensions(self) -> list[str]:
        if self.plan.engine is not Engine.POSTGRESQL:
            return []
        found = []
        for one in sorted(self.plan.schema.extensions, key=lambda one: one.name):
            name = one.name if _PLAIN.match(one.name) else re.sub(r"\W", "_", one.name)
            said = [f"map: {text(one.name)}"] if name != one.name else []
            said += [f"schema: {text(one.namespace)}"] if one.namespace else []
            said += [f"version: {text(one.version)}"] if one.version else []
            found += [f"{name}({', '.join(said)})" if said else name] if one.name not in OWN_EXTENSIONS else []
        return found

    def schema_attribute(self, namespace: str | None) -> list[str]:
        if not self.plan.namespaced or self.plan.engine not in NAMESPACED:
            return []
        return [f"@@schema({text(namespace or dialect(self.plan.schema.engine).default_namespace)})"]

    def comment(self, said: str | None) -> str | None:
        return said if self.options.comments else None

    # Enumerations

    def enum(self, one: EnumPlan) -> str:
        values = [
            Row(name, attributes=(f"@map({text(stored)})",) if name != stored else ())
            for stored, name in one.values.items()
        ]
        attributes = [f"@@map({text(one.stored)})"] if one.stored is not None and one.stored != one.name else []
        attributes += self.schema_attribute(one.namespace) if one.stored is not None else []
        return block("enum", one.name, values, attributes, self.comment(one.comment))

    # Models

    def model(self, model: ModelPlan, lists: list[Row], ignored: frozenset[str]) -> str:
        table = model.table
        of_table(table, self.losses)
        found = self.keys[table.label]
        scalars = [self.field(model, column, found) for column in table.columns]
        related = [*rows(model, self.relations.get(table.label, []), self.plan, ignored), *lists]
        attributes = [*found.block]
        attributes += [f"@@map({text(table.name)})"] if table.name != model.name else []
        if table.label in ignored:
            attributes.append("@@ignore")
            self.losses.add(
                table.label, "a table without a key that Prisma can use", "@@ignore: the client leaves it out"
            )
        attributes += self.schema_attribute(table.namespace)
        return block("model", model.name, [*scalars, Row(), *related], attributes, self.comment(table.comment))

    def field(self, model: ModelPlan, column: Column, found: Keys) -> Row:
        table = model.table
        of_column(table, column, self.plan.engine, self.losses)
        of = model.types[column.name]
        place = f"{table.label}.{column.name}"
        self.losses.when(of.lost, place, of.lost or "")
        self.losses.when(
            of.is_list and not column.nullable,
            place,
            "NOT NULL of a list",
            "a list, which the client never sees as NULL",
        )
        arity = "[]" if of.is_list else "?" if column.nullable else ""
        attributes = [*found.by_column.get(column.name, ())]
        said = self.default(table, column, of)
        attributes += [f"@default({said})"] if said else []
        attributes += ["@updatedAt"] if column.on_update and of.name == "DateTime" else []
        name = model.fields[column.name]
        attributes += [f"@map({text(column.name)})"] if name != column.name else []
        attributes += [of.native] if of.native else []
        return Row(name, f"{of.name}{arity}", tuple(attributes), self.comment(column.comment))

    def default(self, table: Table, column: Column, of: FieldType) -> str | None:
        if column.generated is not None:
            return "dbgenerated()"
        if column.identity is not None and column.default is None:
            return self.numbered(column, of)
        if is_numbered(column, of, self.plan.engine):
            lost = "a default from a sequence that stands by itself"
            self.losses.add(
                f"{table.label}.{column.name}", lost, "@default(autoincrement()), which makes one of its own"
            )
            return "autoincrement()"
        enum = self.plan.enums.get(of.enum) if of.enum else None
        said = default(column, of, self.plan.schema.engine, enum.values if enum else {})
        usual = constraint_name(self.plan.engine, table.name, [column.name], "df")
        if said and self.plan.engine is Engine.SQLSERVER and column.default_name and column.default_name != usual:
            return f"{said}, map: {text(column.default_name)}"
        return said

    def numbered(self, column: Column, of: FieldType) -> str | None:
        """`autoincrement()`, or CockroachDB's `sequence()` for what is not numbered by unique_rowid()."""
        if self.plan.engine not in LISTS or column.identity is None or self.plan.engine is Engine.POSTGRESQL:
            return "autoincrement()"
        if column.identity.mode == "unique_rowid":
            return "autoincrement()" if of.name == "BigInt" else 'dbgenerated("unique_rowid()")'
        options = column.identity.options
        said = {
            "start": options.start,
            "increment": options.increment,
            "minValue": options.minimum,
            "maxValue": options.maximum,
            "cache": options.cache,
        }
        return f"sequence({', '.join(f'{name}: {value}' for name, value in said.items() if value is not None)})"
