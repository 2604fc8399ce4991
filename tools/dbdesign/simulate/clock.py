"""A statement as it is asked on another day: the server's clock says today, and the rows of a horizon lie elsewhere."""

from __future__ import annotations

import re
from datetime import date, timedelta

from dbdesign.twin.profile_rows import DAYS_PER_MONTH

_NOW = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*"
    r"|\b(?P<clock>(?:now|transaction_timestamp|statement_timestamp|clock_timestamp)\s*\(\s*\)"
    r"|current_timestamp(?:\s*\(\s*\d\s*\))?|localtimestamp(?:\s*\(\s*\d\s*\))?|current_date)",
    re.IGNORECASE,
)
"""What reads the clock (manual, 9.9.5 "Current Date/Time"); literals, quoted names and comments are matched to be passed over."""


def day_in(months: float, today: date | None = None) -> date:
    """The day so many months from today."""
    return (today or date.today()) + timedelta(days=round(months * DAYS_PER_MONTH))


def moved_to(sql: str, day: date, *, today: date | None = None) -> str:
    """PostgreSQL's text of a statement whose clock stands at noon of a day; unchanged for the current one."""
    if day == (today or date.today()):
        return sql
    return _NOW.sub(lambda match: _spelled(match, day), sql)


def _spelled(match: re.Match[str], day: date) -> str:
    name = (match["clock"] or "").lower()
    if not name:
        return match[0]
    if name == "current_date":
        return f"date '{day}'"
    return f"{'timestamp' if name.startswith('localtimestamp') else 'timestamptz'} '{day} 12:00'"
