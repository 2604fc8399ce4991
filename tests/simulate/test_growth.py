"""How costs grow to a horizon, and the month in which a plan changes."""

from __future__ import annotations

from datetime import date

import pytest

from dbdesign.model.workload import Query
from dbdesign.simulate.clock import moved_to
from dbdesign.simulate.growth import Grower, Growth, growth_class
from dbdesign.simulate.simulator import Simulator
from dbdesign.twin.profiles import resolve
from dbdesign.twin.twin import production_twin
from dbdesign.twin.volumes import as_statistics
from simulate_designs import made

DDL = """
CREATE TABLE small (id bigint PRIMARY KEY, region integer NOT NULL, name text NOT NULL);
CREATE INDEX small_region ON small (region);
CREATE TABLE fading (id bigint PRIMARY KEY, at timestamptz NOT NULL);
"""
VOLUMES = """
  small: {rows: 300, growth: 60% per month, columns: {region: {distinct: 50}}}
  fading: {rows: 5M, growth: 1000 rows/s, retention: 30 days}
"""


def grown(queries: list[str], months: float) -> dict[str, Growth]:
    one = made(DDL, VOLUMES)
    with production_twin(DDL, as_statistics(resolve(one, months=months), one.schema_)) as twin:
        simulator = Simulator(twin, one.schema_)
        simulated = simulator.simulate([Query(name=query, sql=query) for query in queries])
        return Grower(simulator, one, simulated).grow(months)


def test_the_month_in_which_an_index_becomes_the_better_plan_is_found() -> None:
    query = "select name from small where region = 7"
    growth = grown([query], 24)[query]
    assert [point.months for point in growth.points] == [0, 6, 12, 18, 24]
    [flip] = [one for one in growth.flips if "Seq Scan" in one.before]
    assert flip.exact
    assert 0 < flip.months <= 24
    assert "small_region" in flip.after
    before = grown([query], flip.months - 1)[query] if flip.months > 1 else None
    after = grown([query], flip.months)[query]
    assert after.points[-1].shape == flip.after
    assert before is None or before.points[-1].shape == flip.before


def test_look_ups_stay_and_scans_grow_with_the_rows() -> None:
    growth = grown(
        ["select name from small where id = $1", "select count(name) from small", "select count(at) from fading"], 24
    )
    look_up, scan, kept = growth.values()
    assert look_up.kind in {"constant", "logarithmic"}
    assert scan.kind == "linear"
    assert scan.data == pytest.approx(1.6**24, rel=0.01)
    assert kept.points[-1].rows == kept.points[0].rows


@pytest.mark.parametrize(
    ("factor", "data", "kind"),
    [
        (1, 10, "constant"),
        (1.5, 10, "logarithmic"),
        (10, 10, "linear"),
        (100, 10, "worse than linear"),
        (1, 1, "constant"),
        (0.5, 2, "constant"),
    ],
)
def test_growth_has_a_class(factor: float, data: float, kind: str) -> None:
    assert growth_class(factor, data) == kind


def test_what_is_asked_of_now_is_asked_of_then_at_the_horizon() -> None:
    query = "select at from fading where at > now() - interval '5 days'"
    growth = grown([query], 24)[query]
    assert growth.points[-1].rows == pytest.approx(5 * 86_400 * 1000, rel=0.15), "the last days of then, and not none"


@pytest.mark.parametrize(
    ("sql", "moved"),
    [
        ("select now()", "select timestamptz '2030-05-06 12:00'"),
        ("select CURRENT_DATE - 1", "select date '2030-05-06' - 1"),
        ("select localtimestamp (0)", "select timestamp '2030-05-06 12:00'"),
        ("select 'now()', \"now()\" -- now()", "select 'now()', \"now()\" -- now()"),
        ("select known(), now", "select known(), now"),
    ],
)
def test_a_statement_reads_the_clock_of_the_day(sql: str, moved: str) -> None:
    assert moved_to(sql, date(2030, 5, 6)) == moved
    assert moved_to(sql, date(2030, 5, 6), today=date(2030, 5, 6)) == sql
