"""Where a plan comes from: a file, the text itself, standard input, or EXPLAIN on a configured database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dbdesign.api.access import limited
from dbdesign.api.call import Call
from dbdesign.api.source import DATABASE, decoded_file, refuse_url
from dbdesign.api.text import checked
from dbdesign.errors import DesignError, InputError

if TYPE_CHECKING:
    from dbdesign.model.plan import Plan, PlanText

_LONGEST_PATH = 1024
_BEGINS_LIKE_PLAN = re.compile(r"\s*(?:[{\[<|+]|QUERY PLAN|->|EXPLAIN\b|[A-Z][a-z]+ .*\(cost=|[A-Z][a-z]+.*\(actual )")
_BEGINS_LIKE_QUERY = re.compile(r"\s*(?:select|with|insert|update|delete|merge|values|table|replace)\s", re.IGNORECASE)


def plan_of(source: str, query: str | None, call: Call, *, analyze: bool = False) -> tuple[PlanText, str, str | None]:
    """The plans of a source, what the source is called in messages, and, where it was made just now, how.

    Raises:
        InputError: there is no plan in it; `database:` without a query; `analyze` without `database:`.
        AccessError, EngineError: as files and databases raise them.
    """
    from dbdesign.plans.read import read_plans

    if source.startswith(DATABASE):
        text, name, how = _explained(source, query, call, analyze=analyze)
    elif analyze:
        raise InputError(
            "a plan that was given is not run",
            where="analyze",
            remedy="Leave analyze out, or give database:<name> and query",
        )
    else:
        text, name = _text(source, call)
        how = None
    call.step(0.1, "reading the plan")
    try:
        read = read_plans(text)
    except DesignError as error:
        raise error.within(name) from None
    if how is not None and query is not None:
        plans = tuple(plan if plan.query else plan.model_copy(update={"query": query}) for plan in read.plans)
        read = read.model_copy(update={"plans": plans})
    return read, name, how


def _explained(source: str, query: str | None, call: Call, *, analyze: bool) -> tuple[str, str, str]:
    from dbdesign.plans.live import explain

    refuse_url(source)
    name = source.removeprefix(DATABASE).strip()
    database = call.access.database(name)
    if query is None:
        raise InputError("there is no query to be explained", where=source, remedy="Give the statement as `query`")
    if analyze:
        call.access.check_analyze(name)
    call.step(0.05, f"asking {name} for the plan")
    how = "run" if analyze else "planned, not run"
    return explain(database, query, analyze=analyze), f"{DATABASE}{name}", f"{how} on {name} in a read-only session"


def _text(source: str, call: Call) -> tuple[str, str]:
    if source == "-" or not is_inline(source):
        return decoded_file(source, call), "standard input" if source == "-" else source
    limited(source.encode("utf-8", "surrogatepass"), "the text given")
    return checked(source, "the text given"), "the text given"


def is_inline(source: str) -> bool:
    """Whether a source is the text of a plan rather than a path to it."""
    if not source.strip():
        raise InputError("is empty", where="source", remedy="Give a plan, a path to one, or database:<name> with query")
    refuse_url(source)
    if "\n" in source or len(source) > _LONGEST_PATH:
        return True
    return _BEGINS_LIKE_PLAN.match(source) is not None or _BEGINS_LIKE_QUERY.match(source) is not None


def statement_text(query: str | None, call: Call) -> str | None:
    """The statement: the text itself, or that of a file."""
    if query is None:
        return None
    if not query.strip():
        raise InputError("is empty", where="query", remedy="Give the statement, or leave it out")
    if "\n" in query or ";" in query or len(query) > _LONGEST_PATH or _BEGINS_LIKE_QUERY.match(query):
        return query
    return decoded_file(query, call)


def pick(text: PlanText, name: str, argument: str) -> Plan:
    """The one plan of a text, where one is wanted: the dearest of several."""
    if len(text.plans) == 1:
        return text.plans[0]
    if not text.plans:
        raise InputError("holds no plan", where=f"{argument}: {name}", remedy="Give the output of EXPLAIN")
    return max(text.plans, key=lambda plan: plan.total_ms or plan.root.total_cost or 0.0)
