"""Quantities are read as people write them, and refused with the form that is expected."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbdesign.model import quantity
from dbdesign.model.workload import Growth, LatencyTarget


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (quantity.count, "2e9", 2e9),
        (quantity.count, "5M", 5e6),
        (quantity.count, "1_000_000", 1e6),
        (quantity.count, "1,000", 1000),
        (quantity.count, "2 billion", 2e9),
        (quantity.count, "0", 0),
        (quantity.rate, "300/s", 300),
        (quantity.rate, "12 per minute", 0.2),
        (quantity.rate, "5k/s", 5000),
        (quantity.rate, "86400/day", 1),
        (quantity.share, "5%", 0.05),
        (quantity.share, "0.25", 0.25),
        (quantity.share, "1", 1),
        (quantity.latency, "p95 20ms", LatencyTarget(percentile=95, milliseconds=20)),
        (quantity.latency, "p99.9 1s", LatencyTarget(percentile=99.9, milliseconds=1000)),
        (quantity.latency, "20ms", LatencyTarget(percentile=95, milliseconds=20)),
        (quantity.skew, "zipf 1.1", 1.1),
        (quantity.skew, "zipf(0.9)", 0.9),
        (quantity.days, "90 days", 90),
        (quantity.days, "1 week", 7),
        (quantity.growth, "864000 rows per day", Growth(rows_per_second=10)),
        (quantity.growth, "2k rows/s", Growth(rows_per_second=2000)),
    ],
)
def test_a_quantity_is_read_in_its_unit(parse: object, text: str, value: object) -> None:
    assert parse(text) == pytest.approx(value) if isinstance(value, float | int) else parse(text) == value  # type: ignore[operator]


def test_growth_compounds_across_periods() -> None:
    yearly = quantity.growth("100% per year").rate_per_month
    assert yearly is not None
    assert (1 + yearly) ** 12 == pytest.approx(2)
    assert quantity.growth("3% per month").rate_per_month == pytest.approx(0.03)


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (quantity.count, "-5"),
        (quantity.count, "many"),
        (quantity.count, "5 furlongs"),
        (quantity.rate, "300"),
        (quantity.rate, "3/fortnight"),
        (quantity.share, "105%"),
        (quantity.share, "-1"),
        (quantity.latency, "fast"),
        (quantity.latency, "p100 5ms"),
        (quantity.latency, "p95 0ms"),
        (quantity.skew, "1.1"),
        (quantity.skew, "zipf 0"),
        (quantity.days, "soon"),
        (quantity.growth, "3"),
        (quantity.growth, "-100% per month"),
    ],
)
def test_what_is_no_quantity_is_refused_with_its_text(parse: object, text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|would leave|is between"):
        parse(text)  # type: ignore[operator]


@given(st.text(max_size=30))
def test_any_text_is_a_quantity_or_a_value_error(text: str) -> None:
    for parse in (
        quantity.count,
        quantity.rate,
        quantity.share,
        quantity.latency,
        quantity.skew,
        quantity.days,
        quantity.growth,
    ):
        with contextlib.suppress(ValueError):
            parse(text)
