"""The tools as functions: stable names, nothing dropped, pages within the budget, files where they are wanted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from big_schemas import big_mysql
from dbdesign.api.access import Access
from dbdesign.api.answer import Answer
from dbdesign.api.call import Call
from dbdesign.api.draw_erd import draw_erd
from dbdesign.api.generate_schema import generate_schema
from dbdesign.api.paging import tokens
from dbdesign.api.read_schema import read_schema
from dbdesign.api.review_schema import review_schema
from dbdesign.errors import AccessError, DesignError, InputError

SHOP = """\
CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL UNIQUE
);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
  total numeric(10,2) DEFAULT 0 CHECK (total >= 0)
);
CREATE INDEX orders_total ON orders (total DESC) WHERE total > 100;
FROBNICATE orders;
"""
BUDGET = 18_000
TWENTY_THOUSAND = 20_000


def both_channels(answer: Answer) -> float:
    """Tokens of the structure and of the text together, counted conservatively."""
    return tokens(json.dumps(answer.structured(), ensure_ascii=False)) + tokens(answer.readable)


def every_page(ask: Callable[[int], Answer]) -> list[Any]:
    """All pages of an answer."""
    first = ask(1)
    return [first, *(ask(number) for number in range(2, first.pages + 1))]


def test_read_gives_the_names_that_scripts_use() -> None:
    answer = read_schema(SHOP).structured()
    assert next(iter(answer)) == "summary"
    assert answer["engine"] == "postgresql"
    orders = next(table for table in answer["tables"] if table["name"] == "orders")
    assert orders["columns"][1] == {"name": "customer_id", "type": "bigint", "nullable": False}
    assert orders["columns"][0]["identity"] == {"mode": "always"}
    assert orders["primary_key"]["columns"] == ["id"]
    assert orders["foreign_keys"][0] | {"name": ""} == {
        "name": "",
        "columns": ["customer_id"],
        "references": "customers",
        "referenced_columns": ["id"],
        "on_delete": "cascade",
    }
    assert [(one["line"], one["text"].split()[0]) for one in answer["unread"]] == [(11, "FROBNICATE")]
    assert answer["unread"][0]["reason"]
    assert answer["proof"].startswith("executed on PostgreSQL")


def test_the_summary_says_what_was_not_understood_and_the_text_says_where() -> None:
    answer = read_schema(SHOP)
    assert "1 statement not understood" in answer.summary
    assert "line 11" in answer.readable
    assert answer.readable.startswith(answer.summary)


def test_a_table_that_was_declared_and_not_read_is_in_the_summary() -> None:
    answer = read_schema("create table t (id int);\ncreate table t (id int);\n", format="postgresql")
    assert "2 CREATE TABLE statements, but 1 tables were read: 1 fewer" in answer.summary


def test_nothing_was_lost_is_not_said_of_a_source_that_was_not_read_in_full() -> None:
    text = "create table t (id integer primary key);\nfrobnicate t;\n"
    answer = generate_schema(text, to="sqlite", format="sqlite")
    assert "Nothing was lost" not in answer.summary
    assert "1 statement not understood" in answer.summary


def test_foreign_keys_to_nothing_are_in_the_summary() -> None:
    answer = read_schema("create table t (id int references nowhere (id));", format="postgresql")
    assert "1 foreign key to tables that are not there (nowhere)" in answer.summary


def test_levels_of_detail_say_less_and_less() -> None:
    full, summary, names = (read_schema(SHOP, detail=level).structured() for level in ("full", "summary", "names"))
    assert "columns" in full["tables"][0]
    assert summary["tables"][1]["column_count"] == 3
    assert "columns" not in summary["tables"][1]
    assert names["tables"] == [{"name": "customers"}, {"name": "orders"}]


def test_tables_are_chosen_by_name_and_pattern() -> None:
    assert [table.name for table in read_schema(SHOP, tables=["ord*"]).tables] == ["orders"]
    with pytest.raises(DesignError, match="Did you mean orders"):
        read_schema(SHOP, tables=["ordres"])


@pytest.mark.parametrize("detail", [None, "names", "summary", "full"])
def test_four_hundred_tables_are_read_in_pages_that_lose_nothing(detail: Any) -> None:
    text = big_mysql()
    pages = every_page(lambda page: read_schema(text, detail=detail, page=page, call=Call(tokens=BUDGET)))
    assert max(both_channels(page) for page in pages) <= TWENTY_THOUSAND
    assert len({table.name for page in pages for table in page.tables}) == 400
    assert all("Page " in page.summary for page in pages if len(pages) > 1)
    assert pages[0].readable == read_schema(text, detail=detail, call=Call(tokens=BUDGET)).readable


def test_a_very_wide_table_and_a_very_long_comment_stay_within_the_budget() -> None:
    columns = ",".join(f"`c{number}` int NOT NULL COMMENT '{'x' * 200}'" for number in range(1000))
    enum = ",".join(f"'value {number}'" for number in range(3000))
    text = f"CREATE TABLE t ({columns}) ENGINE=InnoDB;\nCREATE TABLE u (e enum({enum}), c int COMMENT '{'日' * 900}') ENGINE=InnoDB;"
    pages = every_page(lambda page: read_schema(text, detail="full", page=page, call=Call(tokens=BUDGET)))
    assert max(both_channels(page) for page in pages) <= TWENTY_THOUSAND
    found = [column.name for page in pages for table in page.tables if table.name == "t" for column in table.columns]
    assert found == [f"c{number}" for number in range(1000)]


def test_many_statements_that_are_not_understood_are_all_there() -> None:
    text = "CREATE TABLE t (id int) ENGINE=InnoDB;\n" + "".join(f"FROBNICATE `thing {n}`;\n" for n in range(900))
    pages = every_page(lambda page: read_schema(text, format="mysql", page=page, call=Call(tokens=BUDGET)))
    assert max(both_channels(page) for page in pages) <= TWENTY_THOUSAND
    assert [one.line for page in pages for one in page.unread] == list(range(2, 902))
    assert pages[0].tables


@pytest.mark.parametrize("detail", [None, "names", "summary", "full"])
def test_a_review_of_four_hundred_tables_stays_within_the_budget(detail: Any) -> None:
    text = big_mysql()
    pages = every_page(lambda page: review_schema(text, detail=detail, page=page, call=Call(tokens=BUDGET)))
    assert max(both_channels(page) for page in pages) <= TWENTY_THOUSAND
    assert sum(pages[0].counts.values()) == sum(len(page.findings) for page in pages) > 0


def test_review_gives_the_names_that_scripts_use() -> None:
    answer = review_schema(SHOP, detail="full").structured()
    assert next(iter(answer)) == "summary"
    finding = next(one for one in answer["findings"] if one["rule"] == "foreign-key-without-index")
    assert finding["object"].startswith("orders")
    assert finding["severity"] in {"info", "low", "medium", "high"}
    assert {"message", "evidence", "fix"} <= finding.keys()
    assert "CREATE INDEX" in finding["fix"]


def test_a_suppressed_finding_is_counted_and_named() -> None:
    text = SHOP.replace(
        "CREATE TABLE orders", "-- dbdesign: allow foreign-key-without-index small\nCREATE TABLE orders"
    )
    answer = review_schema(text)
    assert [(one.rule, one.reason) for one in answer.suppressed] == [("foreign-key-without-index", "small")]
    assert "1 finding suppressed" in answer.summary


def test_settings_of_the_project_are_applied(tmp_path: Path) -> None:
    (tmp_path / "dbdesign.toml").write_text('[review]\nignore = ["foreign-key-without-index"]\n')
    answer = review_schema(SHOP, call=Call(access=Access.beneath(tmp_path)))
    assert "foreign-key-without-index" not in {one.rule for one in answer.findings}


def test_generate_gives_the_names_that_scripts_use() -> None:
    answer = generate_schema(SHOP, to="postgresql").structured()
    assert next(iter(answer)) == "summary"
    assert "CREATE TABLE orders" in answer["text"]
    assert answer["notes"] == []
    assert answer["proof"].startswith("executed on PostgreSQL")
    assert answer["unread"][0]["line"] == 11


def test_generated_text_in_pages_is_the_text() -> None:
    text = big_mysql(120)
    whole = draw_erd(text, to="dbml").text
    pages = every_page(lambda page: draw_erd(text, to="dbml", page=page, call=Call(tokens=BUDGET)))
    assert len(pages) > 1
    assert "".join(page.text for page in pages) == whole
    assert max(both_channels(page) for page in pages) <= TWENTY_THOUSAND
    assert "write_to" in pages[0].summary


def test_an_unknown_target_is_refused_with_the_nearest() -> None:
    with pytest.raises(DesignError, match="Did you mean postgresql"):
        generate_schema(SHOP, to="postgresq")
    with pytest.raises(DesignError, match="Did you mean mermaid"):
        draw_erd(SHOP, to="mermade")
    with pytest.raises(InputError, match="99"):
        generate_schema(SHOP, to="postgresql", target_version="99")


def test_text_goes_to_a_file_and_the_answer_has_its_path(tmp_path: Path) -> None:
    call = Call(access=Access.beneath(tmp_path), tokens=BUDGET)
    answer = generate_schema(SHOP, to="postgresql", write_to="out/shop.sql", call=call)
    assert answer.files == ["out/shop.sql"]
    assert "text" not in answer.structured()
    assert "out/shop.sql" in answer.summary
    assert "CREATE TABLE" not in answer.readable
    assert "CREATE TABLE orders" in (tmp_path / "out" / "shop.sql").read_text()


def test_into_a_folder_the_file_is_named_after_source_and_target(tmp_path: Path) -> None:
    (tmp_path / "shop.sql").write_text(SHOP)
    call = Call(access=Access.beneath(tmp_path))
    assert generate_schema("shop.sql", to="postgresql", write_to="out/", call=call).files == ["out/shop.postgresql.sql"]
    assert draw_erd("shop.sql", write_to="out", call=call).files == ["out/shop.mmd"]


def test_a_diagram_that_is_split_is_written_as_several_files_or_none(tmp_path: Path) -> None:
    call = Call(access=Access.beneath(tmp_path))
    text = big_mysql()
    files = draw_erd(text, write_to="out/big.mmd", call=call).files
    assert len(files) > 1
    assert files[0] == "out/big.mmd"
    assert all((tmp_path / file).read_text().count("erDiagram") == 1 for file in files)
    for file in files[:-1]:
        (tmp_path / file).unlink()
    with pytest.raises(AccessError, match="exists already"):
        draw_erd(text, write_to="out/big.mmd", call=call)
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_nothing_is_written_over_a_file_unless_told(tmp_path: Path) -> None:
    (tmp_path / "mine.sql").write_text("mine")
    call = Call(access=Access.beneath(tmp_path))
    with pytest.raises(AccessError, match="overwrite=true"):
        generate_schema(SHOP, to="postgresql", write_to="mine.sql", call=call)
    assert (tmp_path / "mine.sql").read_text() == "mine"
    generate_schema(SHOP, to="postgresql", write_to="mine.sql", overwrite=True, call=call)
    assert "CREATE TABLE" in (tmp_path / "mine.sql").read_text()


@pytest.mark.parametrize(
    ("path", "said"),
    [("", "leave it out"), (" ", "leave it out"), ("x" * 300, "too long"), ("file:///tmp/x.sql", "not an URL")],
)
def test_what_cannot_be_a_path_is_refused_in_words(tmp_path: Path, path: str, said: str) -> None:
    call = Call(access=Access.beneath(tmp_path))
    with pytest.raises(DesignError, match=said):
        generate_schema(SHOP, to="postgresql", write_to=path, call=call)
    assert not list(tmp_path.iterdir())


OLD_DESIGN = """\
engine: postgresql 17.2
schema: |
  CREATE TABLE seat (id uuid PRIMARY KEY DEFAULT uuidv7(), taken boolean NOT NULL DEFAULT false);
