"""What was collected of columns together is read as servers of every version write it, and refused where none can have written it."""

from __future__ import annotations

import pytest

from dbdesign.twin.extended_texts import items, translated

WRITTEN = {
    '{"1, 2": 100, "1, -1": 7}': [((1, 2), 100.0), ((1, -1), 7.0)],
    '[{"attributes": [1, 2], "ndistinct": 100}, {"attributes": [1, -1], "ndistinct": 7}]': [((1, 2), 100.0), ((1, -1), 7.0)],
    '{"1, 3 => 2": 0.900000}': [((1, 3, 2), 0.9)],
    '[{"attributes": [1, 3], "dependency": 2, "degree": 0.900000}]': [((1, 3, 2), 0.9)],
    "{}": [],
    "[]": [],
}  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_what_a_server_writes_is_read(text: str) -> None:
    assert items(text) == WRITTEN[text]


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "5", '"1, 2"', "{", "[" * 100_000, "[5]", "[{}]", '{"1": 5}', '{"1, 1": 5}', '{"0, 1": 5}', '{"a, b": 5}', '{"1, 2": NaN}',
        '{"1 => 2": 1.5}', '{"1, 2": -5}', '{"1, 2": 1e999}', '{"1, 2": "many"}', '{"1, 2": null}', '[{"attributes": [1, 2]}]', '[{"attributes": 1, "ndistinct": 5}]',
        '[{"attributes": [1, "2"], "ndistinct": 5}]', '[{"attributes": [[1], 2], "ndistinct": 5}]', '[{"attributes": [1, 2], "dependency": 3}]',
    ],
)  # fmt: skip
def test_what_no_server_writes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        items(text)


def test_columns_are_renumbered_and_those_of_another_object_refused() -> None:
    assert translated('{"2, 5": 9}', {2: 1, 5: 2}) == [((1, 2), 9.0)]
    with pytest.raises(ValueError, match="column 5 is none of the object's"):
        translated('{"2, 5": 9}', {2: 1})
