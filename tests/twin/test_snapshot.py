"""A snapshot says what is read live; a redacted one says it without a value of any row."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.engines.connections import ConfiguredDatabase
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.errors import InputError, LimitError
from dbdesign.model.statistics import ColumnStatistics, ExtendedStatistics, RelationStatistics, Statistics
from dbdesign.twin import statistics_document
from dbdesign.twin.array_literal import join_array, split_array
from dbdesign.twin.catalog_statistics import read_statistics
from dbdesign.twin.snapshot import SNAPSHOT_SQL, read_snapshot, redact, write_snapshot

VALUES = ("-v", "values=1")
ORIGINAL = re.compile(r"marker|example|1961-|2011-|2017-|2023-|2024-|07:07|192\.168|NaN", re.IGNORECASE)
"""What the data holds and neither a name nor a stand-in does."""

FREE_OF_VALUES = (
    "null_frac", "avg_width", "n_distinct", "correlation", "elem_count_histogram",
)  # fmt: skip


def export(database: ScratchDatabase, *options: str, uri: str | None = None) -> str:
    """What psql prints of the script, run as the owner."""
    done = subprocess.run(
        [str(database.server.installation.bin / "psql"), "-XAtq", *options, "-f", "-", uri or database.user_uri],
        input=SNAPSHOT_SQL, capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout


def configured(database: ScratchDatabase) -> ConfiguredDatabase:
    return ConfiguredDatabase("shop", database.user_uri)


def unnamed(statistics: Statistics) -> Statistics:
    return statistics.model_copy(update={"source": ""})


@pytest.fixture(scope="module")
def live(shop: ScratchDatabase) -> Statistics:
    return read_statistics(configured(shop))


@pytest.fixture(scope="module")
def redacted_text(shop: ScratchDatabase) -> str:
    return export(shop)


def pairs(before: Statistics, after: Statistics) -> Iterator[tuple[str, ColumnStatistics, ColumnStatistics]]:
    for old, new in zip(before.relations, after.relations, strict=True):
        for was, now in zip(old.columns, new.columns, strict=True):
            yield f"{old.label}.{was.column or was.position}", was, now


def column_types(database: ScratchDatabase) -> dict[str, str]:
    """Types of columns and expressions by label and name or position, as `redact` takes them; those of domains without the domain."""
    rows = database.admin.execute(
        """SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname || '.' ||
            CASE c.relkind WHEN 'i' THEN a.attnum::text ELSE a.attname END,
            CASE WHEN t.typtype = 'e' THEN 'enum' WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod)
                ELSE format_type(a.atttypid, a.atttypmod) END
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
        WHERE n.nspname IN ('public', 'sales') AND a.attnum > 0"""
    ).fetchall()
    known = dict(rows)
    members = ("country", "feeling", "born", "score")
    return known | {
        f"customer_together.{number}": known[f"customer.{name}"] for number, name in enumerate(
            sorted(members, key=["country", "feeling", "born", "score"].index), start=1
        )
    }  # fmt: skip


def test_a_snapshot_with_values_says_what_is_read_live(shop: ScratchDatabase, live: Statistics):
    text = export(shop, *VALUES)
    assert unnamed(read_snapshot(text, name="shop.json")) == unnamed(live)
    assert read_snapshot(text, name="shop.json").source == f"snapshot shop.json of PostgreSQL {shop.server.version}"


def test_the_script_prints_one_document_and_nothing_else(redacted_text: str):
    assert redacted_text.count("\n") == 1
    document = json.loads(redacted_text)
    assert (document["dbdesign"], document["format"], document["redacted"]) == ("statistics", 1, True)


@pytest.mark.parametrize("options", [(), ("-v", "values=0"), ("-v", "values=perhaps")])
def test_values_leave_the_server_only_when_asked_for(shop: ScratchDatabase, options: tuple[str, ...]):
    done = subprocess.run(
        [str(shop.server.installation.bin / "psql"), "-XAtq", *options, "-f", "-", shop.user_uri],
        input=SNAPSHOT_SQL, capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    assert ORIGINAL.findall(done.stdout + done.stderr) == []
    assert json.loads(done.stdout)["redacted"] is True


def test_the_script_names_no_table_to_read():
    code = re.sub(r"^--.*$|^\\.*$", "", SNAPSHOT_SQL, flags=re.MULTILINE)
    catalogs = set(re.findall(r"\b(?:FROM|JOIN)\s+(pg_\w+)(?!\w*\()", code))
    assert catalogs == {
        "pg_am", "pg_attribute", "pg_class", "pg_collation", "pg_database", "pg_extension", "pg_index", "pg_locks", "pg_namespace",
        "pg_settings", "pg_statistic_ext", "pg_stats", "pg_stats_ext", "pg_stats_ext_exprs", "pg_type",
    }  # fmt: skip
    assert re.findall(r"\b(INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|TRUNCATE|COPY|DO|CALL)\b", code) == []


def test_a_redacted_snapshot_keeps_every_frequency(live: Statistics, redacted_text: str):
    check_frequencies(live, read_snapshot(redacted_text, name="shop.json"))


def test_redaction_of_what_was_read_keeps_every_frequency_and_no_value(shop: ScratchDatabase, live: Statistics):
    for types in (None, column_types(shop)):
        after = redact(live, types)
        assert ORIGINAL.findall(write_snapshot(after)) == []
        check_frequencies(live, after)


def check_frequencies(before: Statistics, after: Statistics) -> None:
    left_out = {"customer.tags", "customer.numbers", "customer.lives"}
    for place, was, now in pairs(before, after):
        assert [getattr(now, name) for name in FREE_OF_VALUES] == [getattr(was, name) for name in FREE_OF_VALUES]
        assert now.most_common_elem_freqs == was.most_common_elem_freqs
        if place not in left_out:
            assert now.most_common_freqs == was.most_common_freqs
            assert {name for name, value in now if value is None} == {name for name, value in was if value is None}
            for name in ("most_common_vals", "histogram_bounds", "most_common_elems"):
                assert len(split_array(getattr(now, name) or "{}")) == len(split_array(getattr(was, name) or "{}"))
    (was_extended,), (now_extended,) = before.extended, after.extended
    assert (now_extended.n_distinct, now_extended.dependencies) == (was_extended.n_distinct, was_extended.dependencies)
    assert [row[1:] for row in now_extended.most_common] == [row[1:] for row in was_extended.most_common]
    assert after.problems[-1].startswith(
        "redacted, and of a type without stand-ins, so that the values are left out: "
    ) or any("left out: customer.tags, customer.numbers" in problem for problem in after.problems)


def test_redaction_here_and_on_the_server_give_the_same(shop: ScratchDatabase, live: Statistics, redacted_text: str):
    here = redact(live, column_types(shop))
    there = read_snapshot(redacted_text, name="shop.json")
    differing = [
        (place, name) for place, was, now in pairs(there, here) for name, value in was if getattr(now, name) != value
    ]
    assert differing == []
    assert [name for name, value in here.extended[0] if value != getattr(there.extended[0], name)] == []


def test_equal_values_of_different_columns_stay_equal(live: Statistics, redacted_text: str):
    after = read_snapshot(redacted_text, name="shop.json")
    for one in (after, redact(live)):
        codes = {place: now for place, _, now in pairs(live, one)}
        known = {place: was for place, was, _ in pairs(live, one)}
        for kind in (("customer.email", "sales.order.email"), ("customer.id", "sales.order.customer_id")):
            was = [all_values(known[place]) for place in kind]
            now = [all_values(codes[place]) for place in kind]
            assert len(was[0] & was[1]) == len(now[0] & now[1]) > 0


def all_values(column: ColumnStatistics) -> set[str | None]:
    return {*split_array(column.most_common_vals or "{}"), *split_array(column.histogram_bounds or "{}")}


def restore(database: ScratchDatabase, statistics: Statistics) -> list[str]:
    """Put statistics of columns into place with PostgreSQL's own functions; what it says against them."""
    said: list[str] = []
    admin = database.admin
    admin.add_notice_handler(lambda notice: said.append(f"{notice.message_primary}"))
    casts = {
        "inherited": "boolean", "null_frac": "real", "avg_width": "integer", "n_distinct": "real", "most_common_vals": "text",
        "most_common_freqs": "real[]", "histogram_bounds": "text", "correlation": "real", "most_common_elems": "text",
        "most_common_elem_freqs": "real[]", "elem_count_histogram": "real[]", "range_length_histogram": "text",
        "range_empty_frac": "real", "range_bounds_histogram": "text",
    }  # fmt: skip
    for relation in statistics.relations:
        for column in relation.columns:
            given = {name: value for name, value in column if name in casts and value not in (None, ())}
            where = ("attname", column.column, "text") if column.column else ("attnum", column.position, "smallint")
            arguments: list[Any] = [
                "schemaname",
                relation.namespace or "public",
                "relname",
                relation.name,
                where[0],
                where[1],
            ]
            parts = ["%s::text"] * 5 + [f"%s::{where[2]}"]
            for name, value in given.items():
                arguments += [name, list(value) if isinstance(value, tuple) else value]
                parts += ["%s::text", f"%s::{casts[name]}"]
            row = admin.execute(f"SELECT pg_restore_attribute_stats({', '.join(parts)})".encode(), arguments).fetchone()
            assert row is not None
            if not row[0]:
                said.append(f"refused: {relation.label}.{column.column or column.position}")
    return said


