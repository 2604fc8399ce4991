"""Which index would serve a condition or an order, as DDL: what a finding recommends where nothing else is weighed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from dbdesign.simulate.comparisons import CONTAINED, EQUAL, PATTERNS, RANGES, Comparison, comparisons, sides
from dbdesign.simulate.conditions import conjuncts

if TYPE_CHECKING:
    from dbdesign.queries.uses import StatementUse
    from dbdesign.simulate.plans import Node
    from dbdesign.simulate.relations import Catalog
    from dbdesign.twin.relations import Relation

_NAME = re.compile(r"[a-z_][a-z0-9_$]*\Z")
_WEIGHED = "`dbdesign advise` weighs it against the rest of the workload"
_ELEMENT = re.compile(r"'(?:::\w+)? = ANY \((?:\w+\.)?(?P<column>[a-z_]\w*|\"[^\"]+\")\)")
"""A value among the elements of a column that is an array."""

_FIXED_START = re.compile(r"'[^%_']")
MOST_INCLUDED = 5
"""Columns of an index that is still much smaller than its table."""

_DOCUMENTS = ("jsonb", "tsvector")


def index_remedy(node: Node, catalog: Catalog, *, order: Sequence[str] = (), covering: Iterable[str] = ()) -> str:
    """The index for the conditions of a scan, its order behind what is compared by equality; or why there is none.

    Args:
        order: keys that the rows are wanted by.
        covering: columns to include.
    """
    assert node.table is not None  # noqa: S101 - asked of scans only
    table, condition = node.table, node.condition("Index Cond", "Filter")
    owner = _label(catalog.root(table))
    if element := _ELEMENT.search(condition):
        column = element["column"]
        return (
            f"Written as {column} @> ARRAY[…], it is served by CREATE INDEX ON {owner} USING gin ({column}); {_WEIGHED}"
        )
    found = comparisons(condition, table, node.raw.get("Alias"))
    known = [one for one in found if one is not None]
    keys = _keys(known, order)
    if keys:
        included = [name for name in map(quoted, covering) if name not in {key.split()[0] for key in keys}]
        rest = f" INCLUDE ({', '.join(included)})" if included else ""
        return f"CREATE INDEX ON {owner} ({', '.join(keys)}){rest}; {_WEIGHED}"
    for one in known:
        if special := _special(one, table, owner):
            return special
    either = [side for part in conjuncts(condition) for side in sides(part) if len(sides(part)) > 1]
    if either and (indexes := _either(either, table, node.raw.get("Alias"), owner)):
        return f"An index for each side of the OR, which are then searched together: {'; '.join(indexes)}"
    return f"No index serves this condition as it is written; compare columns with values by =, < or >: {condition}"


def _keys(known: Iterable[Comparison], order: Sequence[str] = ()) -> list[str]:
    """Columns and expressions compared by equality, then those of the order, or one that is compared by a range."""
    known = list(known)
    equal = [_key(one) for one in known if one.operator in EQUAL and _computable(one)]
    ranges = [_key(one) for one in known if one.operator in RANGES and _computable(one)]
    behind = list(order) or ranges[:1]
    bare = {key.split()[0] for key in equal}
    return list(dict.fromkeys([*equal, *(key for key in behind if key.split()[0] not in bare)]))


def _computable(one: Comparison) -> bool:
    return one.column is not None


def _key(one: Comparison) -> str:
    if one.bare:
        return quoted(one.column or one.left)
    return one.left if re.fullmatch(r"\w+\([^()]*\)", one.left) else f"({one.left})"


def _special(one: Comparison, table: Relation, owner: str) -> str | None:
    """For what a B-tree does not serve as it is."""
    if one.operator in CONTAINED:
        kind = next((each.type for each in table.attributes if each.name == one.column), "")
        method = "gin" if kind.startswith(_DOCUMENTS) or kind.endswith("[]") or not one.bare else "gist"
        return f"CREATE INDEX ON {owner} USING {method} ({_key(one)}); {_WEIGHED}"
    if one.operator in PATTERNS:
        key = _key(one)
        inside = (
            f"for one that begins with a wildcard: CREATE INDEX ON {owner} USING gin ({key} gin_trgm_ops), of pg_trgm"
        )
        if one.operator == "~~" and (_FIXED_START.match(one.right) or "$" in one.right):
            return f"For a pattern with a fixed beginning: CREATE INDEX ON {owner} ({key} text_pattern_ops); {inside}"
        return f"CREATE INDEX ON {owner} USING gin ({key} gin_trgm_ops), of pg_trgm; {_WEIGHED}"
    return None


def _either(parts: Iterable[str], table: Relation, alias: object, owner: str) -> list[str] | None:
    """An index a side; None where a side has none."""
    found: list[str] = []
    for part in parts:
        keys = _keys(one for one in comparisons(part, table, alias) if one is not None)
        if not keys:
            return None
        found.append(f"CREATE INDEX ON {owner} ({', '.join(keys)})")
    return list(dict.fromkeys(found))


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return name if _NAME.match(name) else '"' + name.replace('"', '""') + '"'


def _label(table: Relation) -> str:
    return quoted(table.name) if table.namespace == "public" else f"{quoted(table.namespace)}.{quoted(table.name)}"


# -- orders ----------------------------------------------------------------------------------------------------------------

_DIRECTION = re.compile(r"(?P<key>.*?)(?P<rest>(?: COLLATE \S+| DESC| NULLS FIRST| NULLS LAST)*)\Z", re.DOTALL)


def order_remedy(sort: Node, catalog: Catalog, use: StatementUse | None = None) -> str:
    """The index that gives the rows of a Sort in its order; or what to do where none can.

    Args:
        use: where all rows are wanted: the columns that the index has to hold for the table's rows not to be fetched one by one.
    """
    below = list(sort.below())
    if any(one.type in {"Aggregate", "WindowAgg", "Group", "SetOp"} for one in below):
        return "What is sorted is computed first, so no index has its order: let a condition leave less, or keep the result in a table"
    keys = [str(key) for key in sort.raw.get("Sort Key", ())]
    scans = [one for one in below if one.table is not None]
    owners = {catalog.root(one.table).oid: one for one in scans if one.table and _has_all(keys, one)}
    if not any(_named(keys, one) for one in scans):
        return "It is computed anew for each row, so no index has this order; for a random choice: TABLESAMPLE, or start at a random key"
    if len(owners) != 1:
        return "No index has an order by columns of several tables: sort by those of one, or let a condition leave fewer rows"
    [scan] = owners.values()
    order = [_order_key(key) for key in keys]
    if use is None:
        return index_remedy(scan, catalog, order=order)
    read = _read(scan, use, catalog)
    if read is None:
        return "No index pays for whole rows in this order: read them in portions by a key, or raise work_mem for this statement"
    return index_remedy(scan, catalog, order=order, covering=read)


def _read(scan: Node, use: StatementUse, catalog: Catalog) -> list[str] | None:
    """The columns of a scan's table that a statement reads; None for too many of them."""
    owner = catalog.root(scan.table).label if scan.table else ""
    uses = [one for one in use.uses if one.table.label == owner]
    read = sorted({name for one in uses for name in one.used})
    return None if any(one.all_columns for one in uses) or len(read) > MOST_INCLUDED else read


def _named(keys: Iterable[str], scan: Node) -> bool:
    return any(_of(key, scan) for key in keys)


def _has_all(keys: Sequence[str], scan: Node) -> bool:
    return all(_of(key, scan) for key in keys)


def _of(key: str, scan: Node) -> bool:
    """Whether a sort key names a column of a scan's table, by its alias where it has one; a partition's by its parent's."""
    if scan.table is None:
        return False
    columns = {one.name for one in scan.table.attributes}
    words = re.findall(r'(?:"?([\w$]+)"?\.)?"?([\w$]+)"?', re.sub(r"'(?:[^']|'')*'", "", key))
    alias = str(scan.raw.get("Alias", scan.table.name))
    return any(
        name in columns and (not owner or owner == alias or re.fullmatch(rf"{re.escape(owner)}_\d+", alias))
        for owner, name in words
    )


def _order_key(key: str) -> str:
    """A sort key as an index has it."""
    match = _DIRECTION.match(key)
    text, rest = (match["key"], match["rest"]) if match else (key, "")
    bare = re.sub(r'(?:"?[\w$]+"?\.)("?[\w$]+"?)', r"\1", text)
    return bare + rest
