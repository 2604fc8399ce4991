"""What `benchmark_schema` says of an outcome: the summary, the notes, and the parts of the answer, in words and as values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbdesign.api.answer import SHOWN, note_items, plural
from dbdesign.api.paging import Item

if TYPE_CHECKING:
    from dbdesign.api.source import Loaded
    from dbdesign.benchmark.benchmark import Outcome
    from dbdesign.benchmark.results import Prediction, QueryResult, Run
    from dbdesign.model.profile import Profile


BESIDE = (
    (
        "The embedded server stands on this machine and does not wait for its disk (no fsync): it says what the rows and plans are, and "
        "how the queries compare with each other, not how fast a server in operation is."
    ),
    "The other server got the same rows, values and mix; its times hold the way over the network (see SELECT 1).",
)


def notes(outcome: Outcome, loaded: Loaded, seconds: float) -> list[str]:
    """What to know of the measurement, a sentence each."""
    asked = sum(one.rate or 0.0 for one in loaded.design.workload.queries)
    said = [*outcome.loaded.notes]
    if outcome.other is not None:
        said += BESIDE
    if asked:
        said.append(
            f"The workload asks for {asked:,.1f} executions a second; what was measured is what {outcome.runs[0].connections} connections "
            f"get in a closed loop, client and server on one machine."
        )
    said += [
        f"Of the times of the run {run.title!r}, what is not the queries': SELECT 1 among them took p50 {run.idle.p50:.2f}, "
        f"p95 {run.idle.p95:.2f}, p99 {run.idle.p99:.2f} ms (connections, client and server shared the machine's processors)."
        for run in outcome.runs
        if run.idle is not None
    ]
    said.append(f"Checksum of all rows: {outcome.loaded.checksum}; the same design, rows, seed and day give the same.")
    if any(one.executions for one in outcome.runs[0].queries):
        said.append(
            f"The mix ran for {seconds:g} seconds; queries that it ran fewer than 100 times were run more often after it, for their "
            "percentiles alone. Writes ran in transactions that were rolled back, commits not counted in. Caches were warm."
        )
    elif not loaded.design.workload.queries:
        said.append("There is no workload: name the queries in a design file to have them measured.")
    return said


def summary(loaded: Loaded, outcome: Outcome) -> str:
    """One paragraph."""
    tables, runs = outcome.loaded, outcome.runs
    said = [
        (
            f"{loaded.name}: {tables.rows:,} rows in {tables.filled} of {plural(len(tables.tables), 'table')} on PostgreSQL "
            f"{outcome.version}, {tables.bytes / 1024**2:,.0f} MB, loaded in {tables.seconds:.1f} s; "
            f"{plural(tables.foreign_keys, 'foreign key')} validated."
        )
    ]
    queries = runs[-1].queries
    if queries:
        change = " → ".join(f"{one.throughput:,.0f}" for one in runs)
        said.append(
            f"{plural(len(queries), 'query')} on {plural(runs[0].connections, 'connection')}: {change} executions per second."
        )
    aimed = [one for one in queries if one.target is not None]
    if aimed:
        missed = [one.name for one in aimed if one.met is False]
        met = " → ".join(f"{sum(one.met is True for one in run.queries)}" for run in runs)
        said.append(f"{met} of {len(aimed)} latency targets met{f'; missed: {_list(missed)}' if missed else ''}.")
    if predicted := [one.prediction for run in runs for one in run.queries if one.prediction]:
        same = sum(one.difference is None for one in predicted)
        said.append(f"The twin had planned {same} of {len(predicted)} as they were executed.")
    if failed := [one.name for one in queries if one.error]:
        said.append(f"Errors in {_list(failed)}.")
    if empty := [one.label for one in tables.tables if one.wanted and not one.rows]:
        said.append(f"Not filled: {_list(empty)}.")
    if outcome.other is not None:
        from dbdesign.api.benchmark_server_items import sentence

        said.append(sentence(outcome.other))
    if problems := len(tables.problems) + len(outcome.refused) + len(outcome.unpredicted):
        said.append(f"{plural(problems, 'problem')} (see problems).")
    return " ".join(said)


def _list(names: list[str]) -> str:
    return f"{', '.join(names[:5])}{f' and {len(names) - 5} more' if len(names) > 5 else ''}"


def items(outcome: Outcome, notes: list[str], profile: Profile) -> Iterator[Item]:
    """The parts of the answer, the weightiest first."""
    for number in range(len(outcome.runs[0].queries)):
        value = _query(outcome.runs, number)
        yield Item("queries", value, in_words(value))
    if outcome.other is not None:
        from dbdesign.api.benchmark_server_items import items as beside

        yield from beside(outcome.other)
    for one in outcome.indexes:
        built = (
            {"ddl": one.ddl, "error": one.error}
            if one.error
            else {"ddl": one.ddl, "bytes": one.bytes, "seconds": round(one.seconds, 3)}
        )
        yield Item("indexes", built, f"{one.ddl}: {one.error or f'{one.bytes:,} bytes, {one.seconds:.2f} s'}")
    for text in (*outcome.refused, *outcome.loaded.problems, *outcome.unpredicted):
        yield Item("problems", text[:500], text[:500])
    yield from (Item("notes", item.value, item.text) for item in note_items(notes))
    yield from _table_items(outcome)
    yield from (Item("assumptions", item.value, item.text) for item in note_items(profile.assumptions[: 4 * SHOWN]))
    for run in outcome.runs:
        for query in run.queries:
            if query.plan is not None:
                yield Item(
                    "plans",
                    {"query": query.name, "run": run.title, "plan": query.plan.plan},
                    f"{query.name}, {run.title}: {' > '.join(query.plan.nodes)}",
                )


def _table_items(outcome: Outcome) -> Iterator[Item]:
    sizes = {one.label: one for one in outcome.sizes}
    for table in sorted(outcome.loaded.tables, key=lambda one: (one.rows > 0, one.reason is None)):
        size = sizes.get(table.label)
        value = {
            "name": table.label,
            "rows": table.rows,
            "wanted": table.wanted,
            "bytes": size.heap if size else 0,
            "index_bytes": size.indexes if size else 0,
            **({"reason": table.reason} if table.reason else {}),
            **({"notes": list(table.notes)} if table.notes else {}),
        }
        why = "".join(f"; {text}" for text in ([table.reason] if table.reason else []) + list(table.notes))
        yield Item("tables", value, f"{table.label}: {table.rows:,} rows{why}")


def _query(runs: tuple[Run, ...], number: int) -> dict[str, Any]:
    from dbdesign.benchmark.report import verdict

    one = runs[0].queries[number]
    return {
        "name": one.name,
        **({"target": verdict(one).split(":")[0]} if one.target else {}),
        **({"parameters": list(one.parameters)} if one.parameters else {}),
        "before": measure(one),
        **({"after": measure(runs[1].queries[number])} if len(runs) > 1 else {}),
    }


def measure(one: QueryResult) -> dict[str, Any]:
    """One query in one run."""
    found: dict[str, Any] = {"executions": one.executions, "errors": one.errors}
    if one.error:
        found["error"] = one.error
    if one.latency is not None:
        times = {
            "mean_ms": one.latency.mean,
            "p50_ms": one.latency.p50,
            "p95_ms": one.latency.p95,
            "p99_ms": one.latency.p99,
            "max_ms": one.latency.maximum,
        }
        found |= {"per_second": round(one.throughput, 2), **{name: round(value, 4) for name, value in times.items()}}
        found |= {"rows": round(one.rows, 2)}
    if one.met is not None:
        found["met"] = one.met
    if one.plan is not None:
        found |= {"shared_hit": one.plan.hit, "shared_read": one.plan.read}
        found |= {"estimated_rows": one.plan.estimated, "actual_rows": one.plan.actual, "access": list(one.plan.nodes)}
    if one.prediction is not None and one.plan is not None:
        found["twin"] = _twin(one.prediction, one.plan.actual)
    return found


def _twin(said: Prediction, actual: float) -> dict[str, Any]:
    from dbdesign.benchmark.results import factor

    return {
        "same_plan": said.difference is None,
        **({"difference": said.difference} if said.difference else {}),
        "cost": said.cost,
        "loaded_cost": said.loaded_cost,
        "rows": said.rows,
        "rows_factor": round(factor(said.rows, actual), 3),
        **(
            {"worst_node": said.worst[0], "worst_factor": round(factor(said.worst[1], said.worst[2]), 3)}
            if said.worst
            else {}
        ),
    }


def in_words(value: dict[str, Any]) -> str:
    """A query with its runs."""
    parts = []
    for title in ("before", "after"):
        one = value.get(title)
        if one is None:
            continue
        prefix = f"{title} " if "after" in value else ""
        if "p50_ms" not in one:
            parts.append(f"{prefix}not run: {one.get('error', 'no time')}")
            continue
        met = {True: ", target met", False: ", TARGET MISSED"}.get(one.get("met"), "")
        failed = f", {one['errors']} errors: {one['error']}" if one["errors"] else ""
        parts.append(
            f"{prefix}p50 {one['p50_ms']:.2f} / p95 {one['p95_ms']:.2f} / p99 {one['p99_ms']:.2f} ms, {one['per_second']:,.1f}/s, "
            f"rows {one.get('estimated_rows', 0):,.0f} estimated / {one.get('actual_rows', 0):,.0f} actual, "
            f"{_buffers(one)}"
            f"{' > '.join(one.get('access', ())[:4])}{met}{failed}{_twin_in_words(one.get('twin'))}"
        )
    return f"{value['name']}: {'; '.join(parts)}"


def _buffers(one: dict[str, Any]) -> str:
    if "shared_hit" not in one:
        return ""
    return f"buffers {one['shared_hit']:,} hit / {one['shared_read']:,} read, "


def _twin_in_words(said: dict[str, Any] | None) -> str:
    if said is None:
        return ""
    plan = "same plan" if said["same_plan"] else f"another plan ({said['difference']})"
    worst = f", at worst ×{said['worst_factor']:,.1f} at {said['worst_node']}" if "worst_node" in said else ""
    return (
        f"; twin: {plan}, cost {said['cost']:,.0f} against {said['loaded_cost']:,.0f}, "
        f"rows ×{said['rows_factor']:,.1f}{worst}"
    )


def run(one: Run) -> dict[str, Any]:
    """A run without its queries."""
    return {
        "title": one.title,
        "executions": one.executions,
        "seconds": round(one.seconds, 2),
        "connections": one.connections,
        "per_second": round(one.throughput, 1),
        **({"idle_p50_ms": round(one.idle.p50, 4), "idle_p99_ms": round(one.idle.p99, 4)} if one.idle else {}),
    }
