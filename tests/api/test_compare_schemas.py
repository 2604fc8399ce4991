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
    assert {"table", "foreign key", "view", "routine", "trigger", "enum", "domain", "policy", "sequence"} <= kinds
    assert all(
        one.what == ("only right" if swapped else "only left")
        for one in answer.differences
        if one.object != "only_here"
    )
    assert json.loads(json.dumps(answer.structured()))
