"""Q objects and lookups as SQL conditions, with the NOT NULL that Django adds to negated ones.

Source: `Node.add` of django.utils.tree, `Q._combine`, `Query.build_filter`, `WhereNode.as_sql` and the lookups of Django 5.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from dbdesign.dialects.base import dialect
from dbdesign.model.schema import Engine
from dbdesign.readers.django.expressions import MAX_NESTING, Expressions
from dbdesign.readers.django.fields import RANGES, FieldState
from dbdesign.readers.django.literals import literal
from dbdesign.readers.django.state import UnsayableError
from dbdesign.readers.django.values import Called, Negated, Operated, Reference, Value, as_list, is_known

COMPARISONS: Mapping[str, str] = {"exact": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
LOOKUP_CLASSES: Mapping[str, str] = {
    "Exact": "exact", "GreaterThan": "gt", "GreaterThanOrEqual": "gte", "LessThan": "lt", "LessThanOrEqual": "lte",
    "IsNull": "isnull", "In": "in", "Contains": "contains", "StartsWith": "startswith", "EndsWith": "endswith", "Regex": "regex",
    "IExact": "iexact", "IContains": "icontains", "Range": "range",
}  # fmt: skip
LOOKUPS = frozenset(
    {*COMPARISONS, *LOOKUP_CLASSES.values(), "istartswith", "iendswith", "iregex", "has_key", "has_keys", "has_any_keys",
     "contained_by", "overlap", "fully_lt", "fully_gt", "not_lt", "not_gt", "adjacent_to", "isempty"}
)  # fmt: skip
_TEXT_PATTERNS = {"contains": ("%", "%"), "startswith": ("", "%"), "endswith": ("%", "")}
_RANGE_OPERATORS = {"contains": "@>", "contained_by": "<@", "overlap": "&&", "fully_lt": "<<", "fully_gt": ">>", "not_lt": "&>",
                    "not_gt": "&<", "adjacent_to": "-|-"}  # fmt: skip
_SETS = {"contains": "@>", "contained_by": "<@", "overlap": "&&"}


def _is_expression(value: Called) -> bool:
    """Whether a call makes an expression of Django's rather than a constant (`Decimal("1")`)."""
    return value.path.startswith("django.") or value.declaration is not None


@dataclass
class _Node:
    connector: str = "AND"
    negated: bool = False
    children: list[Value] = field(default_factory=list)

    def add(self, other: Value, connector: str) -> None:
        """Take in a condition, flattened as Django's trees are."""
        if self.connector != connector:
            self.children = [_Node(self.connector, self.negated, self.children), other]
            self.connector, self.negated = connector, False
        elif (
            isinstance(other, _Node)
            and not other.negated
            and (other.connector == connector or len(other.children) == 1)
        ):
            self.children += other.children
        else:
            self.children.append(other)


