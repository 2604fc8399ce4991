"""What `read_plan` answers: its fields, with nothing that is heavy to load."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from dbdesign.api.answer import Answer


class FindingOut(BaseModel):
    """One thing that is wrong with a plan."""

    id: str
    node: str = Field(description="#number and title of the node, or `the statement`")
    message: str
    share: float | None = Field(description="of the plan's time, or its cost where it was not run")
    remedy: str
    when: str = Field(description="the condition under which the remedy helps")
    saves: float = Field(description="share that the remedy saves at best; findings are ranked by it")
    numbers: dict[str, float | str] = Field(default_factory=dict)
    also: list[str] = Field(default_factory=list, description="further nodes with the same cause")


class TotalOut(BaseModel):
    """What a plan does with one table or index."""

    name: str
    scans: int
    loops: int | None = None
    rows: float | None = None
    share: float | None = None
    exclusive_ms: float | None = None


class PlanOut(BaseModel):
    """One statement's plan."""

    number: int
    summary: str
    query: str | None = None
    planning_ms: float | None
    execution_ms: float | None
    measured_by: str | None = Field(description="what shares are of: time, cost, or null")
    findings: list[FindingOut]
    hot_path: list[str]
    tables: list[TotalOut] = Field(default_factory=list)
    indexes: list[TotalOut] = Field(default_factory=list)
    root: dict[str, Any] = Field(description="the tree; counts are of one loop, total_ms and exclusive_ms of all")
    truncated: bool = False


class ProposalOut(BaseModel):
    """A proposed index, tried on the production twin."""

    index: str
    finding: str
    used: bool
    cost_before: float | None = None
    cost_after: float | None = None
    size_bytes: int | None = None
    error: str | None = None


class RewriteOut(BaseModel):
    """The query in other words."""

    name: str
    query: str
    equal: bool | None = Field(
        description="whether both gave the same rows on generated data; null where that was not tried"
    )
    checked: str
    when: str
    cost_before: float | None = None
    cost_after: float | None = None


class ChangeOut(BaseModel):
    """One node of two plans that are compared."""

    change: str
    before: str | None = None
    after: str | None = None
    ms_before: float | None = None
    ms_after: float | None = None
    detail: str = ""


class ComparisonOut(BaseModel):
    """This plan against another one of the same statement."""

    summary: str
    measured_by: str | None
    before: float | None
    after: float | None
    changes: list[ChangeOut]


class ReadPlanAnswer(Answer):
    """What `read_plan` answers."""

    engine: str
    format: str
    pasted_as: list[str] = Field(default_factory=list)
    plans: list[PlanOut]
    proposals: list[ProposalOut] = Field(default_factory=list)
    rewrites: list[RewriteOut] = Field(default_factory=list)
    comparison: ComparisonOut | None = None
    files: list[str] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    proof: str
