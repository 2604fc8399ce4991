"""The tool `check_migration`: what a written migration locks, rewrites and reads, and what is dangerous in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field

from dbdesign.api.answer import Answer, note_items, paged, plural, section, text_of
from dbdesign.api.arguments import Names, Page
from dbdesign.api.call import Call
from dbdesign.api.paging import Item, chosen, paginate
from dbdesign.api.recent import Recent
from dbdesign.api.text import without_secrets
from dbdesign.api.twin_source import StatisticsSource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dbdesign.migrations.check.checker import Checked
    from dbdesign.migrations.files.reading import Reading
    from dbdesign.model.design import Design
    from dbdesign.model.migration import HazardFinding

Detail = Literal["findings", "full"]
Level = Literal["info", "low", "medium", "high"]


class HazardOut(BaseModel):
    """One danger in one statement."""

    hazard: str = Field(description="its page is the resource dbdesign://hazards/<hazard>")
    severity: Level
    message: str
    safe: str | None = Field(default=None, description="the statements to write instead, where there are such")
    relation: str | None = None
    allowed: bool = Field(default=False, description="whether a comment allows it; it is not counted then")


class CheckedStatementOut(BaseModel):
    """One statement, in the state that the earlier ones left."""

    sql: str
    file: str
    line: int
    locks: dict[str, str] = Field(default_factory=dict, description="the strongest lock on each relation")
    momentary_locks: dict[str, str] = Field(default_factory=dict, description="locks that are taken for a moment only")
    rewrites: list[str] = Field(default_factory=list, description="tables that are written anew")
    scans: list[str] = Field(default_factory=list, description="tables that are read in full")
    findings: list[HazardOut] = Field(default_factory=list)
    error: str | None = Field(default=None, description="SQLSTATE and message where the server refuses it")


class CheckMigrationAnswer(Answer):
    """What `check_migration` answers."""

    engine: str
    version: str
    tools: list[str] = Field(description="whose files they are: flyway, liquibase, alembic, prisma, …, sql")
    detail: Detail
    migrations: int
    statement_count: int
    errors: int
    counts: dict[str, int] = Field(description="findings by severity, worst first")
    statements: list[CheckedStatementOut]
    notes: list[str] = Field(default_factory=list, description="what was not read or not applied, and why")
    proof: str


@dataclass(frozen=True)
class CheckedMigrations:
    """A whole check, before it is cut into pages."""

    engine: str
    version: str
    reading: Reading
    checked: tuple[Checked, ...]
    notes: tuple[str, ...]
    proof: str

    @property
    def findings(self) -> list[tuple[Checked, HazardFinding]]:
        """All findings that are not allowed, with their statements."""
        return [(one, finding) for one in self.checked for finding in one.findings]

    @property
    def errors(self) -> list[Checked]:
        """The statements that the server refuses."""
        return [one for one in self.checked if one.error]


def check_migration(
    source: Annotated[
        list[str],
        Names,
        Field(
            description="Paths to migrations (Flyway, Liquibase, Alembic, Prisma, Django, Rails, Knex, goose, SQL) "
            "or their folders, or one text of SQL."
        ),
    ],
    *,
    engine: Annotated[
        Literal["postgresql", "mysql", "sqlserver", "cockroachdb", "tidb", "sqlite"],
        Field(description="Its engine."),
    ] = "postgresql",
    version: Annotated[str | None, Field(description="Of the engine; the newest when left out.")] = None,
    schema: Annotated[
        str | None,
        Field(description="The schema before; a design file's volumes grade the findings."),
    ] = None,
    history: Annotated[
        list[str],
        Names,
        Field(description="Earlier migrations, applied before and not reported."),
    ] = [],  # noqa: B006 - never changed
    statistics: StatisticsSource = None,
    tool: Annotated[
        str | None,
        Field(description="Whose files they are, where that is not recognised."),
    ] = None,
    only: Annotated[list[str], Names, Field(description="Only these hazards.")] = [],  # noqa: B006
    ignore: Annotated[list[str], Names, Field(description="Leave out these hazards.")] = [],  # noqa: B006
    execute: Annotated[
        bool,
        Field(description="False: by rule alone, not executed."),
    ] = True,
    detail: Annotated[
        Detail | None,
        Field(description="findings, or full (every statement)."),
    ] = None,
    page: Page = 1,
    call: Call | None = None,
) -> CheckMigrationAnswer:
    """Check hand-written migrations for what locks, rewrites or breaks a database in use, statement by statement.

    On PostgreSQL they are executed on an embedded server, and locks, rewrites and scans observed. Each finding says what is locked, what
    that blocks, for how long at the known volumes, and what to write instead. `-- dbdesign: allow <hazard> <reason>` allows one.
    """
    call = call or Call()
    asked = repr((source, engine, version, schema, history, statistics, tool, only, ignore, execute))
    found = _recent.get(asked) if page > 1 else None
    if found is None:
        found = checked_migrations(
            source,
            engine=engine,
            version=version,
            schema=schema,
            history=history,
            statistics=statistics,
            tool=tool,
            only=only,
            ignore=ignore,
            execute=execute,
            call=call,
        )
        _recent.put(asked, found)
    return answer_of(found, detail, page, call)


_recent: Recent[CheckedMigrations] = Recent(2)


def checked_migrations(
    source: list[str],
    *,
    engine: str,
    version: str | None,
    schema: str | None,
    history: list[str],
    statistics: str | None,
    tool: str | None,
    only: list[str],
    ignore: list[str],
    execute: bool,
    call: Call,
) -> CheckedMigrations:
    """The check itself, which reports for other programs need as well.

    Raises:
        DesignError: of the kind that fits.
    """
    from dbdesign.api.migration_source import files_of
    from dbdesign.migrations.check.run import run_check
    from dbdesign.migrations.files import read_migrations

    call.step(0.0, "reading the migrations")
    wanted = _wanted(only, ignore)
    reading = read_migrations(files_of(source, call), tool=tool)
    before = read_migrations(files_of(history, call), tool=tool) if history else None
    design = _design(schema, engine, call)
    known = _statistics(statistics, call)
    call.step(0.1, "checking the statements")
    result = run_check(
        reading.migrations,
        engine=engine,
        version=version or (design.schema_.version if design is not None else None),
        design=design,
        history=before.migrations if before is not None else (),
        statistics=known,
        execute=execute,
        wanted=wanted,
        tell=lambda done, said: call.step(0.1 + 0.85 * done, said),
    )
    notes = (*reading.notes, *(before.notes if before is not None else ()), *result.notes)
    return CheckedMigrations(engine, result.version, reading, result.checked, notes, str(result.proof))


def _wanted(only: list[str], ignore: list[str]) -> frozenset[str] | None:
    from dbdesign.migrations.hazards.base import hazard, hazards

    for name in (*only, *ignore):
        hazard(name)
    return frozenset(only or hazards()) - frozenset(ignore) if only or ignore else None


def _design(schema: str | None, engine: str, call: Call) -> Design | None:
    from dbdesign.api.source import load
    from dbdesign.errors import InputError

    if schema is None:
        return None
    design = load(schema, call).design
    if design.schema_.engine.value != engine:
        raise InputError(
            f"the schema is for {design.schema_.engine.value}, the migration for {engine}",
            where="schema",
            remedy="Give the schema of the same engine, or say engine",
        )
    return design


def _statistics(statistics: str | None, call: Call) -> Any:
    if statistics is None:
        return None
    from dbdesign.api.twin_source import read_given_statistics

    return read_given_statistics(statistics, call)


# -- the answer ------------------------------------------------------------------------------------------------------------


def answer_of(found: CheckedMigrations, detail: Detail | None, page: int, call: Call) -> CheckMigrationAnswer:
    """The answer's page."""
    level: Detail = detail or "full"
    pages = paginate(_items(found, level), call.tokens)
    if detail is None and len(pages) > 1:
        level = "findings"
        pages = paginate(_items(found, level), call.tokens)
    items = chosen(pages, page)
    summary = paged(_summary(found), page, len(pages))
    counted = Counter(finding.severity for _, finding in found.findings)
    answer = {
        "summary": summary,
        "page": page,
        "pages": len(pages),
        "engine": found.engine,
        "version": found.version,
        "tools": list(found.reading.tools),
        "detail": level,
        "migrations": len(found.reading.migrations),
        "statement_count": len(found.checked),
        "errors": len(found.errors),
        "counts": {one.value: counted[one] for one in sorted(counted, key=lambda one: -one.rank)},
        "statements": section(items, "statements"),
        "notes": section(items, "notes"),
        "proof": found.proof,
    }
    return CheckMigrationAnswer.model_validate(answer).with_text(text_of(summary, items, {}))


