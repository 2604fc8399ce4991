"""What a check says of a column's values: a list, bounds, or nothing that holds for the column alone."""

from __future__ import annotations

import pytest

from dbdesign.model.design import Design
from dbdesign.readers.base import reader
from dbdesign.twin.profile_checks import bounds, labels

LISTS = {
    "kind in ('a', 'b')": ("a", "b"),
    "kind = any (array['a'::text, 'it''s or not'::text])": ("a", "it's or not"),
    "(kind = 'a') or (kind = 'b'::text) OR kind = 'c'": ("a", "b", "c"),
    "kind in ('a', 'b') and kind is not null": ("a", "b"),
    "kind in ('a', 'b') and length(note) > 3": ("a", "b"),
    "case when paid then kind in ('a', 'b') else true end": (),
    "case kind when 'a' then paid else kind = any (array['b', 'c']) end": (),
    "kind = 'a' or note = 'b'": (),
    "kind = 'a' or paid": (),
    "not (kind in ('a', 'b'))": (),
    "kind not in ('a', 'b')": (),
    "coalesce(kind in ('a', 'b'), paid)": (),
    "paid or kind in ('a', 'b')": (),
    "kind = 'a'": (),
}


def design(check: str) -> Design:
    sql = f"create table t (id int primary key, kind text, note text, paid boolean, amount int, check ({check}));"
    return Design(schema=reader("postgresql").read(sql).schema_)


@pytest.mark.parametrize(("check", "expected"), LISTS.items())
def test_a_list_of_values_is_what_the_whole_check_says_of_one_column(check: str, expected: tuple[str, ...]) -> None:
    found = design(check)
    table = found.schema.tables[0]
    assert labels(table, table.columns[1], found) == expected


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("amount between 1 and 5", (1.0, 5.0, False, False)),
        ("amount > 0 and amount is not null", (0.0, None, True, False)),
        ("case when paid then amount > 0 else true end", (None, None, False, False)),
        ("not (amount > 5)", (None, None, False, False)),
    ],
)
def test_bounds_hold_only_where_the_whole_check_demands_them(
    check: str, expected: tuple[float | None, float | None, bool, bool]
) -> None:
    found = design(check)
    table = found.schema.tables[0]
    assert bounds(table, table.columns[4], found) == expected
