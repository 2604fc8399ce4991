"""Follows what a migration sets: lock_timeout, for the session or for a transaction."""

from __future__ import annotations

import re

from dbdesign.readers.postgresql import grammar_nodes as nodes

_CONFIG = re.compile(r"\bset_config\s*\(\s*'lock_timeout'\s*,\s*'([^']*)'\s*,\s*(\w+)", re.IGNORECASE)
_RESETS = {"VAR_RESET", "VAR_SET_DEFAULT", "VAR_RESET_ALL"}


class LockTimeout:
    """The lock_timeout that holds; None for none."""

    def __init__(self) -> None:
        self._session: str | None = None
        self._local: str | None = None
        self._is_local = False

    @property
    def value(self) -> str | None:
        """As it was written."""
        value = self._local if self._is_local else self._session
        return None if value is None or re.fullmatch(r"0\s*(?:ms|s|min)?", value) else value

    def end_transaction(self) -> None:
        """What SET LOCAL set is gone."""
        self._local, self._is_local = None, False

    def follow(self, sql: str, node: object, *, inside: bool) -> None:
        """Take notice of a statement."""
        if node is None:
            return
        kind = node.DESCRIPTOR.name  # type: ignore[attr-defined]
        if kind == "VariableSetStmt":
            self._set(node, inside=inside)
        elif kind == "SelectStmt" and (found := _CONFIG.search(sql)):
            self._store(found[1], local=found[2].lower() in {"true", "t", "on"}, inside=inside)

    def _set(self, node: object, *, inside: bool) -> None:
        from dbdesign.readers.postgresql.libpg_query import pb

        kind = pb.VariableSetKind.Name(node.kind)  # type: ignore[attr-defined]
        name = node.name.lower()  # type: ignore[attr-defined]
        if kind in _RESETS and name in {"lock_timeout", ""}:
            self._session = None
            self.end_transaction()
        elif name == "lock_timeout" and node.args:  # type: ignore[attr-defined]
            self._store(nodes.constant(node.args[0]), local=node.is_local, inside=inside)  # type: ignore[attr-defined]

    def _store(self, value: str, *, local: bool, inside: bool) -> None:
        if local and inside:
            self._local, self._is_local = value, True
        elif not local:
            self._session = value
            self.end_transaction()
