"""Lines, comments, declared tables and leftovers, from tokens alone."""

from __future__ import annotations

from typing import Any

import pytest

from dbdesign.readers.postgresql.positions import positions
from real_schemas import read_real, real_sql

SCRIPT = """-- at the top
SET search_path = sales, public;
CREATE TABLE orders ( -- dbdesign: allow something
  id bigint primary key, /* inner */
  "Weird Name" int constraint wn check ("Weird Name" > 0),
  customer_id int references customers on delete cascade, b int unique,
  unique (b, id),
  check (b > id), check (b > 1),
  foreign key (b) references foo(a)
);
create temp table foo (a int);
CREATE SCHEMA nest
  CREATE TABLE t1 (a int, b text)
  CREATE VIEW v AS SELECT * FROM t1;
create function f() returns void language plpgsql as $$ begin create table inner_one (a int); end $$;
select 'create table nope (a int)'; -- create table neither
ALTER TABLE ONLY orders
   ADD CONSTRAINT xx UNIQUE (id), add column zz int not null;
alter table orders rename column zz to yy;
alter table orders rename to purchases;
create index on purchases (b, lower(yy));
create unique index if not exists foo_x on purchases using btree (b);
create trigger trg before update on purchases for each row execute function f();
create policy p1 on purchases using (true);
create table dropped (a int);
drop table dropped;
create foreign table far (a int) server s;
insert into x values (1);
insert into x values (1);
copy x from stdin;
create table data (a int);
\\.
\\connect other
select setval('s', 1);
"""


def test_every_object_is_found_on_its_line() -> None:
    assert positions(SCRIPT).lines == {
        "sales.foo": 11, "sales.foo.a": 11, "nest.t1": 13, "nest.t1.a": 13, "nest.t1.b": 13, "nest.v": 14, "sales.f": 15,
        "sales.purchases": 3, "sales.purchases.id": 4, "sales.purchases.orders_pkey": 4, "sales.purchases.Weird Name": 5,
        "sales.purchases.wn": 5, "sales.purchases.customer_id": 6, "sales.purchases.orders_customer_id_fkey": 6, "sales.purchases.b": 6,
        "sales.purchases.orders_b_key": 6, "sales.purchases.orders_b_id_key": 7, "sales.purchases.orders_check": 8,
        "sales.purchases.orders_b_check": 8, "sales.purchases.orders_b_fkey": 9, "sales.purchases.xx": 18, "sales.purchases.yy": 18,
        "sales.purchases.purchases_b_lower_idx": 21, "sales.purchases.foo_x": 22, "sales.purchases.trg": 23, "sales.purchases.p1": 24,
        "sales.far": 27,
    }  # fmt: skip


def test_comments_are_found_on_the_line_where_they_begin() -> None:
    assert positions(SCRIPT).comments == {
        1: "-- at the top",
        3: "-- dbdesign: allow something",
        4: "/* inner */",
        16: "-- create table neither",
    }


def test_tables_are_counted_where_they_are_declared_and_nowhere_else() -> None:
    found = positions(SCRIPT)
    assert [(one.label, one.line) for one in found.declared if not one.temporary and not one.foreign] == [
        ("sales.orders", 3),
        ("nest.t1", 13),
        ("sales.dropped", 25),
    ]
    assert found.declared_tables == 3
    assert found.temporary_tables == ("sales.foo",)


def test_what_is_not_schema_is_counted_by_kind_with_its_first_lines() -> None:
    assert [(one.kind, one.count, one.lines) for one in positions(SCRIPT).skipped] == [
        ("SET", 1, (2,)),
        ("SELECT", 1, (16,)),
        ("INSERT", 2, (28, 29)),
        ("COPY", 1, (30,)),
        ("COPY data", 1, (30,)),
        ("psql \\connect", 1, (33,)),
        ("SELECT setval", 1, (34,)),
    ]


def test_data_is_not_kept() -> None:
    rows = "INSERT INTO t VALUES (1, 'create table x (a int)');\n" * 1000
    found = positions(f"CREATE TABLE t (a int, b text);\n{rows}COPY t FROM stdin;\n" + "1\tx\n" * 1000 + "\\.\n")
    assert [one.kind for one in found.statements] == ["CREATE TABLE"]
    assert {one.kind: one.count for one in found.skipped} == {"INSERT": 1000, "COPY": 1, "COPY data": 1}


@pytest.mark.parametrize("entry", real_sql("postgresql", "cockroachdb"))
def test_the_tables_of_a_real_schema_are_counted(entry: dict[str, Any]) -> None:
    assert positions(read_real(entry)).declared_tables == entry["tables"]
