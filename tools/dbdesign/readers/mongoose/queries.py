"""The queries of a program: calls of `find`, `aggregate`, `updateOne` … on its models, with the sort and limit chained to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbdesign.model.documents import Pipeline
from dbdesign.readers.mongoose.filters import COMPUTED, known_filter, plain, shape, sort_of, stages_of
from dbdesign.readers.typescript import CallNode, ClassNode, ObjectValue, Program, Reference, Value
from dbdesign.readers.typescript.syntax import argument_of, call_of_method, line_of, named, text_of
from dbdesign.readers.typescript.syntax import field as child
from dbdesign.readers.typescript.values import UNDEFINED, alternatives

if TYPE_CHECKING:
    from tree_sitter import Node

    from dbdesign.readers.typescript.scopes import Scope

_FILTERED = frozenset(
    ("find", "findOne", "countDocuments", "count", "exists", "findOneAndUpdate", "findOneAndDelete", "findOneAndRemove",
     "findOneAndReplace", "updateOne", "updateMany", "replaceOne", "deleteOne", "deleteMany", "paginate")
)  # fmt: skip
_BY_ID = frozenset(("findById", "findByIdAndUpdate", "findByIdAndDelete", "findByIdAndRemove"))
_CALL = re.compile(
    rb"\.\s*("
    + "|".join(sorted({*_FILTERED, *_BY_ID, "aggregate", "distinct"}, key=len, reverse=True)).encode()
    + rb")\b"
)
_OPTIONS_AT = {"find": 2, "findOne": 2, "findOneAndUpdate": 2, "findOneAndDelete": 1, "paginate": 1}
_RANGES = frozenset(("gt", "gte", "lt", "lte", "ne", "in", "nin", "regex"))
_ORDER = ("$match", "$sort", "$skip", "$limit")
_CLASSES = frozenset(("class_declaration", "class", "abstract_class_declaration"))
_FUNCTIONS = frozenset(("arrow_function", "function_expression", "function_declaration", "method_definition"))

MOST_QUERIES = 5_000
MOST_CHAINED = 60
"""Calls in one chain that are looked at."""

MOST_OPTIONAL = 3
"""Conditions that are added one by one, each taken for a query of its own."""


@dataclass
class Queries:
    """What is found.

    Attributes:
        computed: places of queries whose filter is known only when the program runs.
    """

    pipelines: list[Pipeline] = field(default_factory=list)
    computed: list[tuple[str, int]] = field(default_factory=list)


def read_queries(program: Program, collections: Mapping[str, str]) -> Queries:
    """The queries of all files.

    Args:
        collections: of the models, by their names.
    """
    return _Reading(program, collections).read()


class _Reading:
    def __init__(self, program: Program, collections: Mapping[str, str]) -> None:
        self.program = program
        self.collections = collections
        self.found = Queries()
        self.shapes: set[tuple[str, str]] = set()
        self.counts: dict[str, int] = {}
        self.injected: dict[int, dict[str, str]] = {}

    def read(self) -> Queries:
        for path in self.program.paths:
            text = self.program.files[path].removeprefix("\ufeff").encode("utf-8", "surrogatepass")
            starts = [match.start(1) for match in _CALL.finditer(text)]
            root = self.program.module(path).syntax.root if starts else None
            for start in starts if root is not None else ():
                if len(self.found.pipelines) >= MOST_QUERIES:
                    return self.found
                call = call_of_method(root.descendant_for_byte_range(start, start + 1)) if root else None
                if call is not None:
                    self._query(path, call)
        return self.found

    # --- one call ---

    def _query(self, path: str, call: Node) -> None:
        called = child(call, "function")
        owner = child(called, "object") if called is not None else None
        if called is None or owner is None:
            return
        name = text_of(child(called, "property"))
        scope = self.program.scope_at(path, call)
        collection = self._collection(scope.evaluate(owner), call, path)
        if collection is None:
            return
        forms = list(self._forms(call, name, scope))
        for stages in forms:
            self._add(collection, name, tuple(stages), path, line_of(call))
        if not forms:
            self.found.computed.append((path, line_of(call)))

    def _add(self, collection: str, method: str, stages: tuple[Mapping[str, Any], ...], path: str, line: int) -> None:
        key = (collection, shape(stages))
        if key in self.shapes:
            return
        self.shapes.add(key)
        count = self.counts[collection] = self.counts.get(collection, 0) + 1
        self.found.pipelines.append(
            Pipeline(name=f"{collection}.{method} {count}", collection=collection, stages=stages, line=line, path=path)
        )

    def _forms(self, call: Node, name: str, scope: Scope) -> Iterator[list[dict[str, Any]]]:
        """The stages that a call reads as: one list, or one for each condition that is added to an empty filter; none if not known."""
        if name == "aggregate":
            first = argument_of(call, 0)
            value = scope.evaluate(first) if first is not None else []
            if isinstance(value, list):
                yield stages_of(value)
            return
        chained = _chained(call, scope)
        rest = _after(call, name, scope, chained)
        for match in self._matches(call, name, scope):
            full = {**match, **_where(chained)}
            yield sorted([{"$match": full}, *rest], key=lambda one: _ORDER.index(next(iter(one))))

    def _matches(self, call: Node, name: str, scope: Scope) -> Iterator[dict[str, Any]]:
        node = argument_of(call, 1 if name == "distinct" else 0)
        value: Value = scope.evaluate(node) if node is not None else ObjectValue()
        if name in _BY_ID:
            yield {"_id": plain(value)}
            return
        known = known_filter(ObjectValue() if value is UNDEFINED else value)
        if known is None:
            return
        added = _added(node) if node is not None and node.type == "identifier" else []
        if added is None:
            return
        if known or not added:
            yield known
            return
        for one in added[:MOST_OPTIONAL]:
            yield {one: COMPUTED}

    # --- whose call it is ---

    def _collection(self, owner: Value, node: Node, path: str) -> str | None:
        """The collection of what a method is called on; None where it is no model."""
        for one in alternatives(self.program.expand(owner)):
            one = self.program.expand(one)
            if isinstance(one, CallNode) and "odel" in one.name and isinstance(one.arg(0), str):
                if (found := self.collections.get(str(one.arg(0)))) is not None:
                    return found
            elif isinstance(one, Reference) and (found := self._referred(one, node, path)) is not None:
                return found
        return None

    def _referred(self, value: Reference, node: Node, path: str) -> str | None:
        if value.name == "this" and len(value.path) == 1:
            return self._injected(node, path).get(value.path[0])
        if value.source is not None and value.source.startswith((".", "@/", "~/", "#")):
            return self.collections.get(value.last)  # a file that is not read, under the model's own name
        return None

    def _injected(self, node: Node, path: str) -> dict[str, str]:
        """The collections of the models that a class is given, by the names of its fields: `@InjectModel(Order.name) private orders`."""
        around = node.parent
        while around is not None and around.type not in _CLASSES:
            around = around.parent
        if around is None:
            return {}
        if around.id not in self.injected:
            owner = ClassNode(text_of(child(around, "name")), around, self.program.scope(path), line_of(around), path)
            self.injected[around.id] = {
                one.name: collection
                for one in owner.fields
                if (collection := self._of_field(one, node, path)) is not None
            }
        return self.injected[around.id]

    def _of_field(self, one: Any, node: Node, path: str) -> str | None:
        for decorator in one.decorators:
            if decorator.name == "InjectModel":
                said = decorator.arg(0)
                name = said.path[-2] if isinstance(said, Reference) and len(said.path) > 1 else said
                name = name.name if isinstance(name, Reference) and name.path == ("name",) else name
                return self.collections.get(name) if isinstance(name, str) else None
        initial = one.initialiser
        if isinstance(initial, Reference) and initial.name == "this":
            return None
        return self._collection(initial, node, path) if initial is not UNDEFINED else None


def _chained(call: Node, scope: Scope) -> list[tuple[str, list[Value]]]:
    """The calls that are chained to a call, with their arguments."""
    found: list[tuple[str, list[Value]]] = []
    while len(found) < MOST_CHAINED and (member := call.parent) is not None and member.type == "member_expression":
        outer = member.parent
        called = child(outer, "function") if outer is not None and outer.type == "call_expression" else None
        if outer is None or called is None or called.id != member.id:
            break
        arguments = child(outer, "arguments")
        values = [scope.evaluate(one) for one in named(arguments)] if arguments is not None else []
        found.append((text_of(child(member, "property")), values))
        call = outer
    return found


def _after(call: Node, name: str, scope: Scope, chained: list[tuple[str, list[Value]]]) -> list[dict[str, Any]]:
    """Sort, skip and limit: chained, or among the options."""
    said: dict[str, Any] = {}
    node = argument_of(call, _OPTIONS_AT[name]) if name in _OPTIONS_AT else None
    options = scope.evaluate(node) if node is not None else UNDEFINED
    calls = [(key, [one]) for key, one in options.items()] if isinstance(options, ObjectValue) else []
    for method, values in (*calls, *chained):
        if method == "sort" and values:
            said["$sort"] = sort_of(values[0])
        elif method in {"skip", "limit"} and values:
            said[f"${method}"] = plain(values[0])
    if name == "paginate":
        said = {"$skip": COMPUTED, "$limit": COMPUTED, **said}
    return [{key: value} for key, value in said.items()]


def _where(chained: list[tuple[str, list[Value]]]) -> dict[str, Any]:
    """Conditions that are chained: `.where("name", value)`, `.where("age").gt(18)`, `.where({…})`."""
    found: dict[str, Any] = {}
    path: str | None = None
    for method, values in chained:
        first = values[0] if values else UNDEFINED
        if method in {"where", "and"} and isinstance(first, ObjectValue):
            found |= known_filter(first) or {}
        elif method == "where" and isinstance(first, str):
            path = first
            found[path] = plain(values[1]) if len(values) > 1 else COMPUTED
        elif path is not None and method in _RANGES:
            found[path] = {f"${method}": plain(first)}
    return found


def _added(name: Node) -> list[str] | None:
    """The conditions that statements add to a filter that a variable holds; None where they cannot be named."""
    around = name.parent
    outermost = None
    while around is not None:
        outermost = around if around.type in _FUNCTIONS or outermost is None else outermost
        around = around.parent
    body, variable = text_of(outermost)[:200_000], re.escape(text_of(name))
    if re.search(rf"\bObject\.assign\(\s*{variable}\b", body):
        return None
    found = re.findall(rf"(?<![\w$.]){variable}\s*(?:\.\s*([\w$]+)|\[\s*['\"]([^'\"]+)['\"]\s*\])\s*=(?!=)", body)
    if re.search(rf"(?<![\w$.]){variable}\s*\[\s*[^'\"\]]+\]\s*=(?!=)", body):
        return None
    return list(dict.fromkeys(one or other for one, other in found))
