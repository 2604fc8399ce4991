"""The type of a property as TypeScript's `emitDecoratorMetadata` would record it, which TypeORM falls back on.

Source: TypeScript's `typeSerializer`, https://github.com/microsoft/TypeScript/blob/main/src/compiler/transformers/typeSerializer.ts.
A union with null is taken as without: with `strictNullChecks` it would be `Object`, which TypeORM refuses, so that a program that runs
has not that.
"""

from __future__ import annotations

from dbdesign.readers.typescript import ClassNode, EnumNode, FieldNode, Program, Reference, Scope, TypeNode, Value

_PRIMITIVES = {
    "string": "#String",
    "number": "#Number",
    "boolean": "#Boolean",
    "bigint": "#BigInt",
    "symbol": "#Symbol",
}
_CONSTRUCTORS = {
    "String", "Number", "Boolean", "Date", "Buffer", "Uint8Array", "Array", "Promise", "Map", "Set", "BigInt", "Function",
}  # fmt: skip
_OBJECTS = {"any", "unknown", "object", "Record", "Partial", "Object", "Pick", "Omit", "Readonly"}


def design_type(field: FieldNode, program: Program) -> str | ClassNode:
    """`#Number`, `#Object` …, or the class of the property."""
    return _serialized(field.type, field.scope, program, 0) if field.type is not None else "#Object"


def _serialized(given: TypeNode, scope: Scope, program: Program, depth: int) -> str | ClassNode:
    bare = given.without_null
    if bare.kind == "union":
        return _union(bare, scope, program, depth)
    if bare.kind in {"array", "tuple"}:
        return "#Array"
    if bare.kind == "function":
        return "#Function"
    if bare.kind == "template":
        return "#String"
    if bare.kind == "literal":
        return _of_value(bare.value)
    if bare.kind != "name" or bare.name in _OBJECTS:
        return "#Object"
    if bare.name in _PRIMITIVES:
        return _PRIMITIVES[bare.name]
    return _named(bare, scope, program, depth)


def _named(bare: TypeNode, scope: Scope, program: Program, depth: int) -> str | ClassNode:
    found = program.resolve_type(bare, scope)
    if isinstance(found, ClassNode):
        return found
    if isinstance(found, EnumNode):
        kinds = {_of_value(value) for value in found.members.values()}
        return kinds.pop() if len(kinds) == 1 else "#Object"
    if isinstance(found, Reference):
        return "#Object"
    if found.kind == "name":
        return f"#{found.name}" if found.name in _CONSTRUCTORS else _PRIMITIVES.get(found.name, "#Object")
    return _serialized(found, scope, program, depth + 1) if depth < 16 else "#Object"


def _union(union: TypeNode, scope: Scope, program: Program, depth: int) -> str | ClassNode:
    if depth >= 16:
        return "#Object"
    kinds = {_serialized(one, scope, program, depth + 1) for one in union.arguments}
    return kinds.pop() if len(kinds) == 1 else "#Object"


def _of_value(value: Value) -> str:
    if isinstance(value, bool):
        return "#Boolean"
    return "#String" if isinstance(value, str) else "#Number" if isinstance(value, (int, float)) else "#Object"


__all__ = ["design_type"]
