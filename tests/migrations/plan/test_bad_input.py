"""What a planner cannot know, must not do, or is told wrongly."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from dbdesign.errors import DesignError, InputError, UnknownNameError
from dbdesign.migrations.intents import intent
from dbdesign.migrations.plan import plan_migration
from dbdesign.migrations.settings import ConsentError, PlanSettings
from dbdesign.model.migration import MigrationPlan
from dbdesign.readers.base import reader

ORDERS = "create table orders (id int primary key, total numeric, note text);"


def planned(before: str, after: str, **settings: Any) -> MigrationPlan:
    schemas = (reader("postgresql").read(text).schema_ for text in (before, after))
    return plan_migration(*schemas, PlanSettings(**{"verify": False, **settings}))


def test_equal_schemas_have_no_steps() -> None:
    assert planned(ORDERS, ORDERS).phases == ()


@pytest.mark.parametrize(
    ("after", "what"),
    [
        ("create table orders (id int primary key, total numeric);", "column orders.note is dropped with its data"),
        ("create table other (a int, b int);", "table orders is dropped with its rows"),
    ],
)
def test_data_is_not_dropped_without_consent(after: str, what: str) -> None:
    with pytest.raises(ConsentError, match=what):
        planned(ORDERS, after)
    assert planned(ORDERS, after, allow_destructive=True).phases[-1].point_of_no_return


def test_a_mandatory_column_without_a_value_is_a_question_and_stops_nothing_else() -> None:
    after = ORDERS.replace("note text", "note text, kind text not null, size int default 1")
    plan = planned(ORDERS, after)
    assert [(one.about, list(one.answers)) for one in plan.questions] == [
        ("orders.kind", ["fill=orders.kind:<expression>"])
    ]
    assert [step.sql for step in plan.steps] == ["ALTER TABLE orders ADD COLUMN size integer DEFAULT 1;"]
    assert planned(ORDERS, after, fills={"orders.kind": "'none'"}).questions == ()


def test_what_rests_on_a_column_without_a_value_waits_with_it_and_the_rest_is_verified() -> None:
    after = f"""{ORDERS.replace("note text", "note text, kind text not null check (kind <> ''), size int")}
        create index by_kind on orders (note, lower(kind)); create index by_size on orders (size);
        alter table orders add constraint one_kind unique (kind); create view kinds as select kind from orders;"""
    plan = planned(ORDERS, after, verify=True)
    assert [one.about for one in plan.questions] == ["orders.kind"]
    assert not any("kind" in step.sql for step in plan.steps)
    assert any("by_size" in step.sql for step in plan.steps)
    (note,) = [one for one in plan.notes if "waits" in one]
    assert all(
        name in note for name in ("index by_kind", "unique key one_kind", "check orders_kind_check", "view kinds")
    )
    assert plan.verification is not None
    assert plan.verification.ok
    assert planned(ORDERS, after, fills={"orders.kind": "id::text"}, verify=True).verification.ok  # type: ignore[union-attr]


def test_a_key_that_goes_while_foreign_keys_rest_on_it_is_done_by_hand_and_the_rest_is_verified() -> None:
    child = "create table child (id int primary key, code text constraint f references team (code));"
    before = f"create table team (id int primary key, code text not null constraint u unique, n int); {child}"
    after = f"create table team (id int primary key, code text not null, n int, m int); create unique index i on team (code); {child}"
    plan = planned(before, after, verify=True)
    assert [one for one in plan.manual if "foreign keys rest on u, which goes: child (f)" in one]
    assert not any("DROP CONSTRAINT" in step.sql for step in plan.steps)
    assert plan.verification is not None
    assert plan.verification.ok


def test_a_doubtful_rename_stops_its_own_table_alone() -> None:
    before = f"{ORDERS} create table person (id int primary key, first_name text);"
    after = f"{ORDERS.replace('note text', 'note text, size int')} create table person (id int primary key, given_name text);"
    plan = planned(before, after, allow_destructive=True)
    assert plan.questions, "given_name may be first_name, or another column"
    assert {"person" in step.sql for step in plan.steps} == {False}
    assert any("orders ADD COLUMN size" in step.sql for step in plan.steps)
    settled = planned(before, after, renames=("person.first_name:person.given_name",))
    assert settled.questions == ()
    assert any("RENAME COLUMN first_name TO given_name" in step.sql for step in settled.steps)


@pytest.mark.parametrize("version", ["11", "19", "eighteen"])
def test_a_version_that_is_not_known_is_refused(version: str) -> None:
    with pytest.raises(InputError, match="PostgreSQL 12 to 18"):
        planned(ORDERS, f"{ORDERS} create table t (a int);", version=version)


NEWER = {
    "17: NOT NULL … NOT VALID": "alter table orders add constraint n not null total not valid;",
    "17: a virtual generated column": "alter table orders add v int generated always as (id + 1) virtual;",
    "17: NOT ENFORCED": "alter table orders add constraint c check (total > 0) not enforced;",
    "17: WITHOUT OVERLAPS": "create table w (id int, r int4range, primary key (id, r without overlaps));",
    "14: NULLS NOT DISTINCT": "create unique index i on orders (note) nulls not distinct;",
    "12: security_invoker": "create view v with (security_invoker = true) as select id from orders;",
}


@pytest.mark.parametrize("what", NEWER)
def test_a_target_with_what_its_server_does_not_have_is_refused(what: str) -> None:
    version, _, thing = what.partition(": ")
    with pytest.raises(InputError, match=f"PostgreSQL {version} cannot have .*{thing}: not before PostgreSQL"):
        planned(ORDERS, ORDERS + NEWER[what], version=version)
    assert planned(ORDERS, ORDERS + NEWER[what], version="18").steps


def test_the_name_of_a_not_null_that_a_newer_dump_says_is_no_reason_to_refuse() -> None:
    after = ORDERS.replace("total numeric", "total numeric constraint total_there not null")
    assert planned(ORDERS, after, version="17").steps


def test_a_rename_of_what_is_not_there_names_what_is_near() -> None:
    with pytest.raises(UnknownNameError, match="orders"):
        planned(ORDERS, ORDERS.replace("orders", "purchases"), renames=("order:purchases",))


@pytest.mark.parametrize(
    "text", ["orders", "orders(a) address by id", "orders() -> address by id", "orders(a b) -> t by id"]
)
def test_a_move_that_does_not_say_what_goes_where_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="split"):
        intent("split", text)


def test_a_move_of_a_column_that_is_not_there_is_refused() -> None:
    after = "create table orders (id int primary key, total numeric); create table memo (order_id int primary key, note text);"
    with pytest.raises(InputError, match="orders has no column remark"):
        planned(ORDERS, after, intents=(intent("split", "orders(remark:note) -> memo by id:order_id"),))


def test_a_quoted_name_can_be_moved() -> None:
    one = intent("move", '"Orders"("Größe, cm":size) -> s.t by "ID":id')
    assert (one.source, one.target, one.columns, one.key) == ("Orders", "s.t", {"Größe, cm": "size"}, {"ID": "id"})


UNSUPPORTED = {
    "partitioning without a key": (
        "create table log (at date, body text);",
        "create table log (at date, body text) partition by range (at); create table log_1 partition of log default",
        "log would have to be made anew beside the old one, but it has no key by which a row could be found again",
    ),
    "a composite type in use": (
        "create type place as (x int, y int); create table t (id int primary key, p place);",
        "create type place as (x bigint, y int); create table t (id int primary key, p place);",
        None,
    ),
}


def test_what_has_no_online_way_is_said_with_the_reason() -> None:
    before, after, reason = UNSUPPORTED["partitioning without a key"]
    plan = planned(before, after)
    assert plan.steps == ()
    assert reason is not None
    assert plan.manual[0].startswith(reason)


def test_tables_that_refer_to_each_other_are_made_anew_one_by_one() -> None:
    whole = "create table {0} (id int primary key{1});"
    parts = "create table {0} (id int primary key{1}) partition by hash (id); create table {0}_0 partition of {0} for values with (modulus 1, remainder 0);"
    ref = ", a_id int references a"
    stages = [
        whole.format("a", "") + whole.format("b", ref),
        whole.format("a", "") + parts.format("b", ref),
        parts.format("a", "") + parts.format("b", ref),
    ]
    assert "but so has b" in planned(stages[0], stages[2]).manual[0]
    for before, after in pairwise(stages):
        plan = planned(before, after, verify=True)
        assert plan.manual == ()
        assert plan.verification is not None
        assert plan.verification.ok, plan.verification.checks


def test_a_plan_that_the_server_refuses_says_so_and_where() -> None:
    before, after, _ = UNSUPPORTED["a composite type in use"]
    plan = planned(before, after, verify=True)
    assert plan.verification is not None
    assert not plan.verification.ok
    assert "cannot alter type" in plan.verification.summary


def test_tables_that_refer_to_each_other_are_made_in_one_transaction() -> None:
    after = (
        f"{ORDERS} create table a (id int primary key, b_id int); create table b (id int primary key, a_id int references a);"
        "alter table a add foreign key (b_id) references b;"
    )
    plan = planned(ORDERS, after, verify=True)
    assert plan.verification is not None
    assert plan.verification.ok, plan.verification.checks
    assert next(step.title for step in plan.steps) == "Create what is new"


def test_row_security_before_15_is_not_evaded_by_a_view() -> None:
    before = f"{ORDERS} alter table orders enable row level security;"
    plan = planned(before, before.replace("orders", "purchases"), renames=("orders:purchases",), version="14")
    assert "row security" in plan.manual[0]
    assert not any("CREATE VIEW" in step.sql for step in plan.steps)
    later = planned(before, before.replace("orders", "purchases"), renames=("orders:purchases",), version="15")
    assert any("security_invoker = true" in step.sql for step in later.steps)


def test_errors_are_the_callers_own_to_mend() -> None:
    with pytest.raises(DesignError, match="Say allow_destructive"):
        planned(ORDERS, "create table orders (id int primary key);")
