"""The pages of the anomalies, as those of the review rules: what it is, why it is bad, an example, what to use instead."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

TRANSACTIONS = "transactions"
"""The family of these findings, as an argument of a review."""


@cache
def pages() -> Mapping[str, str]:
    """The page of each anomaly by its name, as Markdown."""
    folder = resources.files("dbdesign.integrity") / "anomaly_pages"
    found = sorted((one for one in folder.iterdir() if one.name.endswith(".md")), key=lambda one: one.name)
    return {one.name.removesuffix(".md"): one.read_text(encoding="utf-8") for one in found}
