"""What a plan's findings propose, tried: indexes and rewrites on the production twin, rewrites also for equal rows"
" on generated data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dbdesign.api.call import Call
from dbdesign.api.read_plan_answer import ProposalOut, RewriteOut
from dbdesign.api.twin_source import twin_input
from dbdesign.errors import DesignError, InputError
from dbdesign.model.plan import PlanEngine

if TYPE_CHECKING:
    from dbdesign.api.twin_source import TwinInput
    from dbdesign.model.plan import Plan
    from dbdesign.model.schema import Schema
    from dbdesign.plans.findings.base import PlanFinding
    from dbdesign.plans.remedies import NewIndex
    from dbdesign.plans.rewrites import Rewrite
    from dbdesign.twin.twin import Hypothetical, Twin

MOST_PROPOSALS = 8
CHEAPER = 0.98
"""A rewrite that the planner does not find cheaper by two percent is not shown."""

DIALECTS = {"mysql": "mysql", "mariadb": "mysql", "tidb": "mysql", "sqlserver": "tsql", "sqlite": "sqlite"}


@dataclass(frozen=True)
class Trial:
    """What came of trying."""

    proposals: tuple[ProposalOut, ...] = ()
    rewrites: tuple[RewriteOut, ...] = ()
    notes: tuple[str, ...] = ()
    proof: tuple[str, ...] = field(default=())


def try_out(
    plan: Plan,
    engine: PlanEngine,
    findings: Sequence[PlanFinding],
    call: Call,
    *,
    query: str | None,
    schema: str,
    statistics: str | None = None,
) -> Trial:
    """Try what the findings propose.

    Args:
        query: the statement; that of the plan where it has one and None is given.

    Raises:
        InputError: where the query is not known.
        DesignError: where the schema or the query cannot be used.
    """
    from dbdesign.plans.volumes import volumes_of
    from dbdesign.twin.twin import production_twin

    statement = _statement(query or plan.query, engine)
    given = twin_input(schema, call, statistics=statistics, needs_queries=False, volumes=volumes_of(plan, engine))
    call.step(0.4, "building the twin")
    with production_twin(given.ddl, given.statistics, settings=_settings(plan)) as twin:
        before = twin.explain(statement, [])
        proposals = _proposals(twin, statement, findings, engine, before.cost, given.design.schema_)
        call.step(0.6, "trying other words for the query")
        cheaper = _cheaper(twin, statement, given, before.cost)
    checked = _checked(statement, cheaper, given, call)
    notes = [*given.notes, *(f"assumed: {text}" for text in given.assumptions)]
    proof = [f"proposals {twin.proof} on the twin, no data"] if proposals or cheaper else []
    if checked:
        proof.append(f"rewrites executed on generated rows, PostgreSQL {twin.database.server.version}")
    return Trial(tuple(proposals), tuple(checked), tuple(notes), tuple(proof))


def _statement(query: str | None, engine: PlanEngine) -> str:
    from dbdesign.queries.placeholders import numbered
    from dbdesign.twin.statements import single_statement

    if not query or not query.strip():
        raise InputError(
            "the plan does not hold the query",
            where="query",
            remedy="Give the statement that the plan is of as `query`",
        )
    text = single_statement(query, planned=False)
    dialect = DIALECTS.get(engine.value)
    if engine is PlanEngine.MONGODB:
        raise InputError("a query of MongoDB cannot be tried on the twin", where="query", remedy="Leave schema out")
    return numbered(_translated(text, dialect) if dialect else text)


def _translated(text: str, dialect: str) -> str:
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        return sqlglot.transpile(text, read=dialect, write="postgres")[0]
    except (SqlglotError, RecursionError) as error:
        said = str(error).splitlines()[0] if str(error) else "nested too deeply"
        raise InputError(f"cannot be translated to PostgreSQL: {said[:200]}", where="query") from None


def _settings(plan: Plan) -> dict[str, str]:
    """The planner settings that the plan says were in force; nodes that were switched off to look at another plan"
    " stay on."""
    from dbdesign.twin.settings import PLANNER_SETTINGS

    return {
        name: value
        for name, value in plan.settings.items()
        if name in PLANNER_SETTINGS and not name.startswith("enable_") and name != "jit"
    }


