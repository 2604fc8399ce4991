"""A design's transactions, run against each other, as findings of a review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine

if TYPE_CHECKING:
    from dbdesign.api.call import Call
    from dbdesign.integrity.anomalies import Anomaly, Tried
    from dbdesign.model.design import Design
    from dbdesign.model.workload import Transaction

ROWS = 5
"""Rows of a table, about: enough for two that are different and one that is neither's."""
DISK = 256 * 1024**2
SECONDS = 120.0
MOST_PAIRS = 60
"""Pairs of transactions that are run: of ten, all 55."""


def transaction_findings(design: Design, call: Call, path: str | None) -> tuple[list[Finding], list[str]]:
    """What goes wrong when the design's transactions run at the same time, and notes: which pairs were run, what could not be.

    Args:
        path: of the design file, whose lines the findings name.

    Raises:
        InputError: a statement cannot be parsed, or the schema cannot be made.
    """
    transactions = design.workload.transactions
    if not transactions:
        return [], []
    if design.schema.engine is not Engine.POSTGRESQL:
        return [], [
            "Transactions are run against each other on PostgreSQL only; for another engine give its schema as PostgreSQL's."
        ]
    from dbdesign.benchmark.generate import generate
    from dbdesign.benchmark.session import Session
    from dbdesign.engines.postgres import embedded
    from dbdesign.integrity.anomalies import find_anomalies
    from dbdesign.twin.profiles import resolve
    from dbdesign.writers.base import WriteOptions, writer

    ddl = writer("postgresql").write(design.schema, WriteOptions(prove=False)).text
    with embedded().scratch() as database:
        outcome = database.run_script(ddl)
        session = Session(database, disk=DISK, seconds=SECONDS)
        generate(session, design.schema, resolve(design), ROWS * max(len(design.schema.tables), 1))
        report = find_anomalies(
            database,
            design.schema,
            transactions,
            most=MOST_PAIRS,
            tell=lambda done, message: call.step(0.7 + 0.2 * done, message),
        )
        version = database.server.version
    known = {one.name: one for one in transactions}
    notes = [f"the schema is not whole on the server: {failure.message}" for failure in outcome.failures[:3]]
    pairs = "1 pair of transactions was" if report.pairs == 1 else f"{report.pairs} pairs of transactions were"
    ran = f"{pairs} run against each other on PostgreSQL {version}, {report.runs} runs in all"
    return [_finding(one, known, path) for one in report.anomalies], [*notes, ran, *report.notes]


def _finding(one: Anomaly, known: Mapping[str, Transaction], path: str | None) -> Finding:
    from dbdesign.integrity.anomalies import SEVERITIES

    names = one.left if one.left == one.right else f"{one.left} + {one.right}"
    twice = f"{one.left} twice" if one.left == one.right else f"{one.left} and {one.right}"
    cured = next((tried for tried in one.tried if tried.gone), None)
    left = known[one.left]
    evidence: dict[str, Any] = {
        "isolation": left.isolation,
        "order": list(_told(one, known)),
        "parameters": [_said(values) for values in one.values],
        "wrong": f"{one.wrong} of {one.interleavings} interleavings",
        "remedies": [_remedy(tried) for tried in one.tried],
    }
    return Finding(
        rule=one.kind.replace(" ", "-"),
        severity=Severity(SEVERITIES[one.kind]),
        object=names,
        message=f"{twice} at the same time, on {one.words}: {one.observed}; one after the other: {one.expected[0]}"
        + (f", or {one.expected[1]}" if one.expected[1] != one.expected[0] else ""),
        evidence=evidence,
        fix="\n".join(cured.remedy.sql) if cured is not None else None,
        line=left.line,
        path=path,
    )


def _told(one: Anomaly, known: Mapping[str, Transaction]) -> Iterator[str]:
    """The turns as statements: `withdraw (1): SELECT …`; who had to wait is said."""
    sides = {"L": known[one.left], "R": known[one.right]}
    places = {"L": 0, "R": 0}
    for letter in one.order.split():
        side = letter.upper()
        steps, place = sides[side].steps, places[side]
        places[side] += 1
        sql = " ".join(steps[place].sql.split()) if place < len(steps) else "COMMIT"
        number = "" if one.left != one.right else f" ({'LR'.index(side) + 1})"
        yield f"{sides[side].name}{number}: {sql}{' … waits' if letter.islower() else ''}"


def _said(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items()) or "none"


def _remedy(tried: Tried) -> str:
    if tried.refused:
        return f"{tried.remedy.name}: not possible: {tried.refused}"
    if not tried.gone:
        return f"{tried.remedy.name}: does not help, as run"
    again = f"; {tried.retried:.0%} of the interleavings begin a transaction anew" if tried.retried else ""
    return f"{tried.remedy.name}: gone in every interleaving, as run{again}; {tried.remedy.costs}"
