"""Pieces that every part for MySQL is made of."""

from __future__ import annotations

from dbdesign.model.lifecycle import Period

SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_629_746,
    "year": 31_556_952,
}


def interval(period: Period) -> str:
    """`INTERVAL 13 MONTH`."""
    return f"INTERVAL {period.count} {period.unit.upper()}"


def seconds(period: Period) -> int:
    """A period in seconds; a month is a twelfth of the mean year."""
    return period.count * SECONDS[period.unit]


def compound(*statements: str) -> str:
    """Statements that hold semicolons, as the engine's own client takes them; each ends with `$$`."""
    return "DELIMITER $$\n" + "\n\n".join(one.strip() for one in statements) + "\nDELIMITER ;"