def _proposals(
    twin: Twin, statement: str, findings: Sequence[PlanFinding], engine: PlanEngine, before: float, schema: Schema
) -> list[ProposalOut]:
    """Each proposed index alone, and, where several are used, all of them together."""
    wanted: dict[str, PlanFinding] = {}
    for one in findings:
        if one.index is not None:
            index = _located(one.index, schema)
            wanted.setdefault(index.definition(PlanEngine.POSTGRESQL), replace(one, index=index))
    chosen = list(wanted.items())[:MOST_PROPOSALS]
    made = twin.add_indexes([definition for definition, _ in chosen])
    found = [
        _tried(twin, statement, made_one, one, engine, before) for (_, one), made_one in zip(chosen, made, strict=True)
    ]
    useful = [one for one, out in zip(made, found, strict=True) if not isinstance(one, str) and out.used]
    if len(useful) > 1:
        together = twin.explain(statement, useful)
        names = f"all {len(useful)} together"
        size = sum(one.size for one in useful)
        found.append(_proposal(names, "", True, before, together.cost, size))
    return found


def _located(index: NewIndex, schema: Schema) -> NewIndex:
    """The index on the table as the schema calls it: plans often leave the table's schema out."""
    names = ([f"{index.schema}.{index.relation}"] if index.schema else []) + [index.relation]
    table = next((found for name in names if (found := schema.table(name)) is not None), None)
    return replace(index, relation=table.name, schema=table.namespace) if table is not None else index


def _tried(
    twin: Twin, statement: str, made: Hypothetical | str, finding: PlanFinding, engine: PlanEngine, before: float
) -> ProposalOut:
    assert finding.index is not None  # noqa: S101 - only those with an index are tried
    ddl = finding.index.statement(engine)
    if isinstance(made, str):
        return ProposalOut(index=ddl, finding=finding.id, used=False, error=made)
    after = twin.explain(statement, [made])
    return _proposal(ddl, finding.id, made.name in after.indexes, before, after.cost, made.size)


def _proposal(index: str, finding: str, used: bool, before: float, after: float, size: int) -> ProposalOut:
    return ProposalOut(
        index=index,
        finding=finding,
        used=used,
        cost_before=round(before, 2),
        cost_after=round(after, 2),
        size_bytes=size,
    )


@dataclass(frozen=True)
class _Cheaper:
    rewrite: Rewrite
    before: float
    after: float


def _cheaper(twin: Twin, statement: str, given: TwinInput, before: float) -> list[_Cheaper]:
    """The rewrites that the planner finds cheaper."""
    from dbdesign.plans.rewrites import rewrites

    found = []
    for one in rewrites(statement, given.design.schema_):
        try:
            after = twin.explain(one.sql, []).cost
        except DesignError:
            continue  # a rewrite that does not fit the schema is none
        if after < before * CHEAPER:
            found.append(_Cheaper(one, before, after))
    return sorted(found, key=lambda one: one.after)


def _checked(statement: str, cheaper: list[_Cheaper], given: TwinInput, call: Call) -> list[RewriteOut]:
    """Each rewrite with whether it gives the same rows on generated data."""
    if not cheaper:
        return []
    from dbdesign.api.plan_equality import ROWS, same_rows

    call.step(0.7, f"generating {ROWS:,} rows to compare results")
    verdicts = same_rows(statement, [one.rewrite.name for one in cheaper], given)
    return [
        RewriteOut(
            name=one.rewrite.name,
            query=one.rewrite.sql,
            equal=equal,
            checked=said,
            when=one.rewrite.when,
            cost_before=round(one.before, 2),
            cost_after=round(one.after, 2),
        )
        for one, (equal, said) in zip(cheaper, verdicts, strict=True)
    ]
