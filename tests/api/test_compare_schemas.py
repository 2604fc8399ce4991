"""Drift: what differs, what a form cannot express, what is no difference; documents; two engines; speed is in benchmarks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dbdesign.api.access import Access
from dbdesign.api.call import Call
from dbdesign.api.compare_schemas import compare_schemas
from dbdesign.api.drift import Side, drift
from dbdesign.errors import InputError
from dbdesign.migrations.compare import compare
from dbdesign.readers import base
from dbdesign.readers.base import reader
from dbdesign.readers.expressiveness import GAPS
from dbdesign.writers.base import WriteOptions, writer
from sheet_models import SHEET

ORDERS = "create table orders (id bigint primary key, total numeric(12, 2) not null, note text);"


def compared(left: str, right: str, **options: Any) -> dict[str, Any]:
    return compare_schemas(left, right, **options).structured()


def said(answer: dict[str, Any], part: str = "differences") -> list[tuple[str, str, str]]:
    return [(one["kind"], one["object"], one["what"]) for one in answer[part]]


def test_equal_sources_have_no_drift() -> None:
    answer = compared(ORDERS, ORDERS.replace("bigint", "int8").replace("numeric(12, 2)", "decimal(12,2)"))
    assert (answer["drift"], answer["differences"], answer["counts"]) == (False, [], {})
    assert answer["summary"].startswith("No drift between the text given (postgresql) and the text given (postgresql).")


def test_each_difference_has_the_object_on_both_sides_and_its_places() -> None:
    answer = compared(
        f"{ORDERS}\ncreate table old (id int);",
        "create table orders (id bigint primary key,\n total numeric(14, 2) default 0,\n size int, check (total >= 0));",
    )
    assert answer["drift"] is True
    found = {one["object"]: one for one in answer["differences"]}
    assert found["orders.total"] == {
        "kind": "column",
        "object": "orders.total",
        "what": "differs",
        "left": {"type": "numeric(12,2)", "nullable": False, "default": None},
        "right": {"type": "numeric(14,2)", "nullable": True, "default": "0"},
        "left_at": "line 1",
        "right_at": "line 2",
    }
    assert found["old"]["left"] == {"columns": ["id integer"]}
    assert found["old"]["left_at"] == "line 2"
    assert ("column", "orders.size", "only right") in said(answer)
    assert ("column", "orders.note", "only left") in said(answer)
    assert found["orders (orders_total_check)"]["right"]["expression"] == "total >= 0::numeric"
    assert answer["counts"] == {"differs": 1, "only left": 2, "only right": 2}


def test_spellings_are_told_from_differences_by_the_server() -> None:
    left = "create table t (a varchar(9) check (a in ('x', 'y')), at timestamptz default now());"
    right = "create table t (a varchar(9) check ((a = 'x') or a = 'y'), at timestamptz default current_timestamp);"
    answer = compared(left, right)
    assert said(answer) == [("check", "t (t_a_check)", "differs")]
    assert compared(left, left.replace("a in ('x', 'y')", "a = any (array['x', 'y'])"))["drift"] is False
    assert answer["proof"].startswith("executed on PostgreSQL")


def test_a_rename_says_why_it_is_taken_for_one() -> None:
    answer = compared(ORDERS, ORDERS.replace("note", "remark"))
    (one,) = answer["differences"]
    assert (one["what"], one["left"], one["right"]) == ("renamed", "note", "remark")
    assert one["reason"]


def test_tables_of_tools_and_what_was_asked_for_are_ignored_with_the_reason() -> None:
    right = f"{ORDERS} create table alembic_version (v text); create table audit_1 (id int); comment on table orders is 'x';"
    answer = compared(ORDERS, right, ignore=["audit_*", "comment"])
    assert answer["drift"] is False
    assert {(one["object"], one["reason"]) for one in answer["ignored"]} == {
        ("alembic_version", "Alembic's own record"),
        ("audit_1", "asked for: audit_*"),
        ("orders (table orders)", "asked for: comment"),
    }


PRISMA = """
datasource db { provider = "postgresql" }
model orders {
  id BigInt @id
  total Decimal @db.Decimal(12, 2)
  note String? @unique
}
"""
DATABASE = """
create table orders (id bigint primary key, total numeric(12, 2) not null check (total > 0), note text unique);
create index on orders (lower(note));
create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger touch before update on orders for each row execute function touch();
"""


@pytest.mark.skipif("prisma" not in base.source_readers(), reason="there is no reader of Prisma schemas")
def test_what_a_form_cannot_express_is_no_drift_unless_strict() -> None:
    answer = compared(PRISMA, DATABASE)
    assert answer["differences"] == []
    assert answer["drift"] is False
    kinds = {one["kind"] for one in answer["cannot_express"]}
    assert kinds == {"check", "index", "unique key", "routine", "trigger"}
    check = next(one for one in answer["cannot_express"] if one["kind"] == "check")
    assert (
        check["reason"]
        == "a Prisma schema has no CHECK constraints (https://www.prisma.io/docs/orm/reference/database-features)"
    )
    assert compared(PRISMA, DATABASE, strict=True)["drift"] is True


def test_comments_of_a_prisma_schema_are_none_of_the_database() -> None:
    noted = PRISMA.replace("model orders", "/// What customers want.\nmodel orders").replace(
        "  total", "  /// In euro.\n  total"
    )
    for answer in (compared(noted, DATABASE), compared(DATABASE, noted)):
        assert answer["drift"] is False
        assert "comment" not in {one["kind"] for one in answer["cannot_express"]}
    (one,) = compared(noted, f"{ORDERS} comment on table orders is 'Orders.'")["cannot_express"][:1]
    assert one["kind"] == "comment"


PARTITIONED = """
create table users (id bigint primary key);
create table events (id bigint, at date, user_id bigint references users, primary key (id, at)) partition by range (at);
create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
create index on events_2024 (user_id);
create table visits (id bigint primary key, user_id bigint not null references users, page text check (page <> ''), unique (page));
create index visits_user on visits (user_id);
alter table visits enable row level security;
create policy own on visits using (true);
"""
EVENTS = """
datasource db { provider = "postgresql" }
model users { id BigInt @id
  events events[] }
