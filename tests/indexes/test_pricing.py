"""The prices at which indexes are offered to queries."""

from __future__ import annotations

import pytest

from dbdesign.indexes.costs import Answer, Query
from dbdesign.indexes.select import Selection


def workload() -> list[Query]:
    """Two queries that share index 0, and one that could use 1; nothing is known of index 2."""
    queries = []
    for name, number, cost in (("a", 0, 10.0), ("b", 0, 20.0), ("c", 1, 95.0)):
        query = Query(name, "select 1", relevant=7)
        query.learn(Answer(0, 0, 100.0))
        query.learn(Answer(1 << number, 1 << number, cost))
        queries.append(query)
    return queries


def test_what_the_others_pay_for_an_index_a_query_need_not_pay() -> None:
    selection = Selection(workload(), [100, 100, 100], budget=100)
    assert selection.solve().chosen == 1
    tariff = selection.tariff()
    whole = tariff.per_byte * 100
    assert whole == pytest.approx(tariff.price(0, 2, 100, 0.0))
    assert tariff.price(0, 0, 100, 0.0) < whole
    assert tariff.price(2, 0, 100, 0.0) <= max(0.0, whole - tariff.shares[0][0] - tariff.shares[1][0]) + 1e-9


def test_room_to_spare_is_free_and_upkeep_is_not() -> None:
    selection = Selection(workload(), [100, 100, 100], budget=10**6)
    assert selection.solve().chosen == 3
    tariff = selection.tariff()
    assert tariff.price(0, 2, 100, 7.0) == pytest.approx(7.0, abs=1.0)


@pytest.mark.parametrize("page", [1, 8192])
def test_what_room_is_worth_is_told_by_the_byte(page: int) -> None:
    queries = []
    for number, cost in enumerate((60.0, 20.0)):
        query = Query(f"q{number}", "select 1", relevant=3)
        query.learn(Answer(0, 0, 100.0))
        query.learn(Answer(1 << number, 1 << number, cost))
        queries.append(query)
    selection = Selection(queries, [20 * page, 20 * page], budget=30 * page)
    assert selection.solve().chosen == 2
    assert selection.tariff().per_byte == pytest.approx(40.0 / (20 * page))
