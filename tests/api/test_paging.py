"""Pages hold what fits, lose nothing, and are the same each time."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.api.paging import HEAD_TOKENS, Item, chosen, paginate, pieces, shortened, statements, tokens
from dbdesign.errors import InputError

TEXTS = st.text(alphabet=st.sampled_from("ab;\n $'é日-"), max_size=60)


@given(st.lists(TEXTS, max_size=30), st.integers(min_value=HEAD_TOKENS + 150, max_value=HEAD_TOKENS + 400))
@settings(max_examples=60, deadline=None)
def test_pages_together_are_all_entries_in_order_and_each_is_within_the_budget(texts: list[str], budget: int) -> None:
    items = [Item("notes", text, text) for text in texts]
    pages = paginate(items, budget)
    assert [item for page in pages for item in page] == items
    assert all(sum(item.tokens for item in page) <= budget - HEAD_TOKENS for page in pages)
    assert paginate(items, budget) == pages


@given(TEXTS, st.integers(min_value=1, max_value=30))
@settings(max_examples=100, deadline=None)
def test_a_text_in_pieces_is_the_text(text: str, longest: int) -> None:
    found = list(statements(text, longest))
    assert "".join(found) == text
    assert all(len(piece) <= longest for piece in found)


def test_a_text_is_cut_between_statements_and_not_in_a_body() -> None:
    body = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\nSELECT 1;\nSELECT 2;\n$$;\n"
    text = f"CREATE TABLE a (id int);\n{body}CREATE TABLE b (id int);\n"
    assert list(statements(text, len(body))) == ["CREATE TABLE a (id int);\n", body, "CREATE TABLE b (id int);\n"]


def test_without_a_budget_there_is_one_page() -> None:
    items = [Item("notes", "x" * 10_000, "x" * 10_000)] * 50
    assert paginate(items, None) == [items]


@pytest.mark.parametrize("page", [0, 3])
def test_a_page_that_is_not_there_is_refused(page: int) -> None:
    with pytest.raises(InputError, match="Pages are 1 to 2"):
        chosen([[], []], page)


def test_a_wide_entry_goes_on_under_its_name_and_loses_nothing() -> None:
    wide = {"name": "t", "columns": [{"name": f"c{n}", "type": "integer"} for n in range(500)], "foreign_keys": []}
    found = pieces(wide, 1000)
    assert len(found) > 1
    assert all(tokens(json.dumps(piece)) <= 1000 * 1.1 for piece in found)
    assert [column for piece in found for column in piece.get("columns", ())] == wide["columns"]
    assert {piece["name"] for piece in found} == {"t"}
    assert all(piece["continued"] for piece in found[1:])


def test_a_long_text_says_by_how_much_it_was_cut() -> None:
    assert shortened({"definition": "x" * 50, "n": 1}, 10) == {"definition": "xxxxxxxxxx… [40 more characters]", "n": 1}


def test_characters_beyond_ascii_count_for_more() -> None:
    assert tokens("日" * 100) == 150
    assert tokens("a" * 32) == 10
