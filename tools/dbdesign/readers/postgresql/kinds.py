"""What kind of statement a piece of SQL is, by its first words, and whether it says something of a schema."""

from __future__ import annotations

import re
from enum import StrEnum

from dbdesign.readers.postgresql.split import Piece


class Role(StrEnum):
    """What a statement is for."""

    SCHEMA = "schema"
    SESSION = "session"
    DATA = "data"
    OTHER = "other"


_SPACE = r"(?:\s|--[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/)"
_WORDS = re.compile(rf"(?:[A-Za-z_]+{_SPACE}*+){{1,6}}")
_FIRST_WORD = re.compile(r"[A-Za-z]+")
_BETWEEN = re.compile(rf"{_SPACE}+")
_CREATE_MODIFIERS = {
    "OR", "REPLACE", "GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "UNIQUE", "RECURSIVE", "CONSTRAINT", "TRUSTED", "PROCEDURAL",
    "DEFAULT",
}  # fmt: skip
_TWO_WORDS = {"MATERIALIZED", "FOREIGN", "TEXT", "EVENT", "ACCESS", "OPERATOR", "USER", "LARGE", "DEFAULT"}
_OPERATOR_KINDS = {"CLASS", "FAMILY"}
_SET_CONFIG = re.compile(r"\bset_config\s*\(", re.IGNORECASE)
_OWNER = re.compile(r"\bOWNER\s+TO\s+[^\s,;]+\s*;?\s*\Z", re.IGNORECASE)
_SET_SEQUENCE = re.compile(r"\bsetval\s*\(", re.IGNORECASE)

_DATA = {
    "INSERT": "rows, not schema",
    "UPDATE": "rows, not schema",
    "DELETE": "rows, not schema",
    "MERGE": "rows, not schema",
    "TRUNCATE": "rows, not schema",
    "COPY": "rows, not schema",
    "VALUES": "a query, not schema",
    "WITH": "a query, not schema",
    "TABLE": "a query, not schema",
    "EXPLAIN": "a query, not schema",
    "BEGIN": "transaction control",
    "START": "transaction control",
    "COMMIT": "transaction control",
    "ROLLBACK": "transaction control",
    "SAVEPOINT": "transaction control",
    "RELEASE": "transaction control",
    "END": "transaction control",
    "ABORT": "transaction control",
    "ANALYZE": "maintenance",
    "VACUUM": "maintenance",
    "REINDEX": "maintenance",
    "CLUSTER": "maintenance",
    "CHECKPOINT": "maintenance",
    "REFRESH": "fills a materialised view",
    "LOCK": "transaction control",
    "NOTIFY": "a message",
    "LISTEN": "a message",
    "UNLISTEN": "a message",
    "SHOW": "a query, not schema",
    "PREPARE": "a query, not schema",
    "EXECUTE": "a query, not schema",
    "DEALLOCATE": "a query, not schema",
    "DISCARD": "transaction control",
}
_SCHEMA = {"ALTER", "DROP", "COMMENT", "GRANT", "REVOKE", "IMPORT", "SECURITY", "REASSIGN"}


def classify(piece: Piece) -> tuple[str, Role, str]:
    """The kind, the role and, for what is not schema, why it is left out."""
    words = _first_words(piece)
    head = words[0] if words else ""
    if head in _DATA:
        return head, Role.DATA, _DATA[head]
    if head == "CREATE":
        return f"CREATE {_object_kind(words[1:])}".strip(), Role.SCHEMA, ""
    if head in _SCHEMA:
        return _schema_kind(head, words), Role.SCHEMA, ""
    if head in {"SET", "RESET"}:
        return head, Role.SESSION, "a setting of the session, heeded where it decides names"
    if head == "SELECT":
        return _select(piece)
    if head in {"DO", "CALL"}:
        return head, Role.OTHER, "a program: what it does is known only by executing it"
    return head or "text", Role.OTHER, "not a statement that PostgreSQL knows"


def data_kind(piece: Piece) -> tuple[str, str] | None:
    """The kind and the reason of a statement that its first word shows to be no schema; the quick way past millions of INSERTs."""
    match = _FIRST_WORD.match(piece.source, piece.start)
    head = match.group().upper() if match else ""
    return (head, _DATA[head]) if head in _DATA else None


def is_owner_change(sql: str) -> bool:
    """Whether a statement is ALTER … OWNER TO."""
    return _OWNER.search(sql) is not None


def _first_words(piece: Piece) -> list[str]:
    match = _WORDS.match(piece.source, piece.start, piece.end)
    return [word for word in _BETWEEN.split(match.group().upper()) if word] if match else []


def _object_kind(words: list[str]) -> str:
    """`OR REPLACE TEMP VIEW v` → `VIEW`; `MATERIALIZED VIEW m` → `MATERIALIZED VIEW`."""
    rest = words
    while rest and rest[0] in _CREATE_MODIFIERS and len(rest) > 1:
        rest = rest[1:]
    if not rest:
        return ""
    if rest[0] == "TEXT":
        return " ".join(rest[:3])
    if rest[0] == "OPERATOR" and (len(rest) < 2 or rest[1] not in _OPERATOR_KINDS):
        return "OPERATOR"
    return " ".join(rest[:2]) if rest[0] in _TWO_WORDS else rest[0]


def _schema_kind(head: str, words: list[str]) -> str:
    return f"{head} {_object_kind(words[1:])}" if head in {"ALTER", "DROP"} else head


def _select(piece: Piece) -> tuple[str, Role, str]:
    if _SET_CONFIG.search(piece.source, piece.start, piece.end):
        return "SELECT set_config", Role.SESSION, "a setting of the session, heeded where it decides names"
    if _SET_SEQUENCE.search(piece.source, piece.start, piece.end):
        return "SELECT setval", Role.DATA, "a sequence's present value, not schema"
    return "SELECT", Role.OTHER, "a query; a function that it calls may change the schema"
