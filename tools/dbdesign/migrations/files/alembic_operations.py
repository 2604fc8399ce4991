"""The operations of Alembic as PostgreSQL statements. Arguments are literals, and types, columns and constraints of SQLAlchemy."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import AddConstraint, CreateColumn, CreateTable, SchemaItem
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeEngine

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.engines.postgres import split_script

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_ALLOWED_FUNCTIONS = {"text", "func", "null", "true", "false", "literal_column"}


class NotStaticError(Exception):
    """An argument or an operation that only running the program would give; the text says which."""


class Operations:
    """Writes calls of `op` as SQL.

    Args:
        names: values that the module has assigned to names.
    """

    def __init__(self, names: Mapping[str, object]) -> None:
        self._names = names

    # -- values ------------------------------------------------------------------------------------------------------------

    def value(self, node: ast.AST) -> Any:
        """What an expression is: a literal, an assigned name, or an object of SQLAlchemy's that holds no more than it says."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self.value(one) for one in node.elts]
        if isinstance(node, ast.Dict):
            return {
                self.value(key): self.value(one)
                for key, one in zip(node.keys, node.values, strict=True)
                if key is not None
            }
        if isinstance(node, ast.Name) and node.id in self._names:
            return self._names[node.id]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self.value(node.left) + self.value(node.right)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -self.value(node.operand)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Call):
            return self._construct(node)
        raise NotStaticError(f"{ast.unparse(node)[:80]} is known only by executing it")

    def _attribute(self, node: ast.Attribute) -> Any:
        """A type without its parentheses: `sa.Integer`."""
        found = self._lookup(node)
        if isinstance(found, type) and issubclass(found, TypeEngine):
            return found
        raise NotStaticError(f"{ast.unparse(node)[:80]} is known only by executing it")

    def _lookup(self, node: ast.AST) -> Any:
        """A name of SQLAlchemy's: `sa.Column`, `postgresql.JSONB`, `sa.dialects.postgresql.UUID`."""
        path = ast.unparse(node).split(".")
        module: Any = postgresql if "postgresql" in path[:-1] else sa
        name = path[-1]
        if len(path) > 1 and path[-2] == "func":
            return getattr(sa.func, name)
        found = getattr(module, name, None)
        allowed = isinstance(found, type) and issubclass(found, (TypeEngine, SchemaItem))
        if found is None or not (allowed or name in _ALLOWED_FUNCTIONS):
            raise NotStaticError(f"{ast.unparse(node)[:80]} is not one of SQLAlchemy's types, columns or constraints")
        return found

    def _construct(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "f" and len(node.args) == 1:
            return self.value(node.args[0])  # op.f('name')
        made = self._lookup(node.func)
        arguments = [self.value(one) for one in node.args]
        keywords = {one.arg: self.value(one.value) for one in node.keywords if one.arg is not None}
        try:
            return made(*arguments, **keywords)
        except (sqlalchemy.exc.SQLAlchemyError, TypeError, ValueError) as error:
            raise NotStaticError(f"{ast.unparse(node)[:80]}: {error}") from None

    # -- operations --------------------------------------------------------------------------------------------------------

    def table_of_batch(self, call: ast.Call) -> tuple[str | None, str]:
        """Namespace and name of a batch's table."""
        arguments = _Arguments(self, call, ("table_name", "schema"))
        return arguments.get("schema"), str(arguments.required("table_name"))

    def statements(self, call: ast.Call, *, batch: tuple[str | None, str] | None = None) -> Iterator[str]:
        """A call as SQL.

        Args:
            batch: the table of the batch that it stands in.

        Raises:
            NotStaticError: where the operation or an argument is known only by executing it.
        """
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        found = _OPERATIONS.get(name)
        if found is None:
            raise NotStaticError(f"{ast.unparse(call.func)[:60]} is not written as SQL")
        rule, parameters, in_batch = found
        names = [one for one in parameters if one != in_batch] if batch is not None else list(parameters)
        arguments = _Arguments(self, call, names)
        if batch is not None and in_batch:
            arguments.put(in_batch, batch[1])
            arguments.put("schema", batch[0])
        try:
            yield from rule(arguments)
        except (sqlalchemy.exc.SQLAlchemyError, TypeError, AttributeError) as error:
            raise NotStaticError(f"{name}: {error}") from None


class _Arguments:
    """The arguments of a call by name."""

    def __init__(self, operations: Operations, call: ast.Call, names: Sequence[str]) -> None:
        self._values: dict[str, Any] = {}
        self.rest: list[Any] = []
        for number, node in enumerate(call.args):
            value = operations.value(node)
            if number < len(names) and not names[number].startswith("*"):
                self._values[names[number]] = value
            else:
                self.rest.append(value)
        for keyword in call.keywords:
            if keyword.arg is not None:
                self._values[keyword.arg] = operations.value(keyword.value)

    def put(self, name: str, value: object) -> None:
        """Set one."""
        self._values[name] = value

    def get(self, name: str, default: Any = None) -> Any:
        """One that may be absent."""
        return self._values.get(name, default)

    def has(self, name: str) -> bool:
        """Whether it was given."""
        return name in self._values

    def required(self, name: str) -> Any:
        """One that must be there."""
        if name not in self._values:
            raise NotStaticError(f"the argument {name} is missing")
        return self._values[name]

    def table(self, name: str = "table_name", schema: str = "schema") -> str:
        """A table as SQL."""
        return DIALECT.qualified(_namespace(self.get(schema)), str(self.required(name)))


def _namespace(value: object) -> str | None:
    return None if value in (None, "public") else str(value)


def _quoted(name: object) -> str:
    return DIALECT.identifier(str(name))


def _listed(names: Sequence[object]) -> str:
    return ", ".join(map(_quoted, names))


def _sql(value: Any) -> str:
    """A clause, a string or a type as SQL."""
    if isinstance(value, type) and issubclass(value, TypeEngine):
        value = value()
    if isinstance(value, TypeEngine):
        return str(value.compile(dialect=_DIALECT))
    if isinstance(value, ClauseElement):
        return str(value.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))
    return str(value)


