"""Goes through `upgrade()` of a revision of Alembic, and gathers the statements of its operations; nothing of it is executed."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.named_types import CreateEnumType
from sqlalchemy.types import SchemaType

from dbdesign.migrations.check.migration import MigrationStatement
from dbdesign.migrations.files.alembic_operations import OPERATIONS, Arguments
from dbdesign.readers.sqlalchemy.evaluate import FAILURES
from dbdesign.readers.sqlalchemy.interpret import Interpreter, ReturnSignal
from dbdesign.readers.sqlalchemy.program import Program
from dbdesign.readers.sqlalchemy.type_classes import dialect_named
from dbdesign.readers.sqlalchemy.values import (
    IGNORED,
    External,
    Function,
    Namespace,
    Native,
    NotStaticError,
    Scope,
    Unknown,
)

_ALLOW = re.compile(r"(?:--|#)\s*dbdesign:\s*allow\s+([\w-]+)")


class Connection:
    """What `op.get_bind()` gives: `execute` is an operation, and what it answers is not known."""


class Upgrade(Interpreter):
    """Goes through a revision. An autocommit block ends the transaction before it, as Alembic does.

    Args:
        types: names of types that the history has created until then.
    """

    def __init__(self, name: str, text: str, tree: ast.Module, types: set[str]) -> None:
        path = name if name.endswith(".py") else f"{name}.py"
        super().__init__(Program({path: text}), "postgresql", self._special_name)
        self._module_read = next(iter(self.program.modules.values()), None)
        self.statements: list[MigrationStatement] = []
        self.said: list[str] = []
        self._types = types
        self._tree = tree
        self._allowed = [
            (number, match[1]) for number, line in enumerate(text.split("\n"), 1) for match in _ALLOW.finditer(line)
        ]
        self._before = 0
        self._current: ast.stmt | None = None
        self._connection = Connection()
        self._operations = Namespace(lambda name: self._operation(name, None))

    def upgrade(self) -> None:
        """The statements of `upgrade()`, in `statements`; what is known only by executing it, in `said`."""
        if self._module_read is None:
            return
        self._quiet = True
        self.load(self._module_read)
        self._quiet = False
        function = self._module_read.scope.names.get("upgrade")
        if isinstance(function, Function) and isinstance(function.body, list):
            scope = Scope(self._module_read.path, {}, self._module_read.scope)
            self._calls = 1
            try:
                self.body(function.body, scope)
            except ReturnSignal:
                return
            except NotStaticError as error:
                self._say(self._current or self._tree, str(error))

    _quiet = True

    def _special_name(self, name: str) -> Any:
        if name == "alembic.op":
            return self._operations
        if name in {"sqlalchemy.inspect", "sqlalchemy.engine.reflection.Inspector"}:
            return External("a look at the database")
        return None

    # -- operations --------------------------------------------------------------------------------------------------------

    def _operation(self, name: str, batch: tuple[Any, str] | None) -> Any:
        if name == "f":
            return Native(lambda text: text)
        if name in {"get_bind", "get_context", "invoke", "inline_literal"}:
            return Native(lambda *_, **__: self._connection)
        found = OPERATIONS.get(name)
        if found is None:
            return External(f"op.{name}")
        rule, parameters, in_batch = found
        names = [one for one in parameters if one != in_batch] if batch is not None else list(parameters)

        def operate(*arguments: Any, **keywords: Any) -> Any:
            given = Arguments(names, arguments, keywords)
            if batch is not None and in_batch:
                given.put(in_batch, batch[1])
                given.put("schema", batch[0])
            for sql in rule(given):
                self._add(sql)
            if name == "create_table":
                columns = [sa.column(one.name, one.type) for one in given.rest if isinstance(one, sa.Column)]
                return sa.table(str(given.required("table_name")), *columns)
            return None

        return Native(operate)

    def _add(self, sql: str) -> None:
        node = self._current or self._tree
        line = int(getattr(node, "lineno", 1))
        end = int(getattr(node, "end_lineno", None) or line)
        kind = re.match(r"CREATE TYPE (\S+)", sql)
        if kind is not None:
            self._types.add(kind[1])
        allowed = frozenset(name for at, name in self._allowed if self._before < at <= end)
        self.statements.append(MigrationStatement(sql, line, allowed))
        self._before = end if sql not in {"COMMIT", "BEGIN"} else self._before

    # -- statements --------------------------------------------------------------------------------------------------------

    def body(self, statements: Sequence[ast.stmt], scope: Scope) -> None:
        """Statements in order; those of which nothing is known are said."""
        for node in statements:
            before, self._current = self._current, node
            if isinstance(node, ast.While | ast.Delete | ast.Match | ast.AsyncFor | ast.AsyncWith):
                self._say(node, f"{type(node).__name__.lower()} is known only by executing it")
            super().body([node], scope)
            self._current = before

    def _expression(self, node: ast.Expr, scope: Scope) -> None:
        if not isinstance(node.value, ast.Call) or self._is_type_statement(node.value, scope):
            return
        try:
            self.evaluator.value(node.value, scope)
        except NotStaticError as error:
            self._say(node, str(error))

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        said = len(self.said)
        super()._assign(node, scope)
        value = scope.names.get(node.targets[0].id) if isinstance(node.targets[0], ast.Name) else None
        if isinstance(value, Unknown) and said == len(self.said):
            self._say(node, value.reason)

    def _is_type_statement(self, call: ast.Call, scope: Scope) -> bool:
        """`kind.create(op.get_bind())`, `sa.Enum(name="kind").drop(bind)`, `connection.execute(...)`."""
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in {"create", "drop", "execute"}:
            return False
        try:
            owner = self.evaluator.value(call.func.value, scope)
        except NotStaticError:
            return False
        if isinstance(owner, Connection) and call.func.attr == "execute" and call.args:
            operation = self._operation("execute", None)
            try:
                self.evaluator.call(operation, [self.evaluator.value(call.args[0], scope)], {}, _nowhere(scope, call))
            except NotStaticError as error:
                self._say(call, str(error))
            return True
        if not isinstance(owner, SchemaType):
            return False
        self._create_or_drop(owner, call.func.attr)
        return True

    def _create_or_drop(self, kind: Any, action: str) -> None:
        try:
            native = kind.dialect_impl(dialect_named("postgresql"))
            name = dialect_named("postgresql").identifier_preparer.format_type(native)
        except FAILURES as error:
            self._say(self._current or self._tree, str(error))
            return
        if action == "drop":
            self._types.discard(name)
            self._add(f"DROP TYPE IF EXISTS {name}")
        elif name not in self._types:
            self._add(str(CreateEnumType(native).compile(dialect=dialect_named("postgresql"))).strip())

    def _if(self, node: ast.If, scope: Scope) -> None:
        if self._quiet:
            super()._if(node, scope)
            return
        try:
            known = self.evaluator.truth(node.test, scope)
        except NotStaticError as error:
            self._say(node, f"if is known only by executing it: {error}")
            return
        self.body(node.body if known else node.orelse, scope)

    def _with(self, node: ast.With, scope: Scope) -> None:
        call = node.items[0].context_expr
        name = call.func.attr if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else ""
        if name == "autocommit_block":
            self._add("COMMIT")
            self.body(node.body, scope)
            self._current = node.body[-1]
            self._add("BEGIN")
        elif name == "batch_alter_table" and isinstance(call, ast.Call):
            self._batch(node, call, scope)
        else:
            self._say(node, "a with block is known only by executing it")

    def _batch(self, node: ast.With, call: ast.Call, scope: Scope) -> None:
        try:
            arguments = [self.evaluator.value(one, scope) for one in call.args]
            keywords = {
                one.arg: self.evaluator.value(one.value, scope)
                for one in call.keywords
                if one.arg in {"table_name", "schema"}
            }
        except NotStaticError as error:
            self._say(node, str(error))
            return
        given = Arguments(("table_name", "schema"), arguments, {str(key): value for key, value in keywords.items()})
        table = (given.get("schema"), str(given.required("table_name")))
        variable = node.items[0].optional_vars
        if isinstance(variable, ast.Name):
            scope.names[variable.id] = Namespace(lambda name: self._operation(name, table))
        self.body(node.body, scope)

    def _say(self, node: ast.AST, reason: str) -> None:
        if not self._quiet:
            self.said.append(f"line {getattr(node, 'lineno', 1)}: {reason}")

    def say(self, node: ast.AST, scope: Scope, reason: str) -> None:  # noqa: ARG002 - the contract's
        """That a piece was not understood: part of a statement, of which that is said."""
        self._say(node, reason)


def _nowhere(scope: Scope, node: ast.AST) -> Any:
    from dbdesign.readers.sqlalchemy.values import Place

    return Place(scope.path, int(getattr(node, "lineno", 1)))


__all__ = ["IGNORED", "Upgrade"]
