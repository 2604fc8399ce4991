"""Decorators of classes and properties into TypeORM's metadata arguments, also through decorators that the program makes itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dbdesign.readers.typeorm.design_types import design_type
from dbdesign.readers.typeorm.storage import (
    ColumnArgs,
    EmbeddedArgs,
    ExpressionArgs,
    ForeignKeyArgs,
    JoinArgs,
    JoinTableArgs,
    KeyArgs,
    Place,
    RelationArgs,
    Storage,
    TableArgs,
)
from dbdesign.readers.typeorm.values import (
    EMPTY,
    enum_values,
    inverse_of,
    is_true,
    options_of,
    properties_of,
    sql_of,
    target_of,
    text_of,
    type_of,
)
from dbdesign.readers.typescript import (
    UNDEFINED,
    CallNode,
    ClassNode,
    Decorator,
    FieldNode,
    FunctionNode,
    ObjectValue,
    Program,
    Reference,
    Value,
    top_level,
)

PACKAGE = "typeorm"
_TABLES = {"Entity": "regular", "ViewEntity": "view", "ChildEntity": "entity-child"}
_MODES = {
    "CreateDateColumn": "createDate",
    "UpdateDateColumn": "updateDate",
    "DeleteDateColumn": "deleteDate",
    "VersionColumn": "version",
    "ViewColumn": "regular",
    "ObjectIdColumn": "objectId",
    "ObjectIDColumn": "objectId",
    "TreeLevelColumn": "treeLevel",
    "VirtualColumn": "virtual-property",
}
_RELATIONS = {
    "ManyToOne": "many-to-one",
    "OneToOne": "one-to-one",
    "OneToMany": "one-to-many",
    "ManyToMany": "many-to-many",
}
_DEEPEST = 8


@dataclass(frozen=True)
class Applied:
    """A decorator of TypeORM that is applied, by name, with its arguments."""

    name: str
    args: tuple[Value, ...]
    line: int
    path: str

    def arg(self, position: int) -> Value:
        """The argument at a position; `UNDEFINED` where there is none."""
        return self.args[position] if position < len(self.args) else UNDEFINED

    @property
    def options(self) -> Mapping[str, Value]:
        """The first argument that is an object."""
        return next((one for one in self.args if isinstance(one, ObjectValue)), EMPTY)


def is_typeorm(source: str | None) -> bool:
    """Whether a package is TypeORM, a file inside it, or a fork under an organisation's name (`@n8n/typeorm`); NestJS's module is none."""
    if source is None or source.startswith(("@nestjs/", ".")):
        return False
    return (
        source == PACKAGE
        or source.startswith(f"{PACKAGE}/")
        or re.fullmatch(r"@[\w.-]+/typeorm(?:/.*)?", source) is not None
    )


def applied(decorators: Sequence[Decorator], program: Program, storage: Storage, path: str) -> list[Applied]:
    """The decorators of TypeORM among some, in the order in which they are applied: the last first."""
    found: list[Applied] = []
    for decorator in reversed(decorators):
        if is_typeorm(decorator.source):
            found.append(Applied(decorator.name, decorator.args, decorator.line, path))
        elif decorator.source is None and not (isinstance(decorator.callee, Reference) and not decorator.callee.path):
            found.extend(_within(decorator.value, program, decorator.line, path))
        elif decorator.source is not None and decorator.source.startswith((".", "@/", "~/", "src/")):
            storage.skip(Place(path, decorator.line), f"@{decorator.name}", "a decorator of a file that was not given")
        elif decorator.name == "applyDecorators" or decorator.source == "@nestjs/common":
            found.extend(_within(decorator.value, program, decorator.line, path))
    return found


def _within(value: Value, program: Program, line: int, path: str, depth: int = 0) -> Iterator[Applied]:
    """The decorators that another one applies."""
    if depth > _DEEPEST:
        return
    value = program.expand(value)
    if isinstance(value, FunctionNode):
        for inner in _calls(value):
            yield from _within(inner, program, line, path, depth + 1)
    if not isinstance(value, CallNode):
        return
    if is_typeorm(value.source):
        yield Applied(value.name, value.args, line, path)
    elif isinstance(value.callee, CallNode):  # Column({…})(target, key)
        yield from _within(value.callee, program, line, path, depth + 1)
    elif value.name == "applyDecorators":
        for one in reversed(value.args):
            yield from _within(one, program, line, path, depth + 1)


def _calls(function: FunctionNode) -> Iterator[Value]:
    """The calls that are statements of a function's body."""
    body = function.body
    if body is None:
        return
    scope = function.bound()
    if body.type != "statement_block":
        yield scope.evaluate(body)
        return
    for statement in top_level(body):
        if statement.type in {"expression_statement", "return_statement"} and statement.named_children:
            yield scope.evaluate(statement.named_children[0])


