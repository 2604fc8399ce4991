"""Goes through the body of a JavaScript or TypeScript function statically: the calls that it makes, in order, and notes on the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbdesign.migrations.check.migration import MigrationStatement, sql_statements
from dbdesign.readers.typescript import (
    CallNode,
    FunctionNode,
    Member,
    MethodNode,
    Reference,
    Scope,
    Template,
    Value,
    top_level,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_ALLOW = re.compile(r"(?://|--|\*)\s*dbdesign:\s*allow\s+([\w-]+)")
_MOST_ROUNDS = 1_000
_DEEPEST = 10
_SILENT = {
    "import_statement",
    "empty_statement",
    "comment",
    "function_declaration",
    "interface_declaration",
    "type_alias_declaration",
}


class NotStaticError(Exception):
    """Something that is known only by executing it."""


@dataclass
class Body:
    """What a function does: `found` collects statements, `notes` what was not read.

    Attributes:
        handle: takes a call; gives its statements as SQL, None where the call is none of the tool's.
    """

    text: str
    handle: Callable[[CallNode], list[str] | None]
    found: list[MigrationStatement] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    methods: Callable[[str], MethodNode | None] | None = None
    _rounds: int = 0

    def run(self, function: FunctionNode, args: tuple[Value, ...], depth: int = 0) -> None:
        """The statements of a function's body."""
        body = function.body
        if body is None:
            return
        scope = function.bound(args)
        if body.type == "statement_block":
            self.block(body, scope, depth)
        else:
            self.value(scope.evaluate(body), scope, depth, body.start_point.row + 1)

    def block(self, block: Node, scope: Scope, depth: int) -> None:
        """The statements of a block, in order."""
        for statement in top_level(block):
            self._statement(statement, scope, depth)

    def _statement(self, node: Node, scope: Scope, depth: int) -> None:
        kind, line = node.type, node.start_point.row + 1
        if kind in {"expression_statement", "return_statement"}:
            for inner in node.named_children:
                if inner.type != "comment":
                    self.value(scope.evaluate(inner), scope, depth, line)
        elif kind in {"lexical_declaration", "variable_declaration"}:
            self._declared(node, scope, depth, line)
        elif kind == "for_in_statement":
            self._loop(node, scope, depth, line)
        elif kind == "if_statement":
            self._condition(node, scope, depth, line)
        elif kind == "try_statement":
            body = node.child_by_field_name("body")
            if body is not None:
                self.block(body, scope, depth)
        elif kind not in _SILENT:
            self.notes.append(f"line {line}: a {kind.replace('_', ' ')} is known only by executing it")

    def _declared(self, node: Node, scope: Scope, depth: int, line: int) -> None:
        """A value that is asked of the database: `const rows = await queryRunner.query(…)`."""
        for declarator in node.named_children:
            value = declarator.child_by_field_name("value")
            if value is not None and value.type in {"await_expression", "call_expression"}:
                found = scope.evaluate(value)
                if isinstance(found, CallNode) and (value.type == "await_expression" or self._is_the_tools(found)):
                    self.value(found, scope, depth, line)

    def _is_the_tools(self, call: CallNode) -> bool:
        try:
            return bool(self.handle(call))
        except NotStaticError:
            return True

    def _loop(self, node: Node, scope: Scope, depth: int, line: int) -> None:
        left, right, body = (node.child_by_field_name(one) for one in ("left", "right", "body"))
        values = scope.evaluate(right) if right is not None else None
        if left is None or body is None or not isinstance(values, list) or depth >= _DEEPEST:
            self.notes.append(f"line {line}: a loop over values that are known only by executing it")
            return
        for value in values:
            self._rounds += 1
            if self._rounds > _MOST_ROUNDS:
                self.notes.append(f"line {line}: more than {_MOST_ROUNDS:,} rounds of loops")
                return
            inner = Scope(scope.program, scope.module, scope)
            inner.bind(left, (value,), 0)
            if body.type == "statement_block":
                self.block(body, inner, depth + 1)
            else:
                self._statement(body, inner, depth + 1)

    def _condition(self, node: Node, scope: Scope, depth: int, line: int) -> None:
        """`if (!(await knex.schema.hasTable(…)))` is taken as on an empty database; other conditions are noted."""
        condition, then = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        text = (condition.text or b"").decode("utf-8", "replace") if condition is not None else ""
        absent = re.match(r"\(\s*!.*\bhas(?:Table|Column)\b", text, re.DOTALL)
        if then is None or depth >= _DEEPEST or not absent:
            self.notes.append(f"line {line}: a condition is known only by executing it")
            return
        self.notes.append(f"line {line}: taken as where there is none yet: {' '.join(text.split())[:80]}")
        if then.type == "statement_block":
            self.block(then, scope, depth + 1)
        else:
            self._statement(then, scope, depth + 1)

    def value(self, value: Value, scope: Scope, depth: int, line: int) -> None:
        """What an expression that is a statement does."""
        if not isinstance(value, CallNode) or depth >= _DEEPEST:
            if isinstance(value, list):
                for one in value:
                    self.value(one, scope, depth + 1, line)
            return
        if isinstance(value.callee, FunctionNode):
            self.run(value.callee, value.args, depth + 1)
            return
        method = self._own(value)
        if method is not None:
            self.run(method.function, value.args, depth + 1)
        elif value.name in {"all", "resolve", "allSettled"} and value.args:
            self.value(value.args[0], scope, depth + 1, line)
        else:
            self._call(value)

    def _own(self, call: CallNode) -> MethodNode | None:
        callee = call.callee
        own = isinstance(callee, Reference) and callee.name == "this" and len(callee.path) == 1
        return self.methods(call.name) if own and self.methods is not None else None

    def _call(self, call: CallNode) -> None:
        try:
            found = self.handle(call)
        except NotStaticError as error:
            self.notes.append(f"line {call.line}: {error}")
            return
        if found is None:
            self.notes.append(f"line {call.line}: {' '.join(call.text.split())[:80]} is known only by executing it")
            return
        for sql in found:
            self.add(sql, call.line)

    def add(self, sql: str, line: int) -> None:
        """Statements of a text."""
        statements, notes = sql_statements(sql, first_line=line)
        allowed = frozenset(self._allowed(line))
        self.found += [MigrationStatement(one.sql, one.line, one.allowed | allowed) for one in statements]
        self.notes += notes

    def _allowed(self, line: int) -> Iterator[str]:
        """Hazards that a comment on the line before allows."""
        lines = self.text.split("\n")
        for number in (line - 1, line):
            if 0 < number <= len(lines):
                yield from (match[1] for match in _ALLOW.finditer(lines[number - 1]))


def constant_text(value: Value) -> str:
    """A text that is constant. Raises `NotStaticError`."""
    if isinstance(value, Template) and value.constant is not None:
        return value.constant
    if isinstance(value, str):
        return value
    raise NotStaticError("a text that is known only by executing it")


def is_member_of(value: Value, name: str) -> bool:
    """Whether a callee is a member of a parameter: `queryRunner.query`, `queryRunner.manager.query`."""
    while isinstance(value, (Member, CallNode)):
        value = value.object if isinstance(value, Member) else value.callee
    return isinstance(value, Reference) and value.name == name and value.source is None


__all__ = ["Body", "NotStaticError", "constant_text", "is_member_of"]
