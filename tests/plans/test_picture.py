"""A plan as boxes: each within its parent, as wide as its time, none lost, nothing of the plan's text as markup."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from dbdesign.plans.findings.base import findings_of
from dbdesign.plans.layout import boxes
from dbdesign.plans.picture import mermaid, page, svg
from dbdesign.plans.read import read_plans

PLANS = {
    "times": """\
Nested Loop  (cost=0.30..90.00 rows=100 width=8) (actual time=0.100..60.000 rows=100 loops=1)
  ->  Seq Scan on "a<b>&c" c  (cost=0.00..8.00 rows=100 width=8) (actual time=0.100..1.500 rows=100 loops=1)
  ->  Index Scan using orders_c on orders o  (cost=0.30..0.80 rows=10 width=8) (actual time=0.100..0.500 rows=1 loops=100)
        Index Cond: (c = c.id)
Planning Time: 0.1 ms
Execution Time: 60.500 ms
""",
    "costs": "Seq Scan on t  (cost=0.00..1000.00 rows=1 width=4)\n  Filter: (a = 1)\n",
    "neither": "QUERY PLAN\n|--SCAN t\n|--SEARCH u USING INDEX u_a (a=?)\n`--USE TEMP B-TREE FOR ORDER BY\n",
}


@pytest.mark.parametrize("kind", PLANS)
def test_boxes_stand_within_their_parents_and_none_is_lost(kind: str) -> None:
    [plan] = read_plans(PLANS[kind]).plans
    found = {box.node.number: box for box in boxes(plan)}
    assert set(found) == {node.number for node in plan.nodes}
    for node in plan.nodes:
        outer = found[node.number]
        inner = [found[child.number] for child in node.children]
        assert sum(box.width for box in inner) <= outer.width + 1e-9
        assert all(outer.x - 1e-9 <= box.x and box.x + box.width <= outer.x + outer.width + 1e-9 for box in inner)
        assert all(box.depth == outer.depth + 1 for box in inner)


def test_what_no_other_box_hangs_from_is_a_nodes_own_time() -> None:
    [plan] = read_plans(PLANS["times"]).plans
    loop, outer, inner = (box.width for box in boxes(plan))
    assert loop == 1.0
    assert outer == pytest.approx(1.5 / 60, rel=0.05)
    assert inner == pytest.approx(50 / 60, rel=0.02)


@pytest.mark.parametrize("kind", PLANS)
def test_a_picture_is_well_formed_and_has_every_node(kind: str) -> None:
    text = read_plans(PLANS[kind])
    [plan] = text.plans
    findings = findings_of(plan, text.engine)
    picture = ElementTree.fromstring(svg(plan, findings))
    assert len(picture.findall("{http://www.w3.org/2000/svg}g")) == len(plan.nodes)
    drawn = page([(plan, findings)], heading="Plan", summary="<what> & why")
    assert "&lt;what&gt; &amp; why" in drawn
    assert drawn.count("<tr class=") == len(plan.nodes)


def test_a_flowchart_has_every_node_and_edge_and_no_markup_of_the_plan() -> None:
    [plan] = read_plans(PLANS["times"]).plans
    lines = mermaid(plan).splitlines()
    assert [line for line in lines if "-->" in line] == ["  n2 --> n1", "  n3 --> n1"]
    assert 'n2["Seq Scan on a#lt;b#gt;&c c<br/>' in lines[2]
