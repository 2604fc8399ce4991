"""Operations that are no change of a model: SQL of the project's own, code, extensions, a state kept apart from the database."""

from __future__ import annotations

from dbdesign.readers.django.literals import literal
from dbdesign.readers.django.replay_state import ReplayedState, said
from dbdesign.readers.django.state import UnsayableError
from dbdesign.readers.django.values import Called, Reference, Value, as_list

EXTENSIONS = {
    "HStoreExtension": "hstore", "CITextExtension": "citext", "BtreeGistExtension": "btree_gist", "BtreeGinExtension": "btree_gin",
    "TrigramExtension": "pg_trgm", "UnaccentExtension": "unaccent", "CryptoExtension": "pgcrypto", "BloomExtension": "bloom",
}  # fmt: skip


class SpecialOperations(ReplayedState):
    """RunSQL, RunPython, SeparateDatabaseAndState and the operations of django.contrib.postgres."""

    def run_sql(self, operation: Called) -> None:
        """RunSQL with its `state_operations`."""
        if self._in_database and self.is_physical:
            self._raw(said(operation, 0, "sql"), operation.line)
        inner = as_list(said(operation, 2, "state_operations")) or []
        self._only("state", inner)

    def _raw(self, value: Value, line: int) -> None:
        entries = [value] if isinstance(value, str) else as_list(value)
        if entries is None:
            if isinstance(value, Reference) and value.last == "noop":
                return
            raise UnsayableError("SQL that is known only when the program runs")
        for one in entries:
            text = one[0] if isinstance(one, tuple | list) and one else one
            if not isinstance(text, str):
                raise UnsayableError("SQL that is known only when the program runs")
            if isinstance(one, tuple | list) and len(one) > 1 and (given := as_list(one[1])):
                text = text.replace("%s", "{}").format(*(literal(inner, self.editor.engine) for inner in given))
            if text.strip():
                self.sql(text.strip().rstrip(";"), line)

    def separate(self, operation: Called) -> None:
        """SeparateDatabaseAndState."""
        self._only("database", as_list(said(operation, 0, "database_operations")) or [])
        self._only("state", as_list(said(operation, 1, "state_operations")) or [])

    def _only(self, which: str, operations: list[Value]) -> None:
        kept = self._in_state, self._in_database
        before = self.registry.copied()
        self._in_state, self._in_database = (
            (kept[0] or which == "database", False) if which == "state" else (True, kept[1])
        )
        for one in operations:
            self._run_one(one)
        self._in_state, self._in_database = kept
        if which == "database":
            self.registry.models = before.models

    def run_python(self, operation: Called) -> None:
        """RunPython is code."""
        code = said(operation, 0, "code")
        if isinstance(code, Reference) and code.last != "noop":
            self.codes.append(f"{'.'.join(self._migration.node) if self._migration else ''} ({code.last})")

    def extension(self, operation: Called) -> None:
        """CreateExtension and its kin."""
        name = EXTENSIONS.get(operation.last) or said(operation, 0, "name")
        if self._in_database and isinstance(name, str) and self.is_physical:
            self.sql(f"CREATE EXTENSION IF NOT EXISTS {self.editor.quoted(name)}", operation.line)

    def collation(self, operation: Called) -> None:
        """CreateCollation."""
        if not self._in_database or not self.is_physical:
            return
        name, locale = str(said(operation, 0, "name")), said(operation, 1, "locale")
        parts = [f"locale = {literal(locale, self.editor.engine)}"]
        provider, deterministic = said(operation, 2, "provider"), said(operation, 3, "deterministic")
        if isinstance(provider, str) and provider != "libc":
            parts.append(f"provider = {provider}")
        if deterministic is False:
            parts.append("deterministic = false")
            self.editor.lax_collations.add(name)
        self.sql(f"CREATE COLLATION {self.editor.quoted(name)} ({', '.join(parts)})", operation.line)