model events { id BigInt
  at DateTime @db.Date
  user_id BigInt?
  users users? @relation(fields: [user_id], references: [id], onUpdate: NoAction, onDelete: NoAction)
  @@id([id, at]) }
"""


def test_a_table_on_one_side_alone_is_one_difference_with_its_keys() -> None:
    (one,) = compared(EVENTS, PARTITIONED)["differences"]
    assert (one["object"], one["what"]) == ("visits", "only right")
    assert one["right"] == {
        "columns": ["id bigint", "user_id bigint", "page text"],
        "primary_key": ["id"],
        "foreign_keys": ["user_id → users"],
        "unique_keys": ["page"],
        "checks": ["page <> ''::text"],
        "indexes": ["visits_user"],
        "policies": ["own"],
    }


@pytest.mark.parametrize("form", ["prisma", "sqlalchemy", "django", "drizzle", "typeorm"])
def test_partitions_are_no_drift_to_a_form_that_has_none(form: str, tmp_path: Path) -> None:
    schema = reader("postgresql").read(PARTITIONED).schema_
    written = writer(form).write(schema, WriteOptions(prove=False))
    parts = written.parts or {f"models{writer(form).suffix}": written.text}
    for path, text in parts.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "db.sql").write_text(PARTITIONED)
    source = "." if len(parts) > 1 else next(iter(parts))
    answer = compared(
        source, "db.sql", other_format="postgresql", format=form, call=Call(access=Access.beneath(tmp_path))
    )
    assert answer["differences"] == []
    assert "events_2024" in {one["object"] for one in answer["cannot_express"]}


OTHER_ENGINES = [
    ("sqlserver", "CREATE TABLE t (a int NOT NULL, b numeric(9, 2), CONSTRAINT k PRIMARY KEY CLUSTERED (a));",
     "CREATE TABLE t (a int NOT NULL, b decimal(9, 2), CONSTRAINT k PRIMARY KEY (a));", {"t (k)", "t.b"}),
    ("mysql", "CREATE TABLE t (a int(4) unsigned PRIMARY KEY, b datetime(0) DEFAULT CURRENT_TIMESTAMP(0)) ENGINE=InnoDB;",
     "CREATE TABLE t (a int unsigned PRIMARY KEY, b datetime DEFAULT CURRENT_TIMESTAMP) ENGINE=InnoDB;", {"t.a", "t.b"}),
    ("sqlite", "CREATE TABLE t (a INT NOT NULL, b VARCHAR(9), CONSTRAINT x UNIQUE (a) );",
     "CREATE TABLE t (a bigint NOT NULL, b TEXT, CONSTRAINT y UNIQUE (a));", {"t.a", "t.b", "t (y)"}),
]  # fmt: skip


@pytest.mark.parametrize(("engine", "left", "right", "same"), OTHER_ENGINES)
def test_what_is_one_to_the_engine_is_no_drift(engine: str, left: str, right: str, same: set[str]) -> None:
    answer = compared(left, right, format=engine, other_format=engine)
    assert answer["differences"] == []
    assert {one["object"] for one in answer["cannot_express"]} <= same


def test_types_that_differ_to_the_engine_are_drift() -> None:
    for engine, left, right in (
        ("mysql", "tinyint(1)", "tinyint"), ("sqlite", "INT", "TEXT"), ("sqlserver", "numeric(9, 2)", "decimal(9, 3)")
    ):  # fmt: skip
        texts = [f"CREATE TABLE t (a int NOT NULL, b {one});" for one in (left, right)]
        assert said(compared(*texts, format=engine, other_format=engine)) == [("column", "t.b", "differs")]


DRIZZLE = """
import { pgTable, bigint, pgView, integer } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
export const t = pgTable("t", { id: bigint({ mode: "number" }).primaryKey(), a: integer() });
export const v = pgView("v", { b: integer() }).as(sql`select twice(a) AS b from t where a in (1, 2)`);
"""


def test_what_a_form_cannot_express_is_lent_to_it_so_that_the_server_can_compare_the_rest(tmp_path: Path) -> None:
    (tmp_path / "schema.ts").write_text(DRIZZLE)
    (tmp_path / "db.sql").write_text("""
    create function twice(a int) returns int language sql as 'select 2 * a';
    create table t (id bigint primary key, a int); create view v as select twice(t.a) as b from t where a in (1, 2);
    """)
    answer = compared("schema.ts", "db.sql", call=Call(access=Access.beneath(tmp_path)))
    assert answer["differences"] == []
    assert [(one["kind"], one["what"]) for one in answer["cannot_express"]] == [("routine", "only right")]
    assert answer["proof"].startswith("executed on PostgreSQL")


DJANGO = """
from django.db import models
class Orders(models.Model):
    code = models.CharField(max_length=9, unique=True)
    placed = models.DateTimeField()
    weight = models.FloatField()
    class Meta:
        db_table = "orders"
        indexes = [models.Index(fields=["placed"], name="orders_by_the_time_they_were_p")]
