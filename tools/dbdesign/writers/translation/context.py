"""What every step of a translation knows, and how a step says that it cannot go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from sqlglot import exp
from sqlglot.errors import ErrorLevel

from dbdesign.model.schema import Engine
from dbdesign.model.types import Kind

OURS, PREDICATE = "ours", "predicate"
Node = TypeVar("Node", bound=exp.Expr)


class Family(StrEnum):
    """Engines that spell expressions alike; the value is the name of sqlglot's dialect."""

    POSTGRES = "postgres"
    MYSQL = "mysql"
    TSQL = "tsql"
    SQLITE = "sqlite"


FAMILIES = {
    Engine.POSTGRESQL: Family.POSTGRES,
    Engine.COCKROACHDB: Family.POSTGRES,
    Engine.MYSQL: Family.MYSQL,
    Engine.TIDB: Family.MYSQL,
    Engine.SQLSERVER: Family.TSQL,
    Engine.SQLITE: Family.SQLITE,
}
DIVIDES_EXACTLY = frozenset({Engine.MYSQL, Engine.TIDB, Engine.COCKROACHDB})
"""Engines where integer / integer is not an integer (MySQL 8.4 manual 14.6.1; CockroachDB: Functions and Operators, `/`)."""


class UntranslatableError(Exception):
    """This expression has no faithful spelling in the target. Never leaves `writers.translate`."""


@dataclass(frozen=True)
class Context:
    """Of one translation.

    Attributes:
        kinds: of the columns, by name, as far as the caller told them.
        kind: of the column that a default is for.
        immutable: clocks and random values are refused.
        allowed: the kinds of nodes that pass as they are.
    """

    source: Engine
    target: Engine
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    kind: Kind | None = None
    immutable: bool = False
    allowed: frozenset[type[exp.Expr]] = frozenset()

    @property
    def reads(self) -> Family:
        """The family of the source."""
        return FAMILIES[self.source]

    @property
    def writes(self) -> Family:
        """The family of the target."""
        return FAMILIES[self.target]

    def kind_of(self, node: exp.Expr | None) -> Kind | None:
        """The kind of an expression that is a column in parentheses, where it is known."""
        bare = unwrapped(node)
        return self.kinds.get(bare.name) if isinstance(bare, exp.Column) else None


Rewrite = Callable[[exp.Expr, Context], exp.Expr]


def rewrite(tree: exp.Expr, rules: Mapping[type[exp.Expr], Rewrite], context: Context) -> None:
    """Apply the rules to every node below `tree`, children before parents. The tree itself, a SELECT, is never replaced."""
    for node in reversed(list(tree.walk(bfs=False))):
        rule = rules.get(type(node))
        if rule is not None and node is not tree:
            replaced = rule(node, context)
            if replaced is not node:
                node.replace(replaced)


def unwrapped(node: exp.Expr | None) -> exp.Expr | None:
    """The expression inside any parentheses."""
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def ours(node: Node, *, predicate: bool = False) -> Node:
    """Mark a node as one that we have spelt for the target."""
    node.meta[OURS] = True
    if predicate:
        node.meta[PREDICATE] = True
    return node


def call(name: str, *arguments: exp.Expr | str | int) -> exp.Expr:
    """A function call that the target has, printed as it is."""
    return ours(exp.Anonymous(this=name, expressions=[_argument(one) for one in arguments]))


def _argument(value: exp.Expr | str | int) -> exp.Expr:
    if isinstance(value, exp.Expr):
        return value.copy() if value.parent else value
    return exp.Literal.string(value) if isinstance(value, str) else exp.Literal.number(value)


def raw(text: str) -> exp.Expr:
    """A word or call that the target has, printed as it is."""
    return ours(exp.Var(this=text))


def check(tree: exp.Expr, context: Context) -> None:
    """Raise `UntranslatableError` where a node is left that is neither ours nor understood alike by every engine."""
    for node in tree.walk(prune=lambda node: isinstance(node, exp.DataType)):
        if type(node) not in context.allowed and not node.meta.get(OURS):
            raise UntranslatableError(type(node).__name__)


def text_of(node: exp.Expr, context: Context) -> str:
    """The SQL of a part that has been spelt already, checked: what is in the text cannot be checked again."""
    check(node, context)
    return str(node.sql(dialect=context.writes, unsupported_level=ErrorLevel.RAISE, comments=False))


def compound(template: str, parts: Iterable[exp.Expr], context: Context, *, predicate: bool = False) -> exp.Expr:
    """An operator expression in parentheses from a template with one `{}` a part; the parts must be spelt already."""
    spelt = [text_of(part, context) for part in parts]
    return ours(exp.Paren(this=ours(exp.Var(this=template.format(*spelt)), predicate=predicate)), predicate=predicate)