class Conditions:
    """Compiles conditions over the columns of one model."""

    def __init__(self, compiler: Expressions) -> None:
        self.compiler = compiler
        self.engine = compiler.engine

    def sql(self, value: Value) -> str:
        """A condition as SQL, without outer parentheses. Raises `UnsayableError`."""
        text = self._node(self._tree(value, 0), negated=False, depth=0)
        return text or "true"

    def _tree(self, value: Value, depth: int) -> _Node:
        if depth > MAX_NESTING:
            raise UnsayableError("nested too deeply")
        if isinstance(value, Operated) and value.operator in {"&", "|", "^^"}:
            return self._combined(value, depth)
        if isinstance(value, Negated) and value.operator == "~":
            node = _Node()
            node.add(self._tree(value.operand, depth + 1), "AND")
            node.negated = True
            return node
        if isinstance(value, Called) and value.last == "Q":
            return self._q(value, depth)
        return _Node(children=[value])

    def _combined(self, value: Operated, depth: int) -> _Node:
        connector = {"&": "AND", "|": "OR", "^^": "XOR"}[value.operator]
        left, right = self._tree(value.left, depth + 1), self._tree(value.right, depth + 1)
        if not left.children or not right.children:
            return right if not left.children else left
        node = _Node(connector)
        node.add(left, connector)
        node.add(right, connector)
        return node

    def _q(self, value: Called, depth: int) -> _Node:
        given = dict(value.kwargs)
        connector, negated = given.pop("_connector", "AND"), given.pop("_negated", False)
        connector = connector.last if isinstance(connector, Reference) else connector
        if connector not in {"AND", "OR", "XOR"} or "**" in given:
            raise UnsayableError("a Q that is known only when the program runs")
        children: list[Value] = []
        for one in value.args:
            is_pair = isinstance(one, tuple) and len(one) == 2 and isinstance(one[0], str)
            children.append(one if is_pair else self._tree(one, depth + 1))
        children += sorted(given.items())
        return _Node(str(connector), negated is True, children)

    def _node(self, node: _Node, *, negated: bool, depth: int) -> str:
        if depth > MAX_NESTING:
            raise UnsayableError("nested too deeply")
        inside = negated ^ node.negated
        clauses: list[tuple[str, str, bool]] = []
        for child in node.children:
            text, connector = self._child(child, negated=inside, depth=depth + 1)
            if text:
                clauses.append((text, connector, isinstance(child, _Node) and child.negated))
        if node.connector == "XOR":
            return self._either([text for text, _, __ in clauses], negated=node.negated)
        parts = [text if connector in {"", node.connector} else f"({text})" for text, connector, _ in clauses]
        text = f" {node.connector} ".join(parts)
        return f"NOT ({text})" if node.negated and text else text

    def _either(self, parts: list[str], *, negated: bool) -> str:
        if len(parts) != 2:
            raise UnsayableError("an exclusive or of more than two")
        one, other = parts
        either = f"({one}) OR ({other})"
        odd = " + ".join(f"CASE WHEN {part} THEN 1 ELSE 0 END" for part in parts)
        text = f"({either}) AND 1 = (({odd}))" if len(parts) == 2 else ""
        return f"NOT ({text})" if negated else text

    def _child(self, child: Value, *, negated: bool, depth: int) -> tuple[str, str]:
        """The SQL and the connector that holds it together; empty for a single thing."""
        if isinstance(child, _Node):
            text = self._node(child, negated=negated, depth=depth)
            return text, "" if child.negated or len(child.children) == 1 else child.connector
        if isinstance(child, tuple) and len(child) == 2 and isinstance(child[0], str):
            return self._lookup(child[0], child[1], negated=negated)
        return self._expression(child), ""

    def _expression(self, value: Value) -> str:
        if (
            isinstance(value, Called)
            and value.receiver is None
            and value.last in LOOKUP_CLASSES
            and len(value.args) == 2
        ):
            left, right = value.args
            path, one = (
                self.compiler.path(left) if isinstance(left, str) else (self.compiler.sql(left), self._field(left))
            )
            if isinstance(right, bool) and value.last == "Exact":
                return f"{path} = {literal(right, self.engine)}"
            return self._compared(LOOKUP_CLASSES[value.last], path, one, right)
        if isinstance(value, Called | Operated | Negated):
            return self.compiler.sql(value)
        if isinstance(value, bool):
            return literal(value, self.engine)
        raise UnsayableError("a condition that is known only when the program runs")

    def _field(self, value: Value) -> FieldState | None:
        kind = self.compiler.kind(value)
        return FieldState("", kind) if kind else None

    def _lookup(self, path: str, value: Value, *, negated: bool) -> tuple[str, str]:
        names = path.split("__")
        lookup = names.pop() if len(names) > 1 and self._is_lookup(names) else "exact"
        if value is None and lookup in {"exact", "iexact"}:
            lookup, value = "isnull", True
        if names[-1] in {"year", "iso_year"} and len(names) > 1 and lookup in COMPARISONS and isinstance(value, int):
            text = self._year(names, lookup, value)
        else:
            sql, one = self.compiler.path("__".join(names))
            text = self._compared(lookup, sql, one, value)
        if not negated or lookup == "isnull":
            return text, ""
        extra = self._known(names[0], value)
        return (f"{text} AND {' AND '.join(extra)}", "AND") if extra else (text, "")

    def _year(self, names: list[str], lookup: str, year: int) -> str:
        """A year is compared by its first and last moment, so that an index of the column serves."""
        sql, one = self.compiler.path("__".join(names[:-1]))
        if (
            one is None
            or one.kind not in {"DateField", "DateTimeField"}
            or names[-1] != "year"
            or not 1 <= year <= 9999
        ):
            raise UnsayableError("a year of something else than a date")
        zoned = one.kind == "DateTimeField"
        if zoned and self.compiler.registry.settings.time_zone != "UTC":
            raise UnsayableError("a year in another time zone than UTC")
        first = f"{year:04d}-01-01{' 00:00:00+00:00' if zoned else ''}"
        last = f"{year:04d}-12-31{' 23:59:59.999999+00:00' if zoned else ''}"
        if lookup == "exact":
            return f"{sql} BETWEEN {self._right(first, one)} AND {self._right(last, one)}"
        return f"{sql} {COMPARISONS[lookup]} {self._right(first if lookup in {'gte', 'lt'} else last, one)}"

    def _known(self, name: str, value: Value) -> list[str]:
        """`column IS NOT NULL` of nullable columns in a negated lookup."""
        names = [name]
        if isinstance(value, Called) and value.last == "F" and value.args:
            names.append(str(value.args[0]).split("__")[0])
        registry, state = self.compiler.registry, self.compiler.state
        fields = [registry.field(state, one) for one in names]
        return [f"{self.compiler.column(one.name)} IS NOT NULL" for one in fields if one.flag("null")]

    def _is_lookup(self, names: list[str]) -> bool:
        if names[-1] not in LOOKUPS:
            return False
        one = self.compiler.registry.field(self.compiler.state, names[0])
        resolved = self.compiler.types.resolved(self.compiler.state, one)
        return not (resolved.kind in RANGES and names[-1] in {"startswith", "endswith"})

    def _compared(self, lookup: str, sql: str, one: FieldState | None, value: Value) -> str:
        if lookup == "isnull":
            return f"{sql} IS {'NULL' if value is True else 'NOT NULL'}"
        if lookup in COMPARISONS:
            return self._comparison(lookup, sql, one, value)
        if lookup == "in":
            return self._in(sql, one, value)
        if lookup == "range":
            ends = as_list(value)
            if ends is None or len(ends) != 2:
                raise UnsayableError("a range that is not known")
            return f"{sql} BETWEEN {self._right(ends[0], one)} AND {self._right(ends[1], one)}"
        return self._special(lookup, sql, one, value)

    def _comparison(self, lookup: str, sql: str, one: FieldState | None, value: Value) -> str:
        is_boolean = isinstance(value, bool) and lookup == "exact" and (one is None or one.kind == "BooleanField")
        if is_boolean and self.engine is not Engine.SQLSERVER:
            return sql if value else f"NOT {sql}"
        return f"{sql} {COMPARISONS[lookup]} {self._right(value, one)}"

    def _right(self, value: Value, one: FieldState | None) -> str:
        if isinstance(value, Called | Operated | Negated):
            sql = self.compiler.sql(value, one)
            is_constant = isinstance(value, Called) and value.receiver is None and not _is_expression(value)
            return sql if is_constant or sql.startswith("(") else f"({sql})"
        return literal(value, self.engine, one)

    def _in(self, sql: str, one: FieldState | None, value: Value) -> str:
        entries = as_list(value) or (list(value) if isinstance(value, dict) else None)
        if entries is None:
            raise UnsayableError("a list that is not known")
        found = list(dict.fromkeys(self._right(inner, one) for inner in entries if inner is not None))
        if not found:
            raise UnsayableError("an empty list")
        return f"{sql} IN ({', '.join(found)})"

    def _special(self, lookup: str, sql: str, one: FieldState | None, value: Value) -> str:
        kind = one.kind if one else None
        if kind == "ArrayField" and lookup in _SETS and one is not None:
            right = self._right(value, one)
            return f"{sql} {_SETS[lookup]} ({right})::{self.compiler.types.array_cast(self.compiler.state, one)}"
        if kind in RANGES and lookup in _RANGE_OPERATORS:
            return f"{sql} {_RANGE_OPERATORS[lookup]} {self._right(value, None)}"
        if kind in RANGES and lookup == "isempty":
            return f"isempty({sql})" if value is True else f"NOT isempty({sql})"
        if kind in {"JSONField", "HStoreField"} and lookup in self._KEYED:
            return self._KEYED[lookup](self, sql, value)
        return self._text(lookup, sql, kind, value)

    def _text(self, lookup: str, sql: str, kind: str | None, value: Value) -> str:
        if not self.compiler.types.is_postgresql:
            return self._plain_text(lookup, sql, value)
        if not is_known(value):
            raise UnsayableError(f"{lookup} with something that is not a text")
        left = f"HOST({sql})" if kind in {"IPAddressField", "GenericIPAddressField"} else f"{sql}::text"
        name = lookup.removeprefix("i") if lookup not in {"in", "isnull"} else lookup
        folded = name != lookup
        if name == "regex":
            return f"{left} {'~*' if folded else '~'} {self._literal(str(value))}"
        left, wrap = (f"UPPER({left})", "UPPER({})") if folded else (left, "{}")
        if name == "exact":
            return f"{left} = {wrap.format(self._literal(str(value)))}"
        if name not in _TEXT_PATTERNS:
            raise UnsayableError(f"the lookup {lookup}")
        before, after = _TEXT_PATTERNS[name]
        escaped = str(value).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"{left} LIKE {wrap.format(self._literal(f'{before}{escaped}{after}'))}"

    def _plain_text(self, lookup: str, sql: str, value: Value) -> str:
        if lookup not in _TEXT_PATTERNS or not isinstance(value, str):
            raise UnsayableError(f"the lookup {lookup} on {self.engine.value}")
        before, after = _TEXT_PATTERNS[lookup]
        escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        pattern = self._literal(f"{before}{escaped}{after}")
        return f"{sql} LIKE BINARY {pattern}" if self.engine is Engine.MYSQL else f"{sql} LIKE {pattern} ESCAPE '\\'"

    def _literal(self, text: str) -> str:
        return dialect(self.engine).literal(text)

    def _has_key(self, sql: str, value: Value) -> str:
        return f"{sql} ? {self._literal(str(value))}"

    def _has_keys(self, sql: str, value: Value) -> str:
        return f"{sql} ?& {self._keys(value)}"

    def _has_any(self, sql: str, value: Value) -> str:
        return f"{sql} ?| {self._keys(value)}"

    def _keys(self, value: Value) -> str:
        return f"ARRAY[{', '.join(self._literal(str(one)) for one in as_list(value) or [])}]"

    def _contains(self, sql: str, value: Value) -> str:
        return f"{sql} @> {literal(value, self.engine, FieldState('', 'JSONField'))}"

    def _contained(self, sql: str, value: Value) -> str:
        return f"{sql} <@ {literal(value, self.engine, FieldState('', 'JSONField'))}"

    _KEYED: ClassVar[Mapping[str, Callable[[Any, str, Value], str]]] = {
        "has_key": _has_key,
        "has_keys": _has_keys,
        "has_any_keys": _has_any,
        "contains": _contains,
        "contained_by": _contained,
    }
