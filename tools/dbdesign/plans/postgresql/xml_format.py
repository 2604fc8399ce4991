"""EXPLAIN (FORMAT XML) to the objects of its JSON.

explain.c makes tags of the JSON's names by putting `-` for what XML does not allow (`ExplainXMLTag`), so that a tag alone does not tell
`Sort Key` from `Pre-sorted Groups`; the names that have a mark of their own are listed.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

NAMESPACE = "{http://www.postgresql.org/2009/explain}"
NAMES = {
    "One-Time-Filter": "One-Time Filter",
    "Full-sort-Groups": "Full-sort Groups",
    "Pre-sorted-Groups": "Pre-sorted Groups",
    **{
        f"{kind}I-O-{what}-Time": f"{kind.replace('-', ' ')}I/O {what} Time"
        for kind in ("", "Shared-", "Local-", "Temp-")
        for what in ("Read", "Write")
    },
}
LISTS = frozenset(
    {"Plans", "Workers", "Triggers", "Target-Tables", "Grouping-Sets", "Output", "Group-Keys", "Hash-Keys"}
)
"""What is a list also when it has no or one element."""
LISTS_OF_LISTS = frozenset({"Group-Keys", "Hash-Keys"})


def name_of(tag: str) -> str:
    """The JSON's name of a tag."""
    bare = tag.removeprefix(NAMESPACE)
    return NAMES.get(bare, bare.replace("-", " "))


def plan_object(query: ET.Element) -> dict[str, Any]:
    """The object of one `Query` element. What has no `Plan` in it has none in the object."""
    return _map(query)


def _map(element: ET.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element:
        name = name_of(child.tag)
        if name == "Incremental Sort Groups":
            name = "Pre-sorted Groups" if "Full-sort Groups" in found else "Full-sort Groups"
        elif name == "Sort Space":
            name = _sort_space(found)
        found[name] = _value(child)
    return found


def _sort_space(groups: dict[str, Any]) -> str:
    """The tag does not say of what; memory comes first, and external sorts have none."""
    methods = groups.get("Sort Methods Used") or ()
    on_disk = bool(methods) and all(str(one).startswith("external") for one in methods)
    return "Sort Space Disk" if on_disk or "Sort Space Memory" in groups else "Sort Space Memory"


def _value(element: ET.Element) -> Any:
    children = list(element)
    tag = element.tag.removeprefix(NAMESPACE)
    if tag in LISTS_OF_LISTS:
        return [[_value(item) for item in child] for child in children]
    if not children:
        return [] if tag in LISTS else _scalar(element.text or "")
    if tag in LISTS or all(child.tag.removeprefix(NAMESPACE) == "Item" for child in children):
        return [_value(child) for child in children]
    return _map(element)


def _scalar(text: str) -> Any:
    """A whole number where the text is just one, so that counters are equal in all formats."""
    return int(text) if text.isdecimal() and str(int(text)) == text and len(text) < 19 else text
