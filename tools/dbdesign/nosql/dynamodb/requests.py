"""The request of each pattern: as DynamoDB takes it, with placeholders, and as Python that makes it."""

from __future__ import annotations

import builtins
import keyword
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dbdesign.model.patterns import AccessPattern, Entity
from dbdesign.nosql.dynamodb import runtime
from dbdesign.nosql.dynamodb.capacity import fetches, needed
from dbdesign.nosql.dynamodb.layout import KeyAttribute, Part, Path, Placement, stored_type
from dbdesign.nosql.dynamodb.limits import RANGE_SHARE
from dbdesign.nosql.dynamodb.matching import Match, Statistics, predicate_value
from dbdesign.nosql.dynamodb.sizes import TTL

AFTER = "$"
"""Follows `#`, which joins the pieces of a key: the end of a range that includes all keys that begin so."""


TAKEN = {*vars(runtime), *vars(builtins), "client", "limit", "now", "values", "number", "key", "request", "requests"} | {
    "own", "items", "found", "other", "one", "by", "old", "expected",
}  # fmt: skip
"""Names that the module's functions use themselves: no parameter or function may take them."""


@dataclass(frozen=True)
class Code:
    """A value of a request: as text with placeholders, and as a Python expression."""

    text: str
    code: str


@dataclass
class Request:
    """A request of one operation.

    Attributes:
        fields: as the API names them; values are plain, or `Code`, or mappings and lists of these.
        parameters: of the Python function that makes it.
    """

    operation: str
    fields: dict[str, Any]
    parameters: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """With placeholders in the place of values."""
        found: dict[str, Any] = _plain(self.fields)
        return found

    def python(self, indent: int) -> str:
        """As a Python expression."""
        return _python(self.fields, indent)


def identifier(name: str) -> str:
    """A name as a Python identifier."""
    found = re.sub(r"\W", "_", name) or "_"
    if found[0].isdigit():
        found = f"_{found}"
    return f"{found}_" if keyword.iskeyword(found) or found in TAKEN else found


def function_of(pattern: str) -> str:
    """The name of a pattern's function."""
    return identifier(re.sub(r"_+", "_", re.sub(r"\W", "_", pattern.lower())).strip("_"))


def _plain(value: Any) -> Any:
    if isinstance(value, Code):
        return value.text
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _python(value: Any, indent: int) -> str:
    if isinstance(value, Code):
        return value.code
    if isinstance(value, Mapping) and value:
        inner = " " * (indent + 4)
        entries = "".join(f"{inner}{name!r}: {_python(one, indent + 4)},\n" for name, one in value.items())
        return "{\n" + entries + " " * indent + "}"
    return repr(value)


@dataclass
class _Expression:
    """Names and values of expressions, each named once."""

    entity: Entity
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Code] = field(default_factory=dict)
    parameters: list[str] = field(default_factory=list)

    def name(self, attribute: str) -> str:
        placeholder = "#" + re.sub(r"\W", "_", attribute)
        while self.names.get(placeholder, attribute) != attribute:
            placeholder += "_"
        self.names[placeholder] = attribute
        return placeholder

    def value(self, name: str, code: Code) -> str:
        placeholder = ":" + re.sub(r"\W", "_", name)
        while self.values.get(placeholder, code) != code:
            placeholder += "_"
        self.values[placeholder] = code
        return placeholder

    def parameter(self, name: str) -> str:
        found = identifier(name)
        if found not in self.parameters:
            self.parameters.append(found)
        return found

    def of(self, attribute: str, suffix: str = "") -> Code:
        """An attribute's value in its own type."""
        name = self.parameter(attribute + suffix)
        return Code(f"{{{attribute}{suffix}}}", f"typed({stored_type(self.entity, attribute)!r}, {name})")

    def piece(self, part: Part, suffix: str = "") -> Code:
        """A piece of a joined key, as a string."""
        if part.kind in {"literal", "marker"}:
            return Code(part.name, repr(part.name))
        if part.kind == "shard":
            return self._shard(part)
        name = self.parameter(part.name + suffix)
        return Code(f"{{{part.name}{suffix}}}", f"text({name})")

    def _shard(self, part: Part) -> Code:
        if any(identifier(name) not in self.parameters for name in part.of):
            return Code("{shard}", "str(number)")
        values = ", ".join(identifier(name) for name in part.of)
        return Code("{shard}", f"str(shard({part.count}, {values}))")

    def joined(self, pieces: list[Code], end: str = "") -> Code:
        text = "#".join(one.text for one in pieces) + end
        code = f"joined({', '.join(one.code for one in pieces)})" if len(pieces) > 1 else pieces[0].code
        return Code(text, f'{{"S": {code}{f" + {end!r}" if end else ""}}}')


