"""What one line of EXPLAIN QUERY PLAN says: `SEARCH orders AS o USING COVERING INDEX i (customer_id=?)`.

Source: sqlite.org/eqp.html; sqlite3WhereExplainOneScan in wherecode.c; select.c for the operations around scans.
"""

from __future__ import annotations

import re
from typing import Any

from dbdesign.model.plan import NodeKind

SCAN = re.compile(
    r"(?P<how>SCAN|SEARCH) (?:(?P<what>TABLE|SUBQUERY) )?(?P<name>\"(?:[^\"]|\"\")*\"|\S+?)(?: AS (?P<alias>\"(?:[^\"]|\"\")*\"|\S+))?"
    r"(?P<rest>(?: USING .*| VIRTUAL TABLE .*| LEFT-JOIN| \(~.*)?)$"
)
INDEX = re.compile(
    r"USING (?P<sort>(?:AUTOMATIC |PARTIAL |COVERING )*)INDEX(?: (?P<index>[^\s(]+))?(?: \((?P<terms>.*?)\))?(?: LEFT-JOIN)?(?: \(~.*)?$"
)
ROWID = re.compile(
    r"USING (?:INTEGER )?(?:PRIMARY KEY|ROWID SEARCH.*?)(?: \((?P<terms>.*?)\))?(?: LEFT-JOIN)?(?: \(~.*)?$"
)
ROWS = re.compile(r"\(~(\d+) rows?\)")
CONSTANT = re.compile(r"SCAN (?:(\d+) )?CONSTANT ROWS?$")

KINDS: tuple[tuple[str, NodeKind], ...] = (
    (r"USE TEMP B-TREE FOR .*ORDER BY", "sort"),
    (r"USE TEMP B-TREE", "aggregate"),
    (r"CO-ROUTINE|COROUTINE", "subquery"),
    (r"MATERIALIZE", "materialize"),
    (r"(?:EXECUTE |REUSE )?(?:CORRELATED )?(?:SCALAR|LIST) SUBQUERY", "subquery"),
    (r"COMPOUND|UNION|INTERSECT|EXCEPT|MERGE", "set operation"),
    (r"LEFT-MOST SUBQUERY|LEFT|RIGHT|SETUP|RECURSIVE STEP|INDEX \d+", "subquery"),
    (r"MULTI-INDEX OR", "bitmap heap scan"),
    (r"(?:CREATE )?BLOOM FILTER", "filter"),
    (r"RIGHT-JOIN", "nested loop"),
)


def described(detail: str) -> dict[str, Any]:
    """The attributes of a node by its detail."""
    detail = detail.strip()
    if constant := CONSTANT.match(detail):
        return {"type": detail, "kind": "row source", "estimated_rows": float(constant[1] or 1)}
    scan = SCAN.match(detail)
    if scan is None:
        return _operation(detail)
    name = _unquoted(scan["name"])
    subquery = scan["what"] == "SUBQUERY" or name.startswith("(")
    found: dict[str, Any] = {"type": scan["how"], "access_type": scan["how"]}
    found |= {"alias": _unquoted(scan["alias"]) if scan["alias"] else name}
    if subquery:
        found |= {"cte_name": name, "kind": "row source"}
    else:
        found["relation"] = name
    found |= _access(scan["how"], scan["rest"].strip(), found)
    if rows := ROWS.search(detail):
        found["estimated_rows"] = float(rows[1])
    return found


def _access(how: str, rest: str, found: dict[str, Any]) -> dict[str, Any]:
    flags: list[str] = []
    access: dict[str, Any] = {"kind": found.get("kind", "table scan" if how == "SCAN" else "index scan")}
    if "LEFT-JOIN" in rest:
        access["join_type"] = "Left"
    if index := INDEX.match(rest):
        flags = [f"{word} INDEX" for word in index["sort"].split()]
        covering = "COVERING INDEX" in flags
        access |= {"kind": "index only scan" if covering else "index scan", "index": index["index"]}
        access["index_condition"] = index["terms"]
    elif rowid := ROWID.match(rest):
        access |= {"index_condition": rowid["terms"], "extra": {"rowid": True}}
    elif rest.startswith("VIRTUAL TABLE"):
        access |= {"kind": "index scan", "extra": {"virtual_table": rest.removeprefix("VIRTUAL TABLE ")}}
    return {**access, "flags": tuple(flags)}


def _operation(detail: str) -> dict[str, Any]:
    kind = next((kind for pattern, kind in KINDS if re.match(pattern, detail)), "other")
    found: dict[str, Any] = {"type": detail, "kind": kind}
    if re.match(r"(?:CORRELATED )?(?:SCALAR|LIST) SUBQUERY|EXECUTE ", detail):
        found |= {"parent_relationship": "SubPlan", "subplan_name": detail}
    named = re.match(r"(CO-ROUTINE|MATERIALIZE) (.+)$", detail)
    if named:
        found |= {"type": named[1], "cte_name": named[2]}
    return found


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if len(name) > 1 and name[0] == name[-1] == '"' else name
