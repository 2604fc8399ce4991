"""Executes a script in a scratch database of the embedded server and says what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING

from dbdesign.errors import EngineError, InputError, LimitError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Extension, Schema
from dbdesign.readers.base import ReadResult, Skipped, Unread
from dbdesign.readers.postgresql.catalog import CatalogReading, read_whole_catalog
from dbdesign.readers.postgresql.kinds import Role, is_owner_change
from dbdesign.readers.postgresql.names import note_of_cut_names
from dbdesign.readers.postgresql.positions import Positions, Statement, positions, statements

if TYPE_CHECKING:
    from dbdesign.engines.postgres import ScriptOutcome, StatementFailure
    from dbdesign.engines.postgres.scratch import ScratchDatabase

ROUNDS = 8
"""How often what failed is tried again behind what succeeded, as long as that helps: scripts in an unlucky order."""

DUPLICATE = "42P07"
"""duplicate_table: the table is there all the same."""

MOSTLY_DATA = 5_000_000
"""Characters beyond which a script is hardly all schema: going over it once is then better than twice, side by side."""

UNDEFINED = {"42P01", "42704", "42883", "3F000", "42703"}
"""undefined_table, undefined_object, undefined_function, invalid_schema_name, undefined_column."""

_EXTENSION = re.compile(
    r'\s*CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?("(?:[^"]|"")+"|[\w-]+)(?:.*?\bSCHEMA\s+("(?:[^"]|"")+"|\w+))?',
    re.IGNORECASE | re.DOTALL,
)
_MAKES = re.compile(r"\s*CREATE\s+(?:\w+\s+){0,2}TABLE\b", re.IGNORECASE)
_DROP = re.compile(r"\s*(?:DROP\b|ALTER\s+\w+\s+.*\bDROP\s+(?:CONSTRAINT|DEFAULT|COLUMN)\b)", re.IGNORECASE | re.DOTALL)


def read_script(text: str, *, execute: bool = True) -> ReadResult:
    """See `readers.postgresql.read`."""
    if not text.strip():
        raise InputError("the text is empty", remedy="Give SQL with at least one CREATE TABLE")
    if "\0" in text:
        raise InputError("the text holds NUL bytes, so it is no SQL", remedy="Give a plain-text dump (pg_dump -Fp)")
    if not execute:
        return _by_grammar(text, "execution was not wanted")
    try:
        result, found = _execute(text)
    except (EngineError, LimitError) as error:
        return _by_grammar(text, str(error))
    reason = _distrust(result, found)
    if reason is None:
        return result
    by_grammar = _by_grammar(text, reason)
    return result if _tells_more(result, by_grammar) else by_grammar


def _by_grammar(text: str, reason: str) -> ReadResult:
    from dbdesign.readers.postgresql.grammar import read_by_grammar

    result = read_by_grammar(text)
    note = f"read by grammar, not executed: {reason}"
    return result.model_copy(update={"notes": (note, *result.notes)})


def _tells_more(executed: ReadResult, parsed: ReadResult) -> bool:
    """Whether execution got at more tables after all, or at as many with less left over."""
    return (len(executed.schema_.tables), -len(executed.unread)) > (len(parsed.schema_.tables), -len(parsed.unread))


def _distrust(result: ReadResult, found: Positions) -> str | None:
    """Why what was executed is not the whole schema, or None."""
    on_line: dict[int, set[str]] = {}
    for statement in found.statements:
        on_line.setdefault(statement.line, set()).add(statement.kind)
    refused = [one for one in result.unread if not one.reason.endswith(f"({DUPLICATE})")]
    lost = [
        one
        for one in refused
        if "CREATE TABLE" in (kinds := on_line.get(one.line, set())) and (len(kinds) == 1 or _MAKES.match(one.text))
    ]
    if lost:
        first = lost[0]
        return f"{len(lost)} CREATE TABLE failed on {result.proof.by}, the first in line {first.line}: {first.reason}"
    if not result.schema_.tables and result.unread:
        return f"nothing could be executed; line {result.unread[0].line}: {result.unread[0].reason}"
    return None


def _execute(text: str) -> tuple[ReadResult, Positions]:
    """Executes the script; while the server is busy with it, goes over its text for lines and comments."""
    from dbdesign.engines.postgres import embedded

    ready = positions(text) if len(text) > MOSTLY_DATA else None
    wanted = [one for one in (ready.statements if ready else statements(text)) if not _is_owner_change(one)]
    server = embedded()
    with server.scratch() as database, ThreadPoolExecutor(1, "dbdesign-script") as beside:
        script = [(one.line, one.text) for one in wanted]
        running = beside.submit(copy_context().run, database.run_script, script)
        found = ready or positions(text)
        outcome = running.result()
        failures, again = _try_again(database, wanted, outcome)
        reading = read_whole_catalog(database.admin, version=server.major, facts=False)
    failures, dropped = _absent(failures)
    failures, extensions = _missing_extensions(failures)
    schema = _with_extensions(reading.schema, extensions)
    kinds = {one.line: one.kind for one in wanted if one.role is Role.SCHEMA}  # `found` has the others already
    skipped = [
        *found.skipped,
        *_grouped((one.line, kinds[one.line], one.reason) for one in outcome.skipped if one.line in kinds),
        *_grouped((one.line, kinds.get(one.line, "DROP"), "there is nothing of that name to drop") for one in dropped),
        *_grouped(
            (one.line, "OWNER TO", "owners are roles of a server") for one in found.statements if _is_owner_change(one)
        ),
    ]
    result = ReadResult(
        schema=schema,
        unread=(*_unread(failures), *reading.unread),
        skipped=tuple(skipped),
        declared_tables=found.declared_tables,
        lines=found.lines,
        comments=found.comments,
        notes=tuple(_notes(found, reading, extensions, again)),
        proof=Proof(level="executed", by=f"PostgreSQL {server.version}"),
    )
    return result, found


def _is_owner_change(statement: Statement) -> bool:
    return statement.kind.startswith("ALTER") and is_owner_change(statement.text)


def _try_again(
    database: ScratchDatabase, wanted: Sequence[Statement], outcome: ScriptOutcome
) -> tuple[list[StatementFailure], int]:
    """Runs what failed again, in the script's order and under its settings, until that no longer helps.

    Returns what still fails, and how many statements succeeded late.
    """
    failures, late = list(outcome.failures), 0
    settings = [(one.line, one.text) for one in wanted if one.role is Role.SESSION]
    for _ in range(ROUNDS):
        if not failures:
            break
        script = sorted([*settings, *((one.line, one.statement) for one in failures)])
        setting_lines = {line for line, _ in settings}
        still = [one for one in database.run_script(script).failures if one.line not in setting_lines]
        if len(still) >= len(failures):
            break
        late += len(failures) - len(still)
        failures = still
    return failures, late


def _absent(failures: Iterable[StatementFailure]) -> tuple[list[StatementFailure], list[StatementFailure]]:
    """Splits off statements that drop what is not there, as scripts do before they make it."""
    rest: list[StatementFailure] = []
    dropped: list[StatementFailure] = []
    for one in failures:
        (dropped if one.sqlstate in UNDEFINED and _DROP.match(one.statement) else rest).append(one)
    return rest, dropped


def _missing_extensions(failures: Iterable[StatementFailure]) -> tuple[list[StatementFailure], list[Extension]]:
    """Splits off extensions that the embedded server does not have: they are kept by name."""
    rest: list[StatementFailure] = []
    extensions: list[Extension] = []
    for one in failures:
        match = _EXTENSION.match(one.statement)
        if match is None:
            rest.append(one)
            continue
        name, namespace = (word and word.strip('"').replace('""', '"') for word in match.groups())
        extensions.append(Extension(name=name or "", namespace=None if namespace == "public" else namespace))
    return rest, extensions


def _with_extensions(schema: Schema, extensions: Sequence[Extension]) -> Schema:
    if not extensions:
        return schema
    return schema.model_copy(update={"extensions": (*schema.extensions, *extensions)})


def _grouped(found: Iterable[tuple[int, str, str]]) -> Iterator[Skipped]:
    groups: dict[tuple[str, str], list[int]] = {}
    for line, kind, reason in found:
        groups.setdefault((kind, reason), []).append(line)
    for (kind, reason), lines in groups.items():
        yield Skipped(kind=kind, count=len(lines), lines=tuple(lines[:5]), reason=reason)


def _unread(failures: Iterable[StatementFailure]) -> Iterator[Unread]:
    for one in failures:
        reason = f"{one.message} ({one.sqlstate})" if one.sqlstate else one.message
        yield Unread(line=one.line, text=one.statement.strip()[:200], reason=reason)


def _notes(found: Positions, reading: CatalogReading, extensions: Sequence[Extension], again: int) -> Iterator[str]:
    for extension in extensions:
        yield f"the extension {extension.name} is not on the embedded server; it is kept by name, its objects are unknown"
    if again:
        yield f"{again} statement{'s' if again > 1 else ''} could be executed only after later ones"
    yield from note_of_cut_names(found.long_names)
    yield from _count_difference(found, reading.schema)


def _count_difference(found: Positions, schema: Schema) -> Iterator[str]:
    """Explains a difference between the tables that are declared and those that there are."""
    if found.declared_tables == len(schema.tables):
        return
    declared: Mapping[str, int] = {
        one.label: one.line for one in found.declared if not one.temporary and not one.foreign
    }
    missing = [f"{label} (line {line})" for label, line in declared.items() if label not in schema.table_by_label]
    added = [table.label for table in schema.tables if table.label not in declared]
    parts = []
    if missing:
        parts.append(f"declared but not there at the end (dropped, renamed or unread): {_some(missing)}")
    if added:
        parts.append(f"there without a CREATE TABLE of that name: {_some(added)}")
    if not parts:
        parts.append("some are declared more than once")
    yield f"{found.declared_tables} tables are declared and {len(schema.tables)} exist; {'; '.join(parts)}"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
