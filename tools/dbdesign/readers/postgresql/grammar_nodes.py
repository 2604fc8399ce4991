"""From nodes of PostgreSQL's parse tree to the model's small parts: names, expressions, types, options, literals.

Nodes are libpg_query's protobuf messages (`postgast.pg_query_pb2`); they are typed `Any`, because their classes are made at run time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from dbdesign.dialects.postgresql import DIALECT, KIND_BY_NAME, NATIVE_BY_NAME, NOT_FUNCTION_OR_TYPE
from dbdesign.model.schema import SequenceOptions
from dbdesign.model.types import DataType, Kind, TypeName
from dbdesign.readers.postgresql.libpg_query import deparse, parse, pb

Node = Any
SERIALS = {
    "smallserial": "int2", "serial2": "int2", "serial": "int4", "serial4": "int4", "bigserial": "int8", "serial8": "int8",
}  # fmt: skip
_ALIASES = {"decimal": "numeric", "dec": "numeric", "int": "int4"}
_TIMES = {"time", "timetz", "timestamp", "timestamptz"}
_ZONED = {"time": " without time zone", "timetz": " with time zone"}
_LENGTHS = {"varchar", "bpchar", "bit", "varbit", "vector", "halfvec", "sparsevec"}
_BUILT_IN = frozenset(NATIVE_BY_NAME) | frozenset(
    """
    numeric money name text bytea date interval uuid json jsonb xml inet cidr macaddr macaddr8 tsvector tsquery oid regclass
    regtype regproc regprocedure regoper regoperator regconfig regdictionary regnamespace regrole regcollation point line lseg
    box path polygon circle pg_lsn pg_snapshot txid_snapshot int4range int8range numrange tsrange tstzrange daterange
    int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange xid xid8 cid tid jsonpath
    refcursor record trigger void anyelement anyarray int2vector oidvector
    """.split()  # noqa: SIM905 - a list of 70 words is unreadable
)
_RANGES = {"int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange"}
_SERIAL_LIMITS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63, "INT2": 2**15, "INT4": 2**31, "INT8": 2**63}
_NO_PRECISION = 0xFFFF


def unwrap(node: Node) -> Node:
    """The message inside a `Node`."""
    which = node.WhichOneof("node")
    return getattr(node, which) if which else None


def kind_of(node: Node) -> str:
    """Which message a `Node` holds: `column_def`, `constraint` …; empty for none."""
    return node.WhichOneof("node") or ""


def strings(nodes: Iterable[Node]) -> list[str]:
    """The texts of a list of String nodes."""
    return [node.string.sval for node in nodes]


def names_of(node: Node) -> list[str]:
    """The parts of a name that is a list of strings, one string, or a type name."""
    which = kind_of(node)
    if which == "list":
        return strings(node.list.items)
    if which == "type_name":
        return strings(node.type_name.names)
    if which == "object_with_args":
        return strings(node.object_with_args.objname)
    return [node.string.sval]


def expression(node: Node) -> str:
    """An expression as SQL, by libpg_query's deparser."""
    tree = pb.ParseResult()
    target = tree.stmts.add().stmt.select_stmt.target_list.add().res_target
    target.val.CopyFrom(node)
    text = deparse(tree)
    return unwrapped(text.removeprefix("SELECT").strip())


def statement(node: Node) -> str:
    """A whole statement (a `Node`) as SQL."""
    tree = pb.ParseResult()
    tree.stmts.add().stmt.CopyFrom(node)
    return deparse(tree)


def unwrapped(text: str) -> str:
    """Without the pair of parentheses around the whole, if there is one and it holds no quote that could mislead."""
    while text.startswith("(") and text.endswith(")") and _wraps(text):
        text = text[1:-1].strip()
    return text


def _wraps(text: str) -> bool:
    depth, quote = 0, ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0:
                return at == len(text) - 1
    return False


def optional(message: Node, field: str) -> str | None:
    """The expression in a field that may be absent."""
    return expression(getattr(message, field)) if message.HasField(field) else None


def columns_in(node: Node) -> Iterator[str]:
    """The last parts of the column references below a node, in order, each once. An expression tree is walked without recursion."""
    seen: dict[str, None] = {}
    stack = [node]
    while stack:
        one = stack.pop()
        if one.DESCRIPTOR.name == "ColumnRef":
            last = one.fields[-1]
            if kind_of(last) == "string":
                seen[last.string.sval] = None
            continue
        below: list[Node] = []
        for descriptor, value in one.ListFields():
            if descriptor.message_type is not None:
                below.extend(value if descriptor.is_repeated else [value])
        stack.extend(reversed(below))
    yield from seen


