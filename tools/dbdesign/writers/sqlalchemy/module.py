"""A whole module of models: imports, base, definitions, association tables, classes."""

from __future__ import annotations

from dbdesign.model.schema import Engine, Schema, Table
from dbdesign.writers.sqlalchemy.arguments import Arguments, has_dot
from dbdesign.writers.sqlalchemy.columns import Columns, sequence
from dbdesign.writers.sqlalchemy.layout import Call, Code, Expression, Group, assignment, call, laid_out, string
from dbdesign.writers.sqlalchemy.names import free, identifier
from dbdesign.writers.sqlalchemy.plan import Model, Plan, Relation, plan
from dbdesign.writers.sqlalchemy.source import Source
from dbdesign.writers.sqlalchemy.types import Types

NATIVE = '''class NativeType(UserDefinedType[Any]):
    """A type that SQLAlchemy has no name for, as the database spells it."""

    cache_ok = True

    def __init__(self, spelling: str = "text") -> None:
        self.spelling = spelling

    def get_col_spec(self, **_: Any) -> str:
        return self.spelling
'''
VALUES = """def enum_values(kind: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in kind]
"""
BUILTIN_NAMES = frozenset(
    [
        "Base",
        "Any",
        "NativeType",
        "enum_values",
        "metadata",
        "enum",
        "datetime",
        "date",
        "time",
        "timedelta",
        "Decimal",
        "UUID",
        "Mapped",
        "mapped_column",
        "relationship",
        "Table",
        "Column",
        "Optional",
        "SQLModel",
        "Field",
        "Relationship",
        "str",
        "int",
        "float",
        "bool",
        "bytes",
        "list",
        "dict",
        "set",
        "type",
        "object",
        "text",
        "desc",
        "func",
    ]
)


