"""The way to the partitions of a plan: the schemas that it gives as targets are planned, executed and undone by the migration planner."""

from __future__ import annotations

import pytest

from dbdesign.api.call import Call
from dbdesign.api.plan_migration import plan_migration
from dbdesign.growth.files import files_of
from dbdesign.growth.partition_proof import ddl_of
from dbdesign.growth.plan import GrowthPlan
from growth_plans import planned, read
from growth_scenarios import scenario_plan

REFERRED = """
schema: |
  create table orders (
      id bigint generated always as identity primary key, number text not null unique, placed_at timestamptz not null default now(),
      note text not null
  );
  create index on orders (placed_at);
  create table order_lines (
      order_id bigint not null references orders, line smallint not null, quantity integer not null, primary key (order_id, line)
  );
workload:
  - {name: of a day, sql: "select id, number from orders where placed_at >= $1 and placed_at < $2", rate: 40/s}
volumes:
  orders: {rows: 300e6, growth: 120 rows/s, retention: 30 days, columns: {note: {width: 400}}}
  order_lines: {rows: 10e6}
"""


def referred() -> GrowthPlan:
    """A table that others refer to, and whose unique key does not hold the point in time."""
    return planned(read(REFERRED))


@pytest.mark.parametrize("name", ["saas", "leaderboard", "referred"])
def test_the_migration_to_each_partitioned_table_is_executed_up_and_down(name: str) -> None:
    plan = referred() if name == "referred" else scenario_plan(name)
    targets = {path: text for path, text in files_of(plan).items() if path.startswith("partitioned/")}
    assert len(targets) == (2 if name == "referred" else 1), "first without the foreign keys that cannot be kept"
    before = ddl_of(plan.situation.design.schema_)
    for text in targets.values():
        answer = plan_migration(before, text, call=Call())
        assert "Verified" in answer.summary
        assert "rows kept" in answer.summary
        before = text


def test_what_a_partitioned_table_cannot_keep_is_said_where_the_migration_is_given() -> None:
    plan = referred()
    files = files_of(plan)
    assert "-- without the foreign keys that cannot be kept" in files["partitioned/1_references_to_orders.sql"]
    text = files["partitioned/2_orders.sql"]
    assert "-- the foreign key of order_lines (order_id) must hold placed_at too, or be dropped" in text
    assert "-- UNIQUE (number) cannot be kept across partitions" in text
    assert "CREATE TABLE orders_rest PARTITION OF orders DEFAULT;" in text