class Collector:
    """Registers classes, each once, those that they extend before them, as they would be loaded."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.storage = Storage()
        self._done: set[ClassNode] = set()

    def register(self, cls: ClassNode) -> None:
        """What the decorators of a class and of those that it extends say."""
        waiting = [cls]
        while waiting:
            one = waiting.pop()
            for ancestor in reversed(one.lineage()):
                if ancestor not in self._done:
                    self._done.add(ancestor)
                    waiting.extend(self._class(ancestor))

    def _class(self, cls: ClassNode) -> list[ClassNode]:
        """Registers a class; the classes that it embeds."""
        embedded: list[ClassNode] = []
        for field in cls.fields:
            if not field.static:
                for one in applied(field.decorators, self.program, self.storage, cls.path):
                    embedded.extend(self._property(cls, field, one))
        for one in applied(cls.decorators, self.program, self.storage, cls.path):
            self._class_decorator(cls, one)
        base = cls.extends
        if isinstance(base, Reference) and base.source is not None and not is_typeorm(base.source):
            self.storage.missing.setdefault(base.text, []).append(cls.name)
        elif isinstance(base, CallNode):
            reason = "a base class that is made by a call: columns that it declares are not known"
            self.storage.skip(Place(cls.path, cls.line), f"class {cls.name} extends {base.text}", reason)
        return embedded

    # --- classes ---

    def _class_decorator(self, cls: ClassNode, one: Applied) -> None:
        place, storage = Place(one.path, one.line), self.storage
        if one.name in _TABLES:
            self._table(cls, one, place)
        elif one.name in {"Index", "Unique", "Check", "Exclusion"}:
            self._key(cls, None, one, place)
        elif one.name == "ForeignKey":
            self._foreign_key(cls, None, one, place)
        elif one.name == "TableInheritance":
            storage.inheritances[cls] = one.options
        elif one.name == "DiscriminatorValue":
            storage.discriminators[cls] = one.arg(0)
        elif one.name == "Tree":
            kind = text_of(one.arg(0))
            storage.trees[cls] = (kind or "", options_of(one.arg(1)))

    def _table(self, cls: ClassNode, one: Applied, place: Place) -> None:
        options, kind = one.options, _TABLES[one.name]
        first = one.arg(0)
        if kind == "entity-child":
            self.storage.discriminators[cls] = first if first is not UNDEFINED else cls.name
            self.storage.tables.append(TableArgs(cls, kind, options, Place(cls.path, cls.line)))
            return
        given = first if isinstance(first, str) else options.get("name", UNDEFINED)
        name = sql_of(given)
        if name is None and given is not UNDEFINED and given is not None:
            self.storage.skip(place, f"{cls.name}: name", "a name that is not constant; TypeORM's own is taken")
        self.storage.tables.append(TableArgs(cls, kind, options, Place(cls.path, cls.line), name or None))

    # --- properties ---

    def _property(self, cls: ClassNode, field: FieldNode, one: Applied) -> list[ClassNode]:
        place, key, storage = Place(cls.path, field.line), (cls, field.name), self.storage
        if one.name in {"Column", "PrimaryColumn", "PrimaryGeneratedColumn"} or one.name in _MODES:
            return self._column(cls, field, one, place)
        if one.name in _RELATIONS or one.name in {"TreeParent", "TreeChildren"}:
            self._relation(cls, field, one, place)
        elif one.name == "JoinColumn":
            given = one.arg(0)
            items = given if isinstance(given, list) else [given]
            storage.join_columns.setdefault(key, []).extend(join_args(item) for item in items)
        elif one.name == "JoinTable":
            storage.join_tables[key] = join_table(one.options)
        elif one.name == "Generated":
            storage.generations[key] = text_of(one.arg(0)) or "increment"
        elif one.name in {"Index", "Unique", "Check", "Exclusion"}:
            self._key(cls, field.name, one, place)
        elif one.name == "ForeignKey":
            self._foreign_key(cls, field.name, one, place)
        return []

    def _column(self, cls: ClassNode, field: FieldNode, one: Applied, place: Place) -> list[ClassNode]:
        first = one.arg(0)
        if one.name == "Column" and isinstance(type_of(first), str) and not isinstance(first, (str, ObjectValue)):
            reason = "TypeORM takes a constructor that is given alone as an embedded class, and makes no column of it"
            self.storage.skip(place, f"{cls.name}.{field.name}", reason)
            return []
        if one.name == "Column" and isinstance(first, (FunctionNode, ClassNode)):
            return self._embedded(cls, field, one, place)
        column = column_args(cls, field.name, one, place)
        if column.type is None and one.name in {"Column", "PrimaryColumn"}:
            found = design_type(field, self.program)
            column.type = found if isinstance(found, str) else f"#{found.name}"
        self._add(column, one)
        return []

    def _add(self, column: ColumnArgs, one: Applied) -> None:
        storage, key = self.storage, (column.target, column.member)
        if one.name == "PrimaryGeneratedColumn":
            strategy = text_of(one.arg(0)) or "increment"
            column.options["primary"] = True
            storage.generations[key] = strategy
        elif one.name == "PrimaryColumn":
            column.options["primary"] = True
        add_column(storage, column)

    def _embedded(self, cls: ClassNode, field: FieldNode, one: Applied, place: Place) -> list[ClassNode]:
        found = target_of(one.arg(0))
        if not isinstance(found, ClassNode):
            self.storage.skip(place, f"{cls.name}.{field.name}", "an embedded class that was not given")
            return []
        prefix = one.options.get("prefix", UNDEFINED)
        given = prefix if isinstance(prefix, (str, bool)) else None
        is_array = design_type(field, self.program) == "#Array" or is_true(one.options.get("array"))
        self.storage.embeddeds.append(EmbeddedArgs(cls, field.name, found, given, place, is_array))
        return [found]

    def _relation(self, cls: ClassNode, field: FieldNode, one: Applied, place: Place) -> None:
        if one.name == "TreeChildren":
            relation = RelationArgs(cls, field.name, "one-to-many", cls, None, one.options, place)
        elif one.name == "TreeParent":
            self.storage.tree_parents.add((cls, field.name))
            relation = RelationArgs(cls, field.name, "many-to-one", cls, None, one.options, place)
        else:
            inverse = inverse_of(one.arg(1))
            kind = _RELATIONS[one.name]
            relation = RelationArgs(cls, field.name, kind, target_of(one.arg(0)), inverse, one.options, place)
        self.storage.relations.append(relation)

    def _key(self, cls: ClassNode, property_name: str | None, one: Applied, place: Place) -> None:
        if one.name in {"Check", "Exclusion"}:
            expression_args(self.storage, cls, one, place)
            return
        name = text_of(one.arg(0))
        fields = one.arg(1) if name is not None else one.arg(0)
        columns = (property_name,) if property_name is not None else properties_of(fields)
        if columns is None:
            self.storage.skip(place, f"{cls.name}: @{one.name}", "its columns are known only by executing it")
            return
        known = self.storage.indices if one.name == "Index" else self.storage.uniques
        known.append(KeyArgs(cls, name, columns, one.options, place))

    def _foreign_key(self, cls: ClassNode, property_name: str | None, one: Applied, place: Place) -> None:
        second, third = one.arg(1), one.arg(2)
        inverse = inverse_of(second)
        columns = (property_name,) if property_name is not None else properties_of(second) or ()
        referenced = (inverse,) if inverse else (properties_of(third) or ()) if isinstance(third, list) else ()
        to = target_of(one.arg(0))
        self.storage.foreign_keys.append(ForeignKeyArgs(cls, to, columns, referenced, one.options, place))


def column_args(target: ClassNode | str, name: str, one: Applied, place: Place) -> ColumnArgs:
    """A column's type and options as its decorator gives them."""
    first = one.arg(0)
    options = dict(one.options)
    mode = _MODES.get(one.name, "regular")
    found = None if one.name == "PrimaryGeneratedColumn" or isinstance(first, ObjectValue) else type_of(first)
    given = type_of(options["type"]) if found is None and "type" in options else found
    if mode == "objectId":
        options["primary"] = True
        options.setdefault("name", text_of(first) or "_id")
    kind = given if given is None or isinstance(given, str) else f"#{given.name}"
    return ColumnArgs(target, name, mode, options, kind, place)


