"""Classes of @nestjs/mongoose as definitions of paths: `@Prop()` with its options, types inferred as reflect-metadata does."""

from __future__ import annotations

from dbdesign.readers.mongoose.draft import Say
from dbdesign.readers.typescript import (
    UNDEFINED,
    CallNode,
    ClassNode,
    Decorator,
    EnumNode,
    FieldNode,
    FunctionNode,
    ObjectValue,
    Program,
    Reference,
    TypeNode,
    Value,
)

PACKAGE = "@nestjs/mongoose"
_BUILT_IN = {
    "string": "String",
    "number": "Number",
    "boolean": "Boolean",
    "bigint": "BigInt",
    "Date": "Date",
    "Buffer": "Buffer",
    "Map": "Map",
}
"""TypeScript's types whose metadata are constructors that Mongoose knows."""


def schema_decorator(owner: ClassNode) -> Decorator | None:
    """`@Schema()` of a class."""
    return next((one for one in owner.decorators if one.name == "Schema" and one.source == PACKAGE), None)


def is_document_class(owner: ClassNode) -> bool:
    """Whether a class declares paths: it has `@Schema()`, or a field of it has `@Prop()`."""
    return schema_decorator(owner) is not None or any(_prop(field) is not None for field in owner.fields)


def schema_options(owner: ClassNode) -> Value:
    """The options of `@Schema()`, the nearest of its line."""
    for one in owner.lineage():
        decorator = schema_decorator(one)
        if decorator is not None and decorator.arg(0) is not UNDEFINED:
            return decorator.arg(0)
    return UNDEFINED


def _prop(field: FieldNode) -> Decorator | None:
    return next((one for one in field.decorators if one.name == "Prop" and one.source == PACKAGE), None)


def class_definition(owner: ClassNode, program: Program, say: Say) -> ObjectValue:
    """The paths of a class and of those that it extends, the furthest first."""
    found = ObjectValue(owner.line)
    for one in reversed(owner.lineage()):
        for field in one.fields:
            decorator = _prop(field)
            if decorator is not None:
                found.pop(field.name, None)
                found[field.name] = _options(field, decorator, program, say, one.path)
                found.lines[field.name] = field.line
    base = owner.lineage()[-1].extends
    if isinstance(base, Reference) and base.source is not None and base.source.startswith((".", "src/", "@/", "~/")):
        say(
            owner.path,
            owner.line,
            f"{owner.name} extends {base.text}",
            "the class that it extends is in a file that is not here",
        )
    return found


def _options(field: FieldNode, decorator: Decorator, program: Program, say: Say, path: str) -> Value:
    """The options of a property, its type filled in."""
    given = program.expand(decorator.arg(0))
    if isinstance(given, CallNode) and given.name == "raw" and given.source == PACKAGE:
        return given.arg(0)
    if given is UNDEFINED:
        given = ObjectValue(decorator.line)
    if not isinstance(given, ObjectValue):
        return [_seen_through(one) for one in given] if isinstance(given, list) else _seen_through(given)
    options = ObjectValue(given.line)
    options.update(given)
    options.lines.update(given.lines)
    options.spreads = list(given.spreads)
    if "type" in options:
        options["type"] = _for_mongoose(_seen_through(options["type"]), field, say, path)
        return options
    inferred = _inferred(field.type, field, program)
    if inferred is None:
        say(path, field.line, field.name, f"the type of {field.name} cannot be inferred: @Prop() needs a type here")
        inferred = Reference("Mixed", "mongoose")
    options["type"] = _for_mongoose(inferred, field, say, path)
    return options


def _for_mongoose(value: Value, field: FieldNode, say: Say, path: str) -> Value:
    """A type as Nest hands it on: a class without `@Prop()`, such as bson's ObjectId, becomes an empty definition, which is Mixed."""
    if isinstance(value, list):
        return [_for_mongoose(one, field, say, path) for one in value]
    if isinstance(value, Reference) and value.source == "mongoose" and (value.name, *value.path)[:1] == ("Types",):
        say(
            path,
            field.line,
            f"{field.name}: {value.text}",
            "Nest makes Mixed of it: the type is Schema.Types.ObjectId, not Types.ObjectId",
        )
        return Reference("Mixed", "mongoose")
    return value


def _seen_through(value: Value) -> Value:
    """What a function that gives a type gives."""
    if isinstance(value, FunctionNode):
        return value.result
    return [_seen_through(one) for one in value] if isinstance(value, list) else value


def _inferred(declared: TypeNode | None, field: FieldNode, program: Program) -> Value | None:
    """The constructor that TypeScript emits as metadata (`design:type`); None where that is Object."""
    if declared is None:
        return None
    declared = declared.without_null
    if declared.kind in {"array", "tuple"} or (declared.kind == "name" and declared.name in {"Array", "ReadonlyArray"}):
        return []
    if declared.literals:
        return Reference(_of_literals(declared.literals) or "Mixed")
    if declared.kind != "name":
        return None
    if declared.name in _BUILT_IN:
        return Reference(_BUILT_IN[declared.name])
    found = program.resolve_type(declared, field.scope)
    if isinstance(found, EnumNode):
        return Reference(_of_literals(tuple(found.members.values())) or "String")
    if isinstance(found, ClassNode):
        return found
    if isinstance(found, Reference):
        return (
            found if found.source == "mongoose" or found.last in {"ObjectId", "Decimal128", "Buffer", "Date"} else None
        )
    if isinstance(found, TypeNode) and found is not declared:
        return _inferred(found, field, program)
    return None


def _of_literals(values: tuple[object, ...]) -> str | None:
    """The constructor for a union of literals or an enum: of one type only."""
    kinds = {bool if isinstance(one, bool) else str if isinstance(one, str) else float for one in values}
    return {bool: "Boolean", str: "String", float: "Number"}[kinds.pop()] if len(kinds) == 1 else None
