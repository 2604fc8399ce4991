"""Privileges while a script is read: what GRANT and REVOKE leave of them, in the form that `Grant` has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from dbdesign.model.schema import Grant

ORDER = (
    "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN", "USAGE", "CREATE", "CONNECT", "TEMPORARY",
    "EXECUTE",
)  # fmt: skip
ALL = {
    "table": ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"),
    "column": ("SELECT", "INSERT", "UPDATE", "REFERENCES"),
    "sequence": ("SELECT", "UPDATE", "USAGE"),
    "routine": ("EXECUTE",),
    "type": ("USAGE",),
    "schema": ("USAGE", "CREATE"),
    "default schema": ("USAGE", "CREATE"),
}
PUBLIC_HAS = {"routine": "EXECUTE", "type": "USAGE", "default schema": "USAGE"}
"""What PUBLIC may do with a new object (GRANT of the manual, table 5.2)."""


def _order(privilege: str) -> tuple[int, str]:
    """PostgreSQL's privileges in the order of its manual; another engine's (ZONECONFIG, BACKUP) behind them."""
    return (ORDER.index(privilege) if privilege in ORDER else len(ORDER)), privilege


class Right(NamedTuple):
    """One privilege of one grantee. `column` is empty for the whole object."""

    column: str
    grantee: str
    privilege: str
    grantable: bool = False
    revoked: bool = False


@dataclass
class Privileges:
    """Rights by object: the kind (`table`, `routine` …) and what names it among its kind."""

    by_object: dict[tuple[str, object], dict[tuple[str, str, str], Right]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def grant(self, kind: str, key: object, rights: Iterable[Right]) -> None:
        """Adds rights; what was revoked from PUBLIC comes back."""
        held = self.by_object[kind, key]
        for right in rights:
            place = right[:3]
            before = held.get(place)
            if before is not None and before.revoked:
                del held[place]
            elif not (right.grantee == "public" and PUBLIC_HAS.get(kind) == right.privilege):
                held[place] = right._replace(grantable=right.grantable or (before is not None and before.grantable))

    def revoke(self, kind: str, key: object, rights: Iterable[Right], *, option_only: bool) -> None:
        """Takes rights away; from PUBLIC also what it has without being granted it."""
        held = self.by_object[kind, key]
        for right in rights:
            place = right[:3]
            if option_only:
                if place in held:
                    held[place] = held[place]._replace(grantable=False)
            elif (
                held.pop(place, None) is None and right.grantee == "public" and PUBLIC_HAS.get(kind) == right.privilege
            ):
                held[place] = right._replace(revoked=True)

    def move(self, kind: str, old: object, new: object) -> None:
        """The object has another name now."""
        if (kind, old) in self.by_object:
            self.by_object[kind, new] = self.by_object.pop((kind, old))

    def drop(self, kind: str, key: object) -> None:
        """The object is gone."""
        self.by_object.pop((kind, key), None)

    def grants(self, kind: str, key: object, columns: Iterable[str] = ()) -> tuple[Grant, ...]:
        """The rights on one object, gathered by what they are, columns in the order given."""
        held = self.by_object.get((kind, key))
        if not held:
            return ()
        position = {name: number for number, name in enumerate(columns, 1)}
        by_privilege: dict[tuple[str, str, bool, bool], set[str]] = defaultdict(set)
        for right in sorted(held.values(), key=lambda one: (position.get(one.column, 0), one.grantee, one.privilege)):
            by_privilege[right.privilege, right.grantee, right.grantable, right.revoked].add(right.column)
        by_columns: dict[tuple[tuple[str, ...], str, bool, bool], list[str]] = defaultdict(list)
        for (privilege, grantee, grantable, revoked), names in by_privilege.items():
            for part in ({""} & names, names - {""}):
                if part:
                    ordered = tuple(sorted(part, key=lambda one: position.get(one, 0)))
                    by_columns[ordered, grantee, grantable, revoked].append(privilege)
        return tuple(
            Grant(
                privileges=tuple(sorted(privileges, key=_order)),
                grantee=grantee,
                grantable=grantable,
                revoked=revoked,
                columns=tuple(name for name in names if name),
            )
            for (names, grantee, grantable, revoked), privileges in by_columns.items()
        )
