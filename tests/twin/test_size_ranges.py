"""How large an index may be whose columns hang together in ways that nothing tells of: a range that holds the truth."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.indexes.advise import Advisor
from dbdesign.model import workload
from dbdesign.model.statistics import BLOCK
from dbdesign.readers.base import reader
from dbdesign.twin.catalog_statistics import read_document
from dbdesign.twin.dump import read_dump
from dbdesign.twin.statistics_document import interpret, parse_document
from dbdesign.twin.twin import Hypothetical, Twin, production_twin

LOADED = """
CREATE TABLE part (a int, b int, label text, PRIMARY KEY (a, b));
CREATE TABLE line (id bigint PRIMARY KEY, a int, b int, c int, d int, e int, f int, FOREIGN KEY (e, f) REFERENCES part);
CREATE STATISTICS line_c_d (ndistinct) ON c, d FROM line;
INSERT INTO part SELECT g, g * 3, 'x' FROM generate_series(0, 499) g;
INSERT INTO line SELECT g, g % 500, g % 500 * 3, g % 500, g % 500 * 3, g % 500, g % 500 * 3 FROM generate_series(1, 29000) g;
"""


@pytest.fixture(scope="module")
def loaded() -> Iterator[tuple[ScratchDatabase, Twin]]:
    with embedded().scratch() as database:
        assert not database.run_script(LOADED).failures
        database.user.execute("vacuum analyze")
        dump = read_dump(database.dump(statistics=True))
        with database.server.connect(database.name) as connection:
            connection.autocommit = False
            live = interpret(parse_document(read_document(connection, values=True), where="live"), source="live")
        with production_twin(dump.statements, live) as twin:
            yield database, twin


@pytest.mark.parametrize(
    ("columns", "certain"), [("a, b", False), ("c, d", True), ("e, f", True), ("id, a", True), ("a", True)]
)
def test_the_truth_lies_in_the_range_and_the_range_is_a_point_where_something_tells(
    loaded: tuple[ScratchDatabase, Twin], columns: str, certain: bool
) -> None:
    database, twin = loaded
    (index,) = twin.add_indexes([f"ON line ({columns})"])
    assert isinstance(index, Hypothetical)
    least, most = twin.size_range(index)
    twin.drop_indexes([index])
    database.user.execute(f"create index truth on line ({columns})".encode())
    row = database.user.execute("select pg_relation_size('truth')").fetchone()
    database.user.execute("drop index truth")
    assert row
    assert least - BLOCK <= row[0] <= most * 1.05
    assert least <= index.size <= most
    assert (least == most) is certain


def test_an_advisor_learns_from_the_joins_of_its_queries_how_many_combinations_there_are() -> None:
    query = workload.Query(
        name="labels", sql="select p.label from line l join part p on p.a = l.a and p.b = l.b where l.c = 5"
    )
    with embedded().scratch() as database:
        assert not database.run_script(LOADED).failures
        database.user.execute("vacuum analyze")
        dump = read_dump(database.dump(statistics=True))
        schema = reader("postgresql").read(";\n".join(one.sql for one in dump.statements) + ";").schema_
        with production_twin(dump.statements, dump.statistics) as twin:
            Advisor(twin, schema, [query]).prepare()
            (index,) = twin.add_indexes(["ON line (a, b)"])
            assert isinstance(index, Hypothetical)
            least, most = twin.size_range(index)
        database.user.execute("create index truth on line (a, b)")
        row = database.user.execute("select pg_relation_size('truth')").fetchone()
    assert row
    assert least == index.size == most == pytest.approx(row[0], abs=2 * BLOCK)
