"""`new EntitySchema({…})` into TypeORM's metadata arguments.

Source: TypeORM's `EntitySchemaTransformer` (https://github.com/typeorm/typeorm/blob/master/src/entity-schema/EntitySchemaTransformer.ts).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dbdesign.readers.typeorm.decorators import Applied, add_column, expression_args, is_typeorm, join_args, join_table
from dbdesign.readers.typeorm.storage import (
    ColumnArgs,
    EmbeddedArgs,
    ForeignKeyArgs,
    JoinTableArgs,
    KeyArgs,
    Place,
    RelationArgs,
    Storage,
    TableArgs,
    Target,
)
from dbdesign.readers.typeorm.values import (
    EMPTY,
    inverse_of,
    is_true,
    names_of,
    options_of,
    properties_of,
    target_of,
    text_of,
    type_of,
)
from dbdesign.readers.typescript import CallNode, ClassNode, ObjectValue, Program, Value

_MODES = {
    "createDate": "createDate", "updateDate": "updateDate", "deleteDate": "deleteDate", "version": "version", "treeLevel": "treeLevel",
    "objectId": "objectId", "virtualProperty": "virtual-property",
}  # fmt: skip
_DEEPEST = 8


def entity_schemas(program: Program) -> Iterator[CallNode]:
    """The schemas that the files make."""
    for path in program.paths:
        for call in program.calls(path, {"EntitySchema"}):
            if call.new and is_typeorm(call.source) and isinstance(call.arg(0), ObjectValue):
                yield call


def read_entity_schema(call: CallNode, storage: Storage) -> None:
    """Register a schema with its columns, relations and keys."""
    options = options_of(call.arg(0))
    place = Place(call.path, call.line)
    name = text_of(options.get("name")) or ""
    target = options.get("target")
    owner: Target = target if isinstance(target, ClassNode) else name
    kind = text_of(options.get("type")) or "regular"
    table = text_of(options.get("tableName"))
    storage.tables.append(TableArgs(owner, kind, options, place, table))
    inheritance = options.get("inheritance")
    if isinstance(inheritance, ObjectValue):
        storage.inheritances[owner] = inheritance
    for tree in _listed(options.get("trees")):
        storage.trees[owner] = (text_of(tree.get("type")) or "", options_of(tree.get("options")))
    _members(owner, options, storage, place, 0)


def _listed(value: Value) -> list[ObjectValue]:
    return [one for one in value if isinstance(one, ObjectValue)] if isinstance(value, list) else []


def _members(owner: Target, options: Mapping[str, Value], storage: Storage, place: Place, depth: int) -> None:
    columns = options_of(options.get("columns"))
    for name, value in columns.items():
        _column(owner, name, value, storage, _inside(place, columns, name))
    relations = options_of(options.get("relations"))
    for name, value in relations.items():
        _relation(owner, name, options_of(value), storage, _inside(place, relations, name))
    for index in _listed(options.get("indices")):
        _key(owner, index, storage.indices, storage, place)
    for unique in _listed(options.get("uniques")):
        _key(owner, unique, storage.uniques, storage, place)
    for kind, plural in (("Check", "checks"), ("Exclusion", "exclusions")):
        for one in _listed(options.get(plural)):
            args = tuple(one[key] for key in ("name", "expression") if key in one)
            expression_args(storage, owner, Applied(kind, (*args, one), place.line, place.path), place)
    for key in _listed(options.get("foreignKeys")):
        columns_of, referenced = key.get("columnNames"), key.get("referencedColumnNames")
        _foreign_key(owner, key, columns_of, referenced, storage, place)
    for name, value in options_of(options.get("embeddeds")).items():
        _embedded(owner, name, options_of(value), storage, place, depth)


def _inside(place: Place, value: Mapping[str, Value], name: str) -> Place:
    return Place(place.path, value.line_of(name) if isinstance(value, ObjectValue) else place.line)


def _column(owner: Target, name: str, value: Value, storage: Storage, place: Place) -> None:
    options = dict(options_of(value))
    mode = next((mode for key, mode in _MODES.items() if is_true(options.get(key))), "regular")
    if mode == "objectId":
        options["name"], options["primary"] = "_id", True
    kind = type_of(options.get("type"))
    column = ColumnArgs(owner, name, mode, options, kind if isinstance(kind, str) else None, place)
    add_column(storage, column)
    key = options.get("foreignKey")
    if isinstance(key, ObjectValue):
        inverse = inverse_of(key.get("inverseSide"))
        _foreign_key(owner, key, [name], [inverse] if inverse else [], storage, place)


def _foreign_key(
    owner: Target, key: Mapping[str, Value], columns: Value, referenced: Value, storage: Storage, place: Place
) -> None:
    names = names_of(columns) if isinstance(columns, list) else ()
    others = names_of(referenced) if isinstance(referenced, list) else ()
    storage.foreign_keys.append(ForeignKeyArgs(owner, target_of(key.get("target")), names, others, key, place))


def _relation(owner: Target, name: str, options: Mapping[str, Value], storage: Storage, place: Place) -> None:
    kind = text_of(options.get("type")) or ""
    to, inverse = target_of(options.get("target")), inverse_of(options.get("inverseSide"))
    storage.relations.append(RelationArgs(owner, name, kind, to, inverse, options, place))
    if is_true(options.get("treeParent")):
        storage.tree_parents.add((owner, name))
    column, table = options.get("joinColumn"), options.get("joinTable")
    if is_true(column):
        given = column if isinstance(column, list) else [column]
        storage.join_columns[owner, name] = [join_args(one) for one in given]
    if isinstance(table, ObjectValue):
        storage.join_tables[owner, name] = join_table(table)
    elif is_true(table):
        storage.join_tables[owner, name] = JoinTableArgs()


def _key(owner: Target, options: ObjectValue, known: list[KeyArgs], storage: Storage, place: Place) -> None:
    columns = properties_of(options.get("columns"))
    if columns is None:
        storage.skip(place, text_of(options.get("name")) or "index", "its columns are known only by executing it")
        return
    known.append(KeyArgs(owner, text_of(options.get("name")), columns, options, place))


def _embedded(
    owner: Target, name: str, options: Mapping[str, Value], storage: Storage, place: Place, depth: int
) -> None:
    schema = options.get("schema")
    if not isinstance(schema, CallNode) or depth > _DEEPEST:
        storage.skip(place, name, "an embedded schema that was not given")
        return
    inner = options_of(schema.arg(0))
    target: Target = f"{owner if isinstance(owner, str) else owner.name}.{name}"
    prefix = options.get("prefix")
    given = prefix if isinstance(prefix, (str, bool)) else None
    storage.embeddeds.append(EmbeddedArgs(owner, name, target, given, place))
    _members(target, inner or EMPTY, storage, place, depth + 1)


__all__ = ["entity_schemas", "read_entity_schema"]
