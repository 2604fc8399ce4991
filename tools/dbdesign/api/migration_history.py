"""Migrations as a schema: their statements in the order in which they run, read by the reader of their engine.

PostgreSQL's and SQLite's are executed, on the embedded server as a role without rights of its own, so that what ALTER, DROP and DO make of
it is what the catalogue says. For the others the statements are read one after the other by that engine's reader.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from dbdesign.api.call import Call
from dbdesign.api.recent import Recent
from dbdesign.errors import DesignError, InputError

if TYPE_CHECKING:
    from dbdesign.migrations.check.migration import Migration
    from dbdesign.migrations.files.reading import Reading
    from dbdesign.migrations.files.source_file import SourceFile
    from dbdesign.model.schema import Engine, Schema
    from dbdesign.readers.base import ReadResult, Unread

MOST_DIFFERENCES = 5
"""Differences between a history and a schema that are named."""

TOOLS = {
    "flyway": "flyway",
    "liquibase": "liquibase",
    "alembic": "alembic",
    "prisma-migrate": "prisma",
    "typeorm-migrations": "typeorm",
    "knex-migrations": "knex",
    "golang-migrate": "golang-migrate",
    "goose": "goose",
    "dbmate": "dbmate",
    "sql": "sql",
    "django-migrations": "django",
}
"""Format → what reads its files. `sql`: plain scripts, in the order of the numbers in their names."""

ALIASES = {
    "drizzle-kit": "sql",
    "supabase-migrations": "sql",
    "sqlx-migrations": "sql",
    "diesel-migrations": "sql",
    "sql-migrate": "goose",
}
"""Tools whose files are those of another: numbered scripts, or such as goose's."""

_RENDERED = {"liquibase", "alembic", "typeorm", "knex"}
"""Whose statements are taken out of other text, or written for PostgreSQL, so that the files themselves are no SQL."""

_CHANGELOGS = (".xml", ".yaml", ".yml", ".json")
_AT_LINE = re.compile(r"line (\d+): (.*)", re.DOTALL)
_DATA = re.compile(r"\bload(?:Update)?Data\b|\btagDatabase\b")
_ENDED = re.compile(r"(?:;|^GO)\s*\Z", re.MULTILINE | re.IGNORECASE)
_PROVIDER = re.compile(r"^\s*provider\s*=\s*\"(\w+)\"", re.MULTILINE)
_recent: Recent[ReadResult] = Recent(2)


@dataclass(frozen=True)
class _Piece:
    """Text of a file that begins on a line of it."""

    file: str
    line: int
    text: str


def is_folder(source: str, call: Call) -> bool:
    """Whether a source is a folder."""
    from dbdesign.api.source import DATABASE, is_inline

    named = source.strip()
    if not named or named == "-" or named.startswith(DATABASE) or is_inline(source):
        return False
    return call.access.is_folder(named)


def read_history(
    files: Sequence[SourceFile],
    format_: str,
    call: Call,
    *,
    engine: Engine | None = None,
    root: SourceFile | None = None,
) -> tuple[ReadResult, str]:
    """The schema that migrations lead to, and a key that is equal for equal files.

    Statements that the engine refuses are `unread` with file and line; the others go on.

    Args:
        files: of one tool, and those that its files name.
        engine: that they are for; by their statements if None.
        root: the changelog to begin with, where one was named (Liquibase).

    Raises:
        InputError: no file is a migration.
        SqlError: a quotation in a file does not end; nothing could be read.
    """
    call.step(0.05, f"replaying {len(files):,} files as {format_}")
    key = _key(files, format_, engine, root)
    found = _recent.get(key)
    if found is None:
        if format_ == "django-migrations":
            found = _django(files, engine)
        else:
            found = _replayed(_reading(files, format_, root), files, format_, engine, call)
        _recent.put(key, found)
    call.step(0.6, f"{len(found.schema_.tables)} tables read")
    return found, key


