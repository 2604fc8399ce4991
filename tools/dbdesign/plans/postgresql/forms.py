"""The four formats of PostgreSQL's EXPLAIN: how each is recognised, and its plans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dbdesign.errors import InputError
from dbdesign.model.plan import PlanEngine, PlanNote
from dbdesign.plans.base import Content, Form, Found
from dbdesign.plans.lines import dedented, without_tabs
from dbdesign.plans.postgresql import statement
from dbdesign.plans.postgresql.text import TextPlans
from dbdesign.plans.postgresql.text_completion import stops_early
from dbdesign.plans.postgresql.text_heads import ACTUAL, COST, ROOT
from dbdesign.plans.postgresql.xml_format import plan_object
from dbdesign.plans.postgresql.yaml_format import read_yaml
from dbdesign.plans.server_log import DURATION_LABEL
from dbdesign.plans.xml_text import read_xml, refuse_document_type

ASK_JSON = "Run EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) and give its output as it is"
EXPLAIN_TAG = re.compile(r"<explain\b[^>]*>")
YAML_PLAN = re.compile(r"^[ \t]*(?:- )?Plan:[ \t]*$", re.MULTILINE)


def statements(value: Any) -> Iterator[dict[str, Any]]:
    """The statements' objects in a JSON value: `[{"Plan": …}]`, one object, or a bare node."""
    if isinstance(value, list):
        for one in value:
            yield from statements(one)
    elif isinstance(value, dict):
        if isinstance(value.get("Plan"), dict) and "Node Type" in value["Plan"]:
            yield value
        elif "Node Type" in value:
            yield {"Plan": value}
        elif set(value) & {"QUERY PLAN", "plan", "explain"}:
            yield from statements(next(value[name] for name in ("QUERY PLAN", "plan", "explain") if name in value))


def _lasting(raw: dict[str, Any], milliseconds: float | None) -> dict[str, Any]:
    """A statement of a log, which says how long it took before the plan."""
    return raw if milliseconds is None else {"Execution Time": milliseconds, **raw}


def _json(content: Content) -> float:
    return 1.0 if any(True for document in content.documents for _ in statements(document.value)) else 0.0


def _read_json(content: Content) -> Found:
    found = [(raw, document.line) for document in content.documents for raw in statements(document.value)]
    return Found([statement.plan(_lasting(raw, content.duration_before(line)), line=line) for raw, line in found])


def _xml(content: Content) -> float:
    return 1.0 if EXPLAIN_TAG.search(content.head) and "<Plan>" in content.head else 0.0


def _read_xml(content: Content) -> Found:
    found = Found([])
    refuse_document_type(content.text, ask=ASK_JSON)
    for part in re.finditer(r"<explain\b.*?(?:</explain>|\Z)", content.text, re.DOTALL):
        line = content.lines[content.text.count("\n", 0, part.start())].number
        before = len(found.notes)
        root = read_xml(part[0], line, found.notes, ask=ASK_JSON)
        cut = len(found.notes) > before
        for query in root if root.find("{*}Plan") is None else [root]:
            raw = _lasting(plan_object(query), content.duration_before(line))
            if isinstance(raw.get("Plan"), dict) and raw["Plan"]:
                found.plans.append(statement.plan({**raw, "_truncated": cut}, line=line))
    if not found.plans:
        raise InputError("this is a PostgreSQL plan as XML, but there is no whole Plan element in it", remedy=ASK_JSON)
    return found


def _yaml(content: Content) -> float:
    return (
        0.95 if YAML_PLAN.search(content.head) and re.search(r"^[ \t]*Node Type: ", content.head, re.MULTILINE) else 0.0
    )


def _read_yaml(content: Content) -> Found:
    first = next(
        (
            position
            for position, line in enumerate(content.lines)
            if re.match(rf"\s*(?:- )?(?:Plan|Query Text|{DURATION_LABEL}):", line.text)
        ),
        0,
    )
    lines = without_tabs(content.lines[first:])
    items, unread = read_yaml(lines)
    found = [raw for item in items if isinstance(item, dict) for raw in statements(item)]
    if not found:
        raise InputError("this is a PostgreSQL plan as YAML, but no node in it is whole", remedy=ASK_JSON)
    last = next(line for line in reversed(lines) if line.text.strip())
    why = stops_early(found[-1]["Plan"])
    if why is None and last in unread:
        why = "the last line is not whole"
    if why is not None:
        unread = [line for line in unread if line is not last]
        found[-1]["_truncated"] = True
    notes = [
        PlanNote(reason="this is not understood", line=line.number, text=line.text.strip()[:200]) for line in unread
    ]
    if why is not None:
        stops = f"the plan stops here: {why}; what was read until here is in the tree"
        notes.append(PlanNote(reason=stops, line=last.number, text=last.text.strip()[:200]))
    return Found([statement.plan(raw, line=raw.pop("_line", None)) for raw in found], notes)


def _text(content: Content) -> float:
    if re.search(r"\(cost=[\d.]+\.\.[\d.]+ rows=\d+ width=\d+\)", content.head):
        return 0.9
    if ACTUAL.search(content.head) and re.search(rf"(?m)^{ROOT.pattern}", content.head):
        return 0.85
    if re.search(r"(?m)^[ \t]*->  [A-Z]", content.head) and re.search(rf"(?m)^{ROOT.pattern}", content.head):
        return 0.7
    filled = [line.text for line in content.lines[:50] if line.text.strip()]
    return 0.5 if filled and ROOT.match(filled[0]) and not re.search(r"(?i)\bselect\b|;\s*$", filled[0]) else 0.0


def _read_text(content: Content) -> Found:
    reader = TextPlans()
    reader.read(dedented(without_tabs(content.lines)))
    plans = [statement.plan(draft.raw, line=draft.line) for draft in reader.drafts]
    if not plans:
        cost = COST.search(content.text)
        what = (
            "this looks like a part of a PostgreSQL plan, but no node begins in it"
            if cost
            else "there is no plan in it"
        )
        raise InputError(what, remedy=ASK_JSON)
    return Found(plans, reader.notes)


FORMS = (
    Form(PlanEngine.POSTGRESQL, "json", "PostgreSQL's EXPLAIN (FORMAT JSON)", _json, _read_json),
    Form(PlanEngine.POSTGRESQL, "xml", "PostgreSQL's EXPLAIN (FORMAT XML)", _xml, _read_xml),
    Form(PlanEngine.POSTGRESQL, "yaml", "PostgreSQL's EXPLAIN (FORMAT YAML)", _yaml, _read_yaml),
    Form(PlanEngine.POSTGRESQL, "text", "PostgreSQL's EXPLAIN", _text, _read_text),
)
