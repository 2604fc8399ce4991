"""What `benchmark_schema` answers."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from dbdesign.api.answer import Answer


class TwinOut(BaseModel):
    """What the production twin said of a query, at the size that was loaded and for the same values, beside the truth."""

    same_plan: bool = Field(description="whether the loaded database's plan has the same shape")
    difference: str | None = Field(default=None, description="where the two plans part, the loaded database's first")
    cost: float = Field(description="the planner's units, on the twin")
    loaded_cost: float = Field(description="the same, on the loaded database")
    rows: float = Field(description="that the twin expected")
    rows_factor: float = Field(description="by which that misses the actual rows, either way; 1 is exact")
    worst_node: str | None = Field(default=None, description="whose rows the twin missed by the largest factor")
    worst_factor: float | None = None


class MeasureOut(BaseModel):
    """One query in one run. Times in milliseconds, as the client saw them."""

    executions: int
    errors: int = 0
    error: str | None = Field(default=None, description="why it could not be run, or the first of the errors")
    per_second: float = Field(default=0.0, description="executions per second in the mix of the queries' rates")
    mean_ms: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    max_ms: float | None = None
    met: bool | None = Field(default=None, description="whether the latency target was met")
    rows: float | None = Field(default=None, description="of an execution, on average")
    shared_hit: int | None = Field(default=None, description="shared buffers of one explained execution")
    shared_read: int | None = None
    estimated_rows: float | None = Field(default=None, description="by the planner, of that execution")
    actual_rows: float | None = None
    access: list[str] = Field(default_factory=list, description="the plan's nodes, from the top")
    twin: TwinOut | None = Field(default=None, description="the production twin's estimate beside the truth")


class QueryOut(BaseModel):
    """One query: before, and after the indexes where there were any."""

    name: str
    target: str | None = None
    parameters: list[str] = Field(
        default_factory=list, description="the column that each parameter's values were drawn from"
    )
    before: MeasureOut
    after: MeasureOut | None = None


class RunOut(BaseModel):
    """The workload under one set of indexes."""

    title: str
    executions: int
    seconds: float
    connections: int
    per_second: float
    idle_p50_ms: float | None = Field(default=None, description="of SELECT 1 among the queries: what is not theirs")
    idle_p99_ms: float | None = None


class FilledOut(BaseModel):
    """A table: rows wanted and made, and why there are fewer."""

    name: str
    rows: int
    wanted: int
    bytes: int
    index_bytes: int
    reason: str | None = None
    notes: list[str] = Field(default_factory=list)


class BuiltOut(BaseModel):
    """An index of the second run."""

    ddl: str
    bytes: int | None = None
    seconds: float | None = None
    error: str | None = None


class PlanOut(BaseModel):
    """PostgreSQL's EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) of one execution."""

    query: str
    run: str
    plan: Any


class BenchmarkSchemaAnswer(Answer):
    """What `benchmark_schema` answers."""

    rows: int = Field(description="in all tables")
    bytes: int = Field(description="of the database")
    load_seconds: float
    checksum: str = Field(default="", description="of all rows; the same design, rows, seed and day give the same")
    runs: list[RunOut]
    queries: list[QueryOut]
    indexes: list[BuiltOut] = Field(default_factory=list)
    problems: list[str] = Field(default_factory=list, description="what is not as the schema or the profile says")
    tables: list[FilledOut]
    notes: list[str] = Field(default_factory=list)
    assumptions: list[str] = Field(default_factory=list, description="of the contents, where the volumes say nothing")
    plans: list[PlanOut] = Field(default_factory=list)
    files: list[str] = Field(default_factory=list, description="the reports, where write_to was given")
    proof: str


class ServerQueryOut(BaseModel):
    """A query on the other server: as it was asked there, whether its rows are those of the embedded server, and its times."""

    name: str
    sql: str
    rows_same: str = Field(
        description="same, rounded (to four digits), order (the same rows in another), rows, values, error, not compared"
    )
    difference: str | None = None
    checksums: list[str] = Field(default_factory=list, description="of the embedded server's rows and of the other's")
    changes: list[str] = Field(default_factory=list, description="what translation had to change")
    before: MeasureOut
    after: MeasureOut | None = None
    retries: int = Field(default=0, description="executions that the server asked to repeat")
    findings: list[str] = Field(default_factory=list, description="on its plan")
    plan: str | None = Field(default=None, description="as the server wrote it")


class ServerTableOut(BaseModel):
    """A table that was sent."""

    name: str
    rows: int
    wanted: int
    bytes: int
    seconds: float
    same: bool | None = Field(description="whether every comparable column is the embedded server's, by checksum")
    unlike: list[str] = Field(default_factory=list)
    reason: str | None = None
    retries: int = 0


class ServerOut(BaseModel):
    """The other server."""

    title: str
    place: str
    rows: int
    rows_per_second: float = Field(description="while they were sent")
    load_seconds: float
    bytes: int | None = None
    runs: list[RunOut]


class BenchmarkServerAnswer(BenchmarkSchemaAnswer):
    """What a benchmark answers that ran on another server too."""

    server: ServerOut
    server_queries: list[ServerQueryOut]
    server_tables: list[ServerTableOut]
    server_indexes: list[BuiltOut] = Field(default_factory=list)
    server_problems: list[str] = Field(default_factory=list)
