"""What an index costs on writes: an entry a row, heap-only updates lost, and next to nothing where no row has an entry."""

from __future__ import annotations

import pytest

from dbdesign.indexes.candidate import Candidate, KeyPart
from dbdesign.indexes.upkeep import Kept, Server, Upkeep, WriteLoad, columns_read
from dbdesign.queries.analysis import analyse
from dbdesign.readers.base import reader

DDL = 'create table t (id int primary key, a int, b int, c text, "D e" int, state text);'
SCHEMA = reader("postgresql").read(DDL).schema_
TABLE = SCHEMA.tables[0]
PRIMARY = Kept(frozenset({"id"}), 1000)


def index(*columns: str, **more: object) -> Candidate:
    keys = tuple(KeyPart(one) if TABLE.column(one) else KeyPart(expression=one) for one in columns)
    return Candidate((None, "t"), keys, **more)  # type: ignore[arg-type]


def upkeep(sql: str, *existing: Kept) -> Upkeep:
    (write,) = analyse(sql, SCHEMA, "postgres").writes
    return Upkeep([WriteLoad(write, 1.0, 1.0)], {"t": [PRIMARY, *existing]}, Server())


READS = [
    (index("a", include=("b",)), {"a", "b"}),
    (index("lower(c)"), {"c"}),
    (index("a", where="state = 'b'"), {"a", "state"}),
    (index('"D e" + A'), {"a"}),
]


@pytest.mark.parametrize(("candidate", "read"), READS, ids=[one[0].definition for one in READS])
def test_an_index_reads_keys_carried_columns_expressions_and_its_predicate(
    candidate: Candidate, read: set[str]
) -> None:
    assert columns_read(candidate, TABLE) == read


def test_an_insert_makes_an_entry_in_each_index_and_ten_in_an_inverted_one() -> None:
    insert = upkeep("insert into t (id) values (1)")
    plain = insert.cost(index("a"), pages=1000)
    assert plain > 0
    assert insert.cost(index("c", method="gin"), pages=1000) == pytest.approx(10 * plain)


def test_of_a_partial_index_only_its_rows_count() -> None:
    insert = upkeep("insert into t (id) values (1)")
    rare = index("a", where="state = 'open'")
    assert insert.cost(rare, pages=10, share=0.01) == pytest.approx(0.01 * insert.cost(rare, pages=10))


def test_a_deletion_costs_an_index_nothing() -> None:
    assert upkeep("delete from t").cost(index("a"), pages=1000) == 0


HEAP_ONLY = [
    ("another column", "update t set b = 1", index("a"), (), ()),
    ("its key", "update t set a = 1", index("a"), (), ("a",)),
    ("what it carries", "update t set b = 1", index("a", include=("b",)), (), ("b",)),
    ("its predicate", "update t set state = 'x'", index("a", where="state = 'open'"), (), ("state",)),
    ("its expression", "update t set c = 'x'", index("lower(c)"), (), ("c",)),
    ("of another index too", "update t set a = 1, b = 1", index("a"), (Kept(frozenset({"b"}), 9),), ()),
    ("of a BRIN index only", "update t set a = 1", index("a"), (Kept(frozenset({"a"}), 9, "brin"),), ("a",)),
    ("as a BRIN index", "update t set a = 1", index("a", method="brin"), (), ()),
]


@pytest.mark.parametrize(
    ("sql", "candidate", "existing", "lost"), [one[1:] for one in HEAP_ONLY], ids=[one[0] for one in HEAP_ONLY]
)
def test_the_first_index_that_reads_what_an_update_sets_ends_its_heap_only_tuples(
    sql: str, candidate: Candidate, existing: tuple[Kept, ...], lost: tuple[str, ...]
) -> None:
    assert upkeep(sql, *existing).heap_only_lost(candidate) == lost


def test_an_index_that_ends_heap_only_tuples_pays_for_the_others_too() -> None:
    alone, beside = upkeep("update t set a = 1"), upkeep("update t set a = 1, b = 1", Kept(frozenset({"b"}), 9))
    assert alone.cost(index("a"), pages=1000) > beside.cost(index("a"), pages=1000) > 0
    assert upkeep("update t set b = 1").cost(index("a"), pages=1000) == 0


@pytest.mark.parametrize(
    ("actions", "kind"),
    [
        ("when matched then delete", "delete"),
        ("when matched then update set a = 1", "update"),
        ("when matched then update set a = 1 when not matched then insert (id) values (2)", "merge"),
    ],
)
def test_a_merge_is_what_its_actions_are(actions: str, kind: str) -> None:
    sql = f"merge into t using (select 1 as one) s on t.id = s.one {actions}"
    assert [one.kind for one in analyse(sql, SCHEMA, "postgres").writes] == [kind]
