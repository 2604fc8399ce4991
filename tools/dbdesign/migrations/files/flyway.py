"""Flyway: `V1.2__name.sql`, `R__name.sql`, `U1__name.sql`, script configuration beside them, placeholders.

Source: Flyway documentation, "Migrations", "Script Configuration Files", "Placeholders"
(https://documentation.red-gate.com/fd/migrations-271585107.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from dbdesign.migrations.check.migration import Migration, sql_statements
from dbdesign.migrations.files.source_file import SourceFile, natural
from dbdesign.migrations.trace.kinds import needs_to_be_alone

NAME = re.compile(r"(?P<kind>[VURB])(?P<version>[\d._]*)__(?P<name>.+)\.sql\Z")
_PLACEHOLDER = re.compile(r"\$\{([\w.:-]+)\}")
_SETTING = re.compile(r"^\s*(?:flyway\.)?([\w.]+)\s*=\s*(.*?)\s*$", re.MULTILINE)


def is_flyway(file: SourceFile) -> bool:
    """Whether a file's name is one of Flyway's."""
    return NAME.match(file.base) is not None


def read_flyway(files: Sequence[SourceFile]) -> tuple[list[Migration], list[str]]:
    """Versioned migrations by version, repeatable ones behind them; undo migrations are left out with a note."""
    settings = {one.name: dict(_SETTING.findall(one.text)) for one in files if one.base.endswith(".conf")}
    project = {
        key: value for name, one in settings.items() if not name.endswith(".sql.conf") for key, value in one.items()
    }
    found: list[tuple[tuple[object, ...], Migration]] = []
    notes: list[str] = []
    for file in files:
        match = NAME.match(file.base)
        if match is None:
            continue
        if match["kind"] == "U":
            notes.append(f"{file.name}: an undo migration, left out")
            continue
        migration = _migration(file, match["version"] or None, settings.get(f"{file.name}.conf", {}), project)
        found.append(((match["kind"] == "R", natural(match["version"].replace("_", ".")), file.base), migration))
    return [one for _, one in sorted(found, key=lambda item: item[0])], notes


def _migration(file: SourceFile, version: str | None, own: Mapping[str, str], project: Mapping[str, str]) -> Migration:
    values = {
        name.partition("placeholders.")[2]: value for name, value in project.items() if name.startswith("placeholders.")
    }
    text, missing = _filled(file.text, values)
    statements, notes = sql_statements(text)
    alone = [one for one in statements if needs_to_be_alone(one.sql)]
    outside = own.get("executeInTransaction", "true").lower() == "false"
    automatic = bool(alone) and len(alone) == len(statements)  # Flyway sees that itself, and refuses a mixture
    more = [f"the placeholder ${{{name}}} has no value: its name stands in its place" for name in missing]
    if alone and project.get("postgresql.transactional.lock", "true").lower() != "false":
        more.append(
            "flyway.postgresql.transactional.lock is not false: Flyway's own lock keeps CONCURRENTLY waiting for ever"
        )
    return Migration(file.name, statements, version, "each" if outside or automatic else "file", (*notes, *more))


def _filled(text: str, values: Mapping[str, str]) -> tuple[str, list[str]]:
    missing: dict[str, None] = {}

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("flyway:"):
            return name.partition(":")[2]
        if name not in values:
            missing[name] = None
        return values.get(name, re.sub(r"\W", "_", name))

    return _PLACEHOLDER.sub(value, text), list(missing)


def configurations(files: Iterable[SourceFile]) -> list[SourceFile]:
    """The files that configure Flyway."""
    return [one for one in files if one.base.endswith(".conf")]