JOINS = (
    'SELECT FROM customer c JOIN sales."order" o ON o.customer_id = c.id',
    'SELECT FROM customer c JOIN sales."order" o ON o.email = c.email',
    "SELECT FROM customer a JOIN customer b ON a.nick = b.nick AND a.fixed = b.fixed",
    "SELECT FROM customer a JOIN customer b ON a.born = b.born",
    "SELECT FROM customer a JOIN customer b ON a.score = b.score AND a.rating = b.rating",
    "SELECT FROM customer a JOIN customer b ON lower(a.email) = b.email",
    "SELECT country, born, token FROM customer GROUP BY 1, 2, 3",
)


def estimates(database: ScratchDatabase) -> list[float]:
    database.user.execute("SET enable_mergejoin = off")
    rows = [database.user.execute(f"EXPLAIN (FORMAT JSON) {query}").fetchone() for query in JOINS]
    return [row[0][0]["Plan"]["Plan Rows"] for row in rows if row]


@pytest.mark.parametrize("where", ["on the server", "here"])
def test_postgresql_takes_redacted_statistics_and_estimates_joins_as_before(db: ScratchDatabase, where: str):
    if db.server.major < 18:
        pytest.skip("pg_restore_attribute_stats came with PostgreSQL 18")
    db.run_script((Path(__file__).parent / "shop.sql").read_text())
    before = estimates(db)
    redacted = read_statistics(configured(db), values=False) if where == "on the server" else redact(
        read_statistics(configured(db)), column_types(db)
    )  # fmt: skip
    assert restore(db, redacted) == []
    assert estimates(db) == before


