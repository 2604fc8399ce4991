"""Mermaid diagrams: what they say, that they are legal for any name, and that they stay below Mermaid's limits."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.model.schema import Engine, ForeignKey, Index, IndexKey, Key, Schema, Table
from dbdesign.readers.base import reader
from dbdesign.writers.base import WriteOptions, WriteResult, writer
from dbdesign.writers.mermaid import MAX_EDGES, MAX_TEXT, OVERVIEW
from diagram_checks import assert_golden, assert_parsed_by_node, check_mermaid, written
from diagram_schemas import (
    HOSTILE_NAMES,
    TEXT,
    column,
    many_tables,
    named_after,
    names,
    reference,
    shop,
)
from real_schemas import read_real, real_sql


def draw(schema: Schema, **options: object) -> WriteResult:
    return writer("mermaid").write(schema, WriteOptions(**options))  # type: ignore[arg-type]


def texts(result: WriteResult) -> list[str]:
    return list(result.parts.values()) if result.parts else [result.text]


def test_the_shop_is_drawn_as_reviewed() -> None:
    assert_golden("shop.mmd", written("mermaid", shop()))


def test_keys_alone_are_drawn_as_reviewed() -> None:
    assert_golden("shop_keys.mmd", written("mermaid", shop(), keys_only=True, comments=False))


def test_what_leaves_the_focus_ends_in_a_stub() -> None:
    text = written("mermaid", shop(), focus=("order_items",), hops=0)
    assert check_mermaid(text) == (["order_items", "orders", '"catalog.products"'], 2)
    assert '  orders["orders (not shown)"]\n' in text


PARENT = Table(name="parent", columns=(column("id"),), primary_key=Key(columns=("id",)))


def child(*, nullable: bool, unique: bool, identifying: bool) -> Table:
    return Table(
        name="child",
        columns=(column("parent_id", nullable=nullable), column("part", TEXT)),
        primary_key=Key(columns=("parent_id", "part")) if identifying else None,
        unique_keys=(Key(columns=("parent_id",)),) if unique else (),
        foreign_keys=(reference("parent_id", "parent"),),
    )


@pytest.mark.parametrize(
    ("nullable", "unique", "identifying", "line"),
    [
        (False, False, False, "parent ||..o{ child"),
        (True, False, False, "parent |o..o{ child"),
        (False, True, False, "parent ||..o| child"),
        (True, True, False, "parent |o..o| child"),
        (False, False, True, "parent ||--o{ child"),
        (False, True, True, "parent ||--o| child"),
    ],
)
def test_cardinality_follows_from_nullability_and_uniqueness(
    nullable: bool, unique: bool, identifying: bool, line: str
) -> None:
    schema = Schema(
        engine=Engine.SQLITE, tables=(PARENT, child(nullable=nullable, unique=unique, identifying=identifying))
    )
    assert f'  {line} : "parent_id"\n' in written("mermaid", schema)


def test_a_partial_unique_index_does_not_make_one_to_one() -> None:
    one = child(nullable=False, unique=False, identifying=False)
    index = Index(keys=(IndexKey(column="parent_id"),), unique=True, where="part = 'a'")
    schema = Schema(engine=Engine.POSTGRESQL, tables=(PARENT, one.model_copy(update={"indexes": (index,)})))
    assert "parent ||..o{ child" in written("mermaid", schema)


def test_an_empty_schema_is_an_empty_diagram() -> None:
    assert written("mermaid", Schema(engine=Engine.POSTGRESQL)) == "erDiagram\n"


def test_hostile_names_are_legal() -> None:
    entities, links = check_mermaid(written("mermaid", named_after(HOSTILE_NAMES)))
    assert (len(entities), links) == (len(set(HOSTILE_NAMES)), len(set(HOSTILE_NAMES)) - 1)


@given(st.lists(names, min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_any_names_are_legal_and_stay_apart(odd: list[str]) -> None:
    schema = named_after(tuple(odd))
    entities, links = check_mermaid(written("mermaid", schema))
    assert len(entities) == len(schema.table_by_label)
    assert links == len(schema.tables) - 1


def test_mermaid_itself_parses_what_is_written() -> None:
    drawn = [draw(shop()), draw(named_after(HOSTILE_NAMES)), draw(many_tables()), draw(Schema(engine=Engine.SQLITE))]
    apart = [draw(named_after((name, "orders"))) for name in HOSTILE_NAMES]
    assert_parsed_by_node("mermaid", "mermaid", [text for result in drawn + apart for text in texts(result)])


def test_four_hundred_tables_are_split_and_none_is_lost() -> None:
    schema = many_tables()
    result = draw(schema)
    assert result.parts is not None
    assert result.text == result.parts[OVERVIEW]
    own: list[str] = []
    for name, text in result.parts.items():
        entities, links = check_mermaid(text)
        assert len(text) <= MAX_TEXT
        assert links <= MAX_EDGES
        if name != OVERVIEW:
            stubs = {line.split("[")[0].strip() for line in text.splitlines() if "(see " in line}
            own += [entity for entity in entities if entity not in stubs]
    assert sorted(own) == sorted(table.label for table in schema.tables)
    assert "exceed Mermaid's limits" in result.notes[-1].lost


def test_departments_become_domains() -> None:
    parts = draw(many_tables()).parts or {}
    for department in ("catalog", "shipping", "ledger"):
        holders = {name for name, text in parts.items() if name != OVERVIEW and f"\n  {department}_thing_" in text}
        assert holders
        assert all(name.startswith(department) for name in holders), holders


def test_the_order_of_the_tables_does_not_change_the_domains() -> None:
    schema = many_tables(200)
    backwards = schema.model_copy(update={"tables": tuple(reversed(schema.tables))})
    members = [
        sorted(sorted(check_mermaid(text)[0]) for name, text in (draw(one).parts or {}).items() if name != OVERVIEW)
        for one in (schema, backwards)
    ]
    assert members[0] == members[1] != []


def test_a_table_too_large_for_any_diagram_keeps_its_keys_and_says_so() -> None:
    wide = Table(
        name="wide",
        columns=(*(column(f"a_rather_long_column_name_{n}", TEXT) for n in range(1500)), column("id")),
        primary_key=Key(columns=("id",)),
    )
    keys = tuple(
        ForeignKey(columns=(f"c{n}",), referenced_table=f"elsewhere_{n}", referenced_columns=("id",))
        for n in range(900)
    )
    star = Table(name="star", columns=tuple(column(f"c{n}") for n in range(900)), foreign_keys=keys)
    result = draw(Schema(engine=Engine.POSTGRESQL, tables=(wide, star)))
    for text in texts(result):
        _, links = check_mermaid(text)
        assert len(text) <= MAX_TEXT
        assert links <= MAX_EDGES
    assert any("    bigint id PK" in text for text in texts(result))
    lost = {(note.object, note.lost.split(" ", 1)[1]) for note in result.notes}
    assert ("wide", "of its columns are not drawn") in lost
    assert ("star", "of its 900 foreign keys are not drawn") in lost


def test_part_names_are_fit_for_files() -> None:
    schema = many_tables(200)
    odd = schema.model_copy(
        update={"tables": tuple(t.model_copy(update={"namespace": f"../{t.name[:3]}/\x00 x"}) for t in schema.tables)}
    )
    parts = draw(odd).parts or {}
    assert parts
    assert all(not set(name) & set('/\\\0 :*?"<>|') and not name.startswith(".") for name in parts)


@pytest.mark.parametrize("entry", real_sql())
def test_real_schemas_are_drawn_in_full(entry: dict[str, str]) -> None:
    schema = reader(entry["dialect"]).read(read_real(entry), execute=False).schema_
    result = draw(schema)
    drawn: set[str] = set()
    for name, text in (result.parts or {"all": result.text}).items():
        entities, _ = check_mermaid(text)
        drawn |= {entity.strip('"') for entity in entities} if name != OVERVIEW else set()
    folded = sum(int(note.lost.split()[0]) for note in result.notes if "not drawn" in note.lost)
    assert len(drawn & {table.label for table in schema.tables}) == len(schema.tables) - folded
