"""A node's own line in EXPLAIN's text: `->  Index Scan using a on b c  (cost=… rows=… width=…) (actual time=… rows=… loops=…)`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

NAMES = (
    "Seq Scan|Sample Scan|Index Scan|Index Only Scan|Bitmap Index Scan|Bitmap Heap Scan|Tid Scan|Tid Range Scan|Subquery Scan"
    "|Function Scan|Table Function Scan|Values Scan|CTE Scan|Named Tuplestore Scan|WorkTable Scan|Foreign Scan|Custom Scan"
    "|Nested Loop|Merge(?: \\w+)+ Join|Merge Join|Hash(?: \\w+)+ Join|Hash Join|Hash|Materialize|Memoize|Sort|Incremental Sort"
    "|Group|Aggregate|GroupAggregate|HashAggregate|MixedAggregate|WindowAgg|Unique|SetOp|HashSetOp|LockRows|Limit|Result|ProjectSet"
    "|Append|Merge Append|Recursive Union|BitmapAnd|BitmapOr|Gather|Gather Merge|ModifyTable|Utility Statement"
    "|(?:Foreign )?(?:Insert|Update|Delete|Merge) on"
)
ROOT = re.compile(rf"[ \t]*(?:Async )?(?:Parallel )?(?:(?:Partial|Finalize) )?(?:{NAMES})(?=[\s(]|$)")
"""How the first line of a plan begins; also what an unindented line must begin with to start a further plan."""

ARROW = re.compile(r"\s*->\s+(?=[A-Z\"])")
NUMBER = r"[-+]?(?:\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|Infinity|NaN)"
COST = re.compile(rf"\(cost=({NUMBER})\.\.({NUMBER}) rows=(\d+) width=(\d+)\)")
ACTUAL = re.compile(rf"\((?:actual (?:time=({NUMBER})\.\.({NUMBER}) )?rows=({NUMBER}) loops=(\d+)|(never executed))\)")
RUN = re.compile(rf"actual (?:time=({NUMBER})\.\.({NUMBER}) )?rows=({NUMBER}) loops=(\d+)")
FIGURES = re.compile(r"\s*\((?:cost=|actual |never executed)")

IDENTIFIER = r'(?:"(?:[^"]|"")*"|[^\s".]+)'
TARGET = re.compile(rf" on (?:({IDENTIFIER})\.)?({IDENTIFIER})(?: ({IDENTIFIER}))?\s*$")
USING = re.compile(rf" using ({IDENTIFIER}|\S+)(?= on |\s*$)")
INDEX_ONLY_TARGET = re.compile(r" on (\S.*?)\s*$")

JOINS = {"Nested Loop": "Nested Loop", "Hash": "Hash Join", "Merge": "Merge Join"}
JOIN = re.compile(r"(Nested Loop|Hash|Merge)(?: (Left|Right|Full|Semi|Anti|Right Semi|Right Anti))? Join(?=$)")
AGGREGATES = {"Aggregate": "Plain", "HashAggregate": "Hashed", "GroupAggregate": "Sorted", "MixedAggregate": "Mixed"}
CHANGES = re.compile(r"(Foreign )?(Insert|Update|Delete|Merge)(?= on )")
OBJECTS = {
    "Function Scan": "Function Name",
    "Table Function Scan": "Table Function Name",
    "CTE Scan": "CTE Name",
    "WorkTable Scan": "CTE Name",
    "Named Tuplestore Scan": "Tuplestore Name",
    "Values Scan": None,
    "Subquery Scan": None,
    "Result": None,
}
"""What the name after `on` is; of all others it is a relation. None: it is only an alias."""

INDEX_SCANS = {"Index Scan", "Index Only Scan"}


def unquoted(name: str) -> str:
    """A name without the quotes of `quote_identifier`."""
    if len(name) > 1 and name[0] == name[-1] == '"':
        return name[1:-1].replace('""', '"')
    return name


def head(text: str) -> tuple[dict[str, Any], bool]:
    """A node's properties from its line without the arrow, and whether the line is whole: its parentheses are closed."""
    raw: dict[str, Any] = {}
    figures = FIGURES.search(text)
    name = text[: figures.start()].strip() if figures else text.strip()
    rest = text[figures.start() :] if figures else ""
    _figures(rest, raw)
    _name(name, raw)
    return raw, rest.count("(") == rest.count(")") and not name.endswith(("(", " on", " using"))


