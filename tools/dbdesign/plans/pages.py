"""A finding's page as Markdown, and the index of all: from the docstrings, for `make docs`."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.plans.findings.base import PlanCheck, plan_checks, sections
from dbdesign.plans.titles import TITLES


def scope(check: PlanCheck) -> str:
    """The engines whose plans can show it."""
    return ", ".join(TITLES[engine.value] for engine in check.engines) or "every engine"


def page(check: PlanCheck) -> str:
    """The finding's page."""
    parts = sections(check)
    lines = [f"# {check.name}", "", " ".join(parts.pop("").split()), "", f"In plans of {scope(check)}."]
    if check.yields_to:
        better = ", ".join(f"[{name}]({name}.md)" for name in check.yields_to)
        lines += ["", f"Silent where one of these says the cause better, of the same node: {better}."]
    for title, body in parts.items():
        lines += ["", f"## {title}", "", body]
    return "\n".join(lines) + "\n"


def index() -> str:
    """All findings, a line each."""
    return "\n".join(_index_lines()) + "\n"


def _index_lines() -> Iterator[str]:
    yield (
        f"# Findings on execution plans\n\n{len(plan_checks())} findings, each on a page of its own, ranked in an"
        " answer by what the remedy saves."
    )
    yield "\n| finding | in plans of | what |\n|---|---|---|"
    for name, check in plan_checks().items():
        yield f"| [{name}]({name}.md) | {scope(check)} | {' '.join(sections(check)[''].split())} |"
