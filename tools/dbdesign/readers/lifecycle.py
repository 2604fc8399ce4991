"""The lifecycle of a design's rows as it stands in a design file.

```yaml
lifecycle:
  roles: {application: app, maintenance: maintenance}
  tenant: {column: tenant_id, tables: all, shared: [countries], setting: app.tenant_id}
  audit: {tables: [orders, invoices], how: trigger, keep: 24mo, exclude: {users: [password_hash]}}
  soft_delete: {tables: [customers], column: deleted_at, purge: 90 days}
  retention:
    events: {after: 13mo, by: created_at, how: delete}
  erasure:
    subject: users
    keep: {invoices: [billing_name, billing_address]}
    unlink: [tickets.assignee_id]
    hold: users.legal_hold
  idempotency: {operations: [create payment], keep: 24h}
  outbox: {events: [order placed, order shipped], keep: 7 days}
  sagas:
    - name: place order
      timeout: 15min
      steps:
        - {name: reserve stock, compensation: release stock}
        - {name: charge card, compensation: refund card}
        - {name: ship}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args

from dbdesign.model.lifecycle import (
    AuditHow,
    AuditTrail,
    Erasure,
    ErasureHow,
    Idempotency,
    Lifecycle,
    Outbox,
    Period,
    Retention,
    RetentionHow,
    Roles,
    Saga,
    SagaStep,
    SoftDelete,
    TenantIsolation,
    Unit,
)
from dbdesign.readers.design_document import Document, Problem, is_null, line_of, nearest

if TYPE_CHECKING:
    from yaml.nodes import Node

    from dbdesign.model.schema import Schema, Table

SECTION = "lifecycle"
ENTRIES = {"roles", "tenant", "audit", "soft_delete", "retention", "erasure", "idempotency", "outbox", "sagas"}
ALL = "all"
MOST_BATCH = 1_000_000
_PERIOD = re.compile(r"(\d{1,6})\s*([a-z]+)\Z", re.IGNORECASE)
_UNITS: Mapping[str, Unit] = {
    "s": "second", "sec": "second", "m": "minute", "min": "minute", "h": "hour", "hr": "hour", "d": "day", "w": "week",
    "mo": "month", "mon": "month", "y": "year", "yr": "year",
}  # fmt: skip
_SETTING = re.compile(r"[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*\Z")
_WORDS = re.compile(r"[\w .:/-]{1,100}\Z")


def period(text: str) -> Period:
    """`13mo`, `24h`, `90 days`, `2 years`: raises `ValueError` for anything else."""
    match = _PERIOD.match(text.strip())
    word = match[2].lower() if match else ""
    unit = _UNITS.get(word) or _UNITS.get(word.removesuffix("s")) or word.removesuffix("s")
    if match is None or unit not in get_args(Unit) or int(match[1]) == 0:
        raise ValueError(f"{text!r} is not a period; write it as 13mo, 90 days, 24h or 2 years")
    return Period(count=int(match[1]), unit=cast("Unit", unit))


def parse_lifecycle(document: Document, node: Node | None) -> Lifecycle | None:
    """The section of a design file; what is wrong is added to the document's problems. None where there is none."""
    if node is None or is_null(node):
        return None
    return _Section(document).parse(node)


