"""What a design's tables will hold: rows and columns, said and assumed, and volumes that cannot be."""

from __future__ import annotations

import pytest

from dbdesign.errors import InputError
from dbdesign.model.design import Design
from dbdesign.model.profile import ColumnProfile, Reference
from dbdesign.model.schema import Column, Engine, ForeignKey, Key, Schema, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.model.workload import Query, Workload
from dbdesign.twin.profiles import resolve
from profile_designs import TODAY, design, marketplace, resolved

SHOP = """
CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL);
CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, country_code char(2) NOT NULL
    REFERENCES countries, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE settings (user_id bigint PRIMARY KEY REFERENCES users, theme text NOT NULL);
CREATE TABLE products (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
CREATE TABLE favourites (user_id bigint REFERENCES users, product_id bigint REFERENCES products, PRIMARY KEY (user_id, product_id));
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, note text);
CREATE TABLE lines (order_id bigint NOT NULL REFERENCES orders, line_number integer NOT NULL, product_id bigint NOT NULL REFERENCES products,
    PRIMARY KEY (order_id, line_number));
CREATE TABLE standalone (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text);
"""

ROWS = {
    "nothing is said": (
        "{}",
        {"countries": 100, "users": 1000, "settings": 1000, "products": 1000, "favourites": 3000, "orders": 1000, "lines": 2000, "standalone": 1000},
    ),
    "users are said": (
        "{users: 1M}",
        {"countries": 100, "users": 10**6, "settings": 10**6, "products": 1000, "favourites": 3 * 10**6, "orders": 10**6, "lines": 2 * 10**6},
    ),
    "children are said": ("{orders: 1M}", {"users": 100_000, "orders": 10**6, "lines": 2 * 10**6}),
    "different values of a reference are said": (
        "{orders: {rows: 1M, columns: {user_id: {distinct: 300k}}}}", {"users": 300_000, "settings": 300_000}),
    "nothing can be more than its parents' pairs": ("{users: 2, products: 2}", {"favourites": 4}),
    "a table is empty": ("{orders: 0}", {"orders": 0, "lines": 0}),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_rows_come_from_volumes_and_then_from_foreign_keys(case: str) -> None:
    volumes, expected = ROWS[case]
    profile = resolved(SHOP, volumes)
    assert {name: profile.tables[name].rows for name in expected} == expected


GROWTH = {
    "compounding": ("{users: {rows: 1000, growth: 10% per month}}", 12, 3138),
    "shrinking": ("{users: {rows: 1000, growth: -50% per month}}", 2, 250),
    "rows a day": ("{users: {rows: 1000, growth: 100 rows/day}}", 12, 37524),
    "no growth": ("{users: 1000}", 12, 1000),
    "compounding within a retention": ("{users: {rows: 1000, growth: 10% per month, retention: 90 days}}", 12, 3138),
    "filling up to a retention": ("{users: {rows: 1000, growth: 100 rows/day, retention: 90 days}}", 12, 9000),
    "on the way to a retention": ("{users: {rows: 1000, growth: 100 rows/day, retention: 90 days}}", 1, 4044),
    "shrinking to a retention": ("{users: {rows: 90000, growth: 100 rows/day, retention: 90 days}}", 12, 9000),
    "on the way down to a retention": ("{users: {rows: 90000, growth: 100 rows/day, retention: 100 days}}", 1, 65650),
}  # fmt: skip


@pytest.mark.parametrize("case", GROWTH)
def test_tables_grow_to_the_horizon(case: str) -> None:
    volumes, months, expected = GROWTH[case]
    users = resolved(SHOP, volumes, months).tables["users"]
    assert (users.rows, users.today) == (expected, resolved(SHOP, volumes).tables["users"].rows)


def test_children_and_keys_grow_with_their_parents() -> None:
    profile = resolved(
        SHOP, "{users: {rows: 1000, growth: 10% per month}, orders: {columns: {user_id: {distinct: 500}}}}", 12
    )
    assert profile.tables["settings"].rows == 3138
    assert profile.tables["users"].columns["id"].high == "3138"
    assert profile.tables["orders"].columns["user_id"].distinct == pytest.approx(1569)


EVERYTHING = """
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN percentage AS numeric(5, 2) NOT NULL CHECK (VALUE >= 0 AND VALUE <= 100);
CREATE TABLE parents (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE t (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id integer REFERENCES parents,
    public_id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    ordered_id uuid NOT NULL UNIQUE DEFAULT uuidv7(),
    mood mood NOT NULL,
    kind text NOT NULL CHECK (kind IN ('a', 'b')),
    flag boolean NOT NULL,
    email text NOT NULL UNIQUE,
    currency char(3) NOT NULL,
    status text NOT NULL DEFAULT 'draft',
    share percentage,
    rating integer NOT NULL CHECK (rating BETWEEN 1 AND 5),
    price numeric(8, 2) NOT NULL CHECK (price > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    born_on date,
    note text,
    data jsonb NOT NULL,
    tags text[] NOT NULL
);
"""


def test_columns_follow_from_types_keys_checks_and_names() -> None:
    columns = resolved(EVERYTHING, "{t: 1M, parents: 1000}").tables["t"].columns
    assert columns["id"] == ColumnProfile(
        column="id", distinct=1e6, low="1", high="1000000", correlation=1.0, width=8.0, unique=True,
        assumed=("distinct", "range", "values", "skew", "correlation", "width"),
    )  # fmt: skip
    parent = columns["parent_id"]
    assert (parent.distinct, parent.nulls, parent.low, parent.high) == (1000, 0.1, "1", "1000")
    assert parent.reference == Reference(table="parents", column="id")
    assert [(columns[name].unique, columns[name].correlation) for name in ("public_id", "ordered_id")] == [
        (True, 0),
        (True, 1),
    ]
    assert [value for value, _ in columns["mood"].common] == ["sad", "ok", "happy"]
    assert columns["kind"].common == (("a", 0.5), ("b", 0.5))
    assert columns["flag"].common == (("f", 0.5), ("t", 0.5))
    assert (columns["email"].low, columns["email"].high) == ("user000000@example.com", "user999999@example.com")
    assert columns["currency"].common[0][0] == "USD"
    assert columns["status"].common[0][0] == "draft"
    assert (columns["share"].low, columns["share"].high, columns["share"].nulls) == ("0.00", "100.00", 0)
    assert (columns["rating"].low, columns["rating"].high, columns["rating"].distinct) == ("1", "5", 5)
    assert columns["price"].low == "1.00"
    assert [columns[name].correlation for name in ("created_at", "updated_at")] == [1, 0.5]
    assert (columns["created_at"].low, columns["created_at"].high) == (
        "2023-11-01 06:32:24+00",
        "2026-11-01 00:00:00+00",
    )
    assert columns["deleted_at"].nulls == 0.95
    assert columns["born_on"].low == "1940-01-01"
    assert (columns["data"].low, columns["data"].distinct) == (None, 900_000)


def test_what_the_volumes_say_wins() -> None:
    said = """{t: {rows: 1000, columns: {
        parent_id: {distinct: 7, nulls: 0.5, skew: zipf 1.2, correlation: -0.3, width: 6},
        mood: {values: {happy: 0.9}}, flag: {values: {"true": 0.1, "false": 0.9}}, price: {min: "3.00", max: "4.00"}}}}"""
    columns = resolved(EVERYTHING, said).tables["t"].columns
    parent = columns["parent_id"]
    assert (parent.distinct, parent.nulls, parent.skew, parent.correlation, parent.width) == (7, 0.5, 1.2, -0.3, 6)
    assert columns["mood"].common == (("happy", 0.9), ("sad", pytest.approx(0.05)), ("ok", pytest.approx(0.05)))
    assert columns["flag"].common == (("f", 0.9), ("t", 0.1))
    assert (columns["price"].low, columns["price"].high, columns["price"].distinct) == ("3.00", "4.00", 101)


MOVED = {
    "a number": ("rating: {min: 10}", ("10", "14")),
    "a decimal": ("price: {max: 0.5}", ("0.00", "0.5")),
    "a time": ("created_at: {min: '2027-01-01'}", ("2027-01-01", "2029-12-31 17:27:36.000000+00")),
    "a text": ("email: {min: zoe}", ("zoe", "zoe~")),
}


@pytest.mark.parametrize("case", MOVED)
def test_one_end_of_a_range_moves_the_other_that_it_passes(case: str) -> None:
    said, expected = MOVED[case]
    name = said.split(":")[0]
    column = resolved(EVERYTHING, f"{{t: {{rows: 1000, columns: {{{said}}}}}}}").tables["t"].columns[name]
    assert (column.low, column.high) == expected


CHECKS = {
    "integer CHECK (n > 0)": ("1", "9999"),
    "integer CHECK (n >= 100000)": ("100000", "109999"),
    "integer CHECK (n <= 50)": ("0", "50"),
    "integer CHECK (n < -5)": ("-10005", "-6"),
    "integer CHECK (n BETWEEN 3 AND 7)": ("3", "7"),
    "integer CHECK (n >= 20000 AND n <= 30000)": ("20000", "30000"),
    "integer CHECK (n < 5 OR n > 10)": ("0", "9999"),
    "numeric(5,2) CHECK (n > 0 AND n <= 100)": ("0.01", "100.00"),
    "numeric(3,2)": ("0.00", "9.99"),
    "numeric(3)": ("0", "999"),
    "smallint": ("0", "9999"),
    "double precision CHECK (n >= 0.5)": ("0.5", "9999"),
}


@pytest.mark.parametrize("declared", CHECKS)
def test_numbers_lie_within_what_checks_and_types_allow(declared: str) -> None:
    column = resolved(f"CREATE TABLE t (n {declared})").tables["t"].columns["n"]
    assert (column.low, column.high) == CHECKS[declared]


PARTITIONED = """
CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL, region text NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2026-04-01 00:00:00+00');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-04-01 00:00:00+00') TO ('2026-07-01 00:00:00+00') PARTITION BY LIST (region);
CREATE TABLE events_2_eu PARTITION OF events_2 FOR VALUES IN ('de', 'fr');
CREATE TABLE events_2_us PARTITION OF events_2 FOR VALUES IN ('us');
"""


def test_partitions_share_their_parents_rows_and_have_the_values_of_their_bounds() -> None:
    tables = resolved(PARTITIONED, "{events: 1M, events_1: 200k}").tables
    rows = {name: one.rows for name, one in tables.items()}
    assert rows == {"events": 1e6, "events_1": 2e5, "events_2": 8e5, "events_2_eu": 4e5, "events_2_us": 4e5}
    spans = {name: (one.columns["at"].low, one.columns["at"].high) for name, one in tables.items()}
    assert spans["events"] == ("2026-01-01 00:00:00.000000+00", "2026-06-30 23:59:59.999999+00")
    assert spans["events_1"] == ("2026-01-01 00:00:00.000000+00", "2026-03-31 23:59:59.999999+00")
    assert spans["events_2_us"] == ("2026-04-01 00:00:00.000000+00", "2026-06-30 23:59:59.999999+00")
    assert [value for value, _ in tables["events_2_eu"].columns["region"].common] == ["de", "fr"]
    assert tables["events_2_us"].columns["region"].common == (("us", 1.0),)


def test_partitions_that_are_all_said_add_up() -> None:
    assert resolved(PARTITIONED, "{events_1: 1000, events_2_eu: 10, events_2_us: 20}").tables["events"].rows == 1030


def test_tables_that_refer_to_each_other_and_to_themselves_are_resolved() -> None:
    ddl = """CREATE TABLE a (id bigint PRIMARY KEY, b_id bigint);
    CREATE TABLE b (id bigint PRIMARY KEY REFERENCES a, up bigint REFERENCES b);
    ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES b;"""
    tables = resolved(ddl).tables
    assert {name: one.rows for name, one in tables.items()} == {"a": 1000, "b": 1000}
    assert tables["b"].columns["up"].nulls == 0.05


def test_the_values_of_a_status_are_the_ones_that_are_asked_for() -> None:
    ddl = """CREATE TABLE tasks (id bigint PRIMARY KEY, status text NOT NULL DEFAULT 'new');
    CREATE INDEX waiting ON tasks (id) WHERE status IN ('open', 'it''s stuck');"""
    made = design(ddl)
    query = Query(name="done", sql="select count(*) from tasks where status = 'done' and id > $1")
    made = made.model_copy(update={"workload": Workload(queries=(query,))})
    common = resolve(made, today=TODAY).tables["tasks"].columns["status"].common
    assert [value for value, _ in common] == ["new", "open", "it's stuck", "done"]


def test_a_long_chain_of_references_is_resolved() -> None:
    tables = [
        Table(
            name=f"t{number}",
            columns=(Column(name="id", type=DataType(kind=Kind.INT64, native="bigint"), nullable=False),),
            primary_key=Key(columns=("id",)),
            foreign_keys=(ForeignKey(columns=("id",), referenced_table=f"t{number - 1}", referenced_columns=("id",)),)
            if number
            else (),
        )
        for number in reversed(range(1500))
    ]
    profile = resolve(Design(schema=Schema(engine=Engine.POSTGRESQL, tables=tuple(tables))), today=TODAY)
    assert profile.tables["t1499"].columns["id"].high == "1000"


IMPOSSIBLE = {
    "more different values than rows": (
        "{orders: {rows: 10, columns: {note: {distinct: 11}}}}",
        "orders.note: distinct is 11, more than the 10 rows that are not NULL. Give at most that, or more rows"),
    "nulls where there can be none": (
        "{orders: {rows: 10, columns: {user_id: {nulls: 0.5}}}}",
        "orders.user_id: nulls is 0.5, but the column is NOT NULL. Take nulls out, or let the column be NULL"),
    "a share of a unique value": (
        "{users: {rows: 100, columns: {email: {values: {me: 0.5}}}}}",
        "users.email: me would occur more than once, but the column is unique. Take values out, or the key"),
    "a skew of unique values": (
        "{users: {rows: 100, columns: {id: {skew: zipf 1}}}}",
        "users.id: skew makes values repeat, but the column is unique. Take skew out, or the key"),
    "few values of a unique column": (
        "{users: {rows: 100, columns: {id: {distinct: 50}}}}",
        "users.id: distinct is 50, but the column is unique over 100 rows. Take distinct out, or the key"),
    "a range upside down": (
        "{orders: {rows: 10, columns: {user_id: {min: 9, max: 3}}}}", "orders.user_id: min 9 is above max 3. Swap them"),
    "a bound of another type": (
        "{orders: {rows: 10, columns: {user_id: {min: x}}}}",
        "orders.user_id: min or max: 'x' is not a number. Write a value of bigint"),
    "more values than the range has": (
        "{orders: {rows: 10, columns: {user_id: {min: 1, max: 3, distinct: 4}}}}",
        "orders.user_id: distinct is 4, but 3 values fit from min to max. Widen the range"),
    "fewer values than are named": (
        "{orders: {rows: 10, columns: {note: {distinct: 1, values: {a: 0.5, b: 0.1}}}}}",
        "orders.note: distinct is 1, but 2 values have a share. Give at least that many"),
    "a value that is too long": (
        "{countries: {rows: 10, columns: {code: {min: AAA}}}}",
        "countries.code: AAA is longer than character(2). Shorten it, or widen the type"),
    "no value at all": ("{orders: {rows: 10, columns: {note: {distinct: 0}}}}", "orders.note: distinct is 0. Give 1 or more"),
    "a value of another type": (
        "{orders: {rows: 10, columns: {user_id: {values: {me: 0.5}}}}}",
        "orders.user_id: values: 'me' is not a number. Write values of bigint"),
}  # fmt: skip


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_volumes_that_cannot_be_are_refused_with_the_remedy(case: str) -> None:
    volumes, message = IMPOSSIBLE[case]
    with pytest.raises(InputError) as caught:
        resolved(SHOP, volumes)
    assert str(caught.value) == f"volumes: {message}"


def test_everything_that_is_impossible_is_said_at_once() -> None:
    volumes = "{orders: {rows: 10, columns: {note: {distinct: 11}, user_id: {nulls: 0.5}}}, users: {rows: 10, columns: {id: {skew: zipf 1}}}}"
    with pytest.raises(InputError) as caught:
        resolved(SHOP, volumes)
    assert [part.split(":")[0] for part in str(caught.value).removeprefix("volumes: ").split("; ")] == [
        "orders.note",
        "orders.user_id",
        "users.id",
    ]


def test_labels_that_a_check_does_not_allow_are_refused() -> None:
    with pytest.raises(InputError, match=r"t\.kind: c is not among the values allowed \(a, b\)\. Name one of these"):
        resolved(EVERYTHING, "{t: {rows: 10, columns: {kind: {values: {c: 0.5}}}}}")


def test_partitions_that_hold_more_than_their_table_are_refused() -> None:
    with pytest.raises(InputError, match=r"events: its partitions are said to hold 20 rows, it itself 10"):
        resolved(PARTITIONED, "{events: 10, events_1: 20}")


def test_a_horizon_in_the_past_is_refused() -> None:
    with pytest.raises(InputError, match="the horizon lies in the past"):
        resolve(design(SHOP), months=-1)


def test_a_key_that_overflows_is_the_first_assumption() -> None:
    ddl = "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY)"
    profile = resolved(ddl, "{t: 3e9}")
    assert profile.assumptions[0] == "t.id: integer has fewer values than the table's 3,000,000,000 rows; values repeat"
    assert profile.tables["t"].columns["id"].high == "2147483647"


def test_assumptions_are_few_and_name_the_heaviest_tables_first() -> None:
    profile = resolve(marketplace(), months=24, today=TODAY)
    assert len(profile.assumptions) <= 30
    assert all("audit.log" in sentence for sentence in profile.assumptions[:3])


def test_a_profile_covers_every_column_of_every_table_and_is_the_same_each_time() -> None:
    made = marketplace()
    profile = resolve(made, today=TODAY)
    assert {label: set(one.columns) for label, one in profile.tables.items()} == {
        table.label: {column.name for column in table.columns} for table in made.schema.tables
    }
    assert resolve(made, today=TODAY) == profile
    for one in profile.tables.values():
        for column in one.columns.values():
            assert 1 <= column.distinct <= max(one.rows * (1 - column.nulls), 1) * (1 + 1e-9), (one.table, column)
            assert sum(share for _, share in column.common) + column.nulls <= 1 + 1e-6, (one.table, column)
