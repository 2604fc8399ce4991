"""A design of MySQL, TiDB or CockroachDB as PostgreSQL's, so that its rows can be made and its workload run on the embedded server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dbdesign.benchmark.placeholders import numbered
from dbdesign.dialects.base import dialect
from dbdesign.errors import InputError
from dbdesign.model.schema import Check, Engine
from dbdesign.model.types import DataType, Kind
from dbdesign.queries.placeholders import spaced

if TYPE_CHECKING:
    from dbdesign.api.source import Loaded
    from dbdesign.model.schema import Column, Schema, Table
    from dbdesign.model.workload import Query

_DIALECTS = {Engine.MYSQL: "mysql", Engine.TIDB: "mysql", Engine.COCKROACHDB: "postgres", Engine.POSTGRESQL: "postgres"}
"""sqlglot's names."""


def as_postgresql(loaded: Loaded) -> Loaded:
    """The design with PostgreSQL's schema and queries; a query that cannot be translated stays as it is, and will be refused."""
    schema = loaded.design.schema_
    if schema.engine is Engine.POSTGRESQL:
        return loaded
    from dbdesign.readers.base import reader
    from dbdesign.writers.base import WriteOptions, writer

    text = writer("postgresql").write(_numbers(schema), WriteOptions(grants=False, comments=False, prove=False)).text
    ours = _bounded(reader("postgresql").read(text).schema_, schema)
    workload = loaded.design.workload
    queries = tuple(_query(one, schema) for one in workload.queries)
    design = loaded.design.model_copy(
        update={"schema_": ours, "workload": workload.model_copy(update={"queries": queries})}
    )
    return replace(loaded, design=design, key=None)


def _numbers(schema: Schema) -> Schema:
    """Truth as numbers where it is one: MySQL's queries compare TINYINT(1) with 0 and 1."""
    if schema.engine not in {Engine.MYSQL, Engine.TIDB}:
        return schema
    number = DataType(kind=Kind.INT16, native="smallint")
    words = {"true": "1", "false": "0"}

    def change(_: Table, one: Column) -> dict[str, Any]:
        default = words.get((one.default or "").lower(), one.default)
        return {"type": number, "default": default} if one.type.kind is Kind.BOOLEAN else {}

    return _with_columns(schema, change)


def _bounded(ours: Schema, schema: Schema) -> Schema:
    """Checks for what is bounded in MySQL and not by PostgreSQL's types: truth as a number, years."""
    if schema.engine not in {Engine.MYSQL, Engine.TIDB}:
        return ours
    words = dialect(Engine.POSTGRESQL)
    tables = []
    for table in ours.tables:
        before = schema.table_by_label.get(table.label)
        referring = {name for key in table.foreign_keys for name in key.columns}  # which their parents bound
        own = [one for one in (before.columns if before is not None else ()) if one.name not in referring]
        bounds = [(one.name, _BOUNDS[one.type.kind]) for one in own if one.type.kind in _BOUNDS]
        found = [Check(expression=bound.format(words.identifier(name))) for name, bound in bounds]
        tables.append(table.model_copy(update={"checks": (*table.checks, *found)}))
    return ours.model_copy(update={"tables": tuple(tables)})


_BOUNDS = {Kind.BOOLEAN: "{} IN (0, 1)", Kind.YEAR: "{} BETWEEN 1901 AND 2155"}


def _with_columns(schema: Schema, changes: Callable[[Table, Column], dict[str, Any]]) -> Schema:
    tables = tuple(
        table.model_copy(update={"columns": tuple(one.model_copy(update=changes(table, one)) for one in table.columns)})
        for table in schema.tables
    )
    return schema.model_copy(update={"tables": tables})