@dataclass
class _Section:
    document: Document

    def parse(self, node: Node) -> Lifecycle:
        entries = self._entries(node, ENTRIES, SECTION)
        known = set(entries)
        for name in ENTRIES & known:
            self.document.lines[f"{SECTION}.{name}"] = line_of(entries[name])
        if not known - {"roles"} and not self.document.problems:
            self.document.problem(node, f"{SECTION} asks for nothing: name one of {', '.join(sorted(ENTRIES))}")
        return Lifecycle(
            roles=self._roles(entries.get("roles")),
            tenant=self._tenant(entries.get("tenant")),
            audit=self._audit(entries.get("audit")),
            soft_delete=self._soft_delete(entries.get("soft_delete")),
            retention=tuple(self._retention(entries.get("retention"))),
            erasure=self._erasure(entries.get("erasure")),
            idempotency=self._idempotency(entries.get("idempotency")),
            outbox=self._outbox(entries.get("outbox")),
            sagas=tuple(self._sagas(entries.get("sagas"))),
            line=line_of(node),
        )

    def _entries(self, node: Node | None, known: set[str], what: str) -> dict[str, Node]:
        return self.document.mapping(node, known, what)

    def _text(self, node: Node | None, what: str, otherwise: str) -> str:
        return self.document.text(node, what) or otherwise

    def _period(self, node: Node | None, what: str) -> Period | None:
        return cast("Period | None", self.document.quantity(node, what, period))

    def _required(self, entries: Mapping[str, Node], of: Node, name: str, what: str) -> bool:
        if name not in entries:
            self.document.problem(of, f"{what} has no `{name}`")
        return name in entries

    def _tables(self, node: Node | None, what: str) -> tuple[str, ...] | None:
        """`all` is None, as is what is not said."""
        names = self.document.names(node, what)
        return None if not names or names == (ALL,) else names

    def _setting(self, node: Node | None, what: str, otherwise: str) -> str:
        text = self._text(node, what, otherwise)
        if node is not None and not _SETTING.match(text):
            self.document.problem(node, f"{what}: {text!r} is not a setting; write two words with a dot: {otherwise}")
        return text

    def _batch(self, node: Node | None, what: str, otherwise: int) -> int:
        def whole(text: str) -> int:
            number = int(text.replace("_", "")) if text.replace("_", "").isdecimal() else 0
            if not 0 < number <= MOST_BATCH:
                raise ValueError(f"{text!r} is not a number of rows; write 1 to {MOST_BATCH}")
            return number

        return cast("int | None", self.document.quantity(node, what, whole)) or otherwise

    def _roles(self, node: Node | None) -> Roles:
        entries = self._entries(node, {"application", "maintenance"}, "lifecycle.roles")
        plain = Roles()
        roles = Roles(
            application=self._text(entries.get("application"), "roles.application", plain.application),
            maintenance=self._text(entries.get("maintenance"), "roles.maintenance", plain.maintenance),
        )
        if node is not None and roles.application == roles.maintenance:
            self.document.problem(node, "lifecycle.roles: the application may not be its own maintenance")
        return roles

    def _tenant(self, node: Node | None) -> TenantIsolation | None:
        if node is None or is_null(node):
            return None
        what = "lifecycle.tenant"
        entries = self._entries(node, {"column", "tables", "shared", "setting", "globally_unique"}, what)
        if not self._required(entries, node, "column", what):
            return None
        return TenantIsolation(
            column=self._text(entries["column"], f"{what}.column", "tenant_id"),
            tables=self._tables(entries.get("tables"), f"{what}.tables"),
            shared=self.document.names(entries.get("shared"), f"{what}.shared"),
            setting=self._setting(entries.get("setting"), f"{what}.setting", "app.tenant_id"),
            globally_unique=self.document.names(entries.get("globally_unique"), f"{what}.globally_unique"),
        )

    def _audit(self, node: Node | None) -> AuditTrail | None:
        if node is None or is_null(node):
            return None
        what = "lifecycle.audit"
        entries = self._entries(node, {"tables", "how", "keep", "actor", "exclude"}, what)
        excluded = self.document.mapping(entries.get("exclude"), None, f"{what}.exclude")
        return AuditTrail(
            tables=self._tables(entries.get("tables"), f"{what}.tables"),
            how=cast(
                "AuditHow", self.document.choice(entries.get("how"), f"{what}.how", get_args(AuditHow)) or "trigger"
            ),
            keep=self._period(entries.get("keep"), f"{what}.keep"),
            actor=self._setting(entries.get("actor"), f"{what}.actor", "app.actor"),
            exclude={name: self.document.names(one, f"{what}.exclude.{name}") for name, one in excluded.items()},
        )

    def _soft_delete(self, node: Node | None) -> SoftDelete | None:
        if node is None or is_null(node):
            return None
        what = "lifecycle.soft_delete"
        entries = self._entries(node, {"tables", "column", "cascade", "purge"}, what)
        if not self._required(entries, node, "tables", what):
            return None
        return SoftDelete(
            tables=self.document.names(entries["tables"], f"{what}.tables"),
            column=self._text(entries.get("column"), f"{what}.column", "deleted_at"),
            cascade=self.document.flag(entries.get("cascade"), f"{what}.cascade"),
            purge=self._period(entries.get("purge"), f"{what}.purge"),
        )

    def _retention(self, node: Node | None) -> Iterator[Retention]:
        for table, one in self.document.mapping(node, None, "lifecycle.retention").items():
            what = f"lifecycle.retention.{table}"
            entries = self._entries(one, {"after", "by", "how", "batch"}, what)
            self.document.lines[what] = line_of(one)
            there = [self._required(entries, one, name, what) for name in ("after", "by")]
            after, by = self._period(entries.get("after"), f"{what}.after"), self.document.text(entries.get("by"), what)
            if not all(there) or after is None or by is None:
                continue
            how = self.document.choice(entries.get("how"), f"{what}.how", get_args(RetentionHow)) or "delete"
            batch = self._batch(entries.get("batch"), f"{what}.batch", 5_000)
            yield Retention(table=table, after=after, by=by, how=cast("RetentionHow", how), batch=batch)

    def _erasure(self, node: Node | None) -> Erasure | None:
        if node is None or is_null(node):
            return None
        what = "lifecycle.erasure"
        entries = self._entries(node, {"subject", "keep", "unlink", "hold", "how"}, what)
        if not self._required(entries, node, "subject", what):
            return None
        kept = self.document.mapping(entries.get("keep"), None, f"{what}.keep")
        how = self.document.choice(entries.get("how"), f"{what}.how", get_args(ErasureHow)) or "delete"
        return Erasure(
            subject=self._text(entries["subject"], f"{what}.subject", ""),
            keep={name: self._overwritten(one, f"{what}.keep.{name}") for name, one in kept.items()},
            unlink=self.document.names(entries.get("unlink"), f"{what}.unlink"),
            hold=self.document.text(entries.get("hold"), f"{what}.hold"),
            how=cast("ErasureHow", how),
        )

    def _overwritten(self, node: Node, what: str) -> dict[str, str | None]:
        """`[name, address]`, or `{email: "'erased-' || id"}`."""
        from yaml.nodes import MappingNode

        if isinstance(node, MappingNode):
            return {
                name: self.document.text(one, what) for name, one in self.document.mapping(node, None, what).items()
            }
        return dict.fromkeys(self.document.names(node, what))

    def _words(self, node: Node | None, what: str) -> tuple[str, ...]:
        """Names of operations, events and steps: they become values, and are short."""
        found = self.document.names(node, what)
        for one in found:
            if node is not None and not _WORDS.match(one):
                self.document.problem(node, f"{what}: {one[:60]!r} is not a name of letters, digits, spaces and .:/-")
        return tuple(dict.fromkeys(found))

    def _idempotency(self, node: Node | None) -> Idempotency | None:
        if node is None or is_null(node):
            return None
        what = "lifecycle.idempotency"
        entries = self._entries(node, {"operations", "keep"}, what)
        operations = self._words(entries.get("operations"), f"{what}.operations")
        if not operations:
            self.document.problem(node, f"{what} has no `operations`: name the requests that may be sent twice")
        return Idempotency(operations=operations, **_said(keep=self._period(entries.get("keep"), f"{what}.keep")))

    def _outbox(self, node: Node | None) -> Outbox | None:
        if node is None or is_null(node):
            return None
        what = "lifecycle.outbox"
        entries = self._entries(node, {"events", "keep", "batch"}, what)
        return Outbox(
            events=self._words(entries.get("events"), f"{what}.events"),
            batch=self._batch(entries.get("batch"), f"{what}.batch", 100),
            **_said(keep=self._period(entries.get("keep"), f"{what}.keep")),
        )

    def _sagas(self, node: Node | None) -> Iterator[Saga]:
        names: set[str] = set()
        for number, one in enumerate(self.document.items(node, "lifecycle.sagas"), start=1):
            what = f"lifecycle.sagas: {number}"
            entries = self._entries(one, {"name", "timeout", "steps"}, what)
            name = next(iter(self._words(entries.get("name"), f"{what}: name")), "")
            steps = tuple(self._steps(entries.get("steps"), what))
            if not name or not steps:
                self.document.problem(one, f"{what} needs a `name` and `steps`")
                continue
            if name in names or len({step.name for step in steps}) < len(steps):
                self.document.problem(one, f"{what}: two sagas, or two steps of {name!r}, have the same name")
            names.add(name)
            yield Saga(
                name=name, steps=steps, **_said(timeout=self._period(entries.get("timeout"), f"{what}: timeout"))
            )

    def _steps(self, node: Node | None, what: str) -> Iterator[SagaStep]:
        for number, one in enumerate(self.document.items(node, f"{what}: steps"), start=1):
            place = f"{what}, step {number}"
            entries = self._entries(one, {"name", "compensation", "timeout"}, place)
            name, back = (
                next(iter(self._words(entries.get(key), f"{place}: {key}")), None) for key in ("name", "compensation")
            )
            if name is None:
                self.document.problem(one, f"{place} has no `name`")
                continue
            yield SagaStep(
                name=name, compensation=back, timeout=self._period(entries.get("timeout"), f"{place}: timeout")
            )


