"""Plans for CockroachDB: one statement a step, jobs to wait for, NOT VALID before VALIDATE, and what it refuses."""

from __future__ import annotations

import pytest

from dbdesign.migrations.plan import plan_migration
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.migration import MigrationPlan
from dbdesign.readers.cockroachdb import READER

BASE = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE customer (id INT8 NOT NULL, name STRING NOT NULL, n INT8, m mood, CONSTRAINT customer_pkey PRIMARY KEY (id));
CREATE TABLE orders (id INT8 NOT NULL, customer_id INT8, code VARCHAR(20) DEFAULT 'x', total DECIMAL(10,2), note STRING,
  CONSTRAINT orders_pkey PRIMARY KEY (id), INDEX orders_customer (customer_id),
  CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customer (id), CONSTRAINT total_positive CHECK (total > 0));
CREATE VIEW totals AS SELECT id, total FROM orders;
"""

# name: (what is replaced, by what, the statements, the titles' steps that wait for a job)
CHANGES = {
    "a column is added": ("n INT8,", "n INT8, email STRING,", ["ALTER TABLE customer ADD COLUMN email STRING;"], 0),
    "a column with a default is added": ("n INT8,", "n INT8, kind INT8 NOT NULL DEFAULT 0,", ["ALTER TABLE customer ADD COLUMN kind INT8 NOT NULL DEFAULT 0;"], 1),
    "a default changes": ("DEFAULT 'x'", "DEFAULT 'y'", ["ALTER TABLE orders ALTER COLUMN code SET DEFAULT 'y';"], 0),
    "a column becomes mandatory": ("n INT8,", "n INT8 NOT NULL,", ["ALTER TABLE customer ALTER COLUMN n SET NOT NULL;"], 1),
    "a varchar gets longer": ("VARCHAR(20)", "VARCHAR(50)", ["ALTER TABLE orders ALTER COLUMN code TYPE VARCHAR(50);"], 0),
    "a type becomes another": ("n INT8,", "n STRING,", ["ALTER TABLE customer ALTER COLUMN n TYPE STRING USING n::STRING;"], 1),
    "an index is added": ("INDEX orders_customer (customer_id)", "INDEX orders_customer (customer_id), INDEX by_code (code DESC) STORING (total)", ["CREATE INDEX by_code ON orders (code DESC) STORING (total);"], 1),
    "an index changes": ("orders_customer (customer_id)", "orders_customer (customer_id, code)",
                         ["CREATE INDEX orders_customer_new ON orders (customer_id, code);", "DROP INDEX orders@orders_customer;", "ALTER INDEX orders@orders_customer_new RENAME TO orders_customer;"], 2),
    "an index goes": ("INDEX orders_customer (customer_id),", "", ["ALTER INDEX orders@orders_customer NOT VISIBLE;", "DROP INDEX orders@orders_customer;"], 1),
    "the primary key changes": ("CONSTRAINT customer_pkey PRIMARY KEY (id)", "CONSTRAINT customer_pkey PRIMARY KEY (id, name)", ["ALTER TABLE customer ALTER PRIMARY KEY USING COLUMNS (id, name);"], 1),
    "a check changes": ("total > 0", "total >= 0",
                        ["ALTER TABLE orders DROP CONSTRAINT total_positive;", "ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;", "ALTER TABLE orders VALIDATE CONSTRAINT total_positive;"], 1),
    "an enum gets a value": ("'sad', 'happy'", "'sad', 'so', 'happy'", ["ALTER TYPE mood ADD VALUE 'so' AFTER 'sad';"], 1),
    "a view changes": ("SELECT id, total FROM orders", "SELECT id, total FROM orders WHERE total > 5", ["DROP VIEW totals;", "CREATE VIEW totals (id, total) AS\nSELECT id, total FROM orders WHERE total > 5;"], 0),
    "a table is added": ("CREATE VIEW", "CREATE TABLE fresh (id INT8 NOT NULL, o INT8, CONSTRAINT fresh_pkey PRIMARY KEY (id), CONSTRAINT fresh_o FOREIGN KEY (o) REFERENCES orders (id));\nCREATE VIEW",
                         ["CREATE TABLE fresh (\n    id INT8 NOT NULL,\n    o INT8,\n    CONSTRAINT fresh_pkey PRIMARY KEY (id)\n);", "ALTER TABLE fresh ADD CONSTRAINT fresh_o FOREIGN KEY (o) REFERENCES orders (id);"], 0),
}  # fmt: skip


def planned(after: str, before: str = BASE, **settings: object) -> MigrationPlan:
    return plan_migration(READER.read(before).schema, READER.read(after).schema, PlanSettings.model_validate(settings))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_each_statement_is_a_step_and_long_ones_are_waited_for_where(change: tuple[str, str, list[str], int]) -> None:
    old, new, sql, jobs = change
    assert old in BASE
    plan = planned(BASE.replace(old, new))
    assert [step.sql for step in plan.steps] == sql
    assert sum(step.wait is not None for step in plan.steps) == jobs
    assert not any(step.transactional for step in plan.steps)
    assert plan.manual == ()


# the reader follows no ALTER TYPE and no DROP VIEW
FOLLOWED = {name: one for name, one in CHANGES.items() if not one[2][0].startswith(("ALTER TYPE", "DROP VIEW"))}


@pytest.mark.parametrize("change", FOLLOWED.values(), ids=FOLLOWED.keys())
def test_making_the_statements_makes_the_target_as_the_reader_understands_them_where(
    change: tuple[str, str, list[str], int],
) -> None:
    after = BASE.replace(*change[:2])
    plan = planned(after)
    made = READER.read(BASE + "\n".join(step.sql for step in plan.steps if "VISIBLE" not in step.sql)).schema
    assert {one.label: set(one.column_by_name) for one in made.tables} == {
        one.label: set(one.column_by_name) for one in READER.read(after).schema.tables
    }


def test_a_view_goes_before_a_rename_of_what_it_reads_and_comes_behind() -> None:
    after = (
        BASE.replace("total DECIMAL", "amount DECIMAL")
        .replace("(total > 0)", "(amount > 0)")
        .replace("SELECT id, total", "SELECT id, amount")
    )
    plan = planned(after, renames=("orders.total:amount",))
    sql = [step.sql for step in plan.steps]
    assert (
        sql.index("DROP VIEW totals;") < sql.index("ALTER TABLE orders RENAME COLUMN total TO amount;") < len(sql) - 1
    )
    assert sql[-1].startswith("CREATE VIEW totals (id, amount) AS")


def test_the_type_of_an_indexed_column_is_left_to_people() -> None:
    plan = planned(BASE.replace("customer_id INT8", "customer_id STRING"))
    assert plan.steps == ()
    assert "the type of an indexed column cannot change" in plan.manual[0]


def test_before_25_1_a_change_of_type_needs_a_setting() -> None:
    plan = planned(BASE.replace("n INT8,", "n STRING,"), version="24.3")
    assert any("enable_experimental_alter_column_type_general" in note for note in plan.steps[0].notes)