def _figures(text: str, raw: dict[str, Any]) -> None:
    if cost := COST.search(text):
        raw["Startup Cost"], raw["Total Cost"] = float(cost[1]), float(cost[2])
        raw["Plan Rows"], raw["Plan Width"] = int(cost[3]), int(cost[4])
    if actual := ACTUAL.search(text):
        if actual[5]:
            raw["Actual Loops"] = 0
        else:
            raw |= run(actual)


def run(match: re.Match[str]) -> dict[str, Any]:
    """Times, rows and loops of a match of RUN or ACTUAL."""
    found: dict[str, Any] = {}
    if match[1] is not None:
        found["Actual Startup Time"], found["Actual Total Time"] = float(match[1]), float(match[2])
    return found | {"Actual Rows": float(match[3]), "Actual Loops": int(match[4])}


def _name(name: str, raw: dict[str, Any]) -> None:
    for word, key in (("Async ", "Async Capable"), ("Parallel ", "Parallel Aware")):
        if name.startswith(word):
            raw[key], name = True, name.removeprefix(word)
    mode = re.match(r"(Partial|Finalize) (?=\S)", name)
    if mode:
        raw["Partial Mode"], name = mode[1], name[mode.end() :]
    change = CHANGES.match(name)
    if change:
        raw["Node Type"] = "Foreign Scan" if change[1] else "ModifyTable"
        raw["Operation"] = change[2]
        _target(name[change.end() :], raw)
        return
    stem = re.split(r" (?:using|on) |(?<=Index Scan) Backward|(?<=Only Scan) Backward", name, maxsplit=1)[0]
    _type(stem.strip(), raw)
    if raw["Node Type"] in INDEX_SCANS:
        raw["Scan Direction"] = "Backward" if name.startswith(f"{stem} Backward") else "Forward"
    _target(name[len(stem) :], raw)


def _type(stem: str, raw: dict[str, Any]) -> None:
    if join := JOIN.fullmatch(stem):
        raw["Node Type"], raw["Join Type"] = JOINS[join[1]], join[2] or "Inner"
    elif stem == "Nested Loop":
        raw["Node Type"], raw["Join Type"] = stem, "Inner"
    elif stem in AGGREGATES:
        raw["Node Type"], raw["Strategy"] = "Aggregate", AGGREGATES[stem]
        raw.setdefault("Partial Mode", "Simple")
    elif stem.startswith(("SetOp", "HashSetOp")):
        raw["Node Type"], raw["Strategy"] = "SetOp", "Hashed" if stem.startswith("Hash") else "Sorted"
        raw["Command"] = stem.partition("SetOp")[2].strip()
    elif stem.startswith("Custom Scan (") and stem.endswith(")"):
        raw["Node Type"], raw["Custom Plan Provider"] = "Custom Scan", stem[len("Custom Scan (") : -1]
    else:
        raw["Node Type"] = stem
        if stem == "Foreign Scan":
            raw["Operation"] = "Select"


def _target(text: str, raw: dict[str, Any]) -> None:
    kind = raw["Node Type"]
    if using := USING.search(text):
        raw["Index Name"] = unquoted(using[1])
        text = text[using.end() :]
    if kind == "Bitmap Index Scan":
        if named := INDEX_ONLY_TARGET.search(text):
            raw["Index Name"] = unquoted(named[1])
        return
    target = TARGET.search(text)
    if target is None:
        if text.strip():
            raw["Target"] = text.strip()
        return
    _object(kind, target, raw)


def _object(kind: str, target: re.Match[str], raw: dict[str, Any]) -> None:
    schema, name, alias = target.groups()
    key = OBJECTS.get(kind, "Relation Name")
    if key is None:
        raw["Alias"] = unquoted(name)
        return
    raw[key] = unquoted(name)
    if schema is not None:
        raw["Schema"] = unquoted(schema)
    raw["Alias"] = unquoted(alias if alias is not None else name)


def target_table(text: str) -> Mapping[str, Any] | None:
    """A line `Update on schema.part alias` below a ModifyTable, which names one of several tables; None if it is no such line."""
    change = re.match(r"\s*(?:Foreign )?(?:Insert|Update|Delete|Merge)(?= on )", text)
    target = TARGET.search(text[change.end() :]) if change else None
    if target is None:
        return None
    raw: dict[str, Any] = {}
    _object("ModifyTable", target, raw)
    return raw
