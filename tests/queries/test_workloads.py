"""Workloads from files, and placeholders of client libraries."""

from __future__ import annotations

import pytest

from dbdesign.errors import InputError
from dbdesign.queries.placeholders import numbered
from dbdesign.queries.workload_files import read_queries


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("select ? from t where a = ? limit ?", "select $1 from t where a = $2 limit $3"),
        ("where a = :x and b = :y and c = :x", "where a = $1 and b = $2 and c = $1"),
        ("where a = %s and b = %(name)s", "where a = $1 and b = $2"),
        ("where a = @who", "where a = $1"),
        ("where d ? 'key' and e = ?", "where d ? 'key' and e = $1"),
        ("where a = $1 and b = '?' and c::text = ':x' -- ?", "where a = $1 and b = '?' and c::text = ':x' -- ?"),
        ("values (?, $tag$ ? $tag$, ?)", "values ($1, $tag$ ? $tag$, $2)"),
        ("where doc @> ? and tags && ?", "where doc @> $1 and tags && $2"),
        ("where in_range(a, ?) between ? and ?", "where in_range(a, $1) between $2 and $3"),
    ],
)
def test_placeholders_become_numbered(written: str, expected: str) -> None:
    assert numbered(written) == expected


def test_sql_files_say_names_rates_and_targets_in_comments() -> None:
    text = "-- name: sign in\n-- rate: 40/s\n-- target: p95 20ms\nselect 1 where 1 = ?;\ncreate table t ();\nselect 2;"
    first, second = read_queries(text, name="q.sql")
    assert (first.name, first.sql, first.rate) == ("sign in", "select 1 where 1 = $1", 40)
    assert first.target is not None
    assert first.target.milliseconds == 20
    assert second.sql == "select 2"


def test_exports_of_pg_stat_statements_give_rates() -> None:
    text = 'query,calls,mean_exec_time\n"select a, b from t where c = $1",86400,0.5\nBEGIN,10,0\n'
    (query,) = read_queries(text, name="statements.csv")
    assert (query.sql, query.rate) == ("select a, b from t where c = $1", 1.0)
    (same,) = read_queries('[{"query": "select 1", "calls": 172800}]', name="statements.json")
    assert same.rate == 2.0


def test_logs_are_grouped_by_shape() -> None:
    log = (
        "2026-01-02 03:04:05 UTC [7] LOG:  duration: 12.1 ms  statement: select * from t where id = 5\n"
        "2026-01-02 03:04:06 UTC [7] LOG:  duration: 9.0 ms  statement: select * from t\n\twhere id = 77\n"
        "2026-01-02 03:04:07 UTC [7] LOG:  duration: 9.0 ms  execute <unnamed>: select 1 from u where x = $1\n"
        "2026-01-02 03:04:07 UTC [7] DETAIL:  Parameters: $1 = '4'\n"
    )
    queries = read_queries(log, name="postgresql.log")
    assert [query.sql for query in queries] == ["select * from t where id = 5", "select 1 from u where x = $1"]
    assert queries[0].rate == 2 * (queries[1].rate or 0)


def test_a_file_without_queries_is_an_error() -> None:
    with pytest.raises(InputError, match="holds no query"):
        read_queries("create table t ();", name="q.sql")
