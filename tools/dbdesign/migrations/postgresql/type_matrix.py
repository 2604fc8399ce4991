"""Which changes of a column's type PostgreSQL makes in the catalogue alone: no row is written anew and no index is built anew.

From `ATColumnChangeRequiresRewrite` and the length coercions that their support functions find to be no-ops (tablecmds.c, and
varchar_support, numeric_support, varbit_support, TemporalSimplify); every pair is held against the server by a test.
"""

from __future__ import annotations

import re

from dbdesign.model.schema import Schema
from dbdesign.model.types import DataType, Kind

_TEMPORAL = {Kind.TIMESTAMP, Kind.TIMESTAMPTZ, Kind.TIME, Kind.TIMETZ, Kind.INTERVAL}
_FULL_PRECISION = 6
"""Fractional digits of a time type whose precision is not said (chapter 8.5)."""

_AT_UTC = re.compile(r"""\(?\s*"?\w+"?\s*\)?\s+AT\s+TIME\s+ZONE\s+'(?:UTC|GMT|Etc/UTC)'\s*\Z""", re.IGNORECASE)


def is_free(before: DataType, after: DataType, schema: Schema) -> bool:
    """Whether ALTER COLUMN … TYPE touches the catalogue alone."""
    if before.native == after.native and before.name == after.name:
        return True
    if after.name is not None:
        domain = schema.domain_by_label.get(str(after.name))
        return domain is not None and not domain.checks and domain.nullable and is_free(before, domain.type, schema)
    if before.name is not None:
        domain = schema.domain_by_label.get(str(before.name))
        return domain is not None and is_free(domain.type, after, schema)
    return _same_family(before, after)


def _same_family(before: DataType, after: DataType) -> bool:
    kinds = (before.kind, after.kind)
    if (
        before.kind is Kind.VARCHAR
        and after.kind in {Kind.VARCHAR, Kind.TEXT}
        and "name" not in {before.native, after.native}
    ):
        return _longer(before.length, after.length)
    if before.kind is Kind.TEXT and after.kind is Kind.VARCHAR:
        return after.length is None and after.native != "name"
    if kinds == (Kind.DECIMAL, Kind.DECIMAL):
        return after.precision is None or (
            before.precision is not None and before.scale == after.scale and after.precision >= before.precision
        )
    if kinds == (Kind.VARBIT, Kind.VARBIT):
        return _longer(before.length, after.length)
    if kinds == (Kind.CIDR, Kind.INET):
        return True
    if before.kind is after.kind and before.kind in _TEMPORAL:
        return _longer_time(before, after)
    return False


def _longer(before: int | None, after: int | None) -> bool:
    return after is None or (before is not None and after >= before)


_FIELDS = re.compile(r"interval\s+(?P<fields>[a-z][a-z ]*)", re.IGNORECASE)


def _longer_time(before: DataType, after: DataType) -> bool:
    if _FIELDS.search(before.native) or _FIELDS.search(after.native):
        return False
    digits = [_FULL_PRECISION if one.precision is None else one.precision for one in (before, after)]
    return digits[1] >= digits[0]


def is_utc(before: DataType, after: DataType, cast: str | None) -> bool:
    """Whether timestamps become points in time, or back, and are said to be in UTC: no row changes in a session of that zone (12+)."""
    kinds = {before.kind, after.kind}
    full = all(one.precision in (None, _FULL_PRECISION) for one in (before, after))
    return kinds == {Kind.TIMESTAMP, Kind.TIMESTAMPTZ} and full and cast is not None and _AT_UTC.match(cast) is not None
