"""Values as SQL: value number `k` of a column by the formulas of `dbdesign.twin.values`, and something fit for every other type."""

from __future__ import annotations

from dbdesign.benchmark.numbering import evenly
from dbdesign.benchmark.quoting import literal, qualified
from dbdesign.model.schema import Schema
from dbdesign.model.types import BINARIES, INTEGERS, TEXTS, DataType, Kind
from dbdesign.twin import values as twin

WORDS = (
    "the order of rows says nothing about values and a planner must guess what a reader knows at once "
    "because every index costs a write and every missing one a scan so measure before you build and build what you measured "
    "many small tables join well while few large ones wait for memory or disk and the cache forgets what nobody asked for lately "
    "old parcels move north with green labels under quiet bridges where seven clerks count silver coins by candle light until noon "
)
"""What wide texts are filled with."""

_RANGES = {
    "int4range": "int",
    "int8range": "bigint",
    "numrange": "numeric",
    "daterange": "date",
    "tsrange": "ts",
    "tstzrange": "tstz",
}
_GEOMETRIC = {
    "point": "point({k}, {k} + 1)",
    "box": "box(point({k}, {k}), point({k} + 1, {k} + 1))",
    "circle": "circle(point({k}, {k}), 1)",
    "lseg": "lseg(point({k}, 0), point(0, {k} + 1))",
    "line": "line(point({k}, 0), point(0, {k} + 1))",
    "path": "path(box_to_path)",
    "polygon": "polygon(box(point({k}, {k}), point({k} + 1, {k} + 1)))",
    "oid": "(({k}) % 2000000000)::oid",
    "pg_lsn": "('0/0'::pg_lsn + ({k})::numeric)",
    "name": "('name' || ({k}))::name",
    '"char"': 'chr(97 + (({k}) % 26)::int)::"char"',
    "macaddr8": "lpad(to_hex({k}), 16, '0')::macaddr8",
    "xid": "(({k}) % 2000000000)::text::xid",
    "jsonpath": "('$.a' || ({k}))::jsonpath",
}
_GEOMETRIC["path"] = "path(polygon(box(point({k}, {k}), point({k} + 1, {k} + 1))))"


def ordered(data_type: DataType, k: str, count: int, low: str, high: str, *, on: bool = False) -> str:
    """Value number `k` of `count` between two texts, of a kind that `twin.ORDERED` has. `on`: there may be numbers from `count` on.

    Raises:
        ValueError: if `low` or `high` is no value of the kind.
    """
    kind = data_type.kind
    if kind in twin.FLOATS:
        first, last = float(low), float(high)
        if count <= 1:
            return f"{first!r}::{data_type.native}"
        return f"({first!r}::float8 + {last - first!r}::float8 * ({k}) / {count - 1})::{data_type.native}"
    if kind in TEXTS and twin.find_pattern(low, high) is None:
        return _between(k, count, low, high, fold=kind is Kind.CITEXT)
    first_number, last_number = twin.ordinal(kind, low, like=high), twin.ordinal(kind, high, like=low)
    number = f"({first_number} + {evenly(k, count, last_number - first_number, on=on)})"
    return of_ordinal(data_type, number, low, high)


def of_ordinal(data_type: DataType, n: str, low: str, high: str) -> str:
    """The value with the ordinal that the expression `n` gives: the inverse of `twin.ordinal`, as SQL."""
    kind = data_type.kind
    if kind in twin.DECIMALS:
        scale = twin.scale_of(low, high)
        value = f"({n}::numeric * {10**-scale:.{scale}f})" if scale else f"({n})::numeric"
        return f"{value}::money" if kind is Kind.MONEY else value
    if kind in TEXTS:
        head, tail, alphabet = twin.pattern_of(low, high)
        return _counted(n, head, tail, alphabet, len(low) - len(head) - len(tail))
    if kind in BINARIES:
        return f"decode({_kept('lpad(to_hex(' + n + '), {width}, ' + chr(39) + '0' + chr(39) + ')', low.strip()[2:], 15)}, 'hex')"
    if kind in twin.BITS:
        return f"{_kept('right((' + n + ')::bit(64)::text, {width})', low.strip(), 60)}::{data_type.native}"
    return _PLAIN[kind].format(n=n, version=twin.uuid_digits(low)[12] if kind is Kind.UUID else "")


