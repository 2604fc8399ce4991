"""Puts entities together: columns of the classes that they extend, embedded ones, trees, single-table inheritance, keys.

Source: TypeORM's `EntityMetadataBuilder` (https://github.com/typeorm/typeorm/blob/master/src/metadata-builder/EntityMetadataBuilder.ts).
"""

from __future__ import annotations

from collections.abc import Mapping

from dbdesign.readers.typeorm.data_source import DataSource
from dbdesign.readers.typeorm.drivers.base import Driver
from dbdesign.readers.typeorm.joins import Joins
from dbdesign.readers.typeorm.metadata import (
    ColumnMetadata,
    Embedded,
    EntityMetadata,
    KeyMetadata,
    RelationMetadata,
    column_of,
)
from dbdesign.readers.typeorm.storage import ColumnArgs, EmbeddedArgs, KeyArgs, Storage, TableArgs, Target
from dbdesign.readers.typeorm.values import EMPTY, options_of, text_of, type_of
from dbdesign.readers.typescript import ClassNode, ObjectValue, Reference, Value

_DEEPEST_EMBEDDED = 16
_MOST_EMBEDDED = 2_000


class Builder:
    """Entities out of a storage, for one data source."""

    def __init__(self, storage: Storage, source: DataSource, driver: Driver) -> None:
        self.storage = storage
        self.source = source
        self.driver = driver
        self.naming = source.naming
        self.entities: list[EntityMetadata] = []
        self._by_target: dict[Target, EntityMetadata] = {}
        self._by_name: dict[str, list[EntityMetadata]] = {}
        self._embedded = 0

    def build(self) -> list[EntityMetadata]:
        """The entities, then the tables behind many-to-many relations and closure trees."""
        self._create()
        for entity in self.entities:
            if entity.kind != "entity-child":
                self._columns(entity)
                self._inheritance(entity)
                self._tree(entity)
                self._relations(entity)
        for entity in self.entities:
            for relation in entity.relations:
                self._resolve(relation)
        joins = Joins(self.storage, self.source, self.driver, self.entities, self.find)
        joins.build()
        for entity in self.entities:
            if entity.kind != "entity-child":
                self._keys(entity)
        for entity, key in joins.relation_keys:
            self.driver.place_key(entity, key, constraint=True)
        joins.foreign_keys()
        for entity in self.entities:
            self._generations(entity)
        return self.entities

    # --- entities ---

    def _create(self) -> None:
        for args in self.storage.tables:
            if args.target in self._by_target:
                continue
            entity = self._entity(args)
            self.entities.append(entity)
            self._by_target[args.target] = entity
            self._by_name.setdefault(args.class_name, []).append(entity)
        for entity in self.entities:
            if entity.kind == "entity-child":
                ancestors = (self._by_target.get(one) for one in _lineage(entity.target)[1:])
                entity.parent = next(
                    (one for one in ancestors if one and one.target in self.storage.inheritances), None
                )

    def _entity(self, args: TableArgs) -> EntityMetadata:
        tree = _lineage(args.target)
        if args.target in self.storage.inheritances:
            children = [one.target for one in self.storage.tables if one.kind == "entity-child"]
            tree = (*tree, *(one for one in children if args.target in _lineage(one)))
        bare = self.naming.table(args.class_name, args.name)
        schema = text_of(args.options.get("schema")) or self.source.schema
        table = f"{self.source.prefix}{bare}" if self.source.prefix else bare
        database = text_of(args.options.get("database"))
        return EntityMetadata(args, tree, schema, bare, table, database=database)

    def find(self, to: Value) -> EntityMetadata | None:
        """The entity that a relation leads to: by class, by name, by the name of a class that the imports do not lead to."""
        found = self._by_target.get(to) if isinstance(to, (ClassNode, str)) else None
        if found is None and isinstance(to, ClassNode):
            return None
        name = to if isinstance(to, str) else to.last if isinstance(to, Reference) else ""
        if isinstance(to, Reference) and to.name == "default":
            name = to.local
        known = self._by_name.get(name, [])
        if found is None and len(known) == 1:
            found = known[0]
        if found is None and isinstance(to, str):
            found = next((one for one in self.entities if one.table == to), None)
        return found.parent if found is not None and found.parent is not None else found

    # --- columns ---

    def _columns(self, entity: EntityMetadata) -> None:
        children = {one.target for one in self.entities if one.kind == "entity-child"}
        seen: set[str] = set()
        for args in self.storage.columns:
            if args.target not in entity.tree or args.member in seen:
                continue
            seen.add(args.member)
            strategy = self.storage.generations.get((args.target, args.member))
            if args.target != entity.target and entity.kind == "regular":
                self._own_default(entity, args)
            column = column_of(args, None, strategy)
            if args.target in children and entity.kind == "regular" and args.target is not entity.target:
                column.nullable = True
            entity.own_columns.append(column)
        for embedded in self.storage.embeddeds:
            if embedded.target in entity.tree:
                self._embed(entity, embedded, None, 0)

    def _own_default(self, entity: EntityMetadata, inherited: ColumnArgs) -> None:
        """A class may give a column that it inherits another default, which TypeORM then keeps for the classes behind it too."""
        for args in self.storage.columns:
            own = args.target == entity.target and args.member == inherited.member
            if own and args.options.get("default"):
                inherited.options["default"] = args.options["default"]

    def _embed(self, entity: EntityMetadata, args: EmbeddedArgs, outer: Embedded | None, depth: int) -> None:
        self._embedded += 1
        if depth > _DEEPEST_EMBEDDED or self._embedded > _MOST_EMBEDDED:
            self.storage.skip(args.place, args.member, "embedded classes are nested too deeply, or in a circle")
            return
        own = (args.member,) if args.prefix is None or args.prefix is True else (args.prefix,) if args.prefix else ()
        prefixes = (*(outer.prefixes if outer else ()), *own)
        embedded = Embedded(args, prefixes, (*(outer.path if outer else ()), args.member))
        entity.embeddeds.append(embedded)
        tree, seen = _lineage(args.type), set[str]()
        for column in self.storage.columns:
            if column.target in tree and column.member not in seen:
                seen.add(column.member)
                strategy = self.storage.generations.get((column.target, column.member))
                embedded.columns.append(column_of(column, embedded, strategy))
        for relation in self.storage.relations:
            if relation.target in tree:
                embedded.relations.append(RelationMetadata(relation, entity, embedded))
        for inner in self.storage.embeddeds:
            if inner.target in tree:
                self._embed(entity, inner, embedded, depth + 1)

    def _virtual(self, entity: EntityMetadata, name: str, kind: str, options: Mapping[str, Value]) -> ColumnMetadata:
        column = ColumnMetadata(
            member=name,
            given=name,
            type=kind,
            options=options,
            mode="virtual",
            target=entity.target,
            place=entity.place,
            nullable=options.get("nullable") is True,
            virtual=True,
        )
        entity.own_columns.append(column)
        return column

    def _inheritance(self, entity: EntityMetadata) -> None:
        options = self.storage.inheritances.get(entity.target)
        if options is None or entity.kind == "view":
            return
        given = options.get("column")
        column_options = ObjectValue() if isinstance(given, str) else options_of(given)
        name = given if isinstance(given, str) else text_of(column_options.get("name")) or "type"
        found = next((one for one in entity.own_columns if one.member == name), None)
        if found is None:
            kind = type_of(column_options.get("type"))
            found = self._virtual(entity, name, kind if isinstance(kind, str) else "varchar", column_options)
        found.discriminator = True

    def _tree(self, entity: EntityMetadata) -> None:
        kind = next((self.storage.trees[one][0] for one in entity.tree if one in self.storage.trees), "")
        if kind == "materialized-path":
            self._virtual(entity, "mpath", "#String", {"nullable": True, "default": ""})
        elif kind == "nested-set":
            self._virtual(entity, "nsleft", "#Number", {"default": 1})
            self._virtual(entity, "nsright", "#Number", {"default": 2})

    # --- relations and keys ---

    def _relations(self, entity: EntityMetadata) -> None:
        seen: set[str] = set()
        for args in self.storage.relations:
            if args.target in entity.tree and args.member not in seen:
                seen.add(args.member)
                relation = RelationMetadata(args, entity)
                relation.tree_parent = (args.target, args.member) in self.storage.tree_parents
                entity.own_relations.append(relation)

    def _resolve(self, relation: RelationMetadata) -> None:
        args = relation.args
        relation.to = self.find(args.to)
        if relation.tree_parent and relation.to is None:
            relation.to = relation.entity
        if relation.to is None and relation.entity.kind != "view":
            named = getattr(args.to, "text", None) or getattr(args.to, "name", None) or "its other side"
            owning = args.kind == "many-to-one" or (args.target, args.member) in self.storage.join_columns
            owning = owning or (args.target, args.member) in self.storage.join_tables
            if owning:
                text = f"{relation.entity.args.class_name}.{relation.member}"
                self.storage.skip(args.place, text, f"a relation to {named}, which is no entity of the files given")

    def _keys(self, entity: EntityMetadata) -> None:
        for args in self.storage.indices:
            if args.target in entity.tree and args.options.get("synchronize") is not False:
                self._add_key(entity, args, "", unique=args.options.get("unique") is True)
        for args in self.storage.uniques:
            if args.target in entity.tree:
                self._add_key(entity, args, "", constraint=True)
        for embedded in entity.embeddeds:
            tree = _lineage(embedded.args.type)
            prefix = ".".join(embedded.path) + "."
            for args in self.storage.indices:
                if args.target in tree and args.options.get("synchronize") is not False:
                    self._add_key(entity, args, prefix, unique=args.options.get("unique") is True)
            for args in self.storage.uniques:
                if args.target in tree:
                    self._add_key(entity, args, prefix, constraint=True)
        entity.checks.extend(one for one in self.storage.checks if one.target in entity.tree)
        entity.exclusions.extend(one for one in self.storage.exclusions if one.target in entity.tree)
        discriminator = next((one for one in entity.own_columns if one.discriminator), None)
        if discriminator is not None and not any(key.columns == [discriminator] for key in entity.indices):
            entity.indices.append(KeyMetadata([discriminator], None, EMPTY, entity.place))

    def _add_key(
        self, entity: EntityMetadata, args: KeyArgs, prefix: str, *, unique: bool = False, constraint: bool = False
    ) -> None:
        columns: list[ColumnMetadata] = []
        for path in args.columns:
            found = entity.at(prefix + path.strip())
            if found is None:
                text = f"{entity.args.class_name}: {args.name or ', '.join(args.columns)}"
                self.storage.skip(args.place, text, f"a key over {path}, which the entity does not have")
                return
            columns.extend(found)
        key = KeyMetadata(columns, args.name, args.options, args.place, unique or constraint)
        self.driver.place_key(entity, key, constraint=constraint)

    def _generations(self, entity: EntityMetadata) -> None:
        """Last, so that columns of relations have the type before it, as with TypeORM."""
        for column in entity.columns:
            if column.strategy == "uuid":
                column.type = "uuid"
            elif column.strategy == "rowid":
                column.type = "int"
            elif column.strategy is not None:
                column.type = column.type or "#Number"


def _lineage(target: Target) -> tuple[Target, ...]:
    return (target,) if isinstance(target, str) else target.lineage()


__all__ = ["Builder"]
