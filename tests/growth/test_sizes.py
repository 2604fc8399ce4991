"""Sizes that follow from a design's volumes, against tables and indexes that a real server was given to keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.growth.columns import column_orders, packed
from dbdesign.growth.partition_proof import ddl_of
from dbdesign.growth.sizes import Sizes, Weigher, fields_of, toast_bytes
from dbdesign.twin.profiles import resolve
from dbdesign.twin.sizes import Field
from dbdesign.twin.twin import production_twin
from dbdesign.twin.volumes import as_statistics
from growth_plans import TODAY, read

ROWS = 40_000
SHAPES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "shapes.yaml").read_text(encoding="utf-8"))
NAMES = [one["name"] for one in SHAPES]


def create(shape: Mapping[str, Any]) -> list[str]:
    """The DDL of a shape."""
    made = [f"create table {shape['name']} ({shape['columns']}) {shape.get('options', '')}"]
    if "external" in shape:
        made.append(f"alter table {shape['name']} alter {shape['external']} set storage external")
    return made


def indexes(shape: Mapping[str, Any]) -> list[str]:
    return [f"create index on {shape['name']} {one}" for one in shape.get("indexes", ())]


@pytest.fixture(scope="module")
def loaded() -> Iterator[ScratchDatabase]:
    with embedded().scratch() as database:
        user = database.user
        user.execute(b"create type mood as enum ('good', 'bad')")
        for shape in SHAPES:
            for statement in create(shape):
                user.execute(statement.encode())
            rows = shape.get("rows", ROWS)
            user.execute(
                f"insert into {shape['name']} select {shape['load']} from generate_series(1, {rows}) g".encode()
            )
            for statement in indexes(shape):
                user.execute(statement.encode())
            user.execute(f"reindex table {shape['name']}".encode())
        yield database


@pytest.fixture(scope="module")
def foretold() -> Mapping[str, float]:
    """Bytes of each table and index, from DDL and volumes alone."""
    ddl = ["create type mood as enum ('good', 'bad')"]
    volumes = {}
    for shape in SHAPES:
        ddl += [*create(shape), *indexes(shape)]
        volumes[shape["name"]] = {"rows": shape.get("rows", ROWS), "columns": shape.get("volumes", {})}
    design = read(yaml.safe_dump({"engine": "postgresql 18", "schema": ";\n".join(ddl) + ";", "volumes": volumes}))
    with production_twin(ddl_of(design.schema_), as_statistics(resolve(design, today=TODAY), design.schema_)) as twin:
        assert not twin.failures
        weigher = Weigher(twin, design, TODAY)
        weigher.weigh(0.0)
        return {one.object: one.bytes[0.0] for one in weigher.sizes(0.0, 0.0).objects}


def weighed(database: ScratchDatabase, name: str) -> dict[str, int]:
    """Bytes of a table, with what is out of line, and of its indexes, without maps of free space."""
    rows = database.admin.execute(
        b"""
        select c.relname, pg_relation_size(c.oid) + coalesce(pg_relation_size(nullif(c.reltoastrelid, 0::oid)), 0)
            + coalesce((select sum(pg_relation_size(i.indexrelid))::bigint from pg_index i where i.indrelid = c.reltoastrelid and c.reltoastrelid <> 0), 0)
        from pg_class c
        where c.oid = %(name)s::regclass or c.oid in (select indexrelid from pg_index where indrelid = %(name)s::regclass)
        """,
        {"name": f"public.{name}"},
    ).fetchall()
    found = dict(rows)
    if found[name] <= 16384 and len(found) == 1:
        return found
    return {one: size - (8192 if one == name and _empty_toast(database, name) else 0) for one, size in found.items()}


def _empty_toast(database: ScratchDatabase, name: str) -> bool:
    """Whether nothing is out of line: the empty B-tree of a TOAST table still takes a block."""
    row = database.admin.execute(
        b"select reltoastrelid <> 0 and pg_relation_size(nullif(reltoastrelid, 0::oid)) = 0 from pg_class where oid = %s::regclass",
        (f"public.{name}",),
    ).fetchone()
    return bool(row and row[0])


@pytest.mark.parametrize("name", NAMES)
def test_a_table_and_its_indexes_weigh_what_the_volumes_foretell_within_three_percent(
    loaded: ScratchDatabase, foretold: Mapping[str, float], name: str
) -> None:
    for one, size in weighed(loaded, name).items():
        assert foretold[one] == pytest.approx(size, rel=0.03, abs=2 * 8192), one


def test_the_bytes_that_another_order_of_columns_saves_are_those_that_the_server_saves(
    loaded: ScratchDatabase, foretold: Mapping[str, float]
) -> None:
    padded, tight = weighed(loaded, "padded_flags")["padded_flags"], weighed(loaded, "packed_flags")["packed_flags"]
    assert tight < padded
    assert foretold["padded_flags"] - foretold["packed_flags"] == pytest.approx(padded - tight, rel=0.03, abs=8192)


def test_the_order_that_is_advised_is_the_packed_one() -> None:
    design = read(
        "schema: create table t (a boolean not null, b bigint not null, c boolean not null, d bigint not null, note text);\n"
        "volumes: {t: {rows: 1e7, columns: {note: {width: 21}}}}"
    )
    with production_twin(ddl_of(design.schema_), as_statistics(resolve(design, today=TODAY), design.schema_)) as twin:
        [advice] = column_orders(twin)
        relation = twin.relation("t")
        assert relation
        assert [relation.attributes[place].name for place in packed(fields_of(twin, relation))] == [
            "b",
            "d",
            "a",
            "c",
            "note",
        ]
    assert advice.order == ("b", "d", "a", "c", "note")
    assert advice.row_then < advice.row_now
    assert advice.saved > 1e7 * 8


def test_what_is_short_enough_takes_nothing_out_of_line() -> None:
    assert toast_bytes(1e6, [Field(8, 8), Field(300, 4, variable=True)]) == 0


def test_sizes_between_and_behind_the_months_that_were_computed_follow_the_rows() -> None:
    design = read("schema: create table t (id bigint primary key);\nvolumes: {t: {rows: 1e6, growth: 10% per month}}")
    with production_twin(ddl_of(design.schema_), as_statistics(resolve(design, today=TODAY), design.schema_)) as twin:
        weigher = Weigher(twin, design, TODAY)
        weigher.weigh(0.0)
        weigher.fill(12.0)
        sizes: Sizes = weigher.sizes(12.0, 12.0)
    table = sizes.by_name["t"]
    assert sizes.bytes(table, 12.0) == pytest.approx(sizes.bytes(table, 0.0) * 1.1**12, rel=0.01)
    assert sizes.bytes(table, 6.0) == pytest.approx(sizes.bytes(table, 0.0) * 1.1**6, rel=0.01)
    assert sizes.bytes(table, 24.0) == pytest.approx(sizes.bytes(table, 0.0) * 1.1**24, rel=0.01)