_MICROSECONDS = "({n}) * interval '1 microsecond'"
_PLAIN: dict[Kind, str] = {
    **dict.fromkeys(INTEGERS | {Kind.YEAR}, "({n})"),
    Kind.TIMESTAMP: f"(timestamp '1970-01-01' + {_MICROSECONDS})",
    Kind.TIMESTAMPTZ: f"(timestamptz '1970-01-01 00:00:00+00' + {_MICROSECONDS})",
    Kind.DATE: "(date '1970-01-01' + ({n})::int)",
    Kind.TIME: f"(time '00:00' + {_MICROSECONDS})",
    Kind.TIMETZ: f"((time '00:00' + {_MICROSECONDS})::text || '+00')::timetz",
    Kind.INTERVAL: "(({n}) * interval '1 second')",
    Kind.BOOLEAN: "(({n}) <> 0)",
    Kind.INET: "('0.0.0.0'::inet + ({n})::bigint)",
    Kind.CIDR: "('0.0.0.0'::inet + ({n})::bigint)::cidr",
    Kind.MACADDR: "lpad(to_hex(({n})::bigint), 12, '0')::macaddr",
    Kind.UUID: "(overlay(lpad(to_hex(({n})::bigint), 15, '0') placing '{version}' || substr(lpad(to_hex(({n})::bigint), 15, '0'), 13)"
    " from 13 for 3) || '8000000000000000')::uuid",
}


def _kept(digits: str, form: str, most: int) -> str:
    counted = min(len(form), most)
    return f"rpad({digits.format(width=counted)}, {len(form)}, '0')" if counted else "''"


def _counted(n: str, head: str, tail: str, alphabet: str, width: int) -> str:
    """`width` digits of an alphabet between a head and a tail; decimal ones become more where the number needs them."""
    if alphabet[0] == "0":
        digits = f"lpad(({n})::text, greatest({width}, length(({n})::text)), '0')" if width else "''"
    else:
        base, first = len(alphabet), ord(alphabet[0])
        digits = " || ".join(
            f"chr(({first} + ({n}) / {base**power} % {base})::int)" for power in range(min(width, 12) - 1, -1, -1)
        )
        if width > 12:
            digits = f"{literal(alphabet[0] * (width - 12))} || {digits}"
    parts = [literal(head)] if head else []
    parts += [f"({digits})"] if width else []
    parts += [literal(tail)] if tail else []
    return f"({' || '.join(parts or [literal('')])})"


def _between(k: str, count: int, low: str, high: str, *, fold: bool) -> str:
    gap = twin.gap_of(low, high, fold=fold)
    if gap is None:
        return f"(CASE WHEN ({k}) = 0 THEN {literal(low)} ELSE {literal(high)} END)"
    head, first, last = gap
    width = len(str(count - 1))
    middle = f"{literal(head)} || chr(({first} + least(({k}) * {last - first + 1} / {count}, {last - first}))::int)"
    middle += f" || lpad(({k})::text, greatest({width}, length(({k})::text)), '0')"
    return f"(CASE ({k}) WHEN 0 THEN {literal(low)} WHEN {count - 1} THEN {literal(high)} ELSE {middle} END)"


