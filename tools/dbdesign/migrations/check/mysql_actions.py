"""How InnoDB carries out each action of an ALTER TABLE: INSTANT, INPLACE, by rebuilding, under a shared lock, or by copying.

Source: MySQL 8.0 and 8.4 Reference Manual, section "Online DDL Operations" (17.12.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from dbdesign.migrations.check.statement_text import StatementText, unquoted
from dbdesign.migrations.check.subject import Subject
from dbdesign.model.schema import Column, Table
from dbdesign.model.types import Kind


class Way(IntEnum):
    """Ways, the gentlest first."""

    INSTANT = 0
    INPLACE = 1
    REBUILD = 2
    SHARED = 3
    COPY = 4


@dataclass(frozen=True)
class ActionWay:
    """An action, its way, and why: `kind` names what it is about (`type`, `enum`, `varchar`, `charset`, `foreign key`, `primary key` …).

    `sure` is False where the column's present type is not known.
    """

    text: str
    way: Way
    kind: str
    why: str
    sure: bool = True


_OPTION = re.compile(r"\s*(?:ALGORITHM|LOCK)\s*=?\s*\w+\s*\Z", re.IGNORECASE)
_NAME = r"(`(?:[^`]|``)+`|[\w$]+)"
_ADD_KEY = re.compile(
    r"ADD\s+(?:CONSTRAINT\s+(?:\S+\s+)?)?(?P<kind>UNIQUE|FULLTEXT|SPATIAL|INDEX|KEY)\b", re.IGNORECASE
)
_ADD_COLUMN = re.compile(rf"ADD\s+(?:COLUMN\s+)?\(?\s*{_NAME}\s+(?P<definition>.*)\Z", re.IGNORECASE | re.DOTALL)
_CHANGE = re.compile(
    rf"(?:MODIFY\s+(?:COLUMN\s+)?(?P<modified>{_NAME})|CHANGE\s+(?:COLUMN\s+)?(?P<old>{_NAME})\s+(?P<new>{_NAME}))\s+(?P<definition>.*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_TYPE = re.compile(r"\s*(?P<name>\w+)\s*(?:\((?P<arguments>(?:[^()']|'(?:[^']|'')*')*)\))?", re.DOTALL)
_ENUM_VALUE = re.compile(r"'((?:[^']|'')*)'")

_SIMPLE: tuple[tuple[str, Way, str, str], ...] = (
    (r"ADD\s+(?:CONSTRAINT\s+\S+\s+)?PRIMARY\s+KEY\b", Way.REBUILD, "primary key", "the table is rebuilt in the new key's order"),
    (r"DROP\s+PRIMARY\s+KEY\b", Way.COPY, "primary key", "a primary key that is dropped without another copies the table"),
    (r"DROP\s+(?:FOREIGN\s+KEY|INDEX|KEY|CHECK|CONSTRAINT)\b", Way.INPLACE, "drop", "the catalog is changed"),
    (r"CONVERT\s+TO\s+CHARACTER\s+SET\b|CONVERT\s+TO\s+CHARSET\b", Way.COPY, "charset", "every text is converted"),
    (r"(?:ENGINE|ROW_FORMAT|KEY_BLOCK_SIZE)\s*=?|FORCE\b", Way.REBUILD, "rebuild", "the table is rebuilt"),
    (r"(?:REORGANIZE|COALESCE|REBUILD|OPTIMIZE|REPAIR)\s+PARTITION|REMOVE\s+PARTITIONING|PARTITION\s+BY",
     Way.COPY, "partitioning", "rows move between partitions"),
    (r"RENAME\s+(?:TO\s+|AS\s+)?\S+\s*\Z|RENAME\s+(?:INDEX|KEY)\b|ALTER\s+", Way.INSTANT, "rename", "the catalog is changed"),
    (r"RENAME\s+COLUMN\b", Way.INSTANT, "rename", "the catalog is changed"),
)  # fmt: skip


def action_ways(subject: Subject) -> Iterator[ActionWay]:
    """The actions of an ALTER TABLE, or the index of a CREATE INDEX, on a table that stood before the migration."""
    text = StatementText(subject.sql, subject.engine)
    if text.table is None or subject.is_new(text.table.lower()) or text.creates_table:
        return
    if text.creates_index:
        yield _index(text.sql, text.index_kind)
    dropped_key = any(re.match(r"DROP\s+PRIMARY\s+KEY\b", one, re.IGNORECASE) for one in text.actions)
    added_key = any(re.match(_SIMPLE[0][0], one, re.IGNORECASE) for one in text.actions)
    for action in text.actions:
        if _OPTION.match(action):
            continue
        found = _way(action, subject, table_of(subject, text.table))
        if found.kind == "primary key" and dropped_key and added_key:
            found = ActionWay(action, Way.REBUILD, "primary key", "the table is rebuilt in the new key's order")
        yield found


def table_of(subject: Subject, name: str) -> Table | None:
    """The table as the schema before the migration has it."""
    return subject.schema.table(name) if subject.schema is not None else None


def _index(text: str, kind: str) -> ActionWay:
    if "FULLTEXT" in kind or "SPATIAL" in kind:
        return ActionWay(text, Way.SHARED, "index", f"a {kind.lower()} index is built while writes wait")
    return ActionWay(text, Way.INPLACE, "index", "the index is built while writes go on")


def _way(action: str, subject: Subject, table: Table | None) -> ActionWay:
    if re.match(r"ADD\s+(?:CONSTRAINT\s+(?:\S+\s+)?)?FOREIGN\s+KEY\b", action, re.IGNORECASE):
        if subject.session.foreign_key_checks:
            return ActionWay(
                action, Way.COPY, "foreign key", "with foreign_key_checks on, the table is copied to check the key"
            )
        return ActionWay(action, Way.INPLACE, "foreign key", "nothing is checked")
    if key := _ADD_KEY.match(action):
        return _index(action, key["kind"].upper())
    for pattern, way, kind, why in _SIMPLE:
        if re.match(pattern, action, re.IGNORECASE):
            return ActionWay(action, way, kind, why)
    if change := _CHANGE.match(action):
        return _changed(action, change, table)
    if re.match(r"DROP\b", action, re.IGNORECASE):
        instant = subject.release >= (8, 0, 29) or subject.release[:2] > (8, 0) or len(subject.release) < 3
        way = Way.INSTANT if instant else Way.REBUILD
        return ActionWay(action, way, "drop column", "the table is rebuilt without the column (before 8.0.29)")
    if added := _ADD_COLUMN.match(action):
        return _added(action, added["definition"], subject)
    return ActionWay(action, Way.INSTANT, "other", "the catalog is changed")


def _added(action: str, definition: str, subject: Subject) -> ActionWay:
    if re.search(r"\bAUTO_INCREMENT\b", definition, re.IGNORECASE):
        return ActionWay(action, Way.SHARED, "auto_increment", "every row is numbered while writes wait")
    if re.search(r"\bSTORED\b", definition, re.IGNORECASE):
        return ActionWay(action, Way.COPY, "stored", "a stored column is computed for every row")
    placed = re.search(r"\b(?:FIRST|AFTER)\b", definition, re.IGNORECASE)
    old = len(subject.release) >= 3 and subject.release < (8, 0, 29)
    if placed and old:
        return ActionWay(action, Way.REBUILD, "position", "before 8.0.29 only a last column is added without a rebuild")
    return ActionWay(action, Way.INSTANT, "add column", "the catalog is changed")


def _changed(action: str, change: re.Match[str], table: Table | None) -> ActionWay:
    name = unquoted(change["modified"] or change["old"])
    column = table.column(name) if table is not None else None
    if column is None:
        return ActionWay(action, Way.COPY, "type", "a new type copies the table, unless it is the old one", sure=False)
    definition = change["definition"]
    written = _TYPE.match(definition)
    kind, arguments = (written["name"].lower(), written["arguments"] or "") if written else ("", "")
    found = _enum(action, column, kind, arguments) or _varchar(action, column, kind, arguments)
    if found is not None:
        return found
    if not _same_type(column, kind, arguments, definition):
        return ActionWay(
            action,
            Way.COPY,
            "type",
            f"from {column.type.native} to {kind}{f'({arguments})' if arguments else ''} every row is converted",
        )
    required = re.search(r"\bNOT\s+NULL\b|\bPRIMARY\s+KEY\b", definition, re.IGNORECASE) is not None
    if required == column.nullable:
        return ActionWay(action, Way.REBUILD, "nullability", "NULL or NOT NULL rebuilds the table")
    if re.search(r"\b(?:FIRST|AFTER)\b", definition, re.IGNORECASE):
        return ActionWay(action, Way.REBUILD, "position", "columns in another order rebuild the table")
    return ActionWay(action, Way.INSTANT, "other", "the catalog is changed")


def _enum(action: str, column: Column, kind: str, arguments: str) -> ActionWay | None:
    if column.type.kind not in {Kind.ENUM, Kind.SET} or kind not in {"enum", "set"}:
        return None
    values = tuple(one.replace("''", "'") for one in _ENUM_VALUE.findall(arguments))
    before = column.type.values
    limit = 255 if column.type.kind is Kind.ENUM else 8 * max(1, -(-len(before) // 8))
    if values[: len(before)] == before and (len(values) <= limit or len(before) > limit):
        return ActionWay(action, Way.INSTANT, "enum", "values are appended")
    return ActionWay(action, Way.COPY, "enum", "values that are removed, moved or put in between renumber every row")


_LENGTH_BYTE = 256


def _varchar(action: str, column: Column, kind: str, arguments: str) -> ActionWay | None:
    if (
        column.type.kind is not Kind.VARCHAR
        or kind != "varchar"
        or column.type.length is None
        or not arguments.strip().isdigit()
    ):
        return None
    old, new = column.type.length, int(arguments)
    width = 1 if (column.charset or "").lower() in {"latin1", "ascii", "binary"} else 4
    if new == old:
        return None
    if new < old:
        return ActionWay(action, Way.COPY, "varchar", f"a shorter varchar ({old} to {new}) copies the table")
    if (old * width < _LENGTH_BYTE) == (new * width < _LENGTH_BYTE):
        return ActionWay(action, Way.INPLACE, "varchar", "the length byte stays")
    return ActionWay(
        action,
        Way.COPY,
        "varchar",
        f"from {old} to {new} characters the length takes two bytes instead of one in every row",
    )


_ALIASES = {
    "integer": "int",
    "bool": "tinyint",
    "boolean": "tinyint",
    "dec": "decimal",
    "numeric": "decimal",
    "character": "char",
    "real": "double",
}


def _same_type(column: Column, kind: str, arguments: str, definition: str) -> bool:
    native = column.type.native.lower()
    match = _TYPE.match(native)
    if match is None:
        return False
    name = _ALIASES.get(kind, kind)
    if _ALIASES.get(match["name"], match["name"]) != name:
        return False
    if column.type.unsigned != bool(re.search(r"\bUNSIGNED\b", definition, re.IGNORECASE)):
        return False
    compact = "".join(arguments.split()).lower()
    before = "".join((match["arguments"] or "").split()).lower()
    return compact == before or name in {"int", "bigint", "smallint", "tinyint", "mediumint"}