def add_column(storage: Storage, column: ColumnArgs) -> None:
    """Registers a column, with the constraint and the generation that its options ask for."""
    storage.columns.append(column)
    generated = column.options.get("generated", UNDEFINED)
    if is_true(generated):
        storage.generations.setdefault((column.target, column.member), text_of(generated) or "increment")
    if column.options.get("unique") is True:
        storage.uniques.append(KeyArgs(column.target, None, (column.member,), EMPTY, column.place))
    if "enum" in column.options and enum_values(column.options["enum"]) is None:
        text = f"{column.member}: enum"
        storage.skip(column.place, text, "the values of the enumeration are known only by executing it")


def expression_args(storage: Storage, target: ClassNode | str, one: Applied, place: Place) -> None:
    """Registers a check or an exclusion: an expression, or a name and an expression."""
    named = one.arg(1) is not UNDEFINED and not isinstance(one.arg(1), ObjectValue)
    name, expression = (text_of(one.arg(0)), sql_of(one.arg(1))) if named else (None, sql_of(one.arg(0)))
    if expression is None:
        storage.skip(place, f"@{one.name}", "its expression is known only by executing it")
        return
    known = storage.checks if one.name == "Check" else storage.exclusions
    known.append(ExpressionArgs(target, name, expression, one.options, place))


def join_args(value: Value) -> JoinArgs:
    """A join column's options."""
    options = options_of(value)
    constraint = text_of(options.get("foreignKeyConstraintName"))
    return JoinArgs(text_of(options.get("name")), text_of(options.get("referencedColumnName")), constraint)


def join_table(options: Mapping[str, Value]) -> JoinTableArgs:
    """A join table's options."""
    return JoinTableArgs(
        name=text_of(options.get("name")),
        schema=text_of(options.get("schema")),
        columns=_joins(options, "joinColumn"),
        inverse_columns=_joins(options, "inverseJoinColumn"),
        synchronize=options.get("synchronize") is not False,
    )


def _joins(options: Mapping[str, Value], name: str) -> tuple[JoinArgs, ...] | None:
    given = options.get(name, options.get(f"{name}s", UNDEFINED))
    if isinstance(given, ObjectValue):
        return (join_args(given),)
    return tuple(join_args(one) for one in given) if isinstance(given, list) else None


__all__ = [
    "Applied",
    "Collector",
    "add_column",
    "column_args",
    "expression_args",
    "is_typeorm",
    "join_args",
    "join_table",
]