def _items(found: CheckedMigrations, detail: Detail) -> list[Item]:
    items = []
    for one in found.checked:
        if detail == "full" or one.findings or one.error:
            value = _statement_json(one)
            items.append(Item("statements", value, _statement_text(value)))
    return [*items, *note_items(found.notes)]


def _statement_json(one: Checked) -> dict[str, Any]:
    trace = one.trace
    value: dict[str, Any] = {
        "sql": _shortened(without_secrets(one.statement.sql)),
        "file": one.file,
        "line": one.statement.line,
        "locks": {name: mode.value for name, mode in trace.locks.items()},
        "rewrites": list(trace.rewrites),
        "scans": list(trace.scans),
        "findings": [*_findings(one.findings, allowed=False), *_findings(one.allowed, allowed=True)],
    }
    if trace.momentary:
        value["momentary_locks"] = {name: mode.value for name, mode in trace.momentary.items()}
    if one.error:
        value["error"] = one.error
    return value


def _findings(findings: Iterable[HazardFinding], *, allowed: bool) -> list[dict[str, Any]]:
    found = []
    for one in findings:
        value: dict[str, Any] = {
            "hazard": one.hazard,
            "severity": one.severity.value,
            "message": one.message,
            "safe": one.safe,
        }
        if one.relation is not None:
            value["relation"] = one.relation
        if allowed:
            value["allowed"] = True
        found.append(value)
    return found