def _said(**found: Any) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value is not None}


def bind(lifecycle: Lifecycle, schema: Schema, lines: Mapping[str, int]) -> tuple[Lifecycle, list[Problem]]:
    """The lifecycle by the labels of a schema's tables, and what it names that the schema does not have.

    Args:
        lines: of the design file, as the document keeps them.
    """
    binding = _Binding(lifecycle, schema, lines, [])
    return binding.bound(), binding.problems


@dataclass
class _Binding:
    lifecycle: Lifecycle
    schema: Schema
    lines: Mapping[str, int]
    problems: list[Problem]

    def bound(self) -> Lifecycle:
        one = self.lifecycle
        return one.model_copy(
            update={
                "tenant": self._tenant(one.tenant) if one.tenant else None,
                "audit": self._audit(one.audit) if one.audit else None,
                "soft_delete": self._soft_delete(one.soft_delete) if one.soft_delete else None,
                "retention": tuple(bound for entry in one.retention if (bound := self._retention(entry))),
                "erasure": self._erasure(one.erasure) if one.erasure else None,
            }
        )

    def _say(self, section: str, message: str) -> None:
        line = self.lines.get(f"{SECTION}.{section}") or self.lines.get(f"{SECTION}.{section.partition('.')[0]}")
        self.problems.append(Problem(line=line or self.lifecycle.line or 1, message=f"{SECTION}.{section}: {message}"))

    def _table(self, name: str, section: str) -> Table | None:
        table = self.schema.table(name)
        if table is None:
            self._say(section, f"no table {name!r}{nearest(name, self.schema.table_by_label)}")
        return table

    def _labels(self, names: tuple[str, ...], section: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(table.label for name in names if (table := self._table(name, section))))

    def _column(self, table: Table, name: str, section: str) -> None:
        if table.column(name) is None:
            self._say(section, f"{table.label} has no column {name!r}{nearest(name, table.column_by_name)}")

    def _places(self, names: tuple[str, ...], section: str) -> tuple[str, ...]:
        """`table.column` by label."""
        found = []
        for name in names:
            of, _, column = name.rpartition(".")
            table = self._table(of, section) if of else None
            if not of:
                self._say(section, f"{name!r} is not a column; write table.column")
            if table is not None:
                self._column(table, column, section)
                found.append(f"{table.label}.{column}")
        return tuple(found)

    def _tenant(self, tenant: TenantIsolation) -> TenantIsolation:
        if not any(table.column(tenant.column) for table in self.schema.tables):
            known = {name: 0 for table in self.schema.tables for name in table.column_by_name}
            self._say("tenant", f"no table has a column {tenant.column!r}{nearest(tenant.column, known)}")
        return tenant.model_copy(
            update={
                "tables": None if tenant.tables is None else self._labels(tenant.tables, "tenant"),
                "shared": self._labels(tenant.shared, "tenant"),
                "globally_unique": self._places(tenant.globally_unique, "tenant"),
            }
        )

    def _audit(self, audit: AuditTrail) -> AuditTrail:
        excluded = {}
        for name, columns in audit.exclude.items():
            if (table := self._table(name, "audit")) is not None:
                for column in columns:
                    self._column(table, column, "audit")
                excluded[table.label] = columns
        tables = None if audit.tables is None else self._labels(audit.tables, "audit")
        return audit.model_copy(update={"tables": tables, "exclude": excluded})

    def _soft_delete(self, wanted: SoftDelete) -> SoftDelete:
        return wanted.model_copy(update={"tables": self._labels(wanted.tables, "soft_delete")})

    def _retention(self, entry: Retention) -> Retention | None:
        section = f"retention.{entry.table}"
        table = self._table(entry.table, section)
        if table is None:
            return None
        self._column(table, entry.by, section)
        column = table.column(entry.by)
        if column is not None and not self.schema.resolve_type(column.type).is_time:
            self._say(section, f"{entry.by} is {column.type.native}, and says nothing of a row's age")
        return entry.model_copy(update={"table": table.label})

    def _erasure(self, erasure: Erasure) -> Erasure | None:
        subject = self._table(erasure.subject, "erasure")
        if subject is None:
            return None
        if subject.primary_key is None:
            self._say("erasure", f"{subject.label} has no primary key: nobody can be named")
        kept = {}
        for name, columns in erasure.keep.items():
            if (table := self._table(name, "erasure")) is not None:
                for column in columns:
                    self._column(table, column, "erasure")
                kept[table.label] = columns
        hold = self._places((erasure.hold,), "erasure") if erasure.hold else ()
        return erasure.model_copy(
            update={
                "subject": subject.label,
                "keep": kept,
                "unlink": self._places(erasure.unlink, "erasure"),
                "hold": next(iter(hold), None),
            }
        )
