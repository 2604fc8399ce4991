"""Graphviz diagrams: what they say, and that Graphviz accepts them for any name."""

from __future__ import annotations

import re
import shutil
import subprocess
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.model.schema import Engine, Schema
from dbdesign.readers.base import reader
from diagram_checks import assert_golden, written
from diagram_schemas import HOSTILE_NAMES, many_tables, named_after, names, shop
from real_schemas import read_real, real_sql

_NODE = re.compile(r'\s+("[^"\\]+") \[(?:shape=box, [^<]*)?label=<(.*)>\];')
_EDGE = re.compile(r'\s+("[^"\\]+")(?::([lr]\d+):[ew])? -> ("[^"\\]+")(?::([lr]\d+):[ew])? \[[^\]]+\];')
_ROW = re.compile(r'  "[^"\\]+"(?: -> "[^"\\]+")+ \[style=invis\];')
_CLUSTER = re.compile(r"\s+(subgraph cluster_\d+ \{|label=<<B>[^<]*</B>>; .*|\})|\}")


def check_dot(text: str) -> tuple[set[str], int]:
    """The nodes and the number of edges; fails where a label is no XML or an edge ends at a node or a port that is not there."""
    lines = text.split("\n")
    assert lines[0] == "digraph schema {"
    nodes: dict[str, set[str]] = {}
    edges = 0
    for line in lines[5:-1]:
        if node := _NODE.fullmatch(line):
            root = ElementTree.fromstring(f"<label>{node[2]}</label>")
            assert node[1] not in nodes
            nodes[node[1]] = {cell.attrib["PORT"] for cell in root.iter("TD") if "PORT" in cell.attrib}
        elif edge := _EDGE.fullmatch(line):
            for end, port in ((edge[1], edge[2]), (edge[3], edge[4])):
                assert port is None or port in nodes[end]
            edges += 1
        elif _ROW.fullmatch(line):
            assert set(re.findall(r'"[^"]+"', line)) <= set(nodes)
        else:
            assert _CLUSTER.fullmatch(line), line
    assert text.count("{") - text.count("}") == sum(
        html.count("{") - html.count("}") for html in re.findall(r"label=<(.*)>[\];]", text)
    )
    return set(nodes), edges


def assert_drawn_by_graphviz(text: str) -> str:
    dot = shutil.which("dot")
    if dot is None:
        pytest.skip("Graphviz's dot is not installed")
    run = subprocess.run([dot, "-Tsvg"], input=text, capture_output=True, text=True, timeout=120, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


def test_the_shop_is_drawn_as_reviewed() -> None:
    assert_golden("shop.dot", written("dot", shop()))


def test_hidden_columns_are_counted() -> None:
    text = written("dot", shop(), keys_only=True)
    assert ">2 more columns<" in text
    check_dot(text)


def test_what_leaves_the_selection_ends_in_a_dashed_stub() -> None:
    text = written("dot", shop(), include=("payments",))
    assert re.search(r'"orders" \[shape=box, style="dashed,rounded".*orders.*not shown', text)


def test_hostile_names_are_legal() -> None:
    nodes, edges = check_dot(written("dot", named_after(HOSTILE_NAMES)))
    assert (len(nodes), edges) == (len(set(HOSTILE_NAMES)), len(set(HOSTILE_NAMES)) - 1)


@given(st.lists(names, min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_any_names_are_legal_and_stay_apart(odd: list[str]) -> None:
    schema = named_after(tuple(odd))
    nodes, edges = check_dot(written("dot", schema))
    assert (len(nodes), edges) == (len(schema.table_by_label), len(schema.tables) - 1)


def test_four_hundred_tables_are_boxed_by_domain() -> None:
    text = written("dot", many_tables())
    nodes, edges = check_dot(text)
    assert (len(nodes), edges, text.count("subgraph cluster_")) == (400, 797, 8)


def test_graphviz_draws_hostile_names_and_shows_them_as_they_are() -> None:
    svg = assert_drawn_by_graphviz(written("dot", named_after(HOSTILE_NAMES)))
    shown = {element.text for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")}
    for name in ("<script>alert(1)</script>", "\\N", "a\\b", 'a"b', "&lt;b&gt;", "naïve", "表"):
        assert name in shown


@pytest.mark.parametrize(
    "schema", [shop(), many_tables(60), Schema(engine=Engine.SQLITE)], ids=["shop", "sixty tables", "nothing"]
)
def test_graphviz_draws_without_a_warning(schema: Schema) -> None:
    assert_drawn_by_graphviz(written("dot", schema))


@pytest.mark.parametrize("entry", real_sql("postgresql"))
def test_real_schemas_are_drawn_in_full(entry: dict[str, str]) -> None:
    schema = reader("postgresql").read(read_real(entry), execute=False).schema_
    text = written("dot", schema)
    nodes, _ = check_dot(text)
    assert len(nodes) <= len(schema.tables) + 5
    assert_drawn_by_graphviz(text)
