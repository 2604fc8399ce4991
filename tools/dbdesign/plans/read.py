"""From a text that somebody pasted to measured plans."""

from __future__ import annotations

import re

from dbdesign.errors import InputError, LimitError
from dbdesign.model.plan import Plan, PlanEngine, PlanNode, PlanNote, PlanText
from dbdesign.plans.base import Content, Form, Found
from dbdesign.plans.lines import numbered, without_nulls
from dbdesign.plans.metrics import measure
from dbdesign.plans.paste import unwrapped
from dbdesign.plans.recognise import recognised

MOST_CHARACTERS = 64_000_000
"""Of a text. The largest plans that are seen in practice (thousands of partitions) have some 10 MB as JSON."""

DEEPEST = 200
"""Levels of a tree: what is deeper cannot be printed as nested JSON by the libraries that this goes through."""


def read_plans(text: str) -> PlanText:
    """Every plan in a text, of whatever engine and format, measured and numbered.

    Raises:
        InputError: there is no plan in it, or none that can be read; says what was recognised and how to get one that can.
        LimitError: it is too long, or a plan is too deep.
    """
    if len(text) > MOST_CHARACTERS:
        raise LimitError(
            f"the text has {len(text) / 1e6:,.0f} million characters, and at most {MOST_CHARACTERS / 1e6:,.0f} million are read",
            remedy="Give one plan at a time, without the rest of the log",
        )
    lines = numbered(without_nulls(text.removeprefix("\ufeff")))
    if not any(line.text.strip() for line in lines):
        raise InputError("the text is empty", remedy="Give the output of EXPLAIN")
    pasted = unwrapped(lines)
    if any(ON_ONE_LINE.search(line.text[:LONGEST_HEAD]) for line in pasted.lines):
        raise InputError(
            "the line breaks of the plan are lost, and with them which step belongs to which",
            remedy="Paste it with its line breaks and indentation, or as JSON (EXPLAIN (FORMAT JSON), EXPLAIN FORMAT=JSON)",
        )
    content = Content(pasted.lines)
    form = recognised(content)
    found = _read(form, content)
    plans = tuple(_measured(plan, number, form.engine) for number, plan in enumerate(found.plans, start=1))
    notes = [*pasted.notes, *found.notes, *_faults(content)]
    return PlanText(
        engine=form.engine, format=form.format, plans=plans, notes=tuple(notes), pasted_as=tuple(pasted.wrappers)
    )


ON_ONE_LINE = re.compile(
    r"\((?:cost|actual time|rows)=[^()]{1,80}\)\s+->\s+[A-Z][^()]{1,200}\((?:cost|actual time|rows)="
)
"""The end of one step and the beginning of the next."""

LONGEST_HEAD = 20_000

OF_ITS_KIND = (ValueError, TypeError, KeyError, AttributeError, OverflowError, IndexError, RecursionError)
"""What readers raise where a value of a plan is not of the kind that it is in every real one."""


def _read(form: Form, content: Content) -> Found:
    try:
        found = form.read(content)
    except OF_ITS_KIND as error:
        said = " ".join(f"{type(error).__name__}: {error}".splitlines()[:2])
        raise InputError(
            f"this is {form.title}, but a value in it is not of its kind ({said[:200]})",
            remedy="Give the output as the server wrote it",
        ) from None
    if not found.plans:
        raise InputError(f"this looks like {form.title}, but no plan is in it", remedy="Give the whole output")
    return found


def _faults(content: Content) -> list[PlanNote]:
    if "documents" not in content.__dict__ or content.json_fault is None or not content.documents:
        return []
    return [
        PlanNote(reason=f"from here on the JSON cannot be read: {content.json_fault[1]}", line=content.json_fault[0])
    ]


def _measured(plan: Plan, number: int, engine: PlanEngine) -> Plan:
    levels = depth(plan.root)
    if levels > DEEPEST:
        raise LimitError(
            f"plan {number} is {levels} levels deep, and {DEEPEST} are read",
            remedy="Give the plan of a part of the query",
        )
    return measure(plan.model_copy(update={"number": number}), engine)


def depth(root: PlanNode) -> int:
    """Levels of a tree."""
    deepest, waiting = 0, [(root, 1)]
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((child, level + 1) for child in node.children)
    return deepest