def _default(value: Any) -> str:
    """A server default: text() as it is, a string as a literal."""
    return _sql(value) if isinstance(value, ClauseElement) else DIALECT.literal(str(value))


def _scratch_table(name: str, namespace: object, items: Sequence[Any]) -> sa.Table:
    """A table of SQLAlchemy's whose foreign keys need not be resolved."""
    return sa.Table(name, sa.MetaData(), *items, schema=_namespace(namespace))


def _create_table(given: _Arguments) -> Iterator[str]:
    table = _scratch_table(str(given.required("table_name")), given.get("schema"), given.rest)
    for key in table.foreign_key_constraints:
        _stand_in(table.metadata, key)
    yield str(CreateTable(table).compile(dialect=_DIALECT)).strip()
    for column in table.columns:
        if column.index:
            yield f"CREATE INDEX {_quoted(f'ix_{table.name}_{column.name}')} ON {given.table()} ({_quoted(column.name)})"


def _stand_in(metadata: sa.MetaData, key: sa.ForeignKeyConstraint) -> None:
    """The tables that foreign keys name, so that they can be written."""
    for element in key.elements:
        *place, name, column = element.target_fullname.split(".")
        namespace = place[0] if place else None
        full = f"{namespace}.{name}" if namespace else name
        if full not in metadata.tables:
            sa.Table(name, metadata, schema=namespace)
        if column not in metadata.tables[full].columns:
            metadata.tables[full].append_column(sa.Column(column, sa.Integer))


