"""The rules' entry: from a statement and the schema before it to its trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dbdesign.migrations.predict import indexes, objects, rows, tables
from dbdesign.migrations.predict.effects import Effects, RefusedError
from dbdesign.migrations.predict.state import State
from dbdesign.model.migration import Trace
from dbdesign.model.schema import Schema
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import Refused
from dbdesign.readers.postgresql.libpg_query import ParseError, parse

NEWEST = 18
Rule = Callable[[Any, State, Effects], None]
_RULES: dict[str, Rule] = tables.RULES | indexes.RULES | objects.RULES | rows.RULES


def major(version: str | None) -> int:
    """The major version, `16` of `16.4`; the newest that the rules know where none is said."""
    head = (version or str(NEWEST)).partition(".")[0]
    return min(int(head), NEWEST) if head.isdigit() else NEWEST


def is_known(statement: str) -> bool:
    """Whether the rules know all that a statement may do: not for DO, CALL, and SELECT of a function that may do anything."""
    try:
        tree = parse(statement)
    except ParseError:
        return False
    kinds = {nodes.kind_of(raw.stmt) for raw in tree.stmts}
    return not kinds & (_OPAQUE | {"select_stmt"})


def predict(statement: str, schema: Schema | State | str, version: str | None = None) -> Trace:
    """What one or more statements do to relations that stand before them, as a server of that version would do it.

    Args:
        schema: before them; a `State` is not changed.
        version: of the server, from 12 on.
    """
    state = schema if isinstance(schema, State) else State.of(schema)
    effects = Effects(major(version))
    try:
        tree = parse(statement)
    except ParseError as error:
        return effects.trace(f"42601: {getattr(error, 'message', error)}")
    several = len(tree.stmts) > 1
    state = state.copy() if several else state
    values: set[str] = set()
    try:
        for raw in tree.stmts:
            if values & set(string_constants(raw.stmt)):
                raise RefusedError("55P04: unsafe use of a new value of an enum type")  # noqa: TRY301
            if nodes.kind_of(raw.stmt) == "alter_enum_stmt" and not raw.stmt.alter_enum_stmt.old_val:
                values.add(raw.stmt.alter_enum_stmt.new_val)
            before = set(state.drafts.relations) if several else set()
            rule = _RULES.get(nodes.kind_of(raw.stmt))
            if rule is not None:
                rule(nodes.unwrap(raw.stmt), state, effects)
            elif nodes.kind_of(raw.stmt) in _OPAQUE:
                effects.unsure.append("what it executes is known only by executing it")
            if several:
                state.apply(nodes.statement(raw.stmt))
                effects.hidden |= {_label(name) for name in state.drafts.relations - before}
    except (RefusedError, Refused) as error:
        return effects.trace(str(error))
    return effects.trace()


def string_constants(node: Any) -> Iterator[str]:
    """The string constants below a node."""
    stack = [node]
    while stack:
        one = stack.pop()
        if one.DESCRIPTOR.name == "A_Const" and one.WhichOneof("val") == "sval":
            yield one.sval.sval
        for descriptor, value in one.ListFields():
            if descriptor.message_type is not None:
                stack.extend(value if descriptor.is_repeated else [value])


_OPAQUE = {"do_stmt", "call_stmt", "execute_stmt"}


def _label(name: tuple[str | None, str]) -> str:
    return f"{name[0]}.{name[1]}" if name[0] else name[1]
