"""Whether an expression is volatile once the planner has put the bodies of SQL functions in their place.

ADD COLUMN with a volatile default writes the table anew; what is stable (`now()`) is computed once, and kept in the catalog
(ATExecAddColumn and `contain_volatile_functions` of PostgreSQL).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.libpg_query import ParseError, parse

if TYPE_CHECKING:
    from dbdesign.migrations.predict.state import State

VOLATILE = frozenset(
    """
    array_sample array_shuffle clock_timestamp currtid2 currval cursor_to_xml cursor_to_xmlschema gen_random_uuid lastval lo_creat
    lo_create lo_export lo_from_bytea lo_get lo_import lo_lseek lo_lseek64 lo_open lo_tell lo_tell64 lo_truncate lo_unlink loread
    lowrite nextval pg_advisory_lock pg_advisory_unlock pg_advisory_xact_lock pg_notify pg_sleep pg_sleep_for pg_sleep_until
    pg_try_advisory_lock query_to_xml random random_normal set_config setseed setval timeofday ts_stat txid_status uuidv4 uuidv7
    uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 gen_random_bytes gen_salt ulid_generate
    """.split()  # noqa: SIM905 - a list of 50 words is unreadable
)
"""Functions with `provolatile = 'v'` in pg_proc of PostgreSQL 18, without those that no default can call, and those of the extensions
uuid-ossp and pgcrypto."""

_DEEPEST = 20


def is_volatile(expression: Any, state: State, depth: int = 0) -> bool:
    """Whether a parsed expression calls a function that is volatile after inlining."""
    return any(_call_is_volatile(call, state, depth) for call in calls(expression))


def calls(node: Any) -> Iterator[Any]:
    """The function calls below a node, walked without recursion."""
    stack = [node]
    while stack:
        one = stack.pop()
        if one.DESCRIPTOR.name == "FuncCall":
            yield one
        for descriptor, value in one.ListFields():
            if descriptor.message_type is not None:
                stack.extend(value if descriptor.is_repeated else [value])


def _call_is_volatile(call: Any, state: State, depth: int) -> bool:
    parts = nodes.strings(call.funcname)
    routines = _routines(parts, len(call.args), state)
    if not routines:
        return parts[-1].lower() in VOLATILE
    return any(_routine_is_volatile(one, state, depth) for one in routines)


def _routines(parts: list[str], arguments: int, state: State) -> list[Any]:
    """The schema's functions of that name; those with as many arguments where some have."""
    if parts[0] == "pg_catalog":
        return []
    found = [one for one in state.drafts.routines.values() if one.name == parts[-1]]
    if len(parts) > 1:
        found = [one for one in found if (one.namespace or "public") == parts[-2]]
    fitting = [one for one in found if _arity(one.signature) == arguments]
    return fitting or found


def _arity(signature: str) -> int:
    inside = signature.partition("(")[2].rpartition(")")[0].strip()
    return inside.count(",") + 1 if inside else 0


def _routine_is_volatile(routine: Any, state: State, depth: int) -> bool:
    try:
        statement = parse(routine.definition).stmts[0].stmt.create_function_stmt
    except (ParseError, IndexError):
        return True
    options = {one.def_elem.defname: one.def_elem.arg for one in statement.options}
    declared = options["volatility"].string.sval if "volatility" in options else "volatile"
    if declared != "volatile":
        return False
    if depth >= _DEEPEST or routine.language != "sql" or "security" in options or "set" in options:
        return True
    body = _body(statement, options)
    return body is None or is_volatile(body, state, depth + 1)


def _body(statement: Any, options: dict[str, Any]) -> Any | None:
    """The expression that a SQL function returns, if the planner puts it in the call's place: one SELECT of one value, nothing else."""
    if statement.HasField("sql_body"):
        body = statement.sql_body
        if nodes.kind_of(body) == "return_stmt":
            return body.return_stmt.returnval
        return None
    if statement.return_type.setof or "as" not in options:
        return None
    texts = [one.string.sval for one in options["as"].list.items]
    try:
        tree = parse(texts[0])
    except (ParseError, IndexError):
        return None
    if len(tree.stmts) != 1 or nodes.kind_of(tree.stmts[0].stmt) != "select_stmt":
        return None
    select = tree.stmts[0].stmt.select_stmt
    other = (
        len(select.from_clause) or len(select.group_clause) or len(select.sort_clause) or select.HasField("where_clause")
        or select.HasField("with_clause") or select.HasField("limit_count") or select.HasField("having_clause")
        or len(select.distinct_clause) or select.HasField("larg")
    )  # fmt: skip
    return select.target_list[0].res_target.val if len(select.target_list) == 1 and not other else None