lifecycle:
  idempotency: {operations: [take a seat], keep: 24h}
"""


def test_without_a_target_the_source_is_written_for_its_own_engine_and_version() -> None:
    assert generate_schema("CREATE TABLE `t` (`a` int) ENGINE=InnoDB;").target == "mysql"
    answer = generate_schema(OLD_DESIGN)
    assert (answer.target, answer.version) == ("postgresql", "17.2")
    assert "DEFAULT gen_random_uuid()" in str(answer.text)


def test_statements_that_a_file_has_are_named_and_not_repeated(tmp_path: Path) -> None:
    answer = generate_schema(OLD_DESIGN, write_to="seat.sql", call=Call(access=Access.beneath(tmp_path)))
    said = {(one.concern, one.name) for one in generate_schema(OLD_DESIGN).statements}
    assert {(one.concern, one.name) for one in answer.statements} == said
    assert [one.sql for one in answer.statements if one.sql] == []
    script = (tmp_path / "seat.statements.sql").read_text()
    assert all(f"-- {name}\n" in script for _, name in said)


def test_a_review_notes_what_the_design_s_version_does_not_have() -> None:
    answer = review_schema(OLD_DESIGN, only=["types"])
    assert "The schema says 1 thing that its version does not have" in answer.summary
    (note,) = answer.notes
    assert note.startswith(
        "PostgreSQL 17.2 does not have this: seat.id: uuidv7(): not before PostgreSQL 18; instead: gen_random_uuid()"
    )
    assert review_schema(OLD_DESIGN.replace("17.2", "18"), only=["types"]).notes == []


def test_progress_is_told_in_rising_shares() -> None:
    told: list[float] = []
    review_schema(SHOP, call=Call(progress=lambda done, message: told.append(done)))
    assert told == sorted(told)
    assert len(told) >= 4