def read_request(
    placement: Placement,
    path: Path,
    match: Match,
    pattern: AccessPattern,
    statistics: Statistics,
    *,
    whole: bool = False,
) -> Request:
    """A GetItem, or a Query of a table or index.

    Args:
        whole: all items of the partition, whatever entity they are of.
    """
    expression = _Expression(placement.entity)
    for name in (*pattern.equal,):
        expression.parameter(name)
    if match.item and not whole:
        return _get(placement, pattern, expression)
    hashed, ranged = placement.keys[path.name]
    conditions = [_equal(one, expression) for one in hashed]
    if not whole:
        conditions += list(_sorted(ranged, match, expression))
    fields: dict[str, Any] = {"TableName": placement.table}
    if path.kind != "table":
        fields["IndexName"] = path.name
    fields["KeyConditionExpression"] = " AND ".join(conditions)
    filters, passing = _filters(placement, pattern, match, expression, statistics)
    if filters and not whole:
        fields["FilterExpression"] = " AND ".join(filters)
    if pattern.project and not whole and not fetches(path, pattern, placement.entity):
        names = [*pattern.project, *(key.attribute for key in pattern.order)]
        fields["ProjectionExpression"] = ", ".join(expression.name(one) for one in dict.fromkeys(names))
    fields["ExpressionAttributeNames"] = expression.names
    fields["ExpressionAttributeValues"] = expression.values
    if pattern.page is not None and match.ordered and not whole:
        fields["Limit"] = min(math.ceil(pattern.page / passing), 1000) if filters else pattern.page
    if match.descending and match.ordered:
        fields["ScanIndexForward"] = False
    if pattern.consistency == "strong":
        fields["ConsistentRead"] = True
    return Request("Query", fields, expression.parameters)


def _get(placement: Placement, pattern: AccessPattern, expression: _Expression) -> Request:
    hashed, ranged = placement.keys[placement.base.name]
    key = {one.name: _key_value(one, expression) for one in (*hashed, *ranged)}
    fields: dict[str, Any] = {"TableName": placement.table, "Key": key}
    names = needed(pattern, placement.entity)
    if names is not None:
        kept = list(dict.fromkeys(pattern.project))
        if TTL in names:
            kept.append(TTL)
        fields["ProjectionExpression"] = ", ".join(expression.name(one) for one in kept)
        fields["ExpressionAttributeNames"] = expression.names
    if pattern.consistency == "strong":
        fields["ConsistentRead"] = True
    return Request("GetItem", fields, expression.parameters)


def _key_value(one: KeyAttribute, expression: _Expression) -> Code:
    if one.own:
        return expression.of(one.name)
    return expression.joined([expression.piece(part) for part in one.parts])


def _equal(one: KeyAttribute, expression: _Expression) -> str:
    return f"{expression.name(one.name)} = {expression.value(one.name, _key_value(one, expression))}"


def _sorted(ranged: tuple[KeyAttribute, ...], match: Match, expression: _Expression) -> Iterator[str]:
    """Conditions on sort key attributes, from the left: equalities, then at most one range."""
    prefix = list(match.prefix)
    for one in ranged:
        fixed = [part for part in one.parts if part in prefix]
        if len(fixed) == len(one.parts):
            yield _equal(one, expression)
            continue
        yield from _ranged(one, fixed, match, expression)
        return


def _ranged(one: KeyAttribute, fixed: list[Part], match: Match, expression: _Expression) -> Iterator[str]:
    following = one.parts[len(fixed)]
    if match.ranged is not None and following == match.ranged:
        if one.own:
            low, high = expression.of(one.name, "_from"), expression.of(one.name, "_to")
        else:
            before = [expression.piece(part) for part in fixed]
            end = AFTER if len(one.parts) > len(fixed) + 1 else ""
            low = expression.joined([*before, expression.piece(following, "_from")])
            high = expression.joined([*before, expression.piece(following, "_to")], end)
        name = expression.name(one.name)
        yield f"{name} BETWEEN {expression.value(one.name + '_from', low)} AND {expression.value(one.name + '_to', high)}"
    elif fixed:
        prefix = expression.joined([*(expression.piece(part) for part in fixed), Code("", '""')])
        yield f"begins_with({expression.name(one.name)}, {expression.value(one.name, prefix)})"


def _filters(
    placement: Placement, pattern: AccessPattern, match: Match, expression: _Expression, statistics: Statistics
) -> tuple[list[str], float]:
    """Conditions that are tested after reading, and the share that passes them."""
    found, passing = [], 1.0
    for name in match.filtered:
        found.append(f"{expression.name(name)} = {expression.value(name, expression.of(name))}")
        passing *= statistics.selectivity(name)[0]
    for name in match.tested:
        found.append(f"{expression.name(name)} = {expression.value(name, tested_value(name, pattern, expression))}")
        passing *= max(pattern.filter[name], 1e-6)
    if pattern.range and match.ranged is None:
        name = pattern.range
        low = expression.value(name + "_from", expression.of(name, "_from"))
        high = expression.value(name + "_to", expression.of(name, "_to"))
        found.append(f"{expression.name(name)} BETWEEN {low} AND {high}")
        passing *= RANGE_SHARE
    if placement.entity.retention_days is not None:
        now = Code("{now}", '{"N": str(now)}')
        found.append(f"{expression.name(TTL)} > {expression.value('now', now)}")
    return found, passing


def tested_value(name: str, pattern: AccessPattern, expression: _Expression) -> Code:
    """The value that a filter compares with: the one of that selectivity, else a parameter."""
    one = expression.entity.attribute_by_name.get(name)
    value = predicate_value(one, pattern.filter[name]) if one else None
    if value is None:
        return expression.of(name)
    return Code(
        str(value).lower() if isinstance(value, bool) else value,
        f"typed({stored_type(expression.entity, name)!r}, {value!r})",
    )
