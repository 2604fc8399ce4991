"""Plans for TiDB: statements without ALGORITHM, background jobs to wait for, and what its jobs cannot do."""

from __future__ import annotations

import pytest

from dbdesign.migrations.plan import plan_migration
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.migration import MigrationPlan
from dbdesign.readers.tidb import READER

BASE = """CREATE TABLE customer (id bigint NOT NULL, name varchar(40) NOT NULL, n int, PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */);
CREATE TABLE orders (id bigint NOT NULL, customer_id bigint, total decimal(10,2), PRIMARY KEY (id), KEY by_customer (customer_id));
CREATE TABLE log (id bigint NOT NULL, at int NOT NULL, v varchar(20)) PARTITION BY RANGE (at) (PARTITION p1 VALUES LESS THAN (10));
"""


def planned(after: str, before: str = BASE, **settings: object) -> MigrationPlan:
    return plan_migration(READER.read(before).schema, READER.read(after).schema, PlanSettings.model_validate(settings))


CASES = {
    "a column is added": ("n int,", "n int, m int,", "ALTER TABLE customer ADD COLUMN m int;", False),
    "an index is added": ("KEY by_customer (customer_id)", "KEY by_customer (customer_id), KEY by_total (total)", "ALTER TABLE orders ADD KEY by_total (total);", True),
    "a varchar gets longer": ("varchar(40)", "varchar(400)", "ALTER TABLE customer MODIFY COLUMN name varchar(400) NOT NULL;", False),
    "a type becomes another": ("n int,", "n varchar(20),", "ALTER TABLE customer MODIFY COLUMN n varchar(20);", True),
    "a foreign key is added": ("KEY by_customer (customer_id)", "KEY by_customer (customer_id), CONSTRAINT f FOREIGN KEY (customer_id) REFERENCES customer (id)",
                               "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (customer_id) REFERENCES customer (id);", True),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_change_is_one_statement_and_a_job_where(case: tuple[str, str, str, bool]) -> None:
    old, new, sql, waits = case
    plan = planned(BASE.replace(old, new))
    assert [step.sql for step in plan.steps] == [sql]
    assert (plan.steps[0].wait is not None) == waits
    assert "ALGORITHM" not in plan.steps[0].sql
    assert plan.verification is None


REFUSED = {
    "a clustered primary key changes": ("PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */", "PRIMARY KEY (id, n) /*T![clustered_index] CLUSTERED */", "clustered primary key"),
    "a primary key's column is written anew": ("(id bigint NOT NULL, customer_id", "(id varchar(20) NOT NULL, customer_id", "primary key's column"),
    "a column of a partitioned table is written anew": ("v varchar(20)", "v int", "partitioned table"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_it_is_left_to_people_where(case: tuple[str, str, str]) -> None:
    plan = planned(BASE.replace(*case[:2]), allow_destructive=True)
    assert any(case[2] in one for one in plan.manual), plan.manual
    assert all("By hand:" in one for one in plan.manual)