def test_redacted_histograms_are_in_the_order_of_their_types(shop: ScratchDatabase, redacted_text: str):
    after = read_snapshot(redacted_text, name="shop.json")
    types = column_types(shop)
    checked = 0
    for relation in after.relations:
        for column in relation.columns:
            said = types[f"{relation.label}.{column.column or column.position}"]
            if column.histogram_bounds is None or said == "enum":
                continue
            row = shop.admin.execute(
                f"SELECT x = ARRAY(SELECT unnest(x) ORDER BY 1) FROM (SELECT %s::{said}[] AS x) AS given".encode(),
                (column.histogram_bounds,),
            ).fetchone()
            assert row == (True,), (relation.label, column.column)
            checked += 1
    assert checked > 20


def test_texts_are_ranked_by_the_collation_of_their_column(db: ScratchDatabase):
    for collation in ('"en-x-icu"', '"de-x-icu"'):
        made = db.run_script(f'CREATE TABLE t (a text COLLATE {collation}, b text COLLATE "C")')
        if made.failures or db.run_script("SELECT FROM t WHERE a < 'x'").failures:
            pytest.skip("no collation but the computer's order")
        db.run_script(
            "INSERT INTO t SELECT v, v FROM (SELECT unnest(ARRAY['Marker ', 'marker-', 'MARKER']) || g AS v FROM generate_series(1, 2000) g) s;"
            "ANALYZE t"
        )
        for after in (read_snapshot(export(db), name="x"), redact(read_statistics(configured(db)))):
            for column in after.relations[0].columns:
                bounds = split_array(column.histogram_bounds or "{}")
                assert len(bounds) == 101
                assert bounds == sorted(bounds, key=str)
                assert not ORIGINAL.search("".join(map(str, bounds)))
        db.run_script("DROP TABLE t")


