"""Liquibase changelogs: formatted SQL, XML, YAML and JSON. Each changeset is a migration of its own.

Sources: Liquibase documentation, "SQL changelog format", "runInTransaction", and the change types; the published schema
dbchangelog-latest.xsd (https://www.liquibase.org/xml/ns/dbchangelog/).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from dbdesign.errors import InputError
from dbdesign.migrations.check.migration import Migration, MigrationStatement, sql_statements
from dbdesign.migrations.files.liquibase_changes import Unrendered, render
from dbdesign.migrations.files.liquibase_conditions import Existing, Properties, holds, on_fail, runs_on
from dbdesign.migrations.files.liquibase_data import KINDS, load
from dbdesign.migrations.files.liquibase_xml import read_xml
from dbdesign.migrations.files.source_file import SourceFile, natural

_FORMATTED = re.compile(r"\A\s*--\s*liquibase\s+formatted\s+sql", re.IGNORECASE)
_CHANGESET = re.compile(
    r"^\s*--\s*changeset\s+(?P<author>[^:\n]+):(?P<id>\S+)(?P<attributes>[^\n]*)$", re.MULTILINE | re.IGNORECASE
)
_ROLLBACK = re.compile(r"^\s*--\s*rollback\b[^\n]*$", re.MULTILINE | re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(\w+):(\"[^\"]*\"|\S+)")
MOST_INCLUDES = 10_000

Changeset = Mapping[str, Any]


def is_formatted(file: SourceFile) -> bool:
    """Whether it is a changelog in SQL."""
    return _FORMATTED.match(file.text) is not None


def is_changelog(file: SourceFile) -> bool:
    """Whether an XML, YAML or JSON file is a changelog."""
    return "databaseChangeLog" in file.text[:20_000]


def read_liquibase(files: Sequence[SourceFile], others: Sequence[SourceFile]) -> tuple[list[Migration], list[str]]:
    """The changesets of changelogs, and of what they include among the other files. A changelog that is included is read there alone."""
    reader = _Reader({one.name: one for one in (*others, *files)})
    included = {name for one in files for name in reader.includes(one)}
    roots = [one for one in files if one.name not in included]
    for file in sorted(roots or files, key=lambda one: natural(one.name)):
        reader.read(file)
    return reader.migrations, reader.notes


class _Reader:
    def __init__(self, files: dict[str, SourceFile]) -> None:
        self.files = files
        self.migrations: list[Migration] = []
        self.notes: list[str] = []
        self._seen: set[str] = set()
        self._properties = Properties()
        self._existing = Existing()

    def includes(self, file: SourceFile) -> list[str]:
        """The names of the files that a changelog includes, as far as they are given."""
        if is_formatted(file):
            return []
        found = []
        for kind, body, _ in _entries(file):
            if kind in {"include", "includeAll"}:
                found += [one.name for one in self._included(file, kind, body)]
        return found

    def read(self, file: SourceFile) -> None:
        """Every changeset of a file, those of what it includes in their places."""
        if file.name in self._seen or len(self._seen) > MOST_INCLUDES:
            return
        self._seen.add(file.name)
        if is_formatted(file):
            self._read_formatted(file)
            return
        if not is_changelog(file):
            statements, notes = sql_statements(file.text)
            self.migrations.append(Migration(file.name, statements, None, "file", notes))
            return
        for kind, body, line in _entries(file):
            if kind == "changeSet":
                self._changeset(file, self._properties.filled(body), line)
            elif kind == "property":
                self._properties.add(body)
                if body.get("file"):
                    self.notes.append(f"{file.name}, line {line}: the properties in {body['file']} are not read")
            elif kind in {"include", "includeAll"}:
                members = self._included(file, kind, body)
                if not members:
                    self.notes.append(
                        f"{file.name}, line {line}: {kind} {body.get('file') or body.get('path')} is not among the files"
                    )
                for one in members:
                    self.read(one)
            elif kind not in {"preConditions", "logicalFilePath", "objectQuotingStrategy", "value"}:
                self.notes.append(f"{file.name}, line {line}: {kind} is not read")

    def _included(self, file: SourceFile, kind: str, body: Changeset) -> list[SourceFile]:
        wanted = str(body.get("file") or body.get("path") or "").replace("classpath:", "").strip("/")
        here = file.name.rpartition("/")[0]
        if kind == "include":
            names = [f"{here}/{wanted}" if here else wanted, wanted]
            exact = [self.files[name] for name in names if name in self.files]
            return exact[:1] or [one for name, one in self.files.items() if name.endswith(f"/{wanted}")][:1]
        inside = [one for name, one in self.files.items() if f"{wanted}/" in f"{name.rpartition('/')[0]}/"]
        return sorted((one for one in inside if one.name != file.name), key=lambda one: natural(one.name))

    def _read_formatted(self, file: SourceFile) -> None:
        marks = [*_CHANGESET.finditer(file.text)]
        for number, mark in enumerate(marks):
            end = marks[number + 1].start() if number + 1 < len(marks) else len(file.text)
            body = _ROLLBACK.sub("", file.text[mark.end() : end])
            attributes = {name.lower(): value.strip('"') for name, value in _ATTRIBUTE.findall(mark["attributes"])}
            line = file.text.count("\n", 0, mark.end()) + 1
            if not runs_on(attributes.get("dbms")):
                self.notes.append(f"{file.name}, line {line - 1}: the changeset is for {attributes['dbms']}, left out")
                continue
            statements, notes = sql_statements(self._properties.filled(body), first_line=line)
            more = [f"line {line}: the precondition is not looked at (noted)"] if "--precondition" in body else []
            more += _contexts(attributes.get("context") or attributes.get("contextfilter"), line)
            self._add(
                file, f"{mark['author']}:{mark['id']}", statements, attributes.get("runintransaction"), (*notes, *more)
            )

    def _changeset(self, file: SourceFile, body: Changeset, line: int) -> None:
        if not runs_on(body.get("dbms")):
            self.notes.append(f"{file.name}, line {line}: the changeset is for {body['dbms']}, left out")
            return
        statements: list[MigrationStatement] = []
        notes = _contexts(body.get("context") or body.get("contextFilter"), line)
        if not self._wanted(file, body.get("preConditions"), line, notes):
            return
        for kind, change, at in _changes(body, line):
            if kind == "sqlFile":
                statements += self._sql_file(file, change, at, notes)
                continue
            try:
                written = self._data(file, kind, change) if kind in KINDS else render(kind, change)
                statements += [MigrationStatement(sql, at) for sql in written]
            except Unrendered as error:
                notes.append(f"line {at}: {error}")
        self._add(
            file,
            f"{body.get('author', '?')}:{body.get('id', '?')}",
            tuple(statements),
            body.get("runInTransaction"),
            tuple(notes),
        )

    def _wanted(self, file: SourceFile, conditions: Any, line: int, notes: list[str]) -> bool:
        """Whether a changeset is run, as far as its preconditions tell."""
        if not conditions:
            return True
        answer, otherwise = holds(conditions, self._existing), on_fail(conditions)
        if answer is None:
            notes.append(f"line {line}: a precondition asks the database: the changeset was run (noted)")
        elif not answer and otherwise in {"MARK_RAN", "CONTINUE"}:
            self.notes.append(f"{file.name}, line {line}: a precondition does not hold, the changeset is left out")
            return False
        elif not answer and otherwise == "HALT":
            notes.append(f"line {line}: a precondition does not hold, Liquibase would halt here (noted)")
        return True

    def _data(self, file: SourceFile, kind: str, change: Changeset) -> Iterator[str]:
        members = self._included(file, "include", change)
        if not members:
            raise Unrendered(f"{kind}: {change.get('file')} is not among the files")
        return load(kind, change, members[0].text)

    def _sql_file(self, file: SourceFile, change: Changeset, line: int, notes: list[str]) -> list[MigrationStatement]:
        members = self._included(file, "include", {"file": change.get("path")})
        if not members:
            notes.append(f"line {line}: sqlFile {change.get('path')} is not among the files")
            return []
        statements, more = sql_statements(self._properties.filled(members[0].text))
        notes += more
        return [MigrationStatement(one.sql, line, one.allowed) for one in statements]

    def _add(
        self,
        file: SourceFile,
        name: str,
        statements: tuple[MigrationStatement, ...],
        transaction: object,
        notes: tuple[str, ...],
    ) -> None:
        for one in statements:
            self._existing.take(one.sql)
        outside = str(transaction).lower() == "false"
        self.migrations.append(Migration(file.name, statements, name, "each" if outside else "file", notes))


def _contexts(context: object, line: int) -> list[str]:
    return [f"line {line}: runs in the context {context}, or where none is named (noted)"] if context else []


def _changes(body: Changeset, line: int) -> Iterator[tuple[str, Changeset, int]]:
    for entry in body.get("changes") or ():
        if isinstance(entry, dict):
            for kind, change in entry.items():
                if kind != "__line__":
                    content = change if isinstance(change, dict) else {"sql": change}
                    yield kind, content, int(content.get("__line__") or line)


def _entries(file: SourceFile) -> Iterator[tuple[str, Changeset, int]]:
    """The entries of a changelog: kind, contents, line."""
    if file.base.lower().endswith(".xml"):
        yield from read_xml(file.text, file.name)
        return
    document = _document(file)
    listed = document.get("databaseChangeLog") if isinstance(document, dict) else None
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict):
            for kind, body in entry.items():
                if kind != "__line__":
                    content = body if isinstance(body, dict) else {"value": body}
                    yield kind, content, int(content.get("__line__") or entry.get("__line__") or 1)


class _Loader(yaml.SafeLoader):
    """YAML whose mappings know their lines."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping with the line on which it begins."""
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        found["__line__"] = node.start_mark.line + 1
        return found


def _document(file: SourceFile) -> Any:
    try:
        if file.base.lower().endswith(".json"):
            json.loads(file.text)  # YAML is laxer than JSON
        return yaml.load(file.text, _Loader)  # noqa: S506 - derived from SafeLoader
    except (yaml.YAMLError, json.JSONDecodeError, RecursionError) as error:
        said = str(error).splitlines()
        raise InputError(
            f"cannot be read: {said[0] if said else error}", where=file.name, remedy="Mend the file"
        ) from None