"""
DJANGO_DATABASE = """
create table orders (id bigint generated by default as identity primary key, code char(9) not null, placed timestamp not null,
  weight real not null);
create unique index orders_code on orders (code);
create index orders_by_the_time_they_were_placed on orders (placed);
"""


def test_types_and_names_that_no_model_of_django_has_are_told_from_those_that_are_wrong(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(DJANGO)
    (tmp_path / "db.sql").write_text(DJANGO_DATABASE)
    (tmp_path / "wrong.sql").write_text(DJANGO_DATABASE.replace("placed timestamp", "placed date"))
    call = Call(access=Access.beneath(tmp_path))
    assert compared("models.py", "db.sql", call=call)["differences"] == []
    (one,) = compared("models.py", "wrong.sql", call=call)["differences"]
    assert (one["object"], one["right"]) == ("orders.placed", {"type": "date"})


def test_a_gap_excuses_silence_and_nothing_else() -> None:
    left = reader("postgresql").read("create table t (id int primary key, p int references t on delete cascade);")
    right = reader("postgresql").read("create table t (id int primary key, p int references t on delete set null);")
    operations = compare(left.schema, right.schema, execute=False).operations
    for forms, drifts in ((("django", "live"), 1), (("postgresql", "live"), 1), (("sqlalchemy", "live"), 1)):
        found = drift(Side(forms[0], left), Side(forms[1], right), operations)
        assert len(found.differences) == drifts, forms
    silent = reader("postgresql").read("create table t (id int primary key, p int references t);")
    operations = compare(silent.schema, right.schema, execute=False).operations
    found = drift(Side("django", silent), Side("live", right), operations)
    assert (len(found.differences), len(found.cannot_express)) == (0, 1)
    found = drift(
        Side("live", right), Side("django", silent), compare(right.schema, silent.schema, execute=False).operations
    )
    assert (len(found.differences), len(found.cannot_express)) == (0, 1)


@pytest.mark.parametrize("form", GAPS)
def test_gaps_name_kinds_and_fields_that_there_are(form: str) -> None:
    from typing import get_args

    from dbdesign.model import migration

    owners = {
        "table": "Table",
        "primary key": "Key",
        "column": "Column",
        "foreign key": "ForeignKey",
        "unique key": "Key",
        "index": "Index",
        "check": "Check",
        "view": "View",
    }
    for one in GAPS[form]:
        assert one.kind in get_args(migration.Kind)
        assert one.source.startswith("https://")
        assert one.reason
        assert not one.reason.endswith(".")
        fields = vars(migration)[owners[one.kind]].model_fields if one.fields else {}
        assert one.fields <= fields.keys(), one


def test_two_engines_are_refused_with_the_way_on() -> None:
    mysql = "CREATE TABLE `t` (`id` int NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) ENGINE=InnoDB;"
    with pytest.raises(InputError, match=r"is for mysql, .* for postgresql.*generate_schema, to=postgresql"):
        compared(mysql, "create table t (id serial primary key);", other_format="postgresql")


def test_models_that_do_not_say_their_engine_are_read_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "source_readers", lambda: {"sheet": SHEET})
    monkeypatch.setattr("dbdesign.api.compare_schemas.NEUTRAL", frozenset({"sheet"}))
    mysql = "CREATE TABLE `t` (`id` bigint NOT NULL, PRIMARY KEY (`id`)) ENGINE=InnoDB;"
    answer = compared("# table t: id\n", mysql)
    assert (answer["left"]["engine"], answer["right"]["engine"]) == ("mysql", "mysql")
    assert compared(mysql, "# table t: id\n")["right"]["engine"] == "mysql"


def test_names_that_a_form_leaves_to_the_database_are_no_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "source_readers", lambda: {"sheet": SHEET})
    sheet = "# table a: id\n# table b: id, a_id -> a.id\n"
    sql = "create table a (id bigint primary key); create table b (id bigint constraint mine primary key, a_id bigint constraint ours references a);"
    assert compared(sheet, sql)["drift"] is False


def test_a_history_is_compared_with_a_file(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "V1__a.sql").write_text(ORDERS)
    (tmp_path / "db" / "V2__b.sql").write_text("alter table orders add size int;\nalter table nowhere add x int;\n")
    (tmp_path / "schema.sql").write_text(ORDERS)
    answer = compared("db", "schema.sql", call=Call(access=Access.beneath(tmp_path)))
    (one,) = answer["differences"]
    assert (one["object"], one["what"], one["left_at"]) == ("orders.size", "only left", "db/V2__b.sql:1")
    assert answer["unread"] == ['left, db/V2__b.sql:2: relation "nowhere" does not exist (42P01)']
    assert answer["left"] == {"source": "db", "format": "flyway", "engine": "postgresql", "tables": 1, "unread": 1}


USERS = """
users:
  validator: {$jsonSchema: {bsonType: object, required: [email], properties: {email: {bsonType: string},
    address: {bsonType: object, properties: {city: {bsonType: string}}}, tags: {bsonType: array, items: {bsonType: string}}}}}
  indexes: [{key: {email: 1}, unique: true}]
