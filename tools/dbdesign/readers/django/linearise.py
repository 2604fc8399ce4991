"""The method resolution order of a class of the sources (C3, as Python has it)."""

from __future__ import annotations

from dbdesign.readers.django.evaluate import Evaluator, Scope
from dbdesign.readers.django.project import ClassDeclaration
from dbdesign.readers.django.values import Called, ClassValue, Reference

MAX_DEPTH = 60


def linearised(declaration: ClassDeclaration, evaluator: Evaluator) -> tuple[list[ClassDeclaration], list[Reference]]:
    """The ancestors of a class, nearest first and without itself, and the bases that lead out of the sources."""
    strangers: dict[str, Reference] = {}
    order = _merged(declaration, evaluator, strangers, set(), 0)
    return order[1:], list(strangers.values())


def direct_bases(declaration: ClassDeclaration, evaluator: Evaluator) -> list[ClassDeclaration]:
    """The bases of a class that the sources have."""
    return [one for one in _bases(declaration, evaluator) if isinstance(one, ClassDeclaration)]


def _bases(declaration: ClassDeclaration, evaluator: Evaluator) -> list[ClassDeclaration | Reference]:
    found: list[ClassDeclaration | Reference] = []
    for node in declaration.node.bases:
        value = evaluator.value(node, Scope(declaration.module, declaration.outer))
        if isinstance(value, Called) and value.last == "with_metaclass" and len(value.args) > 1:
            value = value.args[1]
        if isinstance(value, ClassValue):
            found.append(value.declaration)
        elif isinstance(value, Reference):
            found.append(value)
    return found


def _merged(
    declaration: ClassDeclaration,
    evaluator: Evaluator,
    strangers: dict[str, Reference],
    above: set[int],
    depth: int,
) -> list[ClassDeclaration]:
    if id(declaration) in above or depth > MAX_DEPTH:
        return []
    found = _bases(declaration, evaluator)
    strangers.update({one.path: one for one in found if isinstance(one, Reference)})
    bases = [one for one in found if isinstance(one, ClassDeclaration)]
    inner = [_merged(one, evaluator, strangers, above | {id(declaration)}, depth + 1) for one in bases]
    return [declaration, *_c3([*(list(one) for one in inner if one), [one for one in bases if id(one) not in above]])]


def _c3(lists: list[list[ClassDeclaration]]) -> list[ClassDeclaration]:
    found: list[ClassDeclaration] = []
    while lists := [one for one in lists if one]:
        head = next(
            (one[0] for one in lists if not any(one[0] in other[1:] for other in lists)),
            lists[0][0],  # no order satisfies all: Python would refuse the class
        )
        found.append(head)
        lists = [[other for other in one if other is not head] for one in lists]
    return found
