"""Plans for SQLite are executed on it: up with rows, the end against a fresh target, and down."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest

from dbdesign.migrations.plan import plan_migration
from dbdesign.migrations.settings import ConsentError, PlanSettings
from dbdesign.model.migration import MigrationPlan
from dbdesign.readers.sqlite import read

BASE = """
create table customer (id integer primary key, name text not null, n int);
create table orders (id integer primary key autoincrement, customer_id int references customer (id), code varchar(20) default 'x',
  total numeric(10,2), note text, check (total > 0));
create index orders_customer on orders (customer_id);
create view totals as select id, total from orders;
create view doubled as select id, total * 2 as twice from totals;
create trigger counted after insert on orders begin update customer set n = n + 1 where id = new.customer_id; end;
"""

CHANGES = {
    "a table is added": ("create view totals", "create table note (id integer primary key, o int references orders (id)); create view totals"),
    "a column is added": ("name text not null,", "name text not null, email text,"),
    "a mandatory column with a default is added": ("name text not null,", "name text not null, kind text not null default 'x',"),
    "a column with a computed default is added": ("name text not null,", "name text not null, at text default (datetime('now')),"),
    "a virtual column is added": ("note text,", "note text, twice numeric as (total * 2),"),
    "a stored column is added": ("note text,", "note text, thrice numeric as (total * 3) stored,"),
    "a type changes": ("n int)", "n bigint)"),
    "a column becomes mandatory": ("n int)", "n int not null)"),
    "a column need not be given any more": ("name text not null", "name text"),
    "a default changes": ("default 'x'", "default 'y'"),
    "a check changes": ("total > 0", "total >= 0"),
    "a check goes": (", check (total > 0)", ""),
    "a foreign key cascades": ("references customer (id)", "references customer (id) on delete cascade"),
    "a foreign key goes": (" references customer (id)", ""),
    "a unique key is added": ("name text not null", "name text not null unique"),
    "an index is added": ("create view totals", "create index orders_code on orders (code) where code is not null; create view totals"),
    "an index changes": ("on orders (customer_id)", "on orders (customer_id, code)"),
    "an index goes": ("create index orders_customer on orders (customer_id);", ""),
    "a view changes": ("select id, total from orders", "select id, total from orders where total > 5"),
    "a view goes": ("create view doubled as select id, total * 2 as twice from totals;", ""),
    "a trigger changes": ("n + 1", "n + 2"),
    "a trigger goes": ("create trigger counted after insert on orders begin update customer set n = n + 1 where id = new.customer_id; end;", ""),
}  # fmt: skip


def planned(before: str, after: str, **settings: object) -> MigrationPlan:
    return plan_migration(read(before).schema, read(after).schema, PlanSettings.model_validate(settings))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_plan_is_run_up_and_down_where(change: tuple[str, str]) -> None:
    after = BASE.replace(*change)
    plan = planned(BASE, after)
    assert plan.verification is not None or after == BASE
    if plan.verification is not None:
        assert plan.verification.ok, plan.verification.checks
        assert plan.verification.checks["down"] == "as it was"


PAIRS = [pair for pair in combinations(CHANGES, 2) if CHANGES[pair[0]][0].strip() not in CHANGES[pair[1]][0]]
PAIRS = [pair for pair in PAIRS if CHANGES[pair[1]][0].strip() not in CHANGES[pair[0]][0]]


@pytest.mark.parametrize("pair", Random(7).sample(PAIRS, 40), ids=" and ".join)
def test_two_changes_are_run_up_and_down_where(pair: tuple[str, str]) -> None:
    after = BASE.replace(*CHANGES[pair[0]]).replace(*CHANGES[pair[1]])
    plan = planned(BASE, after)
    assert plan.verification is not None
    assert plan.verification.ok, plan.verification.checks


def test_all_changes_at_once_make_the_target() -> None:
    after = BASE
    for name, (old, new) in CHANGES.items():
        after = after if name.endswith("goes") else after.replace(old, new)
    plan = planned(BASE, after)
    assert plan.verification is not None
    assert plan.verification.ok, plan.verification.checks


def test_a_dropped_column_that_nothing_names_is_dropped_in_place() -> None:
    plan = planned(BASE, BASE.replace("note text,", ""), allow_destructive=True)
    assert [one.sql for one in plan.steps] == ["ALTER TABLE orders DROP COLUMN note;"]
    assert plan.phases[0].point_of_no_return
    assert plan.verification is not None
    assert plan.verification.ok


def test_a_dropped_column_of_a_check_needs_the_table_anew() -> None:
    after = BASE.replace("total numeric(10,2), note text, check (total > 0)", "note text").replace(
        "create view totals as select id, total from orders;\ncreate view doubled as select id, total * 2 as twice from totals;",
        "",
    )
    plan = planned(BASE, after, allow_destructive=True)
    assert any("dbdesign_new_orders" in one.sql for one in plan.steps)
    assert plan.verification is not None
    assert plan.verification.ok, plan.verification.checks


def test_nothing_is_dropped_without_consent() -> None:
    with pytest.raises(ConsentError, match=r"data would be lost: drop column orders\.note"):
        planned(BASE, BASE.replace("note text,", ""))


def test_a_mandatory_column_without_a_value_is_asked_about_and_filled_with_what_is_said() -> None:
    after = BASE.replace("n int)", "n int, kind text not null)")
    asked = planned(BASE, after)
    assert [one.about for one in asked.questions] == ["customer.kind"]
    assert asked.steps == ()
    told = planned(BASE, after, fills={"customer.kind": "'old'"})
    assert told.verification is not None
    assert told.verification.ok
    assert "SELECT id, name, n, ('old') FROM customer" in told.steps[0].sql


def test_a_table_is_built_anew_in_one_transaction_with_what_stands_on_it() -> None:
    plan = planned(BASE, BASE.replace("total > 0", "total >= 0"))
    assert plan.steps[0].sql == (
        "PRAGMA foreign_keys = OFF;\nPRAGMA legacy_alter_table = ON;\nBEGIN IMMEDIATE;\nDROP VIEW doubled;\nDROP VIEW totals;\n"
        "CREATE TABLE dbdesign_new_orders (\n  id integer PRIMARY KEY AUTOINCREMENT,\n  customer_id int,\n  code varchar(20) DEFAULT 'x',\n"
        "  total numeric(10,2),\n  note text,\n  FOREIGN KEY (customer_id) REFERENCES customer (id),\n  CHECK (total >= 0)\n);\n"
        "INSERT INTO dbdesign_new_orders (id, customer_id, code, total, note) SELECT id, customer_id, code, total, note FROM orders;\n"
        "DELETE FROM sqlite_sequence WHERE name = 'dbdesign_new_orders';\n"
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'dbdesign_new_orders', seq FROM sqlite_sequence WHERE name = 'orders';\n"
        "DROP TABLE orders;\nALTER TABLE dbdesign_new_orders RENAME TO orders;\n"
        "CREATE INDEX orders_customer ON orders (customer_id);\n"
        "CREATE TRIGGER counted after insert on orders begin update customer set n = n + 1 where id = new.customer_id; end;\n"
        "CREATE VIEW totals AS\nselect id, total from orders;\nCREATE VIEW doubled AS\nselect id, total * 2 as twice from totals;\n"
        "COMMIT;\nPRAGMA legacy_alter_table = OFF;\nPRAGMA foreign_keys = ON;"
    )  # fmt: skip