def _query(query: Query, schema: Schema) -> Query:
    import sqlglot
    from sqlglot.errors import SqlglotError

    said = numbered(query.sql.strip().rstrip(";"))
    dialect = _DIALECTS.get(schema.engine, "mysql")
    if dialect == "postgres":
        return query.model_copy(update={"sql": said.sql})
    try:
        tree = sqlglot.parse_one(spaced(_with_names(said.sql)), dialect=dialect)
        names = _spellings(schema, tree)
        for node in list(tree.walk()):
            _spoken(node, names, schema)
        return query.model_copy(update={"sql": tree.sql(dialect="postgres", identify=True)})
    except (SqlglotError, RecursionError, ValueError):
        return query


def _with_names(sql: str) -> str:
    """`$1` as `:p1`, which every dialect of sqlglot reads."""
    from dbdesign.benchmark.servers.values import PLACE

    return PLACE.sub(lambda match: f":p{match[1]}" if match[1] else match[0], sql)


def _spellings(schema: Schema, tree: Any) -> Mapping[str, str]:
    """Names as the tables of a query spell them: MySQL does not mind the case of columns, PostgreSQL does once they are quoted."""
    from sqlglot import exp

    asked = {one.name.lower() for one in tree.find_all(exp.Table)}
    tables = [table for table in schema.tables if table.name.lower() in asked]
    return {table.name.lower(): table.name for table in tables} | {
        column.name.lower(): column.name for table in tables for column in table.columns
    }


def _spoken(node: Any, names: Mapping[str, str], schema: Schema) -> None:
    """One node in PostgreSQL's terms: names as they are spelt, truth as a number, NULLs where PostgreSQL has them by itself."""
    from sqlglot import exp

    if isinstance(node, exp.Identifier):
        node.set("this", names.get(node.name.lower(), node.name))
    elif isinstance(node, exp.Boolean):
        node.replace(exp.Literal.number(int(node.this)))
    elif isinstance(node, exp.Column) and isinstance(node.parent, exp.Connector | exp.Not | exp.Where | exp.Having):
        node.replace(exp.NEQ(this=node.copy(), expression=exp.Literal.number(0)))
    elif isinstance(node, exp.Ordered) and isinstance(node.this, exp.Column) and not _nullable(node.this.name, schema):
        node.set("nulls_first", bool(node.args.get("desc")))
    elif isinstance(node, exp.Placeholder) and node.name[:1] == "p" and node.name[1:].isdigit():
        node.replace(exp.Parameter(this=exp.Literal.number(int(node.name[1:]))))


def _nullable(name: str, schema: Schema) -> bool:
    named = [one for table in schema.tables for one in table.columns if one.name.lower() == name.lower()]
    return any(one.nullable for one in named) or not named


def own_queries(loaded: Loaded) -> dict[str, str]:
    """The queries in the design's own dialect, parameters as `$n`, for a server that speaks it.

    Raises:
        InputError: for one that is no single statement on the design's own tables.
    """
    return {
        one.name: _checked(numbered(one.sql.strip().rstrip(";")).sql, one.name, loaded.design.schema_.engine)
        for one in loaded.design.workload.queries
    }


def _checked(sql: str, name: str, engine: Engine) -> str:
    """The query, if all that it names is in the schema that the session sees."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    where = f"query {name}"
    try:
        trees = sqlglot.parse(_with_names(sql), dialect=_DIALECTS.get(engine, "mysql"))
    except (SqlglotError, RecursionError) as error:
        said = " ".join(str(error).split())[:150]
        raise InputError(f"cannot be parsed, so that nobody knows what it touches: {said}", where=where) from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Query | exp.Insert | exp.Update | exp.Delete):
        raise InputError("is not one SELECT, INSERT, UPDATE or DELETE", where=where, remedy="Leave it out")
    if trees[0].find(exp.Into) is not None:
        raise InputError("writes its result somewhere (INTO)", where=where, remedy="Leave it out")
    for table in trees[0].find_all(exp.Table):
        if table.db:
            raise _leads_out(f"{table.db}.{table.name}", where)
    for call in trees[0].find_all(exp.Dot):
        raise _leads_out(call.sql(), where)
    return sql


def _leads_out(name: str, where: str) -> InputError:
    return InputError(
        f"{name} is not in the schema that the benchmark makes",
        where=where,
        remedy="Name tables of the design, without a schema",
    )
