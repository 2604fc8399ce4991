"""The operations of Alembic as PostgreSQL statements. Arguments are literals, and types, columns and constraints of SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.schema import AddConstraint, CreateColumn, CreateIndex
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import NULLTYPE, TypeEngine

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.engines.postgres import split_script
from dbdesign.readers.sqlalchemy.values import NotStaticError

_DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call] # this one doubles no percent signs


class Arguments:
    """The arguments of an operation by name."""

    def __init__(self, names: Sequence[str], arguments: Sequence[Any], keywords: Mapping[str, Any]) -> None:
        self._values: dict[str, Any] = {}
        self.rest: list[Any] = []
        for number, value in enumerate(arguments):
            if number < len(names) and not names[number].startswith("*"):
                self._values[names[number]] = value
            else:
                self.rest.append(value)
        self._values.update(keywords)

    def dialect_options(self) -> dict[str, Any]:
        """Keywords of PostgreSQL's own."""
        return {name: value for name, value in self._values.items() if name.startswith("postgresql_")}

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


def _scratch_table(name: str, namespace: object, items: Sequence[Any], **keywords: Any) -> sa.Table:
    """A table of SQLAlchemy's whose foreign keys need not be resolved."""
    copies = [one._copy() if isinstance(one, sa.Column) and one.table is not None else one for one in items]  # noqa: SLF001 - a column belongs to one table
    return sa.Table(name, sa.MetaData(), *copies, schema=_namespace(namespace), **keywords)


def _create_table(given: Arguments) -> Iterator[str]:
    table = _scratch_table(str(given.required("table_name")), given.get("schema"), given.rest, **_table_keywords(given))
    for key in table.foreign_key_constraints:
        _stand_in(table.metadata, key)
    yield from created(table, if_not_exists=bool(given.get("if_not_exists")))


def created(table: sa.Table, *, if_not_exists: bool = False) -> Iterator[str]:
    """What creates a table and the types, indexes and comments that go with it."""
    statements: list[str] = []

    def execute(statement: Any, *_: Any, **__: Any) -> None:
        statements.append(str(statement.compile(dialect=_DIALECT)).strip())

    table.create(MockConnection(_DIALECT, execute), checkfirst=False)
    for one in statements:
        yield (
            one.replace("CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ", 1)
            if if_not_exists and one.startswith("CREATE TABLE ")
            else one
        )


def _table_keywords(given: Arguments) -> dict[str, Any]:
    kept = {name: given.get(name) for name in ("comment", "prefixes") if given.get(name)}
    return {**kept, **given.dialect_options()}


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


def _add_column(given: Arguments) -> Iterator[str]:
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
    if column.comment:
        yield f"COMMENT ON COLUMN {given.table()}.{_quoted(column.name)} IS {DIALECT.literal(column.comment)}"


def _drop_column(given: Arguments) -> Iterator[str]:
    exists = "IF EXISTS " if given.get("if_exists") else ""
    yield f"ALTER TABLE {given.table()} DROP COLUMN {exists}{_quoted(given.required('column_name'))}"


def _alter_column(given: Arguments) -> Iterator[str]:
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


def _create_index(given: Arguments) -> Iterator[str]:
    table = _scratch_table(str(given.required("table_name")), given.get("schema"), ())
    keys = given.required("columns")
    included = given.get("postgresql_include") or ()
    for name in [*keys, *included]:
        if isinstance(name, str) and name not in table.c:
            table.append_column(sa.Column(name, NULLTYPE))
    expressions = [table.c[one] if isinstance(one, str) else one for one in keys]
    name = given.get("index_name")
    index = sa.Index(name, *expressions, unique=bool(given.get("unique")), _table=table, **given.dialect_options())
    yield str(CreateIndex(index, if_not_exists=bool(given.get("if_not_exists"))).compile(dialect=_DIALECT)).strip()


def _exclude(given: Arguments) -> Iterator[str]:
    table = _scratch_table(str(given.required("table_name")), given.get("schema"), ())
    for column, _ in given.rest:
        if isinstance(column, str) and column not in table.c:
            table.append_column(sa.Column(column, NULLTYPE))
    keywords = {
        name: given.get(name) for name in ("where", "deferrable", "initially", "using") if given.get(name) is not None
    }
    constraint = postgresql.ExcludeConstraint(*given.rest, name=given.get("constraint_name"), **keywords)
    table.append_constraint(constraint)
    yield str(AddConstraint(constraint).compile(dialect=_DIALECT)).strip()


def _bulk_insert(given: Arguments) -> Iterator[str]:
    table, rows = given.required("table"), given.required("rows")
    for row in rows:
        yield str(sa.insert(table).values(**row).compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))


def _drop_index(given: Arguments) -> Iterator[str]:
    concurrently = "CONCURRENTLY " if given.get("postgresql_concurrently") else ""
    exists = "IF EXISTS " if given.get("if_exists") else ""
    yield f"DROP INDEX {concurrently}{exists}{DIALECT.qualified(_namespace(given.get('schema')), str(given.required('index_name')))}"


def _constraint(given: Arguments, table: str, text: str) -> str:
    name = given.get("constraint_name")
    valid = " NOT VALID" if given.get("postgresql_not_valid") else ""
    return f"ALTER TABLE {table} ADD {f'CONSTRAINT {_quoted(name)} ' if name else ''}{text}{valid}"


def _foreign_key(given: Arguments) -> Iterator[str]:
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


def _unique(given: Arguments) -> Iterator[str]:
    yield _constraint(given, given.table(), f"UNIQUE ({_listed(given.required('columns'))})")


def _primary_key(given: Arguments) -> Iterator[str]:
    yield _constraint(given, given.table(), f"PRIMARY KEY ({_listed(given.required('columns'))})")


def _check(given: Arguments) -> Iterator[str]:
    yield _constraint(given, given.table(), f"CHECK ({_sql(given.required('condition'))})")


def _drop_constraint(given: Arguments) -> Iterator[str]:
    exists = "IF EXISTS " if given.get("if_exists") else ""
    yield f"ALTER TABLE {given.table()} DROP CONSTRAINT {exists}{_quoted(given.required('constraint_name'))}"


def _drop_table(given: Arguments) -> Iterator[str]:
    yield f"DROP TABLE {'IF EXISTS ' if given.get('if_exists') else ''}{given.table()}"


def _rename_table(given: Arguments) -> Iterator[str]:
    yield f"ALTER TABLE {given.table('old_table_name')} RENAME TO {_quoted(given.required('new_table_name'))}"


def _execute(given: Arguments) -> Iterator[str]:
    yield from (one.sql for one in split_script(_sql(given.required("sqltext"))).statements)


def _comment(given: Arguments) -> Iterator[str]:
    yield f"COMMENT ON TABLE {given.table()} IS {DIALECT.literal(str(given.get('comment')))}"


def _drop_comment(given: Arguments) -> Iterator[str]:
    yield f"COMMENT ON TABLE {given.table()} IS NULL"


_Rule = Callable[[Arguments], Iterator[str]]
OPERATIONS: dict[str, tuple[_Rule, tuple[str, ...], str]] = {
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
    "create_exclude_constraint": (_exclude, ("constraint_name", "table_name", "*"), "table_name"),
    "bulk_insert": (_bulk_insert, ("table", "rows"), ""),
    "execute": (_execute, ("sqltext",), ""),
}  # fmt: skip
"""By name: how it is written, its positional parameters, and the one that a batch's table takes the place of."""