def _add_column(given: _Arguments) -> Iterator[str]:
    column = given.required("column")
    table = _scratch_table(str(given.required("table_name")), given.get("schema"), [column])
    keys = list(table.foreign_key_constraints)
    for key in keys:
        _stand_in(table.metadata, key)
    exists = "IF NOT EXISTS " if given.get("if_not_exists") else ""
    yield f"ALTER TABLE {given.table()} ADD COLUMN {exists}{str(CreateColumn(column).compile(dialect=_DIALECT)).strip()}"
    for constraint in table.constraints:
        if not isinstance(constraint, sa.PrimaryKeyConstraint):
            yield str(AddConstraint(constraint).compile(dialect=_DIALECT)).strip()
    if column.index:
        yield f"CREATE INDEX {_quoted(f'ix_{table.name}_{column.name}')} ON {given.table()} ({_quoted(column.name)})"


def _drop_column(given: _Arguments) -> Iterator[str]:
    exists = "IF EXISTS " if given.get("if_exists") else ""
    yield f"ALTER TABLE {given.table()} DROP COLUMN {exists}{_quoted(given.required('column_name'))}"


def _alter_column(given: _Arguments) -> Iterator[str]:
    column, table = _quoted(given.required("column_name")), given.table()
    if given.get("nullable") is not None:
        yield f"ALTER TABLE {table} ALTER COLUMN {column} {'DROP' if given.get('nullable') else 'SET'} NOT NULL"
    if given.get("type_") is not None:
        using = f" USING {given.get('postgresql_using')}" if given.get("postgresql_using") else ""
        yield f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {_sql(given.get('type_'))}{using}"
    if given.has("server_default") and given.get("server_default") is not False:
        value = given.get("server_default")
        action = "DROP DEFAULT" if value is None else f"SET DEFAULT {_default(value)}"
        yield f"ALTER TABLE {table} ALTER COLUMN {column} {action}"
    if given.get("comment") is not None:
        yield f"COMMENT ON COLUMN {table}.{column} IS {DIALECT.literal(str(given.get('comment')))}"
    if given.get("new_column_name"):
        yield f"ALTER TABLE {table} RENAME COLUMN {column} TO {_quoted(given.get('new_column_name'))}"


def _create_index(given: _Arguments) -> Iterator[str]:
    keys = [_sql(one) if isinstance(one, ClauseElement) else _quoted(one) for one in given.required("columns")]
    unique = "UNIQUE " if given.get("unique") else ""
    concurrently = "CONCURRENTLY " if given.get("postgresql_concurrently") else ""
    exists = "IF NOT EXISTS " if given.get("if_not_exists") else ""
    method = f" USING {given.get('postgresql_using')}" if given.get("postgresql_using") else ""
    include = f" INCLUDE ({_listed(given.get('postgresql_include'))})" if given.get("postgresql_include") else ""
    where = f" WHERE {_sql(given.get('postgresql_where'))}" if given.get("postgresql_where") is not None else ""
    name = _quoted(given.required("index_name"))
    yield f"CREATE {unique}INDEX {concurrently}{exists}{name} ON {given.table()}{method} ({', '.join(keys)}){include}{where}"


def _drop_index(given: _Arguments) -> Iterator[str]:
    concurrently = "CONCURRENTLY " if given.get("postgresql_concurrently") else ""
    exists = "IF EXISTS " if given.get("if_exists") else ""
    yield f"DROP INDEX {concurrently}{exists}{DIALECT.qualified(_namespace(given.get('schema')), str(given.required('index_name')))}"


def _constraint(given: _Arguments, table: str, text: str) -> str:
    name = given.get("constraint_name")
    valid = " NOT VALID" if given.get("postgresql_not_valid") else ""
    return f"ALTER TABLE {table} ADD {f'CONSTRAINT {_quoted(name)} ' if name else ''}{text}{valid}"