BAD = [
    ("", "s.json: this is not JSON: EOF while parsing a value at line 1 column 0"),
    ('{"dbdesign": "statistics"', "s.json: this is not JSON: EOF while parsing an object at line 1 column 25"),
    ("[]", "s.json: this is not a document of statistics of format 1"),
    ("{}", "s.json: this is not a document of statistics of format 1"),
    ("[" * 100_000, "s.json: this is not JSON: recursion limit exceeded"),
    (
        '{"dbdesign": "statistics", "format": 2, "new": 1}',
        "s.json: the document is of a format that is not known; 1 is",
    ),
    ('{"dbdesign": "schema", "format": 1}', "s.json: this is not a document of statistics of format 1"),
]
BAD_RELATIONS = [
    ({"pages": -1}, ".pages: Input should be greater than or equal to 0"),
    ({"pages": 2**32}, ".pages: Input should be less than or equal to 4294967294"),
    ({"pages": "5"}, ".pages: Input should be a valid integer"),
    ({"reltuples": -5}, ".reltuples: Input should be greater than or equal to -1"),
    ({"reltuples": 1e99}, ".reltuples: Input should be less than or equal to 1000000000000000"),
    ({"name": ""}, ".name: String should have at least 1 character"),
    ({"kind": "view"}, ".kind: Input should be 'table', 'index' or 'materialized view'"),
    ({"colums": []}, ".colums: Extra inputs are not permitted"),
    ({"columns": [{"column": "a"}, {"column": "a"}]}, ": a column is there twice"),
]
BAD_COLUMNS = [
    ({"null_frac": 1.5}, ".null_frac: Input should be less than or equal to 1.0001"),
    ({"null_frac": "NaN"}, ".null_frac: Input should be a valid number"),
    ({"n_distinct": -2}, ".n_distinct: Input should be greater than or equal to -1"),
    ({"avg_width": -1}, ".avg_width: Input should be greater than or equal to 0"),
    ({"correlation": 2}, ".correlation: Input should be less than or equal to 1.0001"),
    ({"column": None}, ": needs either a column or a position"),
    ({"most_common_vals": "{1,2}", "most_common_freqs": [0.5]}, ": 2 most_common_vals, but 1 most_common_freqs"),
    ({"most_common_freqs": [0.5]}, ": 0 most_common_vals, but 1 most_common_freqs"),
    ({"most_common_vals": "{1,2}", "most_common_freqs": [0.5, 0.9]}, ": the shares of the commonest values and of nulls exceed 1"),
    ({"most_common_vals": "1,2", "most_common_freqs": [0.5]}, ": most_common_vals is not an array literal: not in braces"),
    ({"histogram_bounds": '{1,"2}'}, ": histogram_bounds is not an array literal: element 2 cannot be read"),
    ({"histogram_bounds": "{1,,2}"}, ": histogram_bounds is not an array literal: element 2 cannot be read"),
    ({"histogram_bounds": "{1,NULL,2}"}, ": histogram_bounds holds a null"),
    ({"histogram_bounds": "{1}"}, ": histogram_bounds has one bound: a histogram needs two"),
    ({"most_common_elems": "{1}", "most_common_elem_freqs": [0.5]}, ": 1 most_common_elems need 2 or 3 most_common_elem_freqs more, not 0"),
    ({"histogram_bounds": "{" + "1," * 100_002 + "1}"}, ": histogram_bounds has 100003 elements; the most that a server collects is 100000"),
]  # fmt: skip


def document(**parts: Any) -> str:
    return json.dumps({"dbdesign": "statistics", "format": 1, **parts})


CASES = [
    *BAD,
    *((document(relations=[{"name": "t"}, {"name": "u", **part}]), f"s.json, relations[1]{said}") for part, said in BAD_RELATIONS),
    *(
        (document(relations=[{"name": "t", "columns": [{"column": "a", **part}]}]), f"s.json, relations[0].columns[0]{said}")
        for part, said in BAD_COLUMNS
    ),
    (document(relations=[{"name": "t"}, {"name": "t", "namespace": "public"}]), "s.json, relations[1]: t is there twice"),
    (document(extended=[{"name": "s"}, {"name": "s"}]), "s.json, extended[1]: s is there twice"),
    (document(extended=[{"name": "s", "most_common": [[["a"], 0.1, 0.1], [["a", "b"], 0.1, 0.1]]}]),
        "s.json, extended[0]: the combinations of most_common have different lengths"),
    (document(server_version="eighteen"), "s.json, server_version: String should match pattern"),
    (document(settings={"work_mem": 5}), "s.json, settings.work_mem: Input should be a valid string"),
    ("\ud800", "s.json: the text is not Unicode"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), CASES, ids=[said[:60] for _, said in CASES])
def test_what_is_no_snapshot_is_refused_with_its_place(text: str, said: str):
    with pytest.raises(InputError) as caught:
        read_snapshot(text, name="s.json")
    assert str(caught.value).startswith(said)