def constant(node: Node) -> str:
    """The text of a constant, a name or a number in an option."""
    which = kind_of(node)
    if which == "string":
        return str(node.string.sval)
    if which == "integer":
        return str(node.integer.ival)
    if which == "float":
        return str(node.float.fval)
    if which == "boolean":
        return "true" if node.boolean.boolval else "false"
    if which == "type_name":
        return ".".join(strings(node.type_name.names))
    if which == "a_const":
        return _const(node.a_const)
    if which == "list":
        return ".".join(constant(item) for item in node.list.items)
    return expression(node) if which else "true"


def _const(const: Node) -> str:
    which = const.WhichOneof("val")
    if which == "ival":
        return str(const.ival.ival)
    if which == "fval":
        return str(const.fval.fval)
    if which == "boolval":
        return "true" if const.boolval.boolval else "false"
    return str(const.sval.sval) if which == "sval" else ""


def integer(node: Node) -> int | None:
    """The value of an integer constant; None where there is none."""
    text = constant(node)
    return int(text) if text.lstrip("-").isdigit() else None


def options_of(nodes: Iterable[Node]) -> dict[str, str]:
    """A list of DefElem as name → text; the namespace `toast` becomes a prefix."""
    found: dict[str, str] = {}
    for node in nodes:
        element = node.def_elem
        name = f"{element.defnamespace}.{element.defname}" if element.defnamespace else element.defname
        found[name] = constant(element.arg) if element.HasField("arg") else "true"
    return found


def sequence_options(nodes: Iterable[Node], column_type: str = "bigint") -> tuple[SequenceOptions, dict[str, Node]]:
    """What differs from the defaults, and the options that are no numbers (`owned_by`, `sequence_name`, `as`, `restart`) by name."""
    numbers: dict[str, int] = {}
    rest: dict[str, Node] = {}
    cycle = False
    for node in nodes:
        element = node.def_elem
        if element.defname == "cycle":
            cycle = element.arg.boolean.boolval
        elif element.defname in {"start", "increment", "minvalue", "maxvalue", "cache"}:
            value = integer(element.arg) if element.HasField("arg") else None
            if value is not None:
                numbers[element.defname] = value
        elif element.defname == "restart" and element.HasField("arg"):
            numbers.setdefault("start", integer(element.arg) or 1)
        else:
            rest[element.defname] = element.arg
    own = rest.get("as")
    data_type = native_type(own.type_name) if own is not None else column_type
    return plain_options(numbers, data_type, cycle=cycle), rest


def plain_options(numbers: Mapping[str, int], data_type: str, *, cycle: bool) -> SequenceOptions:
    """Options without those that are the default for the sequence's type and direction (CREATE SEQUENCE of the manual)."""
    limit = _SERIAL_LIMITS.get(data_type, 2**63)
    step = numbers.get("increment", 1)
    low, high = (1, limit - 1) if step > 0 else (-limit, -1)
    minimum, maximum = numbers.get("minvalue", low), numbers.get("maxvalue", high)
    start = numbers.get("start", minimum if step > 0 else maximum)
    cache = numbers.get("cache", 1)
    return SequenceOptions(
        start=None if start == (minimum if step > 0 else maximum) else start,
        increment=None if step == 1 else step,
        minimum=None if minimum == low else minimum,
        maximum=None if maximum == high else maximum,
        cache=None if cache == 1 else cache,
        cycle=cycle,
    )


def is_built_in(names: list[str]) -> bool:
    """Whether a type's name is one of PostgreSQL's own."""
    return names[0] == "pg_catalog" or (len(names) == 1 and names[0] in _BUILT_IN)


def type_modifiers(node: Node) -> list[int]:
    """The numbers in parentheses after a type's name."""
    return [value for mod in node.typmods if (value := integer(mod)) is not None]


def native_type(node: Node) -> str:
    """What `format_type` says of a built-in TypeName node, arrays included."""
    data_type = built_in_type(strings(node.names)[-1], node)
    return data_type.native + ("[]" if node.array_bounds else "")


def built_in_type(name: str, node: Node) -> DataType:
    """The data type of a TypeName node that names one of PostgreSQL's types, without its array bounds."""
    name = _ALIASES.get(name, name)
    mods = type_modifiers(node)
    native = _native(name, mods, node)
    if name in _RANGES or name.endswith("multirange"):
        return DataType(kind=Kind.RANGE if name in _RANGES else Kind.MULTIRANGE, native=native)
    return DataType(kind=KIND_BY_NAME.get(name, Kind.OTHER), native=native, **modifiers(name, mods))


