"""Look-ups that a designer needs: references, cardinalities, candidate keys, junctions, cycles, load order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbdesign.model.relations import Relations, strongly_connected
from dbdesign.model.schema import Column, Engine, ForeignKey, Index, IndexKey, Key, Schema, Table
from dbdesign.model.types import DataType, Kind

BIGINT = DataType(kind=Kind.INT64, native="bigint")


def column(name: str, nullable: bool = False) -> Column:
    return Column(name=name, type=BIGINT, nullable=nullable)


def key(*columns: str) -> Key:
    return Key(columns=columns)


def reference(columns: tuple[str, ...], table: str) -> ForeignKey:
    return ForeignKey(columns=columns, referenced_table=table, referenced_columns=("id",))


def table(name: str, *columns: Column, **rest: object) -> Table:
    return Table(name=name, columns=(column("id"), *columns), **({"primary_key": key("id")} | rest))


def schema(*tables: Table) -> Schema:
    return Schema(engine=Engine.POSTGRESQL, tables=tables)


@pytest.mark.parametrize(
    ("nullable", "unique", "cardinality"),
    [(False, False, "1:N"), (True, False, "0..1:N"), (False, True, "1:0..1"), (True, True, "0..1:0..1")],
)
def test_cardinality_follows_from_nullability_and_uniqueness(nullable: bool, unique: bool, cardinality: str) -> None:
    child = table(
        "child",
        column("parent_id", nullable),
        foreign_keys=(reference(("parent_id",), "parent"),),
        unique_keys=(key("parent_id"),) if unique else (),
    )
    relations = Relations(schema(table("parent"), child))
    assert [one.cardinality for one in relations.references_in("parent")] == [cardinality]
    assert relations.references_in("parent") == relations.references_out("child")


def test_a_foreign_key_to_nothing_is_dangling_and_not_in_the_graph() -> None:
    orphan = table("orphan", column("x_id"), foreign_keys=(reference(("x_id",), "nowhere"),))
    relations = Relations(schema(orphan))
    assert relations.all == []
    assert [(one.label, fk.references) for one, fk in relations.dangling] == [("orphan", "nowhere")]


def test_candidate_keys_are_minimal_and_leave_out_what_nulls_or_predicates_weaken() -> None:
    subject = table(
        "t",
        column("a"),
        column("b", True),
        unique_keys=(key("a"), key("b"), key("id", "a")),
        indexes=(Index(keys=(IndexKey(column="b"),), unique=True, where="b > 0"),),
    )
    assert set(subject.candidate_keys) == {frozenset({"id"}), frozenset({"a"})}


def test_nulls_not_distinct_makes_a_nullable_unique_key_a_candidate() -> None:
    subject = table("t", column("b", True), unique_keys=(Key(columns=("b",), nulls_not_distinct=True),))
    assert frozenset({"b"}) in subject.candidate_keys


@pytest.mark.parametrize("surrogate", [False, True])
def test_a_junction_table_is_recognised_with_and_without_a_surrogate_key(surrogate: bool) -> None:
    links = Table(
        name="links",
        columns=(column("id"), column("a_id"), column("b_id")),
        primary_key=key("id") if surrogate else key("a_id", "b_id"),
        foreign_keys=(reference(("a_id",), "a"), reference(("b_id",), "b")),
    )
    if not surrogate:
        links = links.model_copy(update={"columns": links.columns[1:]})
    relations = Relations(schema(table("a"), table("b"), links))
    assert [one.name for one in relations.junctions] == ["links"]


def test_an_order_line_with_attributes_is_no_junction_table() -> None:
    line = table(
        "line",
        column("order_id"),
        column("product_id"),
        column("quantity"),
        foreign_keys=(reference(("order_id",), "orders"), reference(("product_id",), "products")),
    )
    assert Relations(schema(table("orders"), table("products"), line)).junctions == []


def test_a_neighbourhood_grows_by_hops_in_both_directions() -> None:
    middle = table("b", column("a_id"), foreign_keys=(reference(("a_id",), "a"),))
    far = table("c", column("b_id"), foreign_keys=(reference(("b_id",), "b"),))
    relations = Relations(schema(table("a"), middle, far, table("alone")))
    assert relations.neighbourhood(["a"], 0) == {"a"}
    assert relations.neighbourhood(["a"], 1) == {"a", "b"}
    assert relations.neighbourhood(["c"], 2) == {"a", "b", "c"}


def test_self_references_are_no_cycles_and_mutual_references_are() -> None:
    tree = table("tree", column("up", True), foreign_keys=(reference(("up",), "tree"),))
    one = table("one", column("two_id"), foreign_keys=(reference(("two_id",), "two"),))
    two = table("two", column("one_id"), foreign_keys=(reference(("one_id",), "one"),))
    relations = Relations(schema(tree, one, two))
    assert relations.cycles == [["one", "two"]]
    assert {t.name for t in relations.load_order()} == {"tree", "one", "two"}


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40))
def test_groups_come_after_the_groups_they_point_to(edges: list[tuple[int, int]]) -> None:
    graph: dict[str, list[str]] = {str(number): [] for number in range(13)}
    for start, end in edges:
        graph[str(start)].append(str(end))
    groups = strongly_connected(graph)
    assert sorted(member for group in groups for member in group) == sorted(graph)
    place = {member: number for number, group in enumerate(groups) for member in group}
    assert all(place[end] <= place[start] for start, ends in graph.items() for end in ends)