def filler(k: str, width: float) -> str:
    """A text of about so many characters, different from one `k` to the next."""
    size = max(int(width), 1)
    text = WORDS * (1 + (size + 300) // len(WORDS))
    return f"substr({literal(text[: size + 300])}, 1 + (({k}) * 37 % 290)::int, {size})"


def fitting(data_type: DataType, k: str, schema: Schema, width: float = 0.0, depth: int = 0) -> str | None:
    """A value of any type, a different one for each `k` as far as the type goes; None where nothing is known of the type."""
    found = schema.resolve_type(data_type)
    kind = found.kind
    if found.values:
        return f"({_labels(found.values)})[1 + ({k}) % {len(found.values)}]::text::{typed(data_type)}"
    if kind in _SIMPLE:
        return _SIMPLE[kind].format(k=f"({k})")
    if kind in TEXTS:
        return short_text(found, k)
    native = found.native.split("(")[0].strip()
    if kind is Kind.ARRAY and found.element is not None and depth < 4:
        return _array(found, k, schema, depth)
    if kind is Kind.RANGE:
        return disjoint_range(found, k)
    if kind is Kind.MULTIRANGE:
        inner = disjoint_range(found.model_copy(update={"native": native.replace("multirange", "range")}), k)
        return f"{native}({inner})" if inner else None
    if kind is Kind.COMPOSITE and depth < 4:
        return _composite(found, k, schema, depth)
    if kind is Kind.JSON or kind is Kind.JSONB:
        text = filler(k, max(width - 40, 8))
        return f"{kind.value}_build_object('number', ({k}), 'group', ({k}) % 10, 'text', {text})"
    return _GEOMETRIC[native].format(k=f"({k})") if native in _GEOMETRIC else None


_SIMPLE: dict[Kind, str] = {
    **dict.fromkeys(INTEGERS, "({k})"),
    Kind.INT16: "({k} % 32768)",
    Kind.BOOLEAN: "({k} % 2 = 0)",
    Kind.DECIMAL: "({k} % 100)::numeric",
    Kind.MONEY: "({k} % 1000)::numeric::money",
    Kind.FLOAT32: "{k}::real",
    Kind.FLOAT64: "{k}::float8",
    Kind.BLOB: "decode(lpad(to_hex({k}::bigint), 16, '0'), 'hex')",
    Kind.DATE: "(date '2025-01-01' + ({k} % 3650)::int)",
    Kind.TIME: "(time '00:00' + {k} * interval '1 second')",
    Kind.TIMETZ: "((time '00:00' + {k} * interval '1 second')::text || '+00')::timetz",
    Kind.TIMESTAMP: "(timestamp '2025-01-01' + {k} * interval '1 second')",
    Kind.TIMESTAMPTZ: "(timestamptz '2025-01-01 00:00:00+00' + {k} * interval '1 second')",
    Kind.INTERVAL: "({k} * interval '1 minute')",
    Kind.UUID: "('00000000-0000-4000-8000-' || lpad(to_hex({k}::bigint), 12, '0'))::uuid",
    Kind.INET: "('10.0.0.0'::inet + {k}::bigint)",
    Kind.CIDR: "('10.0.0.0'::inet + {k}::bigint)::cidr",
    Kind.MACADDR: "lpad(to_hex({k}::bigint), 12, '0')::macaddr",
    Kind.TSVECTOR: "to_tsvector('simple', 'word' || {k} % 1000 || ' word' || {k} * 7 % 997 || ' group' || {k} % 10)",
    Kind.TSQUERY: "to_tsquery('simple', 'word' || {k} % 1000)",
    Kind.HSTORE: "('number=>' || {k} || ', group=>' || {k} % 10)::hstore",
    Kind.LTREE: "('top.g' || {k} % 100 || '.n' || {k})::ltree",
    Kind.BIT: "{k}::bit(64)",
    Kind.VARBIT: "{k}::bit(64)::varbit",
}


def short_text(data_type: DataType, k: str) -> str:
    """`k` in letters where a length is given, so that as many as can be are different; else `value 12`."""
    if data_type.length is None or data_type.length > 20:
        return f"('value ' || ({k}))"
    return _counted(f"({k})", "", "", twin.ALPHABETS[2], data_type.length)


def _labels(values: tuple[str, ...]) -> str:
    return f"ARRAY[{', '.join(map(literal, values))}]"


def typed(data_type: DataType) -> str:
    """A type as a cast names it."""
    return (
        qualified(data_type.name.namespace, data_type.name.name)
        if data_type.name and data_type.kind is Kind.ENUM
        else data_type.native
    )


def _array(data_type: DataType, k: str, schema: Schema, depth: int) -> str | None:
    element = data_type.element
    assert element is not None  # noqa: S101
    parts = [fitting(element, f"(({k}) * 7 + {number}) % 1000", schema, 0, depth + 1) for number in (1, 2, 3)]
    if any(part is None for part in parts):
        return None
    return f"ARRAY[{', '.join(f'{part}' for part in parts)}]::{data_type.native}"


def _composite(data_type: DataType, k: str, schema: Schema, depth: int) -> str | None:
    found = next((one for one in schema.composites if data_type.name and one.label == str(data_type.name)), None)
    if found is None:
        return None
    parts = [fitting(one.type, k, schema, 0, depth + 1) for one in found.fields]
    values = ", ".join("NULL" if part is None else part for part in parts)
    return f"ROW({values})::{qualified(found.namespace, found.name)}"


def disjoint_range(data_type: DataType, k: str) -> str | None:
    """Range number `k`; no two of them overlap."""
    name = data_type.native.split("(")[0].split(".")[-1].strip('"')
    inner = _RANGES.get(name)
    bounds = {
        "int": (f"(({k}) * 10)::int", f"(({k}) * 10 + 9)::int"),
        "bigint": (f"({k})::bigint * 10", f"({k})::bigint * 10 + 9"),
        "numeric": (f"({k})::numeric * 10", f"({k})::numeric * 10 + 9"),
        "date": (f"date '2015-01-01' + (({k}) * 7)::int", f"date '2015-01-01' + (({k}) * 7 + 7)::int"),
        "ts": (
            f"timestamp '2015-01-01' + ({k}) * interval '1 hour'",
            f"timestamp '2015-01-01' + ({k}) * interval '1 hour' + interval '50 minutes'",
        ),
        "tstz": (
            f"timestamptz '2015-01-01 00:00:00+00' + ({k}) * interval '1 hour'",
            f"timestamptz '2015-01-01 00:00:00+00' + ({k}) * interval '1 hour' + interval '50 minutes'",
        ),
    }
    return f"{name}({', '.join(bounds[inner])})" if inner else None
