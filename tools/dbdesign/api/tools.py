"""The tools, in the order in which they are listed. To add one, write its file and add a line to `TOOLS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dbdesign.api.advise_indexes import advise_indexes
from dbdesign.api.answer import Answer
from dbdesign.api.benchmark_schema import benchmark_schema
from dbdesign.api.check_migration import check_migration
from dbdesign.api.compare_schemas import compare_schemas
from dbdesign.api.design_nosql import design_nosql
from dbdesign.api.detect_stack import detect_stack
from dbdesign.api.draw_erd import draw_erd
from dbdesign.api.generate_schema import generate_schema
from dbdesign.api.plan_migration import plan_migration
from dbdesign.api.plan_scaling import plan_scaling
from dbdesign.api.read_plan import read_plan
from dbdesign.api.read_schema import read_schema
from dbdesign.api.review_schema import review_schema
from dbdesign.api.simulate_queries import simulate_queries


@dataclass(frozen=True)
class Tool:
    """A tool as the server and the command line offer it.

    Attributes:
        function: its name is the tool's, its docstring the description, its annotations the arguments; it takes `call` beside them.
        writes: whether it can write files.
    """

    function: Callable[..., Answer]
    title: str
    writes: bool = False

    @property
    def name(self) -> str:
        """The tool's name."""
        return self.function.__name__


TOOLS = (
    Tool(detect_stack, "Detect databases, ORMs and migration tools"),
    Tool(read_schema, "Read a schema"),
    Tool(review_schema, "Review a schema"),
    Tool(generate_schema, "Generate a schema for an engine", writes=True),
    Tool(compare_schemas, "Compare two schemas and list the drift"),
    Tool(draw_erd, "Draw an entity-relationship diagram", writes=True),
    Tool(simulate_queries, "Simulate a workload at production scale"),
    Tool(advise_indexes, "Advise indexes for a workload"),
    Tool(check_migration, "Check migrations for what locks, rewrites or breaks"),
    Tool(plan_migration, "Plan a migration without downtime", writes=True),
    Tool(read_plan, "Read an execution plan", writes=True),
    Tool(benchmark_schema, "Benchmark a design on generated data", writes=True),
    Tool(design_nosql, "Design for a document or key-value store", writes=True),
    Tool(plan_scaling, "Plan growth", writes=True),
)
