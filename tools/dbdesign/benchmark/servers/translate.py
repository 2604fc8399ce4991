"""A query of the workload in a server's dialect, with the placeholders of its driver; what cannot be said there is said.

PostgreSQL's protocol takes queries as they are. For MySQL's family the tree is changed where sqlglot alone would write something else
than is meant, and only there: `= ANY ($1)`, FILTER, RETURNING, ON CONFLICT, the order of NULLs, literals of UUIDs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dbdesign.benchmark.servers.base import Server
from dbdesign.benchmark.servers.values import PLACE
from dbdesign.model.schema import Schema

TOKEN = "dbdesign_parameter_{}_"  # noqa: S105 - stands for a placeholder until the text is written
_TOKENS = re.compile(r"\bdbdesign_parameter_(\d+)_", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Translated:
    """A query as its driver takes it.

    Attributes:
        sql: with `$n` for PostgreSQL's protocol, `%s` for MySQL's.
        order: which parameter each placeholder stands for, from 1; None where `$n` says it.
        notes: what had to be changed in meaning, a sentence each.
        error: why it cannot be said.
    """

    sql: str
    order: tuple[int, ...] | None = None
    notes: tuple[str, ...] = ()
    error: str | None = None


@dataclass
class _Translation:
    server: Server
    schema: Schema
    parameters: Sequence[str]
    kinds: Mapping[tuple[str, str], str]
    notes: list[str] = field(default_factory=list)


def translated(
    sql: str, server: Server, schema: Schema, parameters: Sequence[str], kinds: Mapping[tuple[str, str], str]
) -> Translated:
    """A query that has `$n` for its parameters.

    Args:
        parameters: what PostgreSQL takes them for.
        kinds: the types of the server's columns, by table and column.
    """
    if server.protocol == "postgresql":
        return Translated(sql)
    import sqlglot
    from sqlglot.errors import ErrorLevel, SqlglotError

    from dbdesign.dialects.negations import plainly_negated
    from dbdesign.queries.placeholders import spaced

    work = _Translation(server, schema, parameters, kinds)
    try:
        tree = plainly_negated(sqlglot.parse_one(spaced(sql), dialect="postgres"))
        for key, change in _CHANGES:
            tree = _everywhere(tree, key, change, work)
        text = tree.sql(dialect="mysql", identify=True, unsupported_level=ErrorLevel.RAISE)
    except (SqlglotError, RecursionError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        return Translated(sql, error=f"it cannot be said in {server.title}: {said}")
    order = tuple(int(number) for number in _TOKENS.findall(text))
    if order:
        text = _TOKENS.sub("%s", text.replace("%", "%%"))
    return Translated(text, order, tuple(dict.fromkeys(work.notes)))


def spoken(sql: str, server: Server) -> Translated:
    """A query that is in the server's dialect already, `$n` for its parameters."""
    if server.protocol == "postgresql":
        return Translated(sql)
    order = tuple(int(match[1]) for match in PLACE.finditer(sql) if match[1])
    if not order:
        return Translated(sql, ())
    doubled = sql.replace("%", "%%")
    return Translated(PLACE.sub(lambda match: "%s" if match[1] else match[0], doubled), order)


Change = Callable[[Any, _Translation], Any]


def _everywhere(tree: Any, key: str, change: Change, work: _Translation) -> Any:
    """The tree with every node of a kind changed, those at the bottom first."""
    for node in [one for one in tree.walk() if one.key == key][::-1]:
        made = change(node, work)
        if made is node:
            continue
        if node is tree:
            tree = made
        else:
            node.replace(made)
    return tree


def _identifier(node: Any, _work: _Translation) -> Any:
    if not node.args.get("quoted"):
        node.set("this", node.name.lower())
    return node


def _parameter(node: Any, work: _Translation) -> Any:
    from sqlglot import exp

    if not node.name.isdigit():
        return node
    number, token = int(node.name), exp.Var(this=TOKEN.format(node.name))
    if number <= len(work.parameters) and work.parameters[number - 1] == "interval":
        if not isinstance(node.parent, exp.Add | exp.Sub):
            raise ValueError("an interval that is not added to a point in time")
        return exp.Interval(this=token, unit=exp.Var(this="SECOND"))
    return token


def _cast(node: Any, _work: _Translation) -> Any:
    """A parameter needs no cast: its value is sent as what it is. A DECIMAL without digits would have none after the point."""
    from sqlglot import exp

    if isinstance(node.this, exp.Parameter):
        return node.this
    if node.to.is_type("decimal") and not node.to.expressions:
        node.set("to", exp.DataType.build("decimal(38, 10)"))
    return node


