"""MySQL's iterators: what one line of FORMAT=TREE or one object of JSON version 2 says of itself in words.

Source: sql/join_optimizer/explain_access_path.cc of MySQL 8.4, which writes both.
"""

from __future__ import annotations

import re
from typing import Any

from dbdesign.model.plan import NodeKind
from dbdesign.plans.lists import split_list

OPERATIONS: tuple[tuple[str, NodeKind], ...] = (
    (
        r"table scan on <|scan new records|constant row|rows fetched before|zero (?:input )?rows|fake single row",
        "row source",
    ),
    (r"table scan|sample scan|parallel (?:table )?scan|follow-tail", "table scan"),
    (r"(?:single-row )?covering index", "index only scan"),
    (
        r"(?:single-row |multi-range )?index (?:scan|lookup|range scan|skip scan)|full-text|reverse index|dynamic index",
        "index scan",
    ),
    (
        r"intersect rows sorted|sort-deduplicate by row id|deduplicate rows sorted by row id|index merge|sort row ids",
        "bitmap heap scan",
    ),
    (r"nested loop|batched key access", "nested loop"),
    (r".*hash (?:join|semijoin|antijoin)|.*\bhash join", "hash join"),
    (r"hash$", "hash"),
    (r"sort\b", "sort"),
    (r"limit", "limit"),
    (r"filter", "filter"),
    (r"group|aggregate|window|remove duplicate|deduplicate|count rows", "aggregate"),
    (r"(?:union|intersect|except|union all).*materialize|append|repeat until", "set operation"),
    (r"materialize|temporary table|cache|stream results|invalidate", "materialize"),
    (r"select #|row\(s\) from|unqualified count", "subquery"),
    (r"(?:update|delete|insert|replace)\b", "modify"),
)


def _compiled() -> tuple[tuple[re.Pattern[str], NodeKind], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in OPERATIONS)


KINDS = _compiled()
ON = re.compile(r"^(?P<type>[A-Z][\w /-]*?) on (?P<table>\S+)(?: using (?P<index>\S+))?(?P<rest>.*)$", re.DOTALL)
CHANGES = re.compile(r"^(?P<type>Update|Delete from|Insert into|Replace into) (?P<table>\S+)")
JOIN_TYPES = {"inner": "Inner", "left": "Left", "right": "Right", "full": "Full", "semi": "Semi", "anti": "Anti"}


def kind_of(operation: str) -> NodeKind:
    """What an operation does."""
    for pattern, kind in KINDS:
        if pattern.match(operation):
            return kind
    return "other"


def described(operation: str) -> dict[str, Any]:
    """The attributes that an operation's words give."""
    kind = kind_of(operation)
    found: dict[str, Any] = {"type": operation, "kind": kind}
    if on := ON.match(operation):
        found |= {"type": on["type"], "relation": on["table"].strip("`"), "alias": on["table"].strip("`")}
        if on["index"]:
            found["index"] = on["index"].strip("`")
        _conditions(on["rest"], found)
    elif change := CHANGES.match(operation):
        found |= {
            "type": change["type"],
            "relation": change["table"].strip("`"),
            "operation": change["type"].split()[0],
        }
    elif kind in {"nested loop", "hash join"}:
        found |= _join(operation)
    else:
        _named(operation, kind, found)
    return found


def _conditions(rest: str, found: dict[str, Any]) -> None:
    """`(a=b)`, `over (1 < a)`, `, with index condition: (…)`, `(reverse)`."""
    lookup, _, pushed = rest.partition(", with index condition: ")
    text = lookup.strip().removeprefix("over ").strip()
    reverse = text.endswith("(reverse)")
    text = text.removesuffix("(reverse)").strip()
    if reverse:
        found["scan_direction"] = "Backward"
    if text:
        found["index_condition"] = text
    if pushed:
        found["recheck_condition"] = pushed.strip()


def _join(operation: str) -> dict[str, Any]:
    kind, _, condition = operation.partition(" (")
    said = kind.lower()
    join = next((JOIN_TYPES[word] for word in ("anti", "semi", "left", "right", "full") if word in said), "Inner")
    found: dict[str, Any] = {"type": kind, "join_type": join}
    if condition and "hash" in said:
        found["hash_condition"] = f"({condition}"
    elif condition:
        found["join_filter"] = f"({condition}"
    return found


def _named(operation: str, kind: NodeKind, found: dict[str, Any]) -> None:
    name, colon, rest = operation.partition(": ")
    if not colon or "(" in name:
        return
    found["type"] = name
    if kind == "filter":
        found["filter"] = rest
    elif kind == "sort":
        keys = re.split(r", (?=limit input to|with duplicate)", rest)
        found["sort_key"] = tuple(split_list(keys[0]))
        if keys[1:]:
            found["extra"] = {"options": ", ".join(keys[1:])}
    else:
        found["extra"] = {"detail": rest}
