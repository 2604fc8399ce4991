"""Which statements may stand in a transaction, and which are about transactions themselves (PostgreSQL manual, SQL commands)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal

from dbdesign.readers.postgresql.libpg_query import ParseError, parse, pb

Transaction = Literal["begin", "commit", "rollback", "savepoint"]

_ENDS = re.compile(r"^\s*(?:COMMIT|ROLLBACK)\s*;", re.IGNORECASE | re.MULTILINE)
"""A DO block that ends transactions, which it may outside one only (2D000)."""

_OPENS = {pb.TRANS_STMT_BEGIN, pb.TRANS_STMT_START}
_CLOSES: dict[int, Transaction] = {pb.TRANS_STMT_COMMIT: "commit", pb.TRANS_STMT_ROLLBACK: "rollback"}
_SHARED = {
    "createdb_stmt", "dropdb_stmt", "alter_database_stmt", "create_table_space_stmt", "drop_table_space_stmt", "alter_system_stmt",
}  # fmt: skip


@lru_cache(maxsize=512)
def parsed(sql: str) -> Any | None:
    """The first statement of a text as the grammar's `Node`; None where it does not parse or is empty."""
    try:
        tree = parse(sql)
    except ParseError:
        return None
    return tree.stmts[0].stmt if tree.stmts else None


def transaction_command(sql: str) -> Transaction | None:
    """Which command of transactions a statement is; None for any other statement."""
    node = parsed(sql)
    if node is None or node.WhichOneof("node") != "transaction_stmt":
        return None
    kind = node.transaction_stmt.kind
    return "begin" if kind in _OPENS else _CLOSES.get(kind, "savepoint")


def forgets(sql: str) -> bool:
    """Whether a statement only throws away what the session keeps: DISCARD, DEALLOCATE. Ours are among it."""
    node = parsed(sql)
    return node is not None and node.WhichOneof("node") in {"discard_stmt", "deallocate_stmt"}


def needs_to_be_alone(sql: str) -> bool:
    """Whether the server refuses the statement inside a transaction block (25001, `PreventInTransactionBlock` in its source)."""
    node = parsed(sql)
    if node is None:
        return False
    which = node.WhichOneof("node")
    test = _ALONE.get(which)
    return which in _SHARED or bool(test and test(getattr(node, which)))


def _detaches(stmt: Any) -> bool:
    return any(
        command.alter_table_cmd.subtype == pb.AT_DetachPartition
        and command.alter_table_cmd.HasField("def")
        and getattr(command.alter_table_cmd, "def").partition_cmd.concurrent
        for command in stmt.cmds
    )


def _reindexes(stmt: Any) -> bool:
    whole = {pb.REINDEX_OBJECT_SCHEMA, pb.REINDEX_OBJECT_SYSTEM, pb.REINDEX_OBJECT_DATABASE}
    return stmt.kind in whole or option(stmt.params, "concurrently")


def option(params: Any, name: str) -> bool:
    """Whether a list of options (`(FULL, VERBOSE off)`) has an option set."""
    for item in params:
        if item.def_elem.defname == name:
            if not item.def_elem.HasField("arg"):
                return True
            value = item.def_elem.arg
            text = value.string.sval if value.HasField("string") else str(value.integer.ival or value.boolean.boolval)
            return text.lower() not in {"0", "off", "false", "no"}
    return False


_ALONE: dict[str, Callable[[Any], bool]] = {
    "index_stmt": lambda stmt: stmt.concurrent,
    "drop_stmt": lambda stmt: stmt.concurrent,
    "reindex_stmt": _reindexes,
    "vacuum_stmt": lambda stmt: stmt.is_vacuumcmd,
    "cluster_stmt": lambda stmt: not stmt.HasField("relation"),
    "alter_table_stmt": _detaches,
    "create_subscription_stmt": lambda _: True,
    "do_stmt": lambda stmt: any(_ENDS.search(one.def_elem.arg.string.sval) for one in stmt.args),
}