def _member(node: Any, _work: _Translation) -> Any:
    """`body ->> 'a'` without the operator, which MariaDB lacks."""
    from sqlglot import exp

    extracted = exp.Anonymous(this="JSON_EXTRACT", expressions=[node.this, node.expression])
    scalar = node.key == "jsonextractscalar"
    return exp.Anonymous(this="JSON_UNQUOTE", expressions=[extracted]) if scalar else extracted


def _equals(node: Any, work: _Translation) -> Any:
    """`x = ANY ($1)` is `x IN (…)`, of as many values as the array has."""
    from sqlglot import exp

    other = node.expression
    if not isinstance(other, exp.Any):
        return node
    listed = _cast_off(other.this)
    if not isinstance(listed, exp.Parameter):
        raise ValueError("= ANY of what is no parameter")  # noqa: TRY004 - it is the query that is wrong
    work.notes.append("= ANY ($n) became IN, of as many values as the array has")
    return exp.In(this=node.this.copy(), field=listed.copy())


def _cast_off(node: Any) -> Any:
    from sqlglot import exp

    while isinstance(node, exp.Cast | exp.Paren):
        node = node.this
    return node


def _filter(node: Any, _work: _Translation) -> Any:
    """`count(*) FILTER (WHERE c)` is `count(CASE WHEN c THEN 1 END)`."""
    from sqlglot import exp

    condition = node.expression.this
    inner = node.this.this
    distinct = inner if isinstance(inner, exp.Distinct) else None
    value = distinct.expressions[0] if distinct else inner
    counted = exp.Literal.number(1) if value is None or isinstance(value, exp.Star) else value.copy()
    case = exp.Case(ifs=[exp.If(this=condition.copy(), true=counted)])
    made = node.this.copy()
    made.set("this", exp.Distinct(expressions=[case]) if distinct else case)
    return made


def _returning(node: Any, work: _Translation) -> Any:
    from sqlglot import exp

    if node.args.get("returning") and not (work.server.name == "mariadb" and not isinstance(node, exp.Update)):
        node.set("returning", None)
        work.notes.append(f"RETURNING was left out: {work.server.title} has none here")
    conflict = node.args.get("conflict")
    if conflict is None or conflict.args.get("duplicate"):
        return node
    if not conflict.expressions:
        node.set("conflict", None)
        node.set("ignore", True)
        work.notes.append("ON CONFLICT DO NOTHING became INSERT IGNORE, which lets other faults of a row pass too")
        return node
    work.notes.append("ON CONFLICT became ON DUPLICATE KEY UPDATE, which looks at every unique key")
    changed = exp.OnConflict(
        duplicate=True,
        action=exp.var("UPDATE"),
        expressions=[one.transform(_excluded) for one in conflict.expressions],
    )
    node.set("conflict", changed)
    return node


def _excluded(node: Any) -> Any:
    from sqlglot import exp

    if isinstance(node, exp.Column) and node.table.lower() == "excluded":
        return exp.Anonymous(this="VALUES", expressions=[exp.column(node.name.lower())])
    return node


def _ordered(node: Any, work: _Translation) -> Any:
    """NULLs are first in MySQL and last in PostgreSQL; a column that has none is sorted as it is, so that indexes serve."""
    from sqlglot import exp

    column = node.this
    if not isinstance(column, exp.Column):
        node.set("nulls_first", not node.args.get("desc"))
        return node
    named = [one for table in work.schema.tables if (one := table.column(column.name.lower())) is not None]
    nullable = any(one.nullable for one in named) or not named
    if nullable and named:
        work.notes.append(f"{column.name} may be NULL, which sorts at the other end here: an expression puts it right")
        return node
    node.set("nulls_first", not node.args.get("desc"))
    return node


def _contains(node: Any, _work: _Translation) -> Any:
    """`a @> b` of JSON, and of arrays, which are JSON there."""
    from sqlglot import exp

    return exp.Anonymous(this="JSON_CONTAINS", expressions=[node.this, node.expression])


def _literal(node: Any, work: _Translation) -> Any:
    """The text of a UUID is the 16 bytes that the column holds."""
    from sqlglot import exp

    if node.is_string and _UUID.match(node.this) and "binary" in work.kinds.values():
        return exp.Var(this=f"x'{node.this.replace('-', '')}'")
    return node


_CHANGES: tuple[tuple[str, Change], ...] = (
    ("identifier", _identifier),
    ("eq", _equals),
    ("filter", _filter),
    ("cast", _cast),
    ("arraycontainsall", _contains),
    ("jsonbcontains", _contains),
    ("jsonextract", _member),
    ("jsonextractscalar", _member),
    ("insert", _returning),
    ("update", _returning),
    ("delete", _returning),
    ("ordered", _ordered),
    ("literal", _literal),
    ("parameter", _parameter),
)
"""Kinds of nodes and what becomes of them, in this order."""
