"""TypeScript and JavaScript sources read statically: a module graph, constants across files, classes with their decorators.

`Program(files)` is the way in. It follows imports (`export *`, `require`, `tsconfig` paths), evaluates what is constant into Python
values, and keeps calls, references and functions as nodes, so that a reader of an ORM's declarations sees their arguments. Nothing of
the program is run. Depth, size and work are limited: what is beyond the limits is an `Unknown` with its reason.
"""

from __future__ import annotations

from dbdesign.readers.typescript.builtins import text_value
from dbdesign.readers.typescript.classes import ClassNode, Decorator, FieldNode, FunctionNode, MethodNode
from dbdesign.readers.typescript.evaluation import member_of
from dbdesign.readers.typescript.modules import Declaration, Module, top_level
from dbdesign.readers.typescript.program import Program
from dbdesign.readers.typescript.scopes import ModuleValue, Scope
from dbdesign.readers.typescript.syntax import SUFFIXES, SyntaxProblem
from dbdesign.readers.typescript.types import TypeNode
from dbdesign.readers.typescript.values import (
    UNDEFINED,
    CallNode,
    EnumNode,
    Member,
    ObjectValue,
    Operation,
    Reference,
    Regex,
    Spread,
    Template,
    Undefined,
    Unknown,
    Value,
    alternatives,
    is_constant,
)

__all__ = [
    "SUFFIXES",
    "UNDEFINED",
    "CallNode",
    "ClassNode",
    "Declaration",
    "Decorator",
    "EnumNode",
    "FieldNode",
    "FunctionNode",
    "Member",
    "MethodNode",
    "Module",
    "ModuleValue",
    "ObjectValue",
    "Operation",
    "Program",
    "Reference",
    "Regex",
    "Scope",
    "Spread",
    "SyntaxProblem",
    "Template",
    "TypeNode",
    "Undefined",
    "Unknown",
    "Value",
    "alternatives",
    "is_constant",
    "member_of",
    "text_value",
    "top_level",
]
