"""A module of SQLModel models. What `Field` cannot say of a column stands in its `sa_type`, `sa_column_kwargs` or a whole `sa_column`."""

from __future__ import annotations

from dbdesign.model.schema import Column, ForeignKey, Schema, Table
from dbdesign.model.types import Kind
from dbdesign.writers.sqlalchemy.layout import Code, Expression, Group, Named, assignment, call, string
from dbdesign.writers.sqlalchemy.module import Writing
from dbdesign.writers.sqlalchemy.plan import Model, Relation

_IMPLIED = {"int": "integer", "bool": "boolean", "date": "date", "time": "time without time zone", "timedelta": "interval",
    "UUID": "uuid", "bytes": "bytea",
            "float": "double precision"}  # fmt: skip
"""PostgreSQL's type of a field that says nothing more, by the annotation."""

_ACTIONS = frozenset(["CASCADE", "SET NULL", "RESTRICT"])


class WritingModels(Writing):
    """Writes one module."""

    links = True

    def __init__(self, schema: Schema) -> None:
        super().__init__(schema)
        self._links = {
            label: self.plan.models[label].name for label in self.plan.associations if label in self.plan.models
        }

    def header(self) -> list[str]:
        """Annotations are read when the classes are made, so that they are no texts."""
        return []

    def base(self) -> str:
        """The MetaData of all models, by its own name."""
        self.source.use("SQLModel", "sqlmodel")
        return "metadata = SQLModel.metadata\n"

    def bases(self) -> str:
        """What a class derives from."""
        return "SQLModel, table=True"

    def ordered(self) -> list[Model]:
        """Link models stand first: relationships name the class itself."""
        models = list(self.plan.models.items())
        return [one for label, one in models if label in self._links] + [
            one for label, one in models if label not in self._links
        ]

    def attribute(self, model: Model, name: str) -> str:
        """A field."""
        table, column = model.table, model.table.column_by_name[name]
        attribute = model.attributes[name]
        kind = self.columns.type_of(column)
        primary = table.primary_key is not None and name in table.primary_key.columns
        numbered = column.identity is not None
        optional = (column.nullable and not primary) or numbered
        python = f"{kind.python} | None" if optional else kind.python
        settings = self._settings(table, column, attribute, kind.expression)
        default = Code("None") if optional else None
        made = call(self.source.use("Field", "sqlmodel"), default=default, **settings)
        return assignment(f"{attribute}: {python}", made, 4)

    def _settings(self, table: Table, column: Column, attribute: str, kind: Expression) -> dict[str, Expression | None]:
        key = self.columns.key_at(table, column)
        options = self.arguments.reference_options(table, key) if key is not None else {}
        numbering = [one for one in self.columns.parts(table, column) if not one.flat().startswith("ForeignKey(")]
        if (
            attribute != column.name
            or (key is not None and not _is_simple(options))
            or numbering
            or attribute.startswith("_")
        ):
            return {"sa_column": self.columns.column(table, column, name=attribute != column.name)}
        keywords = self.columns.keywords(table, column, nullable=column.identity is not None and not column.nullable)
        further = {name: keywords.pop(name) for name in ("server_default", "comment", "autoincrement")}
        return {
            "sa_type": None if self._is_implied(column) else kind,
            **self._reference(key, options),
            **keywords,
            "nullable": None if keywords.get("primary_key") else keywords.get("nullable"),
            "max_length": Code(str(column.type.length)) if self._is_sized_text(column) else None,
            "sa_column_kwargs": _dictionary({name: value for name, value in further.items() if value is not None}),
        }

    def _reference(self, key: ForeignKey | None, options: dict[str, Expression | None]) -> dict[str, Expression | None]:
        if key is None:
            return {}
        target = string(self.arguments.target(key, key.referenced_columns[0]))
        return {"foreign_key": target, "ondelete": options.get("ondelete")}

    def _is_sized_text(self, column: Column) -> bool:
        return column.type.native == f"character varying({column.type.length})" and column.collation is None

    def _is_implied(self, column: Column) -> bool:
        """Whether SQLModel chooses the column's type by the annotation."""
        if self._is_sized_text(column) or (column.type.native == "character varying" and column.collation is None):
            return True
        return column.type.kind is not Kind.ENUM and _IMPLIED.get(self.types.python(column.type)) == column.type.native

    def relation(self, one: Relation) -> str:
        """A relationship."""
        kind = f'list["{one.target}"]' if one.many else f'{self.source.use("Optional", "typing")}["{one.target}"]'
        options: dict[str, Expression] = {
            name: value for name, value in self.relation_options(one).items() if value is not None
        }
        options.pop("secondary", None)
        further: dict[str, Expression | None] = {
            name: options.pop(name) for name in ("foreign_keys", "remote_side", "overlaps") if name in options
        }
        made = call(
            self.source.use("Relationship", "sqlmodel"),
            back_populates=string(one.other),
            link_model=Code(self._links[one.through]) if one.through else None,
            sa_relationship_kwargs=_dictionary(further),
        )
        return assignment(f"{one.name}: {kind}", made, 4)


def _is_simple(options: dict[str, Expression | None]) -> bool:
    """Whether `Field` can say a foreign key: its target, and one of three actions."""
    said = {name: value for name, value in options.items() if value is not None}
    action = said.pop("ondelete", None)
    return not said and (action is None or action.flat().strip('"') in _ACTIONS)


def _dictionary(values: dict[str, Expression | None]) -> Group | None:
    entries = tuple(Named(f'"{name}"', value, ": ") for name, value in values.items() if value is not None)
    return Group("{}", entries) if entries else None
