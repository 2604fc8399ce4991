"""Which stand-ins redaction makes up, by the type that is said or guessed."""

from __future__ import annotations

import pytest

from dbdesign.errors import InputError
from dbdesign.model.statistics import ColumnStatistics, RelationStatistics, Statistics
from dbdesign.twin.array_literal import join_array
from dbdesign.twin.snapshot import redact


def redacted(values: list[str], said: str | None = None) -> str | None:
    column = ColumnStatistics(column="a", most_common_vals=join_array(values), most_common_freqs=(0.001,) * len(values))
    statistics = Statistics(source="x", relations=(RelationStatistics(name="t", columns=(column,)),))
    return redact(statistics, None if said is None else {"t.a": said}).relations[0].columns[0].most_common_vals


STAND_INS = [
    (["30", "4", "NaN", "-Infinity"], "numeric", "{3,2,4,1}"),
    (["30", "4"], None, "{2,1}"),
    (["b", "a", "ä"], "text", "{2,1,3}"),
    (["b", "a "], "character(5)", "{2,1}"),
    (["9.75", "0.25"], "numeric(2,2)", "{0.01,0.00}"),
    (["300", "-100"], "numeric(3,-2)", "{100,0}"),
    (["infinity", "0044-03-15 BC", "2024-05-05"], "date", "{2000-01-04,2000-01-02,2000-01-03}"),
    (["2024-05-05 00:00:00+00", "2024-05-05"], None, "{2000-01-02,2000-01-02}"),
    (["10:00:00", "09:00:00"], "time without time zone", "{00:00:00.002,00:00:00.001}"),
    (["1 mon", "29 days 25:00:00", "-1 days"], "interval", "{00:00:00.002,00:00:00.003,00:00:00.001}"),
    (["::1", "10.0.0.0/8"], "inet", "{10.0.0.2,10.0.0.1}"),
    (["\\xff", "\\x"], "bytea", r'{"\\x00000002","\\x00000001"}'),
    (["{}", "[]", "null", "true", '"x"', "7"], "jsonb", "{6,1,2,5,3,4}"),
    (["sent", "paid"], "enum", "{sent,paid}"),
    (["t", "f"], "boolean", "{t,f}"),
    (["{1,2}", "{3}"], "integer[]", None),
    (["[1,2)", "empty"], None, None),
    (["(1,2)"], "point", None),
    (["a", "b"], "made_up_type", None),
]


@pytest.mark.parametrize(("values", "said", "expected"), STAND_INS)
def test_stand_ins_are_in_the_order_of_the_values(values: list[str], said: str | None, expected: str | None):
    assert redacted(values, said) == expected


def test_short_texts_get_short_stand_ins_where_digits_do_not_suffice():
    codes = redacted([f"{number:02x}" for number in range(100)], "character varying(2)")
    assert codes is not None
    assert codes.startswith("{00,01,02")
    assert codes.endswith("2p,2q,2r}")


def test_values_of_another_type_than_said_are_refused_without_naming_them():
    with pytest.raises(InputError, match=r"types: the values of t\.a are not of the type integer") as caught:
        redacted(["secret"], "integer")
    assert "secret" not in str(caught.value)


def test_what_is_left_out_is_a_problem():
    column = ColumnStatistics(
        column="a", range_length_histogram="{1,2}", range_empty_frac=0.0, range_bounds_histogram='{"[1,2)","[3,4)"}'
    )
    statistics = Statistics(
        source="x", relations=(RelationStatistics(name="t", columns=(column,)),), problems=("known",)
    )
    after = redact(statistics)
    assert after.problems == (
        "known",
        "redacted, and of a type without stand-ins, so that the values are left out: t.a",
    )
    assert after.relations[0].columns[0] == ColumnStatistics(column="a")
