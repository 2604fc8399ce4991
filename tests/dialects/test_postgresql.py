"""What the dialect says of PostgreSQL is what the server says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbdesign.dialects.postgresql import (
    DIALECT,
    INTEGER_MAXIMUM,
    KIND_BY_NAME,
    NATIVE_BY_NAME,
    NOT_FUNCTION_OR_TYPE,
    RESERVED,
    chosen_name,
    joined_columns,
)
from dbdesign.engines.postgres import embedded
from dbdesign.model.types import Kind

EXTENSIONS = {Kind.CITEXT, Kind.HSTORE, Kind.LTREE, Kind.GEOMETRY, Kind.GEOGRAPHY, Kind.VECTOR}


def test_the_reserved_words_are_the_servers() -> None:
    with embedded().scratch() as database:
        rows = database.admin.execute("select catcode::text, word from pg_get_keywords()").fetchall()
    assert {word for code, word in rows if code in "RT"} == RESERVED
    assert {word for code, word in rows if code == "C"} == NOT_FUNCTION_OR_TYPE


def test_a_reserved_word_is_a_column_only_with_quotation_marks() -> None:
    with embedded().scratch() as database:
        names = ", ".join(f"{DIALECT.identifier(word)} integer" for word in sorted(RESERVED | NOT_FUNCTION_OR_TYPE))
        assert not database.run_script(f"create table t ({names})").failures
        bare = ";".join(f"create table bare_{word} ({word} integer)" for word in sorted(RESERVED))
        assert len(database.run_script(bare).failures) == len(RESERVED)


def test_native_names_are_the_ones_that_the_server_prints() -> None:
    built_in = [name for name, kind in KIND_BY_NAME.items() if kind not in EXTENSIONS]
    with embedded().scratch() as database:
        query = (
            "select typname::text, format_type(oid, null) from pg_type"
            " where typname = any (%s) and typnamespace = 'pg_catalog'::regnamespace"
        )
        printed = dict(database.admin.execute(query, (built_in,)).fetchall())
    assert printed == {name: NATIVE_BY_NAME.get(name, name) for name in built_in}


def test_the_largest_integers_are_the_servers() -> None:
    with embedded().scratch() as database:
        for name, maximum in INTEGER_MAXIMUM.items():
            assert not database.run_script(f"create sequence s_{name} as {name} maxvalue {maximum}").failures
            assert database.run_script(f"create sequence t_{name} as {name} maxvalue {maximum + 1}").failures


NAMES = ["orders", "a" * 63, "b" * 40, "ü" * 31, "日本語" * 7]


def test_chosen_names_are_the_ones_that_the_server_chooses() -> None:
    query = (
        "select conname::text from pg_constraint where conrelid >= 16384"
        " union select relname::text from pg_class where relkind = 'S' and oid >= 16384"
    )
    with embedded().scratch() as database:
        for table in NAMES:
            for column in NAMES:
                database.run_script(
                    f'create table "{table}" ("{column}" serial primary key, "second" int unique references "{table}",'
                    f' unique ("{column}", "second"))'
                )
                found = {row[0] for row in database.admin.execute(query).fetchall()}
                assert found == {
                    chosen_name(table, "", "pkey"),
                    chosen_name(table, column, "seq"),
                    chosen_name(table, column, "not_null"),
                    chosen_name(table, "second", "key"),
                    chosen_name(table, "second", "fkey"),
                    chosen_name(table, joined_columns([column, "second"]), "key"),
                }
                database.run_script(f'drop table "{table}"')


@given(st.text(min_size=1, max_size=80), st.text(max_size=80))
def test_a_chosen_name_always_fits(first: str, second: str) -> None:
    assert DIALECT.fits(chosen_name(first, second, "fkey"))


@pytest.mark.parametrize(
    ("feature", "first"),
    [
        ("nulls_not_distinct", "15"),
        ("virtual_generated", "18"),
        ("without_overlaps", "18"),
        ("compression", "14"),
        ("merge", "15"),
    ],
)
def test_a_feature_is_there_from_its_version_on(feature: str, first: str) -> None:
    has = [version for version in DIALECT.versions if DIALECT.has(feature, version)]
    assert has[0] == first
    assert has == [version for version in DIALECT.versions if int(version) >= int(first)]
