"""An answer says what statements do to a table, and PostgreSQL does it: the strongest lock on it, whether it is rewritten, whether it
is read in full.

with: `state` (the schema with rows), `statements` (a file of the task: a mapping of id → statement, each traced alone from the state
and undone), `table`, `file` (the answer: a mapping of the same ids → `{lock, rewrites, reads}`), `only` (ids; all by default). A
statement counts when all three are right. A lock is written as in the manual (ACCESS EXCLUSIVE) or as in pg_locks; `none` where none
but ACCESS SHARE is taken. `reads` is also true where an index is built anew, and where the table is rewritten. With `harmless` (a
dotted path) instead: the list there has to name those statements that neither rewrite nor read the table under a lock that blocks
writes; counted by the F1 measure.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from dbdesign.errors import InputError
from dbdesign.migrations.trace import Tracer
from dbdesign.model.migration import LockMode, Trace
from dbdesign_evals import structured
from dbdesign_evals.graders.base import Cases, Grader, Outcome, failed
from dbdesign_evals.task import Apply, Data
from dbdesign_evals.workbench import LIMITS, Workbench


class Parameters(Data):
    """`state`, `statements`, `table`, `file`, `only` or `harmless`."""

    state: str
    statements: str
    table: str
    file: str
    only: tuple[str, ...] = ()
    harmless: str | None = None


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Trace each statement and compare."""
    name = parameters.file.removeprefix("answer:")
    said = structured.load(bench.text(parameters.file), name)
    key = f"traces/{bench.task.id}/{parameters.state}/{parameters.statements}"
    with bench.shelf.take(key, lambda _stack: _traces(parameters, bench)) as traces:
        truth = {one: _truth(trace, parameters.table) for one, trace in traces.items()}
    if parameters.harmless is not None:
        return _harmless(structured.at(said, parameters.harmless, name), truth)
    cases = Cases()
    for one in parameters.only or tuple(truth):
        cases.add(_wrong(one, said, truth[one], name))
    return cases.outcome()


def _traces(parameters: Parameters, bench: Workbench) -> dict[str, Trace]:
    state = ";\n".join(
        bench.text(item.apply if isinstance(item, Apply) else item) for item in bench.items(parameters.state)
    )
    statements: Mapping[str, str] = structured.fixture(bench.text(parameters.statements), parameters.statements)
    found: dict[str, Trace] = {}
    with ExitStack() as stack:
        tracer = stack.enter_context(Tracer(state, limits=LIMITS))
        if tracer.problems:
            raise InputError(f"the state cannot be made: {tracer.problems[0]}", where=parameters.statements)
        for one, sql in statements.items():
            tracer.begin()
            found[one] = tracer.run(sql)
            tracer.rollback()
            if found[one].error:
                raise InputError(f"{one} is refused: {found[one].error}", where=parameters.statements)
    return found


def _truth(trace: Trace, table: str) -> tuple[LockMode | None, bool, bool]:
    rewrites = table in trace.rewrites
    return trace.locks.get(table), rewrites, rewrites or table in trace.scans


def _wrong(one: str, said: Any, truth: tuple[LockMode | None, bool, bool], name: str) -> str | None:
    lock, rewrites, reads = truth
    try:
        given = structured.words(structured.at(said, f"{one}.lock", name))
        facts = [structured.at(said, f"{one}.{key}", name) for key in ("rewrites", "reads")]
    except InputError as error:
        return str(error)
    if _mode(given) != _mode(lock.value if lock else "none"):
        return f"{one}: the lock is {lock.value if lock else 'none'}, not {given[:40]}"
    for key, value, right in zip(("rewrites", "reads"), facts, (rewrites, reads), strict=True):
        if structured.words(value) not in (_YES if right else _NO):
            return f"{one}: {key} is {right}"
    return None


_YES, _NO = frozenset({"true", "yes"}), frozenset({"false", "no"})


def _mode(text: str) -> str:
    return (
        text.lower().replace("_", "").replace(" ", "").removesuffix("mode").removesuffix("lock").replace("null", "none")
    )


def _harmless(given: Any, truth: Mapping[str, tuple[LockMode | None, bool, bool]]) -> Outcome:
    if not isinstance(given, list):
        return failed("is no list")
    wanted = {
        one for one, (lock, _, reads) in truth.items() if not (reads and lock and lock.rank >= LockMode.SHARE.rank)
    }
    named = {structured.words(one) for one in given[:1000]}
    if named == wanted:
        return Outcome(1.0, evidence=(f"{len(wanted)} of {len(truth)} statements",))
    score = 2 * len(named & wanted) / (len(named) + len(wanted))
    missing, extra = ", ".join(sorted(wanted - named)), ", ".join(sorted(named - wanted))
    reasons = [f"lacks {missing}"] * bool(missing) + [f"has {extra} too"] * bool(extra)
    return Outcome(min(score, 0.999999), tuple(reasons))


GRADER = Grader("statements_do", Parameters, grade)
