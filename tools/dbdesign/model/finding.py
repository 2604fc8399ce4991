"""What a review says: findings with evidence and a fix; and how far a statement was proven."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import Field

from dbdesign.model.base import Model


class Severity(StrEnum):
    """How bad it is. Ordered by `rank`: info < low < medium < high."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for info to 3 for high."""
        return list(Severity).index(self)


class Finding(Model):
    """One defect with one cause.

    Attributes:
        rule: the rule's name, `foreign-key-without-index`.
        severity: as judged in this schema, not the rule's default.
        object: the object at fault: `orders`, `orders.customer_id`, `orders (orders_a_fkey)`. Of a group, the first.
        message: one sentence: what is wrong here and what follows from it.
        evidence: the facts that it rests on, by short names: `{"on_delete": "cascade", "rows": "2e9"}`.
        fix: SQL in the schema's dialect that removes the cause; None where no statement can.
        objects: every object with the same cause, when repeats are grouped; the first is `object`.
        line: where the object is declared, in the text that was read.
        path: of the file that `line` is of, where the source has several.
    """

    rule: str
    severity: Severity
    object: str
    message: str
    evidence: Mapping[str, str | int | float | bool | list[str]] = Field(default_factory=dict)
    fix: str | None = None
    objects: tuple[str, ...] = ()
    line: int | None = None
    path: str | None = None


class Proof(Model):
    """How far a result was proven, and by what: `executed on PostgreSQL 18.6`, `parsed by sqlglot 30 (tsql)`, `by rule, not executed`."""

    level: Literal["executed", "parsed", "by rule"]
    by: str | None = None
    detail: str | None = None

    def __str__(self) -> str:
        joint = {"executed": "executed on", "parsed": "parsed by", "by rule": "by rule, not executed"}[self.level]
        text = f"{joint} {self.by}" if self.by and self.level != "by rule" else joint
        return f"{text} ({self.detail})" if self.detail else text
