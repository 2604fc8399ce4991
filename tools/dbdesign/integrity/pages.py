"""The pages of what is found by running a design, as those of the review rules: what it is, why it is bad, what to use instead."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

TRANSACTIONS = "transactions"
"""The family of findings on transactions that run at the same time, as an argument of a review."""
LIFECYCLE = "lifecycle"
"""The family of findings on what a design's lifecycle asks for and its schema does not keep."""
FOLDERS: Mapping[str, str] = {TRANSACTIONS: "anomaly_pages", LIFECYCLE: "lifecycle_pages"}


@cache
def pages(family: str | None = None) -> Mapping[str, str]:
    """The page of each finding by its name, as Markdown; of one family, or of both."""
    found: dict[str, str] = {}
    for name, folder in FOLDERS.items():
        if family in {None, name}:
            files = (resources.files("dbdesign.integrity") / folder).iterdir()
            read = {
                one.name.removesuffix(".md"): one.read_text(encoding="utf-8")
                for one in files
                if one.name.endswith(".md")
            }
            found |= dict(sorted(read.items()))
    return found
