"""What `dbdesign benchmark` says of the other server: as values, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dbdesign.api.answer import plural, section
from dbdesign.api.benchmark_answer import BenchmarkServerAnswer
from dbdesign.api.benchmark_items import in_words, measure, run
from dbdesign.api.paging import Item

if TYPE_CHECKING:
    from dbdesign.benchmark.servers.elsewhere import Other

TITLES = {
    "server_queries": "Queries on the other server",
    "server_indexes": "Indexes there",
    "server_problems": "Not as wanted there",
    "server_tables": "Tables there",
}
LONGEST_PLAN = 6_000
"""Characters of a plan that the answer holds; the reports hold all."""


def answer(common: dict[str, Any], other: Other, items: Sequence[Item]) -> BenchmarkServerAnswer:
    """The whole answer."""
    server = {
        "title": other.title,
        "place": other.place,
        "rows": other.rows,
        "rows_per_second": round(other.rate, 1),
        "load_seconds": round(other.seconds, 2),
        "bytes": other.bytes,
        "runs": [run(one) for one in other.runs],
    }
    proof = f"{common['proof']}; on {other.title} with {other.rows:,} rows in {other.place}"
    sections = {name: section(items, name) for name in TITLES}
    return BenchmarkServerAnswer.model_validate(common | {"proof": proof, "server": server} | sections)


def sentence(other: Other) -> str:
    """Of the summary."""
    same = sum(one.same is True for one in other.tables)
    queries = [one for one in other.queries if one.compared.verdict != "not compared"]
    equal = sum(one.compared.equal for one in queries)
    speeds = " → ".join(f"{one.throughput:,.0f}" for one in other.runs)
    retries = sum(one.retries for run_ in other.runs for one in run_.queries)
    said = (
        f"{other.title}: {other.rows:,} rows sent in {other.seconds:.1f} s ({other.rate:,.0f} a second), "
        f"{same} of {plural(len(other.tables), 'table')} with the same checksum, {equal} of {plural(len(queries), 'query')} with the same "
        f"rows; {speeds} executions per second"
    )
    return f"{said}, {plural(retries, 'retry')}." if retries else f"{said}."


def items(other: Other) -> Iterator[Item]:
    """The parts of the answer."""
    for number, one in enumerate(other.queries):
        value = _query(other, number)
        compared = f"rows {one.compared.verdict}" + (f" ({one.compared.said})" if one.compared.said else "")
        yield Item("server_queries", value, f"{in_words(value)}; {compared}")
    for built in other.indexes:
        size = (
            {"bytes": built.bytes, "seconds": round(built.seconds, 3)}
            if built.error is None
            else {"error": built.error}
        )
        yield Item(
            "server_indexes", {"ddl": built.ddl, **size}, f"{built.ddl}: {built.error or f'{built.seconds:.2f} s'}"
        )
    for text in (*other.refused, *other.notes):
        yield Item("server_problems", text[:500], text[:500])
    for table in other.tables:
        state = {True: "same", False: "NOT THE SAME", None: "not compared"}[table.same]
        why = "".join(f"; {text}" for text in (*([table.reason] if table.reason else []), *table.unlike))
        value = {
            "name": table.label,
            "rows": table.rows,
            "wanted": table.wanted,
            "bytes": table.bytes,
            "seconds": round(table.seconds, 3),
            "same": table.same,
            "unlike": list(table.unlike),
            "retries": table.retries,
            **({"reason": table.reason} if table.reason else {}),
        }
        yield Item("server_tables", value, f"{table.label}: {table.rows:,} of {table.wanted:,} rows, {state}{why}")


def _query(other: Other, number: int) -> dict[str, Any]:
    one, last = other.queries[number], other.runs[-1].queries[number]
    plan = last.plan
    return {
        "name": one.name,
        "sql": one.sql,
        "rows_same": one.compared.verdict,
        **({"difference": one.compared.said} if one.compared.said else {}),
        **({"checksums": list(one.compared.checksums)} if one.compared.checksums[0] else {}),
        **({"changes": list(one.notes)} if one.notes else {}),
        "before": _measure(other, 0, number),
        **({"after": _measure(other, 1, number)} if len(other.runs) > 1 else {}),
        "retries": sum(run_.queries[number].retries for run_ in other.runs),
        **({"findings": list(plan.findings)} if plan and plan.findings else {}),
        **({"plan": plan.plan[:LONGEST_PLAN]} if plan else {}),
    }


def _measure(other: Other, run_number: int, number: int) -> dict[str, Any]:
    """As of the embedded server; the others do not count buffers as PostgreSQL does."""
    found = measure(other.runs[run_number].queries[number])
    return {name: value for name, value in found.items() if name not in {"shared_hit", "shared_read"}}
