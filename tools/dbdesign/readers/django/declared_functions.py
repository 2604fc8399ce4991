"""Func subclasses that a project defines, as far as their class attributes say what they become."""

from __future__ import annotations

from collections.abc import Mapping

from dbdesign.readers.django.evaluate import Evaluator, Scope
from dbdesign.readers.django.project import ClassDeclaration
from dbdesign.readers.django.state import Registry
from dbdesign.readers.django.values import Called, ClassValue, Reference


def class_texts(value: Called, registry: Registry) -> Mapping[str, str | None] | None:
    """`function`, `template` and `arg_joiner` of the class that is called, and `base`, the last of Django's classes that it derives from.

    None where it does not derive from an expression of Django's.
    """
    evaluator: Evaluator | None = registry.evaluator
    declaration = value.declaration
    found: dict[str, str | None] = {}
    for _ in range(30):
        if declaration is None or evaluator is None:
            return None
        scope = Scope(declaration.module, declaration)
        for name in ("function", "template", "arg_joiner"):
            if name in declaration.names and name not in found:
                text = evaluator.definition(declaration.names[name], scope)
                found[name] = text if isinstance(text, str) else None
        if any(name in declaration.names for name in ("as_sql", "as_postgresql", "__init__")):
            return None
        base = _base(declaration, evaluator)
        if isinstance(base, Reference):
            return {**found, "base": base.last}
        declaration = base
    return None


def _base(declaration: ClassDeclaration, evaluator: Evaluator) -> Reference | ClassDeclaration | None:
    for node in declaration.node.bases:
        value = evaluator.value(node, Scope(declaration.module, declaration.outer))
        if isinstance(value, ClassValue):
            return value.declaration
        if isinstance(value, Reference):
            return value
    return None
