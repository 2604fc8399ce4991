"""Which engine's plan a text is, and in which form; and what it is instead, where it is none."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module

from dbdesign.errors import InputError
from dbdesign.model.plan import PlanEngine
from dbdesign.plans.base import Content, Form

ENGINES = ("postgresql", "mysql", "sqlite", "tidb", "cockroachdb", "sqlserver", "mongodb")
SURE = 0.4
"""Below this a form is not taken for one."""
CERTAIN = 0.85
"""From here on a form is there, also beside another."""

HOW = (
    "Give the output of EXPLAIN (ANALYZE, BUFFERS) of PostgreSQL, EXPLAIN ANALYZE or EXPLAIN FORMAT=JSON of MySQL and MariaDB,"
    " a showplan XML of SQL Server, EXPLAIN QUERY PLAN of SQLite, EXPLAIN ANALYZE of CockroachDB and TiDB,"
    " or explain('executionStats') of MongoDB"
)
QUERY = re.compile(
    r"\s*(?:(?:--[^\n]*\n|/\*.*?\*/)\s*)*(select|with|insert|update|delete|merge|values|table|explain|create|alter)\b",
    re.IGNORECASE | re.DOTALL,
)
MONGO_QUERY = re.compile(r"\s*db(?:\.\w+|\[['\"].+?['\"]\])+\s*\(")
TRANSLATED = re.compile(r"\((\w+)=[\d.,]+\.\.[\d.,]+ (\w+)=\d+ (\w+)=\d+\)")
ERROR = re.compile(
    r"\s*(?:ERROR(?: \d+ \([0-9A-Z]+\))?:|Msg \d+, Level|psql: error|MongoServerError|ERREUR|FEHLER)", re.IGNORECASE
)


@cache
def forms() -> tuple[Form, ...]:
    """Every form of every engine."""
    return tuple(form for engine in ENGINES for form in import_module(f"dbdesign.plans.{engine}.forms").FORMS)


def recognised(content: Content) -> Form:
    """The form of a text; an InputError that says what it is instead."""
    found = [(one.recognise(content), one) for one in forms()]
    sure, form = max(found, key=lambda pair: pair[0])
    if sure < SURE:
        raise not_a_plan(content)
    if sure < CERTAIN and (error := _translated(content, content.head)):
        raise error
    for other_sure, other in found:
        if other_sure >= CERTAIN and _apart(form, other):
            raise InputError(
                f"the text holds plans of two engines: {form.title} and {other.title}",
                remedy="Give the plans of one engine at a time",
            )
    return form


def _apart(form: Form, other: Form) -> bool:
    """Whether two forms cannot be readings of the same text; MySQL's and MariaDB's can."""
    families = [PlanEngine.MYSQL if one.engine is PlanEngine.MARIADB else one.engine for one in (form, other)]
    return families[0] is not families[1]


def not_a_plan(content: Content) -> InputError:
    """What to say of a text that is no plan."""
    head = content.head
    for diagnose in (_broken_json, _translated, _query, _error):
        if error := diagnose(content, head):
            return error
    begin = " ".join(head.split())[:80]
    return InputError(f"this is not an execution plan that is known; it begins with {begin!r}", remedy=HOW)


def _broken_json(content: Content, head: str) -> InputError | None:
    if not content.documents and content.json_fault is None:
        return None
    signs = {
        "PostgreSQL": r"\"Node Type\"|\"Plan\"\s*:",
        "MySQL or MariaDB": r"query_block|query_plan",
        "MongoDB": r"queryPlanner|winningPlan|executionStats",
    }
    engine = next((name for name, sign in signs.items() if re.search(sign, head)), None)
    if content.json_fault is None:
        what = f"this is JSON, but not an execution plan{f' as {engine} writes it' if engine else ''}"
        return InputError(what, where=f"line {content.documents[0].line}", remedy=HOW)
    line, fault = content.json_fault
    if engine is None and not re.match(r"\s*[\[{]", head):
        return None
    what = f"this is {f'a plan of {engine} as' if engine else ''} JSON that cannot be read: {fault}"
    return InputError(
        " ".join(what.split()), where=f"line {line}", remedy="Give the whole output, not cut off by the client"
    )


def _translated(_content: Content, head: str) -> InputError | None:
    words = TRANSLATED.search(head)
    if words is None or words.groups() == ("cost", "rows", "width"):
        return None
    return InputError(
        f"this looks like a PostgreSQL plan in another language ({', '.join(words.groups())} for cost, rows, width)",
        remedy="Run EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON), after SET lc_messages = 'C', and give it untranslated",
    )


def _query(_content: Content, head: str) -> InputError | None:
    match = QUERY.match(head)
    if MONGO_QUERY.match(head):
        return InputError(
            "this is a MongoDB query, not its plan",
            remedy="Append .explain('executionStats') to it, run it and give the output",
        )
    if match is None:
        return None
    if match[1].lower() == "explain":
        return InputError("this is an EXPLAIN statement, not its output", remedy="Run it and give what it returns")
    return InputError("this is a statement, not its plan", remedy=f"Run it under EXPLAIN. {HOW}")


def _error(_content: Content, head: str) -> InputError | None:
    if not ERROR.match(head):
        return None
    return InputError(
        "this is an error message of a server, not a plan", remedy="Put the statement right and run EXPLAIN again"
    )
