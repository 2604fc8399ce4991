"""Columns: the arguments that `mapped_column`, `Column` and SQLModel's `Field` have in common."""

from __future__ import annotations

from dataclasses import dataclass

from dbdesign.model.schema import Column, Engine, ForeignKey, Identity, Table
from dbdesign.writers.sqlalchemy.arguments import Arguments, has_dot
from dbdesign.writers.sqlalchemy.layout import Call, Code, Expression, call, string
from dbdesign.writers.sqlalchemy.source import Source, escaped
from dbdesign.writers.sqlalchemy.types import ColumnType, Types

_SERIAL = frozenset(["smallint", "integer", "bigint"])


@dataclass
class Columns:
    """Writes columns of one schema."""

    source: Source
    types: Types
    arguments: Arguments
    known: frozenset[str]

    def type_of(self, column: Column) -> ColumnType:
        """The column's type."""
        return self.types.of(column.type, column.collation)

    def key_at(self, table: Table, column: Column) -> ForeignKey | None:
        """The foreign key that is said with the column."""
        found = (
            one
            for one in table.foreign_keys
            if one.columns == (column.name,) and self.arguments.reference_at_column(table, one)
        )
        return next((one for one in found if one.references in self.known and not has_dot(one)), None)

    def parts(self, table: Table, column: Column) -> list[Expression]:
        """What stands in order behind the type: a foreign key, numbering, a computation."""
        found: list[Expression] = []
        key = self.key_at(table, column)
        if key is not None:
            target = string(self.arguments.target(key, key.referenced_columns[0]))
            found.append(self.source.call("ForeignKey", target, **self.arguments.reference_options(table, key)))
        if column.identity is not None and (numbering := self._identity(table, column, column.identity)) is not None:
            found.append(numbering)
        if column.generated is not None:
            stored = Code("True" if column.generated.stored else "False")
            found.append(self.source.call("Computed", string(escaped(column.generated.expression)), persisted=stored))
        return found

    def keywords(self, table: Table, column: Column, *, nullable: bool) -> dict[str, Expression | None]:
        """The keywords; `nullable` where nothing else says whether the column may be null."""
        self._say_losses(table, column)
        primary = table.primary_key is not None and column.name in table.primary_key.columns
        at_column = primary and not self.arguments.primary_is_explicit(table)
        key = next(
            (
                one
                for one in table.unique_keys
                if one.columns == (column.name,) and self.arguments.unique_at_column(table, one)
            ),
            None,
        )
        index = next(
            (
                one
                for one in table.indexes
                if one.columns == (column.name,) and self.arguments.stands_at_column(table, one)
            ),
            None,
        )
        return {
            "primary_key": Code("True") if at_column else None,
            "autoincrement": self._autoincrement(table, column, primary),
            "nullable": Code(str(column.nullable)) if nullable and not at_column else None,
            "index": Code("True") if index is not None else None,
            "unique": Code("True") if key is not None or (index is not None and index.unique) else None,
            "server_default": self._default(table, column),
            "comment": string(column.comment) if column.comment else None,
        }

    def _default(self, table: Table, column: Column) -> Expression | None:
        if column.identity is not None and column.identity.mode == "serial" and not self._is_auto(table, column):
            return self._serial(table, column, column.identity)
        default = column.default
        if column.on_update is not None:
            if default is None:
                self.source.note(
                    f"{table.label}.{column.name}", "ON UPDATE of a column without a default", "say it in a migration"
                )
                return None
            default = f"{default} ON UPDATE {column.on_update}"
        return self.source.text(default) if default is not None else None

    def _is_auto(self, table: Table, column: Column) -> bool:
        """Whether SQLAlchemy makes the column a SERIAL by itself: the only column of an integer primary key, or one that says so in it."""
        primary = table.primary_key
        return (
            primary is not None
            and column.name in primary.columns
            and column.type.native in _SERIAL
            and self._is_plain(column.identity)
        )

    @staticmethod
    def _is_plain(identity: Identity | None) -> bool:
        return identity is not None and identity.sequence_name is None and identity == Identity(mode=identity.mode)

    def _autoincrement(self, table: Table, column: Column, primary: bool) -> Expression | None:
        if not primary or not column.type.is_integer or table.primary_key is None:
            return None
        identity = column.identity
        numbered = (
            identity is not None
            and identity.mode in {"serial", "auto_increment", "identity", "rowid"}
            and (identity.mode != "serial" or self._is_auto(table, column))
        )
        by_itself = len(table.primary_key.columns) == 1 and not any(
            column.name in one.columns for one in table.foreign_keys
        )
        if numbered:
            return None if by_itself else Code("True")
        if identity is not None or column.generated is not None or column.default is not None:
            return None if not by_itself or identity is not None else Code("False")
        return Code("False") if by_itself and self.types.schema.engine is not Engine.SQLITE else None

    def _identity(self, table: Table, column: Column, identity: Identity) -> Expression | None:
        target = f"{table.label}.{column.name}"
        if identity.mode in {"always", "by_default", "identity"}:
            if identity.sequence_name or identity.comment or identity.grants:
                self.source.note(target, "the name of the sequence behind an identity column", None)
            options = identity.options
            if options.data_type:
                self.source.note(target, "the type of the sequence behind a column", None)
            return self.source.call(
                "Identity",
                always=Code("True") if identity.mode == "always" else None,
                **{name: Code(str(value)) for name, value in _sequence_options(options).items()},
            )
        if identity.mode in {"auto_random", "unique_rowid"} or identity.options.start:
            self.source.note(target, f"the numbering of a column ({identity.mode})", "say it in a migration")
        return None

    def _serial(self, table: Table, column: Column, identity: Identity) -> Expression:
        """A serial column that is no plain primary key: a sequence of its own."""
        from dbdesign.dialects.postgresql import chosen_name
        from dbdesign.writers.sqlalchemy.names import free
        from dbdesign.writers.sqlalchemy.names import identifier as python_name

        name = identity.sequence_name or chosen_name(table.name, column.name, "seq")
        self.source.note(
            f"{table.label}.{column.name}", "that a sequence belongs to its column", "the sequence stands by itself"
        )
        variable = free(python_name(name.lower(), "sequence"), self.source.taken)
        self.source.before.append(
            sequence(
                self.source,
                variable,
                name,
                table.namespace,
                identity.options.data_type or column.type.native,
                identity.options,
            )
        )
        return Code(f"{variable}.next_value()")

    def _say_losses(self, table: Table, column: Column) -> None:
        target = f"{table.label}.{column.name}"
        for lost, said in (
            (
                "the name, comment or state of a NOT NULL constraint",
                column.not_null_name
                or column.not_null_comment
                or not column.not_null_valid
                or column.not_null_no_inherit,
            ),
            (f"settings of a column: {', '.join(sorted(column.options))}", column.options),
            ("the character set of a column", column.charset),
            ("the name of a default", column.default_name),
        ):
            if said:
                self.source.note(target, str(lost), "say it in a DDL event or a migration")

    def column(self, table: Table, column: Column, *, name: bool) -> Call:
        """`Column(...)`, as it stands in a `Table` or in SQLModel's `sa_column`."""
        kind = self.type_of(column)
        keywords = self.keywords(table, column, nullable=not self._implied(table, column))
        return self.source.call(
            "Column", string(column.name) if name else None, kind.expression, *self.parts(table, column), **keywords
        )

    @staticmethod
    def _implied(table: Table, column: Column) -> bool:
        return column.nullable or (table.primary_key is not None and column.name in table.primary_key.columns)


def _sequence_options(options: object) -> dict[str, object]:
    names = {"start": "start", "increment": "increment", "minimum": "minvalue", "maximum": "maxvalue", "cache": "cache"}
    found = {keyword: value for name, keyword in names.items() if (value := getattr(options, name)) is not None}
    return {**found, "cycle": True} if getattr(options, "cycle", False) else found


def sequence(source: Source, variable: str, name: str, namespace: str | None, kind: str | None, options: object) -> str:
    """The statement that declares a sequence."""
    from dbdesign.writers.sqlalchemy.layout import assignment

    types = {"smallint": "SmallInteger", "integer": "Integer"}
    made = call(
        source.use("Sequence"),
        string(name),
        **{name: Code(str(value)) for name, value in _sequence_options(options).items()},
        data_type=Code(source.use(types[kind])) if kind in types else None,
        schema=string(namespace) if namespace else None,
        metadata=Code("metadata"),
    )
    return assignment(variable, made)