"""


def test_collections_are_compared_by_paths_and_keys() -> None:
    changed = USERS.replace("city: {bsonType: string}", "city: {bsonType: string, maxLength: 9}").replace(
        "required: [email]", "required: []"
    )
    changed = (
        changed.replace("unique: true", "sparse: true").replace("tags", "labels")
        + "\nlogs:\n  indexes: []\n  validator: {}\n"
    )
    answer = compared(USERS, changed)
    assert said(answer) == [
        ("field", "users.email", "differs"),
        ("field", "users.address.city", "differs"),
        ("field", "users.tags", "only left"),
        ("field", "users.tags[]", "only left"),
        ("field", "users.labels", "only right"),
        ("field", "users.labels[]", "only right"),
        ("index", "users (email 1)", "differs"),
        ("collection", "logs", "only right"),
    ]
    assert compared(USERS, USERS)["drift"] is False
    with pytest.raises(InputError, match="have no objects in common"):
        compared(USERS, ORDERS)


def test_a_long_list_comes_in_pages_and_nothing_is_lost() -> None:
    many = "".join(f"create table t{number} (id int primary key, a text, b text);" for number in range(150))
    whole = compared("create table x (id int);", many)
    call = Call(tokens=4000)
    pages = [compared("create table x (id int);", many, call=call)]
    while pages[-1]["page"] < pages[-1]["pages"]:
        pages.append(compared("create table x (id int);", many, call=call, page=pages[-1]["page"] + 1))
    assert len(pages) > 2
    assert [one for page in pages for one in page["differences"]] == whole["differences"]


EVERYTHING = Path(__file__).parent.parent / "readers" / "postgresql" / "everything.sql"


@pytest.mark.parametrize("swapped", [False, True])
def test_every_kind_of_object_has_a_difference_that_is_json(swapped: bool) -> None:
    sources = (EVERYTHING.read_text(), "create table only_here (place point);")
    answer = compare_schemas(
        *(reversed(sources) if swapped else sources), format="postgresql", other_format="postgresql"
    )
    kinds = {one.kind for one in answer.differences}
    assert {"table", "view", "routine", "enum", "domain", "sequence"} <= kinds
    shown = [one.right if swapped else one.left for one in answer.differences if one.kind == "table"]
    assert {"foreign_keys", "triggers", "policies", "checks", "indexes"} <= {
        key for table in shown for key in table or {}
    }
    assert all(
        one.what == ("only right" if swapped else "only left")
        for one in answer.differences
        if one.object != "only_here"
    )
    assert json.loads(json.dumps(answer.structured()))
