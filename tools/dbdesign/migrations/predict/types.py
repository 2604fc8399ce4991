"""Which changes of a column's type leave the table's rows as they are.

PostgreSQL rewrites a table unless the new value is the old one, relabelled (ATColumnChangeRequiresRewrite in tablecmds.c): binary
coercible types, and length coercions that the types' support functions remove (varchar_support, numeric_support, varbit_support,
temporal_simplify, interval_support).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbdesign.model.schema import Domain
from dbdesign.model.types import DataType, Kind

if TYPE_CHECKING:
    from dbdesign.migrations.predict.state import State

BINARY_COERCIBLE = frozenset(
    {
        ("character varying", "text"), ("text", "character varying"), ("cidr", "inet"), ("integer", "oid"), ("oid", "integer"),
        ("xml", "text"), ("xml", "character varying"), ("citext", "text"), ("citext", "character varying"), ("text", "citext"),
        ("character varying", "citext"), ("bit", "bit varying"), ("bit varying", "bit"), ("integer", "regclass"), ("oid", "regclass"),
        ("integer", "regproc"), ("oid", "regproc"), ("integer", "regtype"), ("oid", "regtype"), ("regclass", "oid"), ("regtype", "oid"),
        ("regproc", "oid"), ("regclass", "integer"), ("regtype", "integer"), ("regproc", "integer"),
    }
)  # fmt: skip
"""pg_cast with castmethod `b` in PostgreSQL 18, and the casts of citext; without types that no column has."""

_UTC = frozenset({"utc", "gmt", "etc/utc", "etc/gmt", "0", "universal", "zulu", "uct", "etc/uct"})
_MOST_FRACTION = 6
_TIMES = frozenset({Kind.TIME, Kind.TIMETZ, Kind.TIMESTAMP, Kind.TIMESTAMPTZ})


def base_name(data_type: DataType) -> str:
    """The type's spelling without its arguments."""
    native = data_type.native
    head, bracket, rest = native.partition("(")
    return head.strip() + (rest.partition(")")[2] if bracket else "")


def keeps_rows(old: DataType, new: DataType, state: State) -> bool:
    """Whether a column's rows stay as they are when its type changes from one to the other."""
    if old == new:
        return True
    old = base_of(old, state)
    if new.kind is Kind.DOMAIN:
        return not domain_is_constrained(new, state) and keeps_rows(old, base_of(new, state), state)
    if old.kind is Kind.ARRAY and new.kind is Kind.ARRAY and old.element and new.element:
        return _keeps_elements(old.element, new.element)
    if base_name(old) == base_name(new):
        return _modifier_is_removed(old, new)
    if {old.kind, new.kind} == {Kind.TIMESTAMP, Kind.TIMESTAMPTZ}:
        return is_utc(state) and _fraction(new) >= _fraction(old)
    if (base_name(old), base_name(new)) not in BINARY_COERCIBLE:
        return False
    return new.length is None or (base_name(new) in {"bit varying", "character varying"} and _longer(old, new))


def is_utc(state: State) -> bool:
    """Whether the migration has set the session's time zone to one that is always UTC."""
    return (state.timezone or "").lower() in _UTC


def _keeps_elements(old: DataType, new: DataType) -> bool:
    return old == new or (base_name(old) == base_name(new) and new.length is None and new.precision is None)


def _modifier_is_removed(old: DataType, new: DataType) -> bool:
    """Whether the coercion to the new length or precision does nothing."""
    kind = new.kind
    if kind in {Kind.VARCHAR, Kind.VARBIT}:
        return _longer(old, new)
    if kind is Kind.DECIMAL:
        return new.precision is None or (
            old.precision is not None and old.scale == new.scale and new.precision >= old.precision
        )
    if kind in _TIMES:
        return _fraction(new) >= _fraction(old)
    if kind is Kind.INTERVAL:
        return _interval_fields(new) in {"", _interval_fields(old)} and _fraction(new) >= _fraction(old)
    return new.native == base_name(new) or old.native == new.native


def _longer(old: DataType, new: DataType) -> bool:
    return new.length is None or (old.length is not None and new.length >= old.length)


def _fraction(data_type: DataType) -> int:
    return _MOST_FRACTION if data_type.precision is None else data_type.precision


def _interval_fields(data_type: DataType) -> str:
    return data_type.native.partition("(")[0].removeprefix("interval").strip()


_FAMILIES = (
    frozenset({"smallint", "integer", "bigint"}),
    frozenset({"real", "double precision"}),
    frozenset({"text", "character varying", "name"}),
    frozenset({"date", "timestamp without time zone", "timestamp with time zone"}),
    frozenset({"inet", "cidr"}),
    frozenset({"bit", "bit varying"}),
)
"""B-tree operator families over several types (pg_opfamily)."""

_IMPLICIT = {
    "smallint": {"numeric", "real", "double precision"},
    "integer": {"numeric", "real", "double precision", "oid"},
    "bigint": {"numeric", "real", "double precision", "oid"},
    "numeric": {"real", "double precision"},
    "character": {"text", "character varying"},
    "character varying": {"text"},
    "citext": {"text", "character varying"},
}
"""Implicit casts to a type of another family (pg_cast with castcontext `i`), as far as foreign keys use them."""


def comparable(foreign: DataType, referenced: DataType, state: State) -> bool:
    """Whether a foreign key's column of one type can refer to a column of another (ATAddForeignKeyConstraint)."""
    one, other = base_name(base_of(foreign, state)), base_name(base_of(referenced, state))
    return one == other or any({one, other} <= family for family in _FAMILIES) or other in _IMPLICIT.get(one, ())


def base_of(data_type: DataType, state: State) -> DataType:
    """The type below all domains."""
    for _ in range(20):
        domain = _domain(data_type, state)
        if domain is None:
            break
        data_type = domain.type
    return data_type


def domain_is_constrained(data_type: DataType, state: State) -> bool:
    """Whether a domain, or one below it, has a CHECK or is NOT NULL."""
    for _ in range(20):
        domain = _domain(data_type, state)
        if domain is None:
            return False
        if domain.checks or not domain.nullable:
            return True
        data_type = domain.type
    return False


def _domain(data_type: DataType, state: State) -> Domain | None:
    if data_type.kind is not Kind.DOMAIN or data_type.name is None:
        return None
    found: Domain | None = state.drafts.domains.get((data_type.name.namespace, data_type.name.name))
    return found
