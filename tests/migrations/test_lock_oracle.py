"""Locks, rewrites and scans of 160 statements, as they were measured on PostgreSQL 15.20 and 18.6."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dbdesign.engines.postgres import split_script
from dbdesign.migrations.predict import State, predict
from dbdesign.migrations.trace import Tracer
from dbdesign.model.migration import Trace

HERE = Path(__file__).parent
SETUP = (HERE / "lock_oracle_setup.sql").read_text()
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in map(json.loads, (HERE / "lock_oracle.jsonl").read_text().splitlines())
}
MEASURED = [(case, version) for case in CASES for version in ("18", "15") if version in CASES[case]["results"]]


@pytest.fixture(scope="module")
def shared() -> Iterator[Tracer]:
    with Tracer(SETUP) as tracer:
        tracer.run("SET search_path = o, public")
        yield tracer


@pytest.fixture(scope="module")
def state() -> State:
    state = State.of(SETUP)
    state.apply("SET search_path = o, public")
    return state


def traced(sql: str, pre: str, shared: Tracer) -> Trace:
    """In a transaction that is rolled back where nothing has to be committed before it."""
    if not pre and "CONCURRENTLY" not in sql and "VACUUM" not in sql:
        shared.begin()
        trace = shared.run(sql)
        shared.rollback()
        return trace
    with Tracer(SETUP) as tracer:
        tracer.run("SET search_path = o, public")
        for statement in split_script(pre).statements:
            assert tracer.run(statement.sql).error is None
        return tracer.run(sql)


def predicted(sql: str, pre: str, state: State, version: str) -> Trace:
    state = state.copy()
    for statement in split_script(pre).statements:
        state.apply(statement.sql)
    return predict(sql, state, version)


def bare(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removeprefix("o."): value for name, value in found.items()}


def assert_as_measured(trace: Trace, measured: dict[str, Any]) -> None:
    if not measured["ok"]:
        assert (trace.error or "")[:5] == measured["sqlstate"]
        return
    assert trace.error is None
    assert bare(trace.locks) == {
        name: mode for name, mode in measured["locks"].items() if mode != "AccessShareLock"
    }  # ACCESS SHARE is not told
    if measured["transactional"]:  # of others only the locks were measured
        assert [name.removeprefix("o.") for name in trace.rewrites] == sorted(measured["table_rewrite"])
        assert bare(trace.scans) == measured["seq_scans"]


@pytest.mark.parametrize("case", [case for case, version in MEASURED if version == "18"])
def test_the_trace_is_what_was_measured_on_18(case: str, shared: Tracer) -> None:
    given = CASES[case]
    assert_as_measured(traced(given["sql"], given["pre"], shared), given["results"]["18"])


@pytest.mark.parametrize(("case", "version"), MEASURED, ids=[f"{case}-{version}" for case, version in MEASURED])
def test_the_rules_say_what_was_measured(case: str, version: str, state: State) -> None:
    given = CASES[case]
    assert_as_measured(predicted(given["sql"], given["pre"], state, version), given["results"][version])


@pytest.mark.parametrize("case", [case for case in CASES if "15" not in CASES[case]["results"]])
def test_what_15_cannot_do_is_refused_by_the_rules(case: str, state: State) -> None:
    given = CASES[case]
    if "uuidv7" in case:
        pytest.skip("which functions there are is not the rules' matter")
    if given["pre"]:
        assert predict(given["pre"], state, "15").error or predicted(given["sql"], given["pre"], state, "15").error
    else:
        assert (predict(given["sql"], state, "15").error or "")[:5] == "42601"


SEEN: list[dict[str, Any]] = [
    json.loads(line) for line in (HERE / "lock_measurements.jsonl").read_text().splitlines()
]  # by benchmarks/postgres_versions.py, for ranges of versions that agree


def versions_of(span: str) -> range:
    first, _, last = span.partition("-")
    return range(int(first), int(last or first) + 1)


def test_every_statement_was_measured_on_every_version_from_12_to_18() -> None:
    assert {row["id"] for row in SEEN} == set(CASES)
    for row in SEEN:
        assert sorted(version for span in row if span != "id" for version in versions_of(span)) == list(range(12, 19))


@pytest.mark.parametrize("version", range(12, 19))
def test_the_rules_say_what_was_seen_on_the_version_itself(version: int, state: State) -> None:
    different = {}
    for row in SEEN:
        seen = next(row[span] for span in row if span != "id" and version in versions_of(span))
        case = CASES[row["id"]]
        said = predicted(case["sql"], case["pre"], state, str(version))
        if "error" not in seen and (said.error or told(said, seen) != seen):
            different[case["sql"]] = (told(said, seen), seen)
    assert different == {}


def told(trace: Trace, seen: dict[str, Any]) -> dict[str, Any]:
    """Of a trace what was recorded; ROW SHARE blocks nobody."""
    modes = {name: mode.value for name, mode in bare(trace.locks).items() if mode != "RowShareLock"}
    everything = {
        "locks": modes,
        "rewrites": [name.removeprefix("o.") for name in trace.rewrites],
        "scans": list(bare(trace.scans)),
    }
    return {name: everything[name] for name in seen}
