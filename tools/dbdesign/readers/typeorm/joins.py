"""Columns, foreign keys and tables behind relations.

Source: TypeORM's `RelationJoinColumnBuilder`, `JunctionEntityMetadataBuilder` and `ClosureJunctionEntityMetadataBuilder`
(https://github.com/typeorm/typeorm/tree/master/src/metadata-builder).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dbdesign.readers.typeorm.data_source import DataSource
from dbdesign.readers.typeorm.drivers.base import Driver
from dbdesign.readers.typeorm.metadata import (
    ColumnMetadata,
    EntityMetadata,
    ForeignKeyMetadata,
    KeyMetadata,
    RelationMetadata,
)
from dbdesign.readers.typeorm.storage import JoinArgs, JoinTableArgs, Storage, TableArgs
from dbdesign.readers.typeorm.values import EMPTY, sql_of, text_of
from dbdesign.readers.typescript import FunctionNode, ObjectValue, Value

_CARRIED = ("length", "precision", "scale", "charset", "collation", "unsigned", "enum", "enumName")


class Joins:
    """Builds what relations need; adds tables to `entities`."""

    def __init__(
        self,
        storage: Storage,
        source: DataSource,
        driver: Driver,
        entities: list[EntityMetadata],
        find: Callable[[Value], EntityMetadata | None],
    ) -> None:
        self.storage = storage
        self.source = source
        self.driver = driver
        self.naming = source.naming
        self.entities = entities
        self._find = find
        self.relation_keys: list[tuple[EntityMetadata, KeyMetadata]] = []
        """Unique constraints of one-to-one relations, which stand behind those that are declared."""

    def build(self) -> None:
        """For every relation that owns columns or a table, and for every closure tree."""
        for entity in [one for one in self.entities if one.kind != "entity-child"]:
            for relation in entity.relations:
                if relation.args.kind in {"many-to-one", "one-to-one"} and relation.to is not None:
                    self._columns(relation)
            for relation in entity.relations:
                table = self.storage.join_tables.get((relation.args.target, relation.member))
                if relation.args.kind == "many-to-many" and table is not None and relation.to is not None:
                    self._junction(relation, table, relation.to)
        for entity in list(self.entities):
            kind, options = next(
                (self.storage.trees[one] for one in entity.tree if one in self.storage.trees), ("", EMPTY)
            )
            if kind == "closure-table" and entity.kind != "entity-child":
                self._closure(entity, options)

    # --- join columns ---

    def _columns(self, relation: RelationMetadata) -> None:
        joins = self.storage.join_columns.get((relation.args.target, relation.member), [])
        referenced = self._referenced(joins, relation)
        if not referenced or relation.to is None:
            return
        columns = [self._column(joins, relation, one) for one in referenced]
        relation.join_columns = columns
        if not relation.constrained:
            return
        constraint = joins[0].constraint if joins else None
        key = self._foreign_key(relation, columns, referenced, constraint)
        relation.entity.foreign_keys.append(key)
        self._unique(relation, columns)
        self.driver.index_foreign_key(relation.entity, key)

    def _unique(self, relation: RelationMetadata, columns: list[ColumnMetadata]) -> None:
        if relation.args.kind != "one-to-one" or all(column.primary for column in columns):
            return
        entity = relation.entity
        name = self.naming.relation(entity.table, [column.name(self.naming) for column in columns])
        key = KeyMetadata(columns, name, EMPTY, relation.args.place, unique=True)
        self.relation_keys.append((entity, key))

    def _foreign_key(
        self,
        relation: RelationMetadata,
        columns: list[ColumnMetadata],
        referenced: list[ColumnMetadata],
        name: str | None,
    ) -> ForeignKeyMetadata:
        assert relation.to is not None  # noqa: S101 - the caller looked
        return ForeignKeyMetadata(
            columns,
            relation.to,
            referenced,
            name,
            relation.action("onDelete"),
            relation.action("onUpdate"),
            relation.action("deferrable"),
            relation.args.place,
        )

    def _referenced(self, joins: Sequence[JoinArgs], relation: RelationMetadata) -> list[ColumnMetadata]:
        to = relation.to
        if to is None:
            return []
        if not any(join.referenced for join in joins):
            owning = bool(joins) or relation.args.kind == "many-to-one"
            return to.primary_columns if owning else []
        found = [self._property(to, join.referenced or "", relation) for join in joins]
        columns = [one for one in found if one is not None]
        order = {id(column): position for position, column in enumerate(to.primary_columns)}
        return sorted(columns, key=lambda column: order.get(id(column), len(order))) if len(columns) > 1 else columns

    def _property(self, to: EntityMetadata, name: str, relation: RelationMetadata) -> ColumnMetadata | None:
        found = next((one for one in to.own_columns if one.member == name), None)
        if found is None:
            text = f"{relation.entity.args.class_name}.{relation.member}"
            reason = f"a join to the property {name}, which {to.args.class_name} does not have"
            self.storage.skip(relation.args.place, text, reason)
        return found

    def _column(
        self, joins: Sequence[JoinArgs], relation: RelationMetadata, referenced: ColumnMetadata
    ) -> ColumnMetadata:
        join = _matching(joins, referenced)
        name = join.name if join and join.name else self.naming.join_column(relation.member, referenced.member)
        embedded = relation.embedded
        known = embedded.columns if embedded else relation.entity.own_columns
        found = next((one for one in known if one.bare_name(self.naming) == name), None)
        if found is None:
            options = self._carried(referenced, "comment")
            found = ColumnMetadata(
                member=relation.member,
                given=name,
                type=referenced.type,
                options=options,
                mode="virtual",
                target=None,
                place=relation.args.place,
                embedded=embedded,
                nullable=relation.nullable,
                primary=relation.primary,
                virtual=True,
            )
            relation.entity.own_columns.append(found)
        found.referenced = referenced
        found.type = referenced.type or self.driver.implied_type(referenced)
        return found

    def _carried(self, referenced: ColumnMetadata, *further: str) -> ObjectValue:
        options = ObjectValue()
        for name in (*_CARRIED, *further):
            if name in referenced.options:
                options[name] = referenced.options[name]
        self.driver.carry_length(referenced, options)
        return options

    # --- tables behind relations ---

    def _junction(self, relation: RelationMetadata, table: JoinTableArgs, to: EntityMetadata) -> None:
        owner = relation.entity
        referenced = self._sides(owner, table.columns, relation)
        inverse = self._sides(to, table.inverse_columns, relation)
        bare = table.name or self.naming.join_table(owner.bare_table, to.bare_table, relation.path)
        junction = self._table(bare, table.schema or owner.schema, relation.args.place, "junction", owner)
        junction.args.options = {"synchronize": table.synchronize}
        first = [self._junction_column(owner, one, table.columns, relation) for one in referenced]
        second = [self._junction_column(to, one, table.inverse_columns, relation) for one in inverse]
        self._apart(first, second)
        junction.own_columns = [*first, *second]
        opposite = self._opposite(relation, to)
        if relation.constrained:
            self._junction_keys(junction, (first, referenced, table.columns, relation), owner, relation)
            self._junction_keys(junction, (second, inverse, table.inverse_columns, opposite), to, relation)
        for columns in (first, second):
            junction.indices.append(KeyMetadata(columns, None, EMPTY, relation.args.place))
        self.entities.append(junction)

    def _junction_keys(
        self,
        junction: EntityMetadata,
        side: tuple[list[ColumnMetadata], list[ColumnMetadata], tuple[JoinArgs, ...] | None, RelationMetadata | None],
        to: EntityMetadata,
        relation: RelationMetadata,
    ) -> None:
        columns, referenced, joins, rules = side
        join = _matching(joins or (), referenced[0]) if referenced else None
        junction.foreign_keys.append(
            ForeignKeyMetadata(
                columns,
                to,
                referenced,
                join.constraint if join else None,
                (rules.action("onDelete") if rules else None) or "CASCADE",
                (rules.action("onUpdate") if rules else None) or "CASCADE",
                (rules or relation).action("deferrable"),
                relation.args.place,
            )
        )

    @staticmethod
    def _opposite(relation: RelationMetadata, to: EntityMetadata) -> RelationMetadata | None:
        name = relation.args.inverse
        return next((one for one in to.relations if name and name in {one.member, one.path}), None)

    def _table(self, bare: str, schema: str | None, place: object, kind: str, owner: EntityMetadata) -> EntityMetadata:
        args = TableArgs("", kind, EMPTY, owner.place, bare)
        del place
        return EntityMetadata(args, (), schema, bare, f"{self.source.prefix}{bare}", database=owner.database)

    def _sides(
        self, entity: EntityMetadata, joins: tuple[JoinArgs, ...] | None, relation: RelationMetadata
    ) -> list[ColumnMetadata]:
        if not joins or not any(join.referenced for join in joins):
            return entity.primary_columns
        found = []
        for join in joins:
            column = next((one for one in entity.columns if one.member == join.referenced), None)
            if column is None:
                text = f"{entity.args.class_name}.{join.referenced}"
                self.storage.skip(relation.args.place, text, "a join table's column of a property that is not there")
            else:
                found.append(column)
        return found

    def _junction_column(
        self,
        entity: EntityMetadata,
        referenced: ColumnMetadata,
        joins: tuple[JoinArgs, ...] | None,
        relation: RelationMetadata,
    ) -> ColumnMetadata:
        join = _matching(joins or (), referenced)
        given = join.name if join else None
        name = given or self.naming.join_table_column(
            entity.bare_table, referenced.member, referenced.name(self.naming)
        )
        return ColumnMetadata(
            member=name,
            given=name,
            type=referenced.type or self.driver.implied_type(referenced),
            options=self._carried(referenced),
            mode="virtual",
            target=None,
            place=relation.args.place,
            primary=True,
            virtual=True,
            referenced=referenced,
        )

    @staticmethod
    def _apart(first: list[ColumnMetadata], second: list[ColumnMetadata]) -> None:
        """Of a relation to itself both sides would have the same names."""
        for one in first:
            for other in second:
                if one.given == other.given:
                    one.member = one.given = f"{one.member}_1"
                    other.member = other.given = f"{other.member}_2"

    def _closure(self, entity: EntityMetadata, options: dict[str, Value] | object) -> None:
        given = options if isinstance(options, ObjectValue) else ObjectValue()
        base = text_of(given.get("closureTableName")) or entity.bare_table
        schema = text_of(given.get("closureTableSchema")) or entity.schema
        bare = self.naming.closure_table(base)
        closure = self._table(bare, schema, None, "closure", entity)
        sides: dict[str, list[ColumnMetadata]] = {"ancestor": [], "descendant": []}
        for primary in entity.primary_columns:
            for side, columns in sides.items():
                name = _closure_name(given.get(f"{side}ColumnName")) or f"{primary.member}_{side}"
                column = ColumnMetadata(
                    member=name,
                    given=None,
                    type=primary.type or self.driver.implied_type(primary),
                    options=self._carried(primary),
                    mode="virtual",
                    target=None,
                    place=entity.place,
                    primary=True,
                    virtual=True,
                )
                columns.append(column)
                closure.own_columns.append(column)
        for columns in sides.values():
            closure.indices.append(KeyMetadata(columns[:1], None, EMPTY, entity.place))
            key = ForeignKeyMetadata(
                columns[:1], entity, entity.primary_columns, None, self.driver.closure_action, None, None, entity.place
            )
            closure.foreign_keys.append(key)
        self.entities.append(closure)

    def foreign_keys(self) -> None:
        """The keys that `@ForeignKey` declares without a relation."""
        for args in self.storage.foreign_keys:
            to = self._find(args.to)
            for entity in self.entities:
                if args.target not in entity.tree:
                    continue
                columns = [one for path in args.columns for one in entity.at(path) or []]
                referenced = [one for path in args.referenced for one in (to.at(path) if to else None) or []]
                if to is None or not columns:
                    self.storage.skip(
                        args.place, ", ".join(args.columns), "a foreign key whose other side is not known"
                    )
                    continue
                options = args.options
                entity.foreign_keys.append(
                    ForeignKeyMetadata(
                        columns,
                        to,
                        referenced or to.primary_columns,
                        text_of(options.get("name")),
                        text_of(options.get("onDelete")),
                        text_of(options.get("onUpdate")),
                        text_of(options.get("deferrable")),
                        args.place,
                    )
                )


def _matching(joins: Sequence[JoinArgs], referenced: ColumnMetadata) -> JoinArgs | None:
    """The join column that is meant for a referenced one, and has a name."""
    return next(
        (join for join in joins if (not join.referenced or join.referenced == referenced.member) and join.name), None
    )


def _closure_name(value: Value) -> str | None:
    return sql_of(value) if isinstance(value, (str, FunctionNode)) else None


__all__ = ["Joins"]
