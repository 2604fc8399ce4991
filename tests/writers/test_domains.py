"""How the tables of a large diagram are grouped."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.model.schema import Engine, ForeignKey, Key, Schema, Table
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.domains import LEFTOVER, Domain, domains, tokens
from dbdesign.writers.selection import select
from diagram_schemas import column, many_tables, reference


def grouped(tables: list[Table], capacity: float = float("inf")) -> list[Domain]:
    return domains(select(Schema(engine=Engine.POSTGRESQL, tables=tuple(tables)), WriteOptions()), "public", capacity)


def table(label: str, *parents: str) -> Table:
    namespace, _, name = label.rpartition(".")
    return Table(
        namespace=namespace or None,
        name=name,
        columns=(column("id"), *(column(f"{parent}_id") for parent in parents)),
        primary_key=Key(columns=("id",)),
        foreign_keys=tuple(reference(f"{parent}_id", parent) for parent in parents),
    )


def test_tables_that_reference_each_other_belong_together() -> None:
    tables = [
        *(
            table(name, *parents)
            for name, *parents in (("order",), ("item", "order"), ("refund", "order"), ("gift", "order"))
        ),
        *(
            table(name, *parents)
            for name, *parents in (("course",), ("lesson", "course"), ("exam", "course"), ("grade", "exam"))
        ),
    ]
    assert grouped(tables) == [
        Domain("order", ("order", "item", "refund", "gift")),
        Domain("course", ("course", "lesson", "exam", "grade")),
    ]


def test_tables_without_foreign_keys_are_grouped_by_their_names() -> None:
    names = [
        f"{prefix}_{thing}" for prefix in ("event", "room", "device") for thing in ("log", "state", "queue", "index")
    ]
    assert [(domain.name, len(domain.labels)) for domain in grouped([table(name) for name in names])] == [
        ("event", 4),
        ("room", 4),
        ("device", 4),
    ]


def test_a_prefix_that_most_tables_share_says_nothing() -> None:
    names = [f"wp_{prefix}_{thing}" for prefix in ("post", "user") for thing in ("meta", "links", "log")]
    assert [domain.name for domain in grouped([table(name) for name in names])] == ["post", "user"]


def test_tables_that_belong_nowhere_are_left_over_together() -> None:
    assert grouped([table(name) for name in ("apple", "zebra", "violin")]) == [
        Domain(LEFTOVER, ("apple", "zebra", "violin"))
    ]


def test_namespaces_are_never_mixed() -> None:
    tables = [
        table("orders"),
        table("sales.orders", "orders"),
        table("sales.items", "orders"),
        table("hr.people", "orders"),
    ]
    assert {(domain.name, domain.labels) for domain in grouped(tables)} == {
        ("public", ("orders",)),
        ("sales", ("sales.orders", "sales.items")),
        ("hr", ("hr.people",)),
    }


def test_a_group_above_the_capacity_is_split_into_parts_of_like_size() -> None:
    tables = [table("hub"), *(table(f"leaf_{number}", "hub") for number in range(99))]
    sizes = sorted(len(domain.labels) for domain in grouped(tables, capacity=40))
    assert sum(sizes) == 100
    assert sizes[-1] <= 40
    assert sizes[0] >= 25


@given(
    st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=80),
    st.permutations(range(40)),
    st.sampled_from([4.0, 9.0, 17.0, float("inf")]),
)
@settings(max_examples=60, deadline=None)
def test_every_table_is_in_one_domain_whatever_the_order(
    edges: list[tuple[int, int]], order: list[int], capacity: float
) -> None:
    def build(numbers: list[int]) -> list[Table]:
        found = []
        for number in numbers:
            parents = sorted({b for a, b in edges if a == number})
            keys = tuple(
                ForeignKey(columns=("id",), referenced_table=f"t{b}", referenced_columns=("id",)) for b in parents
            )
            found.append(Table(name=f"t{number}", columns=(column("id"),), foreign_keys=keys))
        return found

    one, other = grouped(build(list(range(40))), capacity), grouped(build(order), capacity)
    labels = [label for domain in one for label in domain.labels]
    assert sorted(labels) == sorted(f"t{number}" for number in range(40))
    assert {frozenset(domain.labels) for domain in one} == {frozenset(domain.labels) for domain in other}
    assert all(len(domain.labels) <= capacity for domain in one)
    assert len({domain.name.lower() for domain in one}) == len(one)


def test_the_domains_of_a_large_schema_follow_its_departments() -> None:
    found = domains(select(many_tables(), WriteOptions()), "public")
    assert len(found) == 8
    for domain in found:
        strangers = [label for label in domain.labels if not label.startswith(domain.name.removesuffix("s"))]
        assert len(strangers) <= 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("order_items", ["order", "items"]),
        ("OrderItems", ["order", "items"]),
        ("HTTPLog", ["http", "log"]),
        ("e2e_room_keys", ["e2e", "room", "keys"]),
        ("log2025", ["log", "2025"]),
        ("größe_übung", ["größe", "übung"]),
        ("表", ["表"]),
        ("***", ["***"]),
    ],
)
def test_names_are_split_into_words(name: str, words: list[str]) -> None:
    assert tokens(name) == words