_LONGEST = 2000


def _shortened(sql: str) -> str:
    return sql if len(sql) <= _LONGEST else f"{sql[:_LONGEST]}… [{len(sql) - _LONGEST} more characters]"


def _statement_text(value: dict[str, Any]) -> str:
    lines = [f"{value['file']}:{value['line']}: {' '.join(value['sql'].split())[:200]}"]
    said = [f"{mode} on {name}" for name, mode in value["locks"].items()]
    said += [f"rewrites {name}" for name in value["rewrites"]] + [f"reads {name}" for name in value["scans"]]
    if said:
        lines.append(f"  {', '.join(said)}")
    if value.get("error"):
        lines.append(f"  refused: {value['error']}")
    for one in value["findings"]:
        allowed = " (allowed)" if one.get("allowed") else ""
        lines.append(f"  {one['severity']} {one['hazard']}{allowed}: {one['message']}")
        if one["safe"] and not allowed:
            lines.append("  instead:\n    " + one["safe"].replace("\n", "\n    "))
    return "\n".join(lines)


def _summary(found: CheckedMigrations) -> str:
    counted = Counter(finding.severity for _, finding in found.findings)
    by_severity = ", ".join(f"{counted[one]} {one.value}" for one in sorted(counted, key=lambda one: -one.rank))
    total = f"{plural(sum(counted.values()), 'finding')} ({by_severity})" if counted else "no findings"
    said = [
        (
            f"{plural(len(found.reading.migrations), 'migration')} ({', '.join(found.reading.tools)}), "
            f"{plural(len(found.checked), 'statement')} for {found.engine} {found.version}: {total}."
        )
    ]
    if counted:
        worst = Counter(finding.hazard for _, finding in found.findings).most_common(4)
        said.append(f"Most frequent: {', '.join(f'{name} {count}' for name, count in worst)}.")
    if allowed := sum(len(one.allowed) for one in found.checked):
        said.append(f"{plural(allowed, 'finding')} allowed by comments.")
    if found.errors:
        first = found.errors[0]
        said.append(
            f"{plural(len(found.errors), 'statement')} refused, the first in {first.file}, line {first.statement.line}: {first.error}."
        )
    if found.notes:
        said.append(f"{plural(len(found.notes), 'note')} on what was not read or applied.")
    return " ".join(said)