def modifiers(name: str, mods: list[int]) -> dict[str, Any]:
    """Length, precision and scale, as the model has them."""
    if name == "char":
        return {"length": 1}
    if not mods:
        return {}
    if name == "numeric":
        return {"precision": mods[0], "scale": mods[1] if len(mods) > 1 else 0}
    if name in _TIMES:
        return {"precision": mods[0]}
    if name == "interval":
        return {"precision": mods[1]} if len(mods) > 1 and mods[1] != _NO_PRECISION else {}
    return {"length": mods[0]} if name in _LENGTHS else {}


def _native(name: str, mods: list[int], node: Node) -> str:
    spelt = NATIVE_BY_NAME.get(name, name)
    if name == "interval" and mods:
        return _interval(node)
    if name in _TIMES and mods:
        base, _, zone = spelt.partition(" ")
        return f"{base}({mods[0]}) {zone}"
    if name == "numeric" and mods:
        return f"numeric({mods[0]},{mods[1] if len(mods) > 1 else 0})"
    if name == "bpchar" and not mods:
        return "bpchar"
    return f"{spelt}({','.join(map(str, mods))})" if mods else spelt


def _interval(node: Node) -> str:
    """An interval with fields, spelt by the deparser: its modifiers are bit masks."""
    plain = pb.TypeName()
    plain.CopyFrom(node)
    del plain.array_bounds[:]
    tree = pb.ParseResult()
    cast = tree.stmts.add().stmt.select_stmt.target_list.add().res_target.val.type_cast
    cast.type_name.CopyFrom(plain)
    cast.arg.a_const.isnull = True
    return deparse(tree).partition("::")[2].strip()


def type_name(namespace: str | None, name: str) -> str:
    """The name of a type as `format_type` spells it: more words are quoted than in a table's name."""
    return ".".join(
        f'"{one}"' if one in NOT_FUNCTION_OR_TYPE else DIALECT.identifier(one) for one in (namespace, name) if one
    )


def extension_type(names: list[str], node: Node) -> DataType:
    """A type that neither the schema nor PostgreSQL defines: an extension's, found by its bare name."""
    name, namespace = names[-1], plain(names[-2] if len(names) > 1 else None)
    mods = type_modifiers(node)
    spelt = type_name(namespace, name)
    texts = [constant(mod) for mod in node.typmods]
    return DataType(
        kind=KIND_BY_NAME.get(name, Kind.OTHER),
        native=f"{spelt}({','.join(texts)})" if texts else spelt,
        name=TypeName(namespace=namespace, name=name),
        **modifiers(name, mods),
    )


def plain(namespace: str | None) -> str | None:
    """None for the default namespace."""
    return None if namespace in {None, "", "public"} else namespace


def index_order(element: Node) -> tuple[bool, Literal["first", "last"] | None]:
    """Whether descending, and where NULLs go if that is not the default for the direction."""
    descending = element.ordering == pb.SORTBY_DESC
    if element.nulls_ordering == pb.SORTBY_NULLS_FIRST:
        return descending, None if descending else "first"
    if element.nulls_ordering == pb.SORTBY_NULLS_LAST:
        return descending, "last" if descending else None
    return descending, None


def figured_text(text: str) -> str | None:
    """`figured_name` of an expression as SQL."""
    return figured_name(parse(f"SELECT {text}").stmts[0].stmt.select_stmt.target_list[0].res_target.val)


def figured_name(node: Node) -> str | None:
    """What PostgreSQL calls an index column that is an expression (FigureColname in parse_target.c); None for `expr`."""
    which = kind_of(node)
    inner = unwrap(node)
    if which == "column_ref":
        return str(inner.fields[-1].string.sval) or None
    if which == "func_call":
        return str(inner.funcname[-1].string.sval)
    if which == "type_cast":
        return figured_name(inner.arg) or str(inner.type_name.names[-1].string.sval)
    if which == "collate_clause":
        return figured_name(inner.arg)
    if which == "a_indirection":
        named = [part.string.sval for part in inner.indirection if kind_of(part) == "string"]
        return named[-1] if named else figured_name(inner.arg)
    if which == "case_expr":
        return (figured_name(inner.defresult) if inner.HasField("defresult") else None) or "case"
    return {"coalesce_expr": "coalesce", "min_max_expr": "greatest", "a_array_expr": "array", "row_expr": "row"}.get(
        which
    )
