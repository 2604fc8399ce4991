"""A rule's page as Markdown, and the index of all pages: from the docstrings, for `make docs` and for the server's resources."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.dialects.base import dialect
from dbdesign.rules.base import Rule, families, rules, sections


def scope(rule: Rule) -> str:
    """What the rule applies to: `PostgreSQL from 15 on, CockroachDB`, `every engine`; with a workload or without."""
    engines = ", ".join(_engine(rule, engine.value) for engine in rule.engines) or "every engine"
    return f"{engines}; needs a workload" if rule.needs_workload else engines


def _engine(rule: Rule, name: str) -> str:
    since = next((version for engine, version in rule.since.items() if engine.value == name), None)
    return dialect(name).title + (f" from {'.'.join(map(str, since))} on" if since else "")


def page(rule: Rule) -> str:
    """The rule's page."""
    parts = sections(rule)
    lines = [
        f"# {rule.name}",
        "",
        parts.pop(""),
        "",
        f"Family: {rule.family}. Severity: {rule.severity.value}, unless the schema makes it better or worse. For {scope(rule)}.",
    ]
    for title, body in parts.items():
        lines += ["", f"## {title}", "", body]
    lines += [
        "",
        "## How to allow it",
        "",
        f"`-- dbdesign: allow {rule.name} <reason>` before the object in the SQL; or, in dbdesign.toml, an entry",
        f'`[[review.allow]]` with `rule = "{rule.name}"` and `object = "<pattern>"`.',
    ]
    return "\n".join(lines) + "\n"


def index() -> str:
    """All rules by family, one line each."""
    return "\n".join(_index_lines()) + "\n"


def _index_lines() -> Iterator[str]:
    yield f"# Review rules\n\n{len(rules())} rules, each on a page of its own. A rule's name is the defect."
    for family in families():
        yield f"\n## {family.replace('_', ' ')}\n\n| rule | severity | for | defect |\n|---|---|---|---|"
        for rule in rules().values():
            if rule.family == family:
                summary = " ".join(sections(rule)[""].split())
                yield f"| [{rule.name}]({rule.name}.md) | {rule.severity.value} | {scope(rule)} | {summary} |"
