"""The pages of findings that no review rule makes: anomalies of transactions, anti-patterns of documents."""

from __future__ import annotations

from collections.abc import Mapping


def finding_pages() -> Mapping[str, str]:
    """By name, as Markdown."""
    from dbdesign.integrity import pages as transactions
    from dbdesign.nosql.mongodb.review import catalogue

    return {**transactions.pages(), **catalogue.pages()}