class Writing:
    """Writes one module. `links`: whether association tables are classes too."""

    links = False

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.source = Source(taken=set(BUILTIN_NAMES))
        self.source.taken |= _sqlalchemy_names()
        self.types = Types(schema, self.source)
        self.arguments = Arguments(self.source, schema)
        self.plan: Plan = plan(schema, self.source, links=self.links)
        self.columns = Columns(self.source, self.types, self.arguments, frozenset(one.label for one in schema.tables))

    def text(self) -> str:
        """The module."""
        self._losses()
        classes = [self.model(one) for one in self.ordered()]
        tables = [self.table(self._table(label), name) for label, name in self.plan.tables.items()]
        enums, domains = self._unused_enums(), self._unused_domains()
        sequences = [
            self._sequence(one.name, one.namespace, one.type.native if one.type else None, one.options)
            for one in self.schema.sequences
        ]
        base = self.base()
        native = [NATIVE] if self.source.natives else []
        values = [VALUES] if self.types.enums else []
        definitions = [*native, *values, *self.source.before, *sequences, *enums, *domains]
        body = [base, *definitions, *tables, *classes]
        self.source.keep_used("\n".join(body))
        head = "\n\n".join([*self.header(), *self.source.import_lines()])
        return _spaced([head, *body])

    def header(self) -> list[str]:
        """What stands above the imports."""
        return ["from __future__ import annotations"]

    def base(self) -> str:
        """The declarative base, and the MetaData by its own name where definitions need that."""
        self.source.use("DeclarativeBase", "sqlalchemy.orm")
        return "class Base(DeclarativeBase):\n    pass\n\n\nmetadata = Base.metadata\n"

    def _table(self, label: str) -> Table:
        return self.schema.table_by_label[label]

    def ordered(self) -> list[Model]:
        """The classes in the order in which they stand."""
        return list(self.plan.models.values())

    # -- classes -----------------------------------------------------------------------------------------------------------

    def model(self, model: Model) -> str:
        """A class."""
        table = model.table
        lines = [f"class {model.name}({self.bases()}):\n", assignment("__tablename__", string(table.name), 4)]
        arguments = self.arguments.of(self._without_unknown(table))
        if arguments:
            only = (
                arguments[0]
                if len(arguments) == 1 and isinstance(arguments[0], Group)
                else Group("()", tuple(arguments))
            )
            lines.append(assignment("__table_args__", only, 4))
        lines.append("\n")
        lines += [self.attribute(model, column.name) for column in table.columns]
        if model.relations:
            lines.append("\n")
            lines += [self.relation(one) for one in model.relations]
        return "".join(lines)

    def bases(self) -> str:
        """What a class derives from."""
        return "Base"

    def attribute(self, model: Model, name: str) -> str:
        """A column of a class."""
        table, column = model.table, model.table.column_by_name[name]
        attribute = model.attributes[name]
        self.source.use("Mapped", "sqlalchemy.orm")
        kind = self.columns.type_of(column)
        keywords = self.columns.keywords(table, column, nullable=False)
        primary = table.primary_key is not None and name in table.primary_key.columns
        python = kind.python if not column.nullable or primary else f"{kind.python} | None"
        made = call(
            self.source.use("mapped_column", "sqlalchemy.orm"),
            string(name) if attribute != name else None,
            kind.expression,
            *self.columns.parts(table, column),
            **keywords,
        )
        return assignment(f"{attribute}: Mapped[{python}]", made, 4)

    def relation(self, one: Relation) -> str:
        """A relationship of a class."""
        self.source.use("Mapped", "sqlalchemy.orm")
        kind = f"list[{one.target}]" if one.many else f"{one.target} | None" if one.optional else one.target
        made = call(self.source.use("relationship", "sqlalchemy.orm"), **self.relation_options(one))
        return assignment(f"{one.name}: Mapped[{kind}]", made, 4)

    def relation_options(self, one: Relation) -> dict[str, Expression | None]:
        """The keywords of a relationship."""
        return {
            "secondary": Code(self.plan.tables[one.through]) if one.through in self.plan.tables else None,
            "foreign_keys": _listed(one.keys),
            "remote_side": _listed(one.remote),
            "back_populates": string(one.other),
            "overlaps": string(",".join(one.overlaps)) if one.overlaps else None,
        }

    def _without_unknown(self, table: Table) -> Table:
        """The table without foreign keys to tables that are not there."""
        known = self.schema.table_by_label
        kept = tuple(one for one in table.foreign_keys if one.references in known and not has_dot(one))
        for one in table.foreign_keys:
            if has_dot(one):
                self.source.note(
                    f"{table.label} ({one.name})", "a foreign key to a name with a dot in it", "say it in a migration"
                )
            if one.references not in known:
                self.source.note(
                    f"{table.label} ({one.name})", f"a foreign key to {one.references}, which is not in the schema"
                )
        return table.model_copy(update={"foreign_keys": kept})

    # -- tables ------------------------------------------------------------------------------------------------------------

    def table(self, table: Table, variable: str) -> str:
        """A table that is no class."""
        if table.primary_key is None:
            self.source.note(table.label, "a class for a table without a primary key", "it is a Table")
        arguments = self.arguments.of(self._without_unknown(table))
        settings = [one for one in arguments if isinstance(one, Group)]
        columns = [self.columns.column(table, one, name=True) for one in table.columns]
        keywords: dict[str, Expression] = {}
        for one in settings[0].elements if settings else ():
            keywords[one.name.strip('"')] = one.value  # type: ignore[union-attr]
        made: Call = self.source.call(
            "Table",
            string(table.name),
            Code("metadata"),
            *columns,
            *(one for one in arguments if not isinstance(one, Group)),
            **keywords,
        )
        return assignment(variable, made)

    # -- what else there is ------------------------------------------------------------------------------------------------

    def _sequence(self, name: str, namespace: str | None, kind: str | None, options: object) -> str:
        return sequence(
            self.source, free(identifier(name.lower(), "sequence"), self.source.taken), name, namespace, kind, options
        )

    def _unused_enums(self) -> list[str]:
        """Enumerations that no column has are made with the MetaData."""
        found = []
        for enum in self.schema.enums:
            if enum.label not in self.types.enums:
                made = self.types.enum(enum)
                assert isinstance(made, Call)  # noqa: S101 - an enumeration is a call
                name = free(identifier(f"{enum.name.lower()}_type", "enum"), self.source.taken)
                found.append(
                    assignment(
                        name, Call(made.function, (*made.arguments, *call("", metadata=Code("metadata")).arguments))
                    )
                )
        return found

    def _unused_domains(self) -> list[str]:
        """Domains that no column has are made with the MetaData."""
        unused = [one for one in self.schema.domains if one.label not in self.types.domains]
        return [self.types.domain_definition(one, metadata=True) for one in unused]

    def _losses(self) -> None:
        schema, note = self.schema, self.source.note
        event = "execute it in a DDL event (sqlalchemy.event, after_create) or in a migration"
        for table in schema.tables:
            if table.partition_of is not None:
                note(table.label, f"a partition of {table.partition_of.label}", event)
            if table.inherits:
                note(table.label, "inheritance of tables", "all columns are its own")
            for lost, there in (
                ("triggers", table.triggers), ("row security and policies", table.policies or table.row_security != "off"),
                ("grants", table.grants),
            ):  # fmt: skip
                if there:
                    note(table.label, lost, event)
        for lost, objects in (
            ("views", schema.views), ("routines", schema.routines), ("composite types", schema.composites), ("extensions",
            schema.extensions),
            ("objects that are carried verbatim", schema.carried),
        ):  # fmt: skip
            for one in objects:
                note(
                    getattr(one, "label", one.name),
                    lost,
                    "execute it in a DDL event (sqlalchemy.event, before_create or after_create) or in a migration",
                )
        for counter in schema.sequences:
            if counter.comment or counter.owned_by or counter.grants or counter.unlogged:
                note(counter.label, "the owner, comment or grants of a sequence", event)
        for space in schema.namespaces:
            note(space.name, "that a schema is created", "create it before create_all")


def _listed(names: tuple[str, ...]) -> Expression | None:
    if not names:
        return None
    return string(names[0] if len(names) == 1 else f"[{', '.join(names)}]")


def _spaced(blocks: list[str]) -> str:
    """Blocks with the blank lines that formatters want: two around classes and functions, one between assignments."""
    text = blocks[0].rstrip("\n") + "\n"
    before = "imports"
    for one in blocks[1:]:
        kind = "block" if one.startswith(("class ", "def ")) else "line"
        text += "\n\n" if "block" in {kind, before} else "\n" if before == "imports" else ""
        text += one
        before = "line" if one.endswith("metadata = Base.metadata\n") or kind == "line" else "block"
        if before == "line" and one.endswith("metadata = Base.metadata\n"):
            before = "line"
    return text


def _sqlalchemy_names() -> set[str]:
    """Names that the module may import: no class may have them."""
    import sqlalchemy
    from sqlalchemy.dialects import mysql, postgresql

    modules = (sqlalchemy, postgresql, mysql)
    return {name for module in modules for name in dir(module) if not name.startswith("_")}


__all__ = ["Engine", "Writing", "laid_out"]
