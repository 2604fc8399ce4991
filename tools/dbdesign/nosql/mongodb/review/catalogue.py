"""The pages of the anti-patterns: what each is, why it is bad, an example, what to use instead."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

DOCUMENTS = "documents"
"""The family of these findings, as an argument of a review."""


@cache
def pages() -> Mapping[str, str]:
    """The page of each anti-pattern by its name, as Markdown."""
    folder = resources.files("dbdesign.nosql.mongodb.review") / "pages"
    found = sorted((one for one in folder.iterdir() if one.name.endswith(".md")), key=lambda one: one.name)
    return {one.name.removesuffix(".md"): one.read_text(encoding="utf-8") for one in found}
