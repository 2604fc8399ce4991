"""How schemas are best made with each engine, ORM and migration tool: one page of Markdown each, whose snippets the tests run."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from dbdesign.errors import UnknownNameError

_PAGES = {
    "django-orm": "django",
    "django-migrations": "django",
    "typeorm-migrations": "typeorm",
    "drizzle-kit": "drizzle",
    "sqlmodel": "sqlalchemy",
}
"""Technologies whose page has another name."""


@cache
def pattern_names() -> tuple[str, ...]:
    """The names of the pages."""
    return tuple(sorted(one.name[:-3] for one in files(__name__).iterdir() if one.name.endswith(".md")))


def pattern(name: str) -> str:
    """The page of an engine, an ORM or a migration tool.

    Raises:
        UnknownNameError: there is none of that name.
    """
    wanted = _PAGES.get(name, name)
    if wanted not in pattern_names():
        raise UnknownNameError.among("page of patterns", name, pattern_names())
    return (files(__name__) / f"{wanted}.md").read_text(encoding="utf-8")


def page_of(technology: str) -> str | None:
    """The page for a technology as detection names it; None where there is none."""
    wanted = _PAGES.get(technology, technology)
    return wanted if wanted in pattern_names() else None


def index() -> str:
    """The pages, a line each."""
    lines = ["# Patterns by engine, ORM and migration tool", ""]
    lines += [f"- [{title(name)}](dbdesign://patterns/{name})" for name in pattern_names()]
    return "\n".join(lines) + "\n"


def title(name: str) -> str:
    """A page's title."""
    return pattern(name).partition("\n")[0].removeprefix("# ")
