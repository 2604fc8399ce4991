"""The rules without a server and the trace of the embedded one agree on statements beside the oracle's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbdesign.engines.postgres import split_script
from dbdesign.migrations.check.migration import sql_statements
from dbdesign.migrations.predict import State, predict
from dbdesign.migrations.predict.predict import is_known
from dbdesign.migrations.trace import Tracer
from dbdesign.migrations.trace.kinds import needs_to_be_alone
from dbdesign.model.migration import LockMode, Trace
from real_schemas import read_real, real_sql

HERE = Path(__file__).parent
SETUP = (HERE / "lock_oracle_setup.sql").read_text()
CASES = [
    case if isinstance(case, dict) else {"sql": case, "pre": ""}
    for case in yaml.safe_load((HERE / "further_statements.yaml").read_text())
]


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


def told(trace: Trace) -> object:
    """What both must say alike: ROW SHARE comes from the checks of single rows, and blocks nobody."""
    if trace.error is not None:
        return trace.error[:5]
    locks = {name: mode for name, mode in trace.locks.items() if mode is not LockMode.ROW_SHARE}
    return locks, trace.rewrites, dict(trace.scans)


def traced(sql: str, pre: str, shared: Tracer) -> Trace:
    if not pre and not needs_to_be_alone(sql):
        shared.begin()
        trace = shared.run(sql)
        shared.rollback()
        return trace
    with Tracer(SETUP) as tracer:
        tracer.run("SET search_path = o, public")
        for statement in split_script(pre).statements:
            assert tracer.run(statement.sql).error is None
        return tracer.run(sql)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['sql']} after {case['pre']}" for case in CASES])
def test_rules_and_trace_agree(case: dict[str, str], shared: Tracer, state: State) -> None:
    before = state.copy()
    for statement in split_script(case["pre"]).statements:
        before.apply(statement.sql)
    assert told(predict(case["sql"], before)) == told(traced(case["sql"], case["pre"], shared))


def briefly(trace: Trace) -> object:
    """As `told`, without how often a table is read."""
    if trace.error is not None:
        return trace.error[:5]
    locks = {name: mode for name, mode in trace.locks.items() if mode is not LockMode.ROW_SHARE}
    return locks, trace.rewrites, set(trace.scans)


@pytest.mark.parametrize("entry", real_sql("postgres", "postgresql"))
def test_rules_and_trace_agree_on_every_statement_of_real_schemas(entry: dict[str, str]) -> None:
    state = State()
    statements, _ = sql_statements(read_real(entry))
    different = []
    with Tracer() as tracer:
        for one in statements:
            predicted, traced = predict(one.sql, state), tracer.run(one.sql)
            if traced.error is None:
                state.apply(one.sql)
                if is_known(one.sql) and briefly(predicted) != briefly(traced):
                    different.append((one.line, briefly(predicted), briefly(traced)))
    assert different == []


ACTIONS = yaml.safe_load((HERE / "actions.yaml").read_text())


@st.composite
def alterations(draw: st.DrawFn) -> str:
    """An ALTER TABLE of one to three actions."""
    table = draw(st.sampled_from(sorted(ACTIONS)))
    actions = draw(st.lists(st.sampled_from(ACTIONS[table]), min_size=1, max_size=3, unique=True))
    return f"ALTER TABLE {table} {', '.join(actions)}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(alterations())
def test_rules_and_trace_agree_on_any_mixture_of_actions(shared: Tracer, state: State, sql: str) -> None:
    shared.begin()
    traced = shared.run(sql)
    shared.rollback()
    if traced.error is None:
        assert briefly(predict(sql, state)) == briefly(traced)