def _key(files: Sequence[SourceFile], format_: str, engine: Engine | None, root: SourceFile | None) -> str:
    digest = sha256(repr((format_, engine, root and root.name)).encode())
    for one in files:
        digest.update(f"\0{one.name}\0{len(one.text)}\0{one.text}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _django(files: Sequence[SourceFile], engine: Engine | None) -> ReadResult:
    from dbdesign.readers.django.migrations import read_django_migrations

    return read_django_migrations({one.name: one.text for one in files}, engine=engine)


def _reading(files: Sequence[SourceFile], format_: str, root: SourceFile | None) -> Reading:
    """The migrations in the order in which they run.

    Raises:
        InputError: there is none.
    """
    from dbdesign.migrations.files.reading import Reading, read_migrations

    tool = TOOLS[format_]
    if tool != "liquibase":
        kept = [one for one in files if _is_of(tool, one)]
        if kept:
            return read_migrations(kept, tool=None if tool == "flyway" else tool)
        raise _no_migration(files, format_)
    found, notes = _liquibase(files, root)
    if not found:
        raise _no_migration(files, format_)
    notes += [f"{one.file}: {note}" for one in found for note in one.notes]
    return Reading(tuple(found), (tool,), tuple(notes))


def _no_migration(files: Sequence[SourceFile], format_: str) -> InputError:
    return InputError(f"no migration of {format_} was found", where=files[0].name if files else "the folder")


def _is_of(tool: str, file: SourceFile) -> bool:
    """Whether a file is a migration of the tool, or one that it needs."""
    from dbdesign.migrations.files import alembic, updown

    match tool:
        case "alembic":
            return file.base.endswith(".py") and alembic.is_revision(file)
        case "prisma":
            return file.base == "migration.sql"
        case "golang-migrate":
            return updown.is_up(file)
        case "goose" | "dbmate":
            return updown.is_annotated(file)
        case "typeorm" | "knex":
            return file.base.endswith((".ts", ".js", ".mjs", ".cjs", ".mts", ".cts"))
        case "flyway":
            return file.base.endswith((".sql", ".conf"))
        case _:
            return file.base.endswith(".sql")


def _liquibase(files: Sequence[SourceFile], root: SourceFile | None) -> tuple[list[Migration], list[str]]:
    from dbdesign.migrations.files.liquibase import is_changelog, is_formatted, read_liquibase

    changelogs = [
        one
        for one in files
        if (is_formatted(one) if one.base.endswith(".sql") else one.base.endswith(_CHANGELOGS) and is_changelog(one))
    ]
    return read_liquibase([root] if root else changelogs, files)


def _replayed(
    reading: Reading, files: Sequence[SourceFile], format_: str, engine: Engine | None, call: Call
) -> ReadResult:
    from dbdesign.model.schema import Engine
    from dbdesign.readers.base import reader

    texts = {one.name: one.text for one in files}
    chosen, note = (engine, None) if engine else _engine(reading, files, format_)
    if chosen in {Engine.POSTGRESQL, Engine.SQLITE} or TOOLS[format_] in _RENDERED:
        pieces = [_Piece(one.file, it.line, it.sql) for one in reading.migrations for it in one.statements]
    else:
        pieces = [piece for one in reading.migrations for piece in _whole(one, texts)]
    if not pieces:
        raise InputError("no statement was found in the migrations", where=reading.migrations[0].file)
    joined = _Joined(pieces)
    call.step(0.2, f"replaying {len(pieces):,} statements on {chosen.value}")
    result = reader(chosen.value).read(joined.text)
    return _placed(result, joined, reading, format_, note)


def _whole(migration: Migration, texts: dict[str, str]) -> Iterator[_Piece]:
    """A file as it is, where its statements would be cut by another engine's rules; of one with marks, its statements upwards."""
    text = texts.get(migration.file, "")
    if re.search(r"^--\s*(?:migrate:|\+(?:goose|migrate)\b)", text, re.MULTILINE | re.IGNORECASE):
        yield from (_Piece(migration.file, one.line, one.sql) for one in migration.statements)
    else:
        yield _Piece(migration.file, 1, text)


def _engine(reading: Reading, files: Sequence[SourceFile], format_: str) -> tuple[Engine, str | None]:
    """By the tool's lock file, else by the statements; PostgreSQL where they say nothing."""
    from dbdesign.api.source import text_scores
    from dbdesign.model.schema import Engine

    for one in files:
        if one.base == "migration_lock.toml" and (match := _PROVIDER.search(one.text)) and match[1] in set(Engine):
            return Engine(match[1]), None
    if TOOLS[format_] in {"liquibase", "alembic"}:
        return Engine.POSTGRESQL, None
    sample = ";\n".join(one.sql for it in reading.migrations for one in it.statements)[:200_000]
    scores = [(score, name) for score, name in text_scores(sample) if name in set(Engine)]
    (best, name), *others = scores
    if best < 0.05:
        return Engine.POSTGRESQL, "nothing in the migrations says which engine they are for: PostgreSQL was assumed"
    rivals = [other for score, other in others if best - score < 0.05]
    if rivals and "postgresql" in (name, *rivals):
        return Engine.POSTGRESQL, None
    return Engine(name), None


class _Joined:
    """Pieces as one script, and where each of its lines comes from."""

    def __init__(self, pieces: Iterable[_Piece]) -> None:
        self._starts: list[int] = []
        self._pieces: list[_Piece] = []
        parts: list[str] = []
        line = 1
        for one in pieces:
            text = one.text if _ENDED.search(one.text) else f"{one.text};"
            text = text if text.endswith("\n") else f"{text}\n"
            self._starts.append(line)
            self._pieces.append(one)
            parts.append(text)
            line += text.count("\n")
        self.text = "".join(parts)

    def place(self, line: int) -> tuple[str, int]:
        """File and line of a line of the script."""
        number = max(bisect_right(self._starts, line) - 1, 0)
        piece = self._pieces[number]
        return piece.file, piece.line + line - self._starts[number]


def _placed(result: ReadResult, joined: _Joined, reading: Reading, format_: str, note: str | None) -> ReadResult:
    """The result with places in the files."""
    places = {label: joined.place(line) for label, line in result.lines.items()}
    unread, notes = _said(reading, format_)
    for one in result.unread:
        file, line = joined.place(one.line)
        unread.append(one.model_copy(update={"path": file, "line": line}))
    skipped = tuple(one.model_copy(update={"lines": ()}) for one in result.skipped)
    return result.model_copy(
        update={
            "lines": {label: line for label, (_, line) in places.items()},
            "files": {label: file for label, (file, _) in places.items()},
            "unread": tuple(unread),
            "skipped": skipped,
            "declared_tables": None,
            "comments": {},
            "notes": (*([note] if note else []), *notes, *result.notes),
        }
    )


def _said(reading: Reading, format_: str) -> tuple[list[Unread], list[str]]:
    """What the files' readers did not understand, and their other notes."""
    from dbdesign.readers.base import Unread

    unread: list[Unread] = []
    own = {f"{one.file}: {note}": (one.file, note) for one in reading.migrations for note in one.notes}
    notes: list[str] = []
    for text in reading.notes:
        file, note = own.get(text, ("", ""))
        match = _AT_LINE.match(note)
        if match and TOOLS[format_] in _RENDERED and not _DATA.search(note) and not note.endswith("(noted)"):
            unread.append(Unread(path=file, line=int(match[1]), text="", reason=match[2]))
        else:
            notes.append(text)
    return unread, notes


def refused(result: ReadResult, folder: str) -> None:
    """Raises an `InputError` where a statement of a history was not understood: it is then no start for a migration."""
    if result.unread:
        one = result.unread[0]
        raise InputError(
            f"the migrations do not apply: {one.path}, line {one.line}: {one.reason}",
            where=folder,
            remedy="Mend the migration, or give a dump of the schema instead",
        )


def check_history(folder: str, before: Schema, call: Call) -> list[str]:
    """Whether the migrations that are in a folder lead to where a plan starts; notes where that cannot be said.

    Raises:
        InputError: they lead elsewhere; the first differences are named.
    """
    from dbdesign.api.source import load
    from dbdesign.migrations.compare import compare

    try:
        found = load(folder, call).result
    except DesignError:  # nothing there that is read: a new folder, or a tool whose files are code
        return []
    if found.unread:
        one = found.unread[0]
        return [
            f"{folder} could not be replayed, so that it was not compared with the start: {one.path}, line {one.line}: {one.reason}"
        ]
    if found.schema_.engine is not before.engine:
        return []
    operations = compare(found.schema_, before, execute=False).operations
    if operations:
        named = "; ".join(
            f"{one.action} {one.kind} {one.name}" + (f" of {one.table}" if one.table else "")
            for one in operations[:MOST_DIFFERENCES]
        )
        more = f" and {len(operations) - MOST_DIFFERENCES} more" if len(operations) > MOST_DIFFERENCES else ""
        raise InputError(
            f"the migrations there do not lead to the schema that the plan starts from, which differs by: {named}{more}",
            where=folder,
            remedy="Give the folder as FROM, bring the two together first, or write to another folder",
        )
    return []