def _foreign_key(given: _Arguments) -> Iterator[str]:
    actions = "".join(
        f" {word} {given.get(key)}"
        for key, word in (("ondelete", "ON DELETE"), ("onupdate", "ON UPDATE"))
        if given.get(key)
    )
    actions += " DEFERRABLE" if given.get("deferrable") else ""
    actions += f" INITIALLY {given.get('initially')}" if given.get("initially") else ""
    target = given.table("referent_table", "referent_schema")
    text = f"FOREIGN KEY ({_listed(given.required('local_cols'))}) REFERENCES {target} ({_listed(given.required('remote_cols'))}){actions}"
    yield _constraint(
        given, given.table("source_table", "source_schema" if given.has("source_schema") else "schema"), text
    )


def _unique(given: _Arguments) -> Iterator[str]:
    yield _constraint(given, given.table(), f"UNIQUE ({_listed(given.required('columns'))})")


def _primary_key(given: _Arguments) -> Iterator[str]:
    yield _constraint(given, given.table(), f"PRIMARY KEY ({_listed(given.required('columns'))})")


def _check(given: _Arguments) -> Iterator[str]:
    yield _constraint(given, given.table(), f"CHECK ({_sql(given.required('condition'))})")


def _drop_constraint(given: _Arguments) -> Iterator[str]:
    exists = "IF EXISTS " if given.get("if_exists") else ""
    yield f"ALTER TABLE {given.table()} DROP CONSTRAINT {exists}{_quoted(given.required('constraint_name'))}"


def _drop_table(given: _Arguments) -> Iterator[str]:
    yield f"DROP TABLE {'IF EXISTS ' if given.get('if_exists') else ''}{given.table()}"


def _rename_table(given: _Arguments) -> Iterator[str]:
    yield f"ALTER TABLE {given.table('old_table_name')} RENAME TO {_quoted(given.required('new_table_name'))}"


def _execute(given: _Arguments) -> Iterator[str]:
    yield from (one.sql for one in split_script(_sql(given.required("sqltext"))).statements)


def _comment(given: _Arguments) -> Iterator[str]:
    yield f"COMMENT ON TABLE {given.table()} IS {DIALECT.literal(str(given.get('comment')))}"


def _drop_comment(given: _Arguments) -> Iterator[str]:
    yield f"COMMENT ON TABLE {given.table()} IS NULL"


_Rule = Callable[[_Arguments], Iterator[str]]
_OPERATIONS: dict[str, tuple[_Rule, tuple[str, ...], str]] = {
    "create_table": (_create_table, ("table_name", "*"), ""),
    "drop_table": (_drop_table, ("table_name",), ""),
    "rename_table": (_rename_table, ("old_table_name", "new_table_name"), ""),
    "add_column": (_add_column, ("table_name", "column"), "table_name"),
    "drop_column": (_drop_column, ("table_name", "column_name"), "table_name"),
    "alter_column": (_alter_column, ("table_name", "column_name"), "table_name"),
    "create_index": (_create_index, ("index_name", "table_name", "columns"), "table_name"),
    "drop_index": (_drop_index, ("index_name", "table_name"), "table_name"),
    "create_foreign_key": (
        _foreign_key, ("constraint_name", "source_table", "referent_table", "local_cols", "remote_cols"), "source_table",
    ),
    "create_unique_constraint": (_unique, ("constraint_name", "table_name", "columns"), "table_name"),
    "create_primary_key": (_primary_key, ("constraint_name", "table_name", "columns"), "table_name"),
    "create_check_constraint": (_check, ("constraint_name", "table_name", "condition"), "table_name"),
    "drop_constraint": (_drop_constraint, ("constraint_name", "table_name"), "table_name"),
    "create_table_comment": (_comment, ("table_name", "comment"), "table_name"),
    "drop_table_comment": (_drop_comment, ("table_name",), "table_name"),
    "execute": (_execute, ("sqltext",), ""),
}  # fmt: skip
"""By name: how it is written, its positional parameters, and the one that a batch's table takes the place of."""
