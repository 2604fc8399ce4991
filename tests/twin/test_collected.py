"""Whatever ANALYZE leaves behind is on the twin: types without an order, ranges, heirs, targets, expressions; shown by plans that rest on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.twin.catalog_statistics import read_document
from dbdesign.twin.dump import read_dump
from dbdesign.twin.statistics_document import interpret, parse_document
from dbdesign.twin.twin import Twin, production_twin

HERE = Path(__file__).parent
LOADED = (HERE / "collected.sql").read_text()
QUERIES = (HERE / "collected_queries.sql").read_text().splitlines()

OF_EXTENDED = (
    "select from things where feeling = 'sad' and few = 3 and quoted = 'it''s'",
    "select feeling, few, quoted from things group by 1, 2, 3",
    "select a, b from base group by 1, 2",
    "select a, b from only base group by 1, 2",
    "select from base where a = 7 and b = 'base7'",
    "select from only base where a = 7 and b = 'base7'",
    "select a + 1 from base group by 1",
    "select from only base where a + 1 = 4",
    "select k, j from parts group by 1, 2",
)
"""What `pg_dump` of PostgreSQL 18 does not write matters to these."""


@pytest.fixture(scope="module")
def loaded() -> Iterator[tuple[ScratchDatabase, Mapping[str, Twin]]]:
    with ExitStack() as stack:
        database = stack.enter_context(embedded().scratch())
        assert [failure.message for failure in database.run_script(LOADED).failures] == []
        database.user.execute("vacuum analyze")
        dump = read_dump(database.dump(statistics=True))
        with database.server.connect(database.name) as connection:
            connection.autocommit = False
            live = interpret(parse_document(read_document(connection, values=True), where="live"), source="live")
        sources = {"live": live, "dump": dump.statistics}
        yield (
            database,
            {name: stack.enter_context(production_twin(dump.statements, one)) for name, one in sources.items()},
        )


def real(database: ScratchDatabase, query: str) -> Any:
    row = database.user.execute(f"explain (format json) {query}".encode()).fetchone()
    assert row
    return row[0][0]


@pytest.mark.parametrize("query", QUERIES)
def test_the_twin_of_a_live_reading_plans_as_the_loaded_database(
    loaded: tuple[ScratchDatabase, Mapping[str, Twin]], query: str
) -> None:
    database, twins = loaded
    assert twins["live"].explain(query).plan == real(database, query)


def test_nothing_of_it_is_a_problem(loaded: tuple[ScratchDatabase, Mapping[str, Twin]]) -> None:
    _, twins = loaded
    assert [str(failure) for failure in twins["live"].failures] == []
    assert twins["live"].problems == []


def test_the_twin_of_a_dump_differs_in_what_extended_statistics_say_alone(
    loaded: tuple[ScratchDatabase, Mapping[str, Twin]],
) -> None:
    database, twins = loaded
    unlike = {query for query in QUERIES if twins["dump"].explain(query).plan != real(database, query)}
    assert unlike <= {f"{query};" for query in OF_EXTENDED}
    assert all("pg_dump of PostgreSQL 18 leaves it out" in one for one in twins["dump"].problems)
