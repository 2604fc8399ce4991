"""Goes through `upgrade()` of a revision of Alembic, and gathers the statements of its operations; nothing of it is executed."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import copy
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.named_types import CreateEnumType
from sqlalchemy.sql.elements import conv
from sqlalchemy.types import SchemaType, TypeEngine

from dbdesign.migrations.check.migration import MigrationStatement
from dbdesign.migrations.files.alembic_database import Connection, connection, inspector
from dbdesign.migrations.files.alembic_operations import OPERATIONS, Arguments
from dbdesign.migrations.predict.state import State
from dbdesign.readers.sqlalchemy.evaluate import FAILURES, Evaluator, bind
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

_EXISTING = frozenset(
    f"existing_{one}" for one in ("type", "nullable", "server_default", "comment", "autoincrement", "schema")
)
"""Keywords of `alter_column` that say what PostgreSQL knows."""
_OF_NO_ACCOUNT = frozenset({"logging", "structlog", "warnings", "click", "tqdm", "time"})
"""Packages whose functions say nothing of a schema."""

_ALLOW = re.compile(r"(?:--|#)\s*dbdesign:\s*allow\s+([\w-]+)")


class _Continue(Exception):  # noqa: N818 - control flow of the program that is read
    """A `continue` was reached."""


class _Break(Exception):  # noqa: N818
    """A `break` was reached."""


_TYPES_BY_NAME: Mapping[str, Any] = {
    "uuid": sa.Uuid(),
    "guid": sa.Uuid(),
    "json": postgresql.JSONB(),
    "timestamp": sa.DateTime(timezone=True),
    "datetime": sa.DateTime(timezone=True),
}
"""What stands in the place of a type that is not read, by what its name has in it."""


class _TolerantOfTypes(Evaluator):
    """Takes text for the type of a column that is of a package which is not read, and says so: its table is there all the same."""

    _in_column = 0

    def _call(self, node: ast.Call, scope: Scope) -> Any:
        name = _last_name(node.func)
        self._in_column += name == "Column"
        try:
            return super()._call(node, scope)
        finally:
            self._in_column -= name == "Column"

    def _elements(self, nodes: list[ast.expr], scope: Scope) -> list[Any]:
        return [one for node in nodes for one in self._elements_of(node, scope)]

    def _elements_of(self, node: ast.expr, scope: Scope) -> list[Any]:
        try:
            found = super()._elements([node], scope)
        except NotStaticError as error:
            if not self._is_a_type(node):
                raise
            return [self._stand_in(node, scope, str(error))]
        if len(found) == 1 and isinstance(found[0], External) and self._is_a_type(node):
            return [self._stand_in(node, scope, f"{found[0].name} is of a package that is not read")]
        return found

    def _is_a_type(self, node: ast.expr) -> bool:
        """Whether an argument of a column is named as types are, and none of what else may stand there."""
        name = _last_name(node.func if isinstance(node, ast.Call) else node)
        known = getattr(sa, name, TypeEngine)
        return (
            bool(self._in_column) and name[:1].isupper() and isinstance(known, type) and issubclass(known, TypeEngine)
        )

    def _stand_in(self, node: ast.expr, scope: Scope, reason: str) -> Any:
        name = _last_name(node.func if isinstance(node, ast.Call) else node).lower()
        kind = next((kind for word, kind in _TYPES_BY_NAME.items() if word in name), sa.Text())
        self._world.say(node, scope, f"{reason}: {type(kind).__name__} stands in its place")
        return kind

    def _keywords(self, node: ast.Call, scope: Scope, lenient: frozenset[str]) -> dict[str, Any]:
        """A type that is not known is left out of `alter_column`, which may say more than that."""
        known = copy(node)
        known.keywords = []
        for one in node.keywords:
            if one.arg == "type_":
                try:
                    self.argument(self.value(one.value, scope), _nowhere(scope, node))
                except NotStaticError as error:
                    self._world.say(one.value, scope, f"{error}: this change of the type is left out")
                    continue
            known.keywords.append(one)
        return super()._keywords(known, scope, lenient)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


class Upgrade(Interpreter):
    """Goes through a revision. An autocommit block ends the transaction before it, as Alembic does.

    Args:
        memo: names of those that its tables have created.
        beside: the modules that the revision imports, by path.
        types: names of types that the history has created until then.
        history: what the revisions before have made, which this one adds to; None where some of them are not here.
    """

    def __init__(
        self,
        name: str,
        text: str,
        tree: ast.Module,
        types: set[str],
        *,
        memo: set[str] | None = None,
        beside: Mapping[str, str] | None = None,
        history: State | None = None,
    ) -> None:
        path = name if name.endswith(".py") else f"{name}.py"
        super().__init__(Program({path: text, **(beside or {})}), "postgresql", self._special_name)
        self.evaluator = _TolerantOfTypes(self)
        self._module_read = self.program.modules.get(path)
        self._history = history
        self.statements: list[MigrationStatement] = []
        self.said: list[str] = []
        self._types = types
        self._memo = set() if memo is None else memo
        self._tree = tree
        self._allowed = [
            (number, match[1]) for number, line in enumerate(text.split("\n"), 1) for match in _ALLOW.finditer(line)
        ]
        self._before = 0
        self._current: ast.stmt | None = None
        self._connection = connection(history)
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
        if name.startswith("alembic.op."):
            return self._operation(name.removeprefix("alembic.op."), None)
        if name == "sqlalchemy.inspect":
            return Native(lambda *_, **__: self._inspector())
        if name.startswith("sqlalchemy.") and name.endswith(".Inspector"):
            return Namespace(lambda _: Native(lambda *_, **__: self._inspector()))
        if name == "alembic.context.is_offline_mode":
            return Native(lambda: False)
        if name.partition(".")[0] in _OF_NO_ACCOUNT:
            return IGNORED
        if name == "alembic.context.get_context":
            return Native(lambda: self._connection)
        return None

    def _inspector(self) -> Any:
        if self._history is None:
            raise NotStaticError("a look at the database needs the revisions before, which are not here")
        return inspector(self._history)

    # -- operations --------------------------------------------------------------------------------------------------------

    def _operation(self, name: str, batch: tuple[Any, str] | None) -> Any:
        if name == "f":
            return Native(conv)
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
                if not (name == "create_table" and self._is_made_already(sql)):
                    self._add(sql)
            if name == "create_table":
                columns = [sa.column(one.name, one.type) for one in given.rest if isinstance(one, sa.Column)]
                return sa.table(str(given.required("table_name")), *columns)
            return None

        return Native(operate, lenient=_EXISTING)

    def _is_made_already(self, sql: str) -> bool:
        """Whether a table before this one has made the type: in one run Alembic makes it once (the `memo` of its DDL runner)."""
        kind = re.match(r"CREATE TYPE (\S+)", sql)
        if kind is None:
            return False
        made = kind[1] in self._memo
        self._memo.add(kind[1])
        return made

    def _add(self, sql: str) -> None:
        node = self._current or self._tree
        line = int(getattr(node, "lineno", 1))
        end = int(getattr(node, "end_lineno", None) or line)
        kind = re.match(r"CREATE TYPE (\S+)", sql)
        if kind is not None:
            self._types.add(kind[1])
        allowed = frozenset(name for at, name in self._allowed if self._before < at <= end)
        self.statements.append(MigrationStatement(sql, line, allowed))
        if self._history is not None:
            self._history.apply(sql)
        self._before = end if sql not in {"COMMIT", "BEGIN"} else self._before

    # -- statements --------------------------------------------------------------------------------------------------------

    def body(self, statements: Sequence[ast.stmt], scope: Scope) -> None:
        """Statements in order; those of which nothing is known are said."""
        for node in statements:
            before, self._current = self._current, node
            if isinstance(node, ast.Continue | ast.Break):
                raise _Continue if isinstance(node, ast.Continue) else _Break
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
        if len(node.items) > 1:  # as if each stood in the one before
            inner = ast.copy_location(ast.With(node.items[1:], node.body), node)
            ast.fix_missing_locations(inner)
            self._with(ast.copy_location(ast.With(node.items[:1], [inner]), node), scope)
            return
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
            self._say(node, "what a with block does around its statements is known only by executing it")
            given = node.items[0].optional_vars
            if given is not None:
                bind(given, Unknown("what a with block gives is not known"), scope)
            self.body(node.body, scope)

    def _for(self, node: ast.For, scope: Scope) -> None:
        try:
            values = self.evaluator.iterable(node.iter, scope)
        except NotStaticError as error:
            self._say(node, f"for is known only by executing it: {error}")
            return
        try:
            for one in values:
                bind(node.target, one, scope)
                with self.evaluator.deeper(), suppress(_Continue):
                    self.body(node.body, scope)
        except _Break:
            return
        self.body(node.orelse, scope)

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
        unknown = next((one for one in [*arguments, *keywords.values()] if isinstance(one, External)), None)
        if unknown is not None:
            self._say(node, f"{unknown.name} is of a package that is not read")
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
