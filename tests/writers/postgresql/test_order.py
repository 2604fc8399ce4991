"""Objects are made in an order in which each finds what it needs."""

from __future__ import annotations

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.readers.postgresql import read
from dbdesign.writers.postgresql import write

CASES = {
    "a cycle of foreign keys": "create table a (id int primary key); create table b (id int primary key, a int references a);"
    "alter table a add b int references b;",
    "a table that needs a function that needs a type": "create type t as enum ('x'); create function f() returns t language sql as $$ select 'x'::t $$;"
    "create table a (v t default f());",
    "a function that returns a table's rows, used by a view": "create table a (id int);"
    "create function rows() returns setof a language sql as 'select * from a'; create view v as select * from rows();",
    "a check whose function reads another table": "create table b (id int);"
    "create function known(i int) returns boolean language sql as 'select exists (select from b where id = i)';"
    "create table a (id int check (known(id)));",
    "a function whose body reads the table that it checks": "create table a (id int);"
    "create function few() returns boolean language sql as 'select count(*) < 5 from a'; alter table a add check (few());",
    "views upon views": "create table z (id int); create view y as select * from z; create view a as select * from y;",
    "a domain over a domain": "create domain z as int check (value > 0); create domain a as z; create table t (v a[]);",
    "a composite of an enum in a table": "create type e as enum ('x'); create type c as (v e); create table t (v c);",
    "a default that counts by a free sequence": "create sequence s; create table t (id bigint default nextval('s'));",
    "an aggregate in a view": "create function add(a int, b int) returns int language sql return a + b;"
    "create aggregate total(int) (sfunc = add, stype = int); create table t (v int); create view w as select total(v) from t;",
    "a foreign key to a unique index": "create table p (id int); create unique index on p (id); create table c (id int references p (id));",
    "a key with the columns of the primary key": "create table p (id int primary key); alter table p add constraint again unique (id);",
    "a foreign key of a partition to its own tree": "create table p (id int primary key, up int references p) partition by hash (id);"
    "create table p0 partition of p for values with (modulus 1, remainder 0);",
    "a rule on a view": "create table t (id int); create view v as select * from t; create rule r as on insert to v do instead insert into t values (new.id);",
    "a materialised view with an index": "create table t (id int); create materialized view m as select * from t; create index on m (id);",
    "a trigger function that names a later table's row type": "create table later (id int);"
    "create function f() returns trigger language plpgsql as $$ declare r later%rowtype; begin return new; end $$;"
    "create table a (id int); create trigger t before insert on a for each row execute function f();",
}


@pytest.mark.parametrize("script", CASES.values(), ids=CASES)
def test_a_script_in_dependency_order_executes_at_once(script: str) -> None:
    result = read(script)
    assert result.unread == ()
    text = write(result.schema_).text
    with embedded().scratch() as database:
        assert database.run_script(text).failures == ()


def test_a_cycle_of_foreign_keys_is_broken_by_alter() -> None:
    text = write(read(CASES["a cycle of foreign keys"]).schema_).text
    assert text == (
        "CREATE TABLE a (\n    id integer PRIMARY KEY,\n    b integer\n);\n\n"
        "CREATE TABLE b (\n    id integer PRIMARY KEY,\n    a integer REFERENCES a (id)\n);\n\n"
        "ALTER TABLE a\n    ADD CONSTRAINT a_b_fkey FOREIGN KEY (b) REFERENCES b (id);\n"
    )


def test_a_thousand_views_upon_each_other_are_ordered_without_recursion() -> None:
    views = "".join(f"create view v{n:04} as select * from v{n + 1:04};" for n in reversed(range(300)))
    result = read(f"create table t (id int); create view v0300 as select * from t; {views}")
    assert len(result.schema_.views) == 301
    assert write(result.schema_).proof.level == "executed"