def test_a_document_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(statistics_document, "LARGEST", 50)
    with pytest.raises(LimitError, match=r"s\.json: the document has 60 characters, more than 50"):
        read_snapshot(" " * 60, name="s.json")


def test_rows_of_version_13_that_were_never_counted_are_unknown():
    relations = [
        {"name": "t", "pages": 4, "relpages": 0, "reltuples": 0},
        {"name": "u", "pages": 0, "relpages": 0, "reltuples": 0},
    ]
    found = read_snapshot(document(server_version_num=130022, relations=relations), name="s.json")
    assert [one.tuples for one in found.relations] == [None, 0]
    assert found.problems == ("never analysed, so that the planner guesses: t",)


def test_blocks_of_another_size_are_converted():
    text = document(block_size=32768, relations=[{"name": "t", "pages": 3, "relpages": 3, "reltuples": 9}])
    found = read_snapshot(text, name="s.json")
    assert (found.relations[0].pages, found.relations[0].tuples) == (12, 9)
    assert found.problems[-1] == "the server's blocks have 32768 bytes: pages are converted to 8192"


words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=8)
shares = st.floats(0, 0.01)


@st.composite
def columns(draw: st.DrawFn) -> ColumnStatistics:
    common = draw(st.lists(words, max_size=5, unique=True))
    bounds = sorted(draw(st.lists(words, min_size=2, max_size=6, unique=True)))
    return ColumnStatistics(
        column=draw(words),
        inherited=draw(st.booleans()),
        null_frac=draw(shares),
        n_distinct=draw(st.floats(-1, 1e9)),
        most_common_vals=join_array(common) if common else None,
        most_common_freqs=tuple(draw(shares) for _ in common),
        histogram_bounds=draw(st.sampled_from([None, join_array(bounds)])),
        correlation=draw(st.none() | st.floats(-1, 1)),
    )


@st.composite
def databases(draw: st.DrawFn) -> Statistics:
    names = draw(st.lists(words.filter(lambda word: "." not in word), min_size=1, max_size=3, unique=True))
    relations = [
        RelationStatistics(
            namespace=draw(st.sampled_from([None, "sales"])),
            name=name,
            pages=draw(st.none() | st.integers(0, 2**32 - 2)),
            tuples=draw(st.none() | st.floats(0, 1e15)),
            height=draw(st.none() | st.integers(0, 9)),
            table=draw(st.sampled_from([None, "t", "sales.t"])),
            columns=tuple(draw(st.lists(columns(), max_size=3, unique_by=lambda one: (one.column, one.inherited)))),
        )
        for name in names
    ]
    rows = draw(st.lists(st.tuples(st.tuples(st.none() | words, words), shares, shares), max_size=4))
    return Statistics(
        source="x",
        version=draw(st.sampled_from([None, "16.2", "19beta1"])),
        relations=tuple(relations),
        extended=(ExtendedStatistics(name="s", most_common=tuple(rows)),),
        settings={"work_mem": "4MB"},
        problems=tuple(draw(st.lists(words, max_size=2))),
    )


@settings(deadline=None)
@given(databases())
def test_what_is_written_is_read_back(statistics: Statistics):
    assert unnamed(read_snapshot(write_snapshot(statistics), name="s.json")) == unnamed(statistics)


@settings(deadline=None)
@given(databases())
def test_redaction_keeps_order_and_ties_and_hides_values(statistics: Statistics):
    after = redact(statistics)
    for _, was, now in pairs(statistics, after):
        assert (now.most_common_freqs, now.null_frac) in [(was.most_common_freqs, was.null_frac), ((), was.null_frac)]
        bounds = split_array(now.histogram_bounds or "{}")
        assert bounds == sorted(bounds, key=str)
        assert len(set(bounds)) == len(bounds)
        assert all(
            re.fullmatch(r'[-0-9:.\\x"tf]+', str(value))
            for value in (*bounds, *split_array(now.most_common_vals or "{}"))
        )


@given(st.lists(st.none() | st.text(max_size=6)))
def test_an_array_literal_is_taken_apart_into_what_it_was_made_of(items: list[str | None]):
    assert split_array(join_array(items)) == items


@given(
    st.lists(
        st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=5), max_size=4
    )
)
@settings(deadline=None, max_examples=50)
def test_an_array_literal_is_read_as_postgresql_reads_it(shop: ScratchDatabase, items: list[str | None]):
    row = shop.admin.execute("SELECT %s::text[], %s::text[]::text", (join_array(items), items)).fetchone()
    assert row is not None
    assert row[0] == items
    assert split_array(row[1]) == items
