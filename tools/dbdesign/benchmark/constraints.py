"""What slows a load or stands in its way is taken off a database before and put back after: foreign keys, plain indexes, triggers,
row security that is forced on the owner, and the deferrability of keys, which ON CONFLICT cannot use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from dbdesign.benchmark.quoting import label_of, name, qualified
from dbdesign.benchmark.session import Session

_DEFERRABLE = re.compile(r"\s+DEFERRABLE(\s+INITIALLY\s+DEFERRED)?", re.IGNORECASE)
_NOT_VALID = re.compile(r"\s+NOT\s+VALID\s*\Z", re.IGNORECASE)

_FOREIGN_KEYS = """
SELECT n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND {scope} ORDER BY 1, 2, 3
"""
_DEFERRABLE_KEYS = """
SELECT n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid), true
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype IN ('p', 'u', 'x') AND k.condeferrable AND k.conparentid = 0 AND {scope} ORDER BY 1, 2, 3
"""
_INDEXES = """
SELECT n.nspname, c.relname, i.relname, pg_get_indexdef(x.indexrelid), x.indisvalid
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT x.indisunique AND NOT x.indisexclusion AND {scope} AND c.relkind = 'r' AND i.relkind = 'i'
  AND NOT i.relispartition ORDER BY n.nspname, c.relname, i.relname
"""
_TRIGGERS = """
SELECT DISTINCT n.nspname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND c.relkind IN ('r', 'p') AND {scope} ORDER BY 1, 2
"""
_RULES = """
SELECT n.nspname, c.relname, r.rulename
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.ev_type IN ('2', '3') AND r.ev_enabled <> 'D' AND c.relkind IN ('r', 'p') AND {scope} ORDER BY 1, 2, 3
"""
_FORCED = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relrowsecurity AND c.relforcerowsecurity AND c.relkind IN ('r', 'p') AND {scope} ORDER BY 1, 2
"""
_BOUNDS = """
SELECT n.nspname, c.relname, pg_get_partition_constraintdef(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relispartition AND c.relkind = 'r' AND {scope}
"""


@dataclass(frozen=True)
class Removed:
    """A constraint or an index that is put back later."""

    namespace: str
    table: str
    title: str
    definition: str
    valid: bool = True

    @property
    def place(self) -> str:
        """The table, for statements."""
        return qualified(self.namespace, self.table)

    @property
    def label(self) -> str:
        """For people."""
        return f"{label_of(self.namespace, self.table)} ({self.title})"


@dataclass
class Bared:
    """A database without what slows a load. `problems` are those of putting it back."""

    foreign_keys: list[Removed] = field(default_factory=list)
    keys: list[Removed] = field(default_factory=list)
    indexes: list[Removed] = field(default_factory=list)
    triggers: list[tuple[str, str]] = field(default_factory=list)
    rules: list[tuple[str, str, str]] = field(default_factory=list)
    forced: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    validated: int = 0


def _asked(session: Session, query: str) -> list[tuple[Any, ...]]:
    """What the catalogs say of what is the benchmark's."""
    return session.database.admin.execute(query.replace("{scope}", session.scope).encode()).fetchall()


def partition_bounds(session: Session) -> dict[tuple[str, str], str]:
    """The constraint that each partition's bound is, by namespace and name."""
    return {(row[0], row[1]): row[2] for row in _asked(session, _BOUNDS) if row[2]}


def lay_bare(session: Session) -> Bared:
    """Take the foreign keys, plain indexes, triggers and forced row security off, and make deferrable keys immediate."""
    found = Bared(
        [Removed(*row) for row in _asked(session, _FOREIGN_KEYS)],
        [Removed(*row) for row in _asked(session, _DEFERRABLE_KEYS)],
        [Removed(*row) for row in _asked(session, _INDEXES)],
        [(row[0], row[1]) for row in _asked(session, _TRIGGERS)],
        [(row[0], row[1], row[2]) for row in _asked(session, _RULES)],
        [(row[0], row[1]) for row in _asked(session, _FORCED)],
    )
    found.foreign_keys = [
        one
        for one in found.foreign_keys
        if _try(session, found, one, f"ALTER TABLE {one.place} DROP CONSTRAINT {name(one.title)}")
    ]
    found.indexes = [
        one for one in found.indexes if _try(session, found, one, f"DROP INDEX {qualified(one.namespace, one.title)}")
    ]
    found.keys = [
        one for one in found.keys if _try(session, found, one, _redefined(one, _DEFERRABLE.sub("", one.definition)))
    ]
    for namespace, table in found.triggers:
        session.execute(f"ALTER TABLE {qualified(namespace, table)} DISABLE TRIGGER USER")
    for namespace, table, rule in found.rules:
        session.execute(f"ALTER TABLE {qualified(namespace, table)} DISABLE RULE {name(rule)}")
    for namespace, table in found.forced:
        session.execute(f"ALTER TABLE {qualified(namespace, table)} NO FORCE ROW LEVEL SECURITY")
    return found


def _redefined(one: Removed, definition: str) -> str:
    return f"ALTER TABLE {one.place} DROP CONSTRAINT {name(one.title)}, ADD CONSTRAINT {name(one.title)} {definition}"


def put_back(session: Session, bared: Bared) -> None:
    """Everything as it was; the server checks each foreign key against all rows, also those that were NOT VALID."""
    for one in bared.keys:
        _try(session, bared, one, _redefined(one, one.definition))
    for one in bared.indexes:
        _try(session, bared, one, one.definition)
    for one in bared.foreign_keys:
        add = f"ALTER TABLE {one.place} ADD CONSTRAINT {name(one.title)} {_NOT_VALID.sub('', one.definition)}"
        enforced = "NOT ENFORCED" not in one.definition.upper()
        if _try(session, bared, one, add):
            bared.validated += enforced
        elif not one.valid or _NOT_VALID.search(one.definition):
            _try(session, bared, one, f"ALTER TABLE {one.place} ADD CONSTRAINT {name(one.title)} {one.definition}")
    for namespace, table in bared.triggers:
        session.execute(f"ALTER TABLE {qualified(namespace, table)} ENABLE TRIGGER USER")
    for namespace, table, rule in bared.rules:
        session.execute(f"ALTER TABLE {qualified(namespace, table)} ENABLE RULE {name(rule)}")


def force_row_security(session: Session, bared: Bared) -> None:
    """Row security holds for the owner again: last of all, when nothing of what the filling reads or writes is left to do."""
    for namespace, table in bared.forced:
        session.execute(f"ALTER TABLE {qualified(namespace, table)} FORCE ROW LEVEL SECURITY")


def _try(session: Session, bared: Bared, one: Removed, sql: str) -> bool:
    import psycopg

    try:
        session.execute(sql)
    except psycopg.Error as error:
        detail = error.diag.message_detail or ""
        bared.problems.append(f"{one.label}: {error.diag.message_primary or error} {detail}".strip())
        return False
    return True
