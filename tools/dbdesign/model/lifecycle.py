"""What a design wants of its rows from birth to erasure: whose they are, what is recorded of them, and when and how they go.

Tables are labels of the schema, columns names of theirs, once `readers.lifecycle.bind` has looked them up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from pydantic import Field

from dbdesign.model.base import Model

Unit = Literal["second", "minute", "hour", "day", "week", "month", "year"]
AuditHow = Literal["trigger", "history"]
RetentionHow = Literal["delete", "detach", "archive"]
ErasureHow = Literal["delete", "crypto-shredding"]
Renaming = Callable[[str], str]
"""A table's other label for a label."""


class Period(Model):
    """A length of time as calendars count it: 13 months are not a number of days."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'s' if self.count != 1 else ''}"


class Roles(Model):
    """The database roles of the program and of the jobs that clean up: neither owns the tables."""

    application: str = "app"
    maintenance: str = "maintenance"


class TenantIsolation(Model):
    """Rows belong to tenants that may not see each other's.

    Attributes:
        column: that names the tenant in every table.
        tables: labels; None for all that have the column, or hang from such a table by a foreign key.
        shared: labels of tables that belong to no tenant though they would be among them.
        setting: of the session, in which the program says for whom it works.
        globally_unique: `table.column` of unique values that may not repeat across tenants either.
    """

    column: str
    tables: tuple[str, ...] | None = None
    shared: tuple[str, ...] = ()
    setting: str = "app.tenant_id"
    globally_unique: tuple[str, ...] = ()

    def renamed(self, name: Renaming) -> TenantIsolation:
        """The same for tables that are called otherwise."""
        tables = None if self.tables is None else _renamed(self.tables, name)
        unique = _places(self.globally_unique, name)
        return self.model_copy(
            update={"tables": tables, "shared": _renamed(self.shared, name), "globally_unique": unique}
        )


class AuditTrail(Model):
    """Every change of some tables leaves a trace.

    Attributes:
        tables: labels; None for all.
        how: `trigger` writes rows as JSON into one log; `history` keeps typed versions in a table beside each table (the engine's own
            system versioning where it has one).
        keep: after which what was recorded goes; None for never.
        actor: setting of the session that says who acts.
        exclude: columns by label that are not recorded.
    """

    tables: tuple[str, ...] | None = None
    how: AuditHow = "trigger"
    keep: Period | None = None
    actor: str = "app.actor"
    exclude: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    def renamed(self, name: Renaming) -> AuditTrail:
        """The same for tables that are called otherwise."""
        tables = None if self.tables is None else _renamed(self.tables, name)
        exclude = {name(table): columns for table, columns in self.exclude.items()}
        return self.model_copy(update={"tables": tables, "exclude": exclude})


class SoftDelete(Model):
    """Rows are marked as deleted, and can come back.

    Attributes:
        cascade: whether rows that hang from a marked one are marked with it; None for as their foreign keys say.
        purge: how long after they were marked they are deleted; None for never.
    """

    tables: tuple[str, ...]
    column: str = "deleted_at"
    cascade: bool | None = None
    purge: Period | None = None

    def renamed(self, name: Renaming) -> SoftDelete:
        """The same for tables that are called otherwise."""
        return self.model_copy(update={"tables": _renamed(self.tables, name)})


class Retention(Model):
    """Rows of a table go when they are old.

    Attributes:
        by: the column that says how old a row is.
        batch: rows of one transaction.
    """

    table: str
    after: Period
    by: str
    how: RetentionHow = "delete"
    batch: int = 5_000

    def renamed(self, name: Renaming) -> Retention:
        """The same for a table that is called otherwise."""
        return self.model_copy(update={"table": name(self.table)})


class Erasure(Model):
    """All that is stored about a person can be erased.

    Attributes:
        subject: label of the table with a row for each.
        keep: by label of a table whose rows stay, the columns that are overwritten, with the SQL expression where one is said; NULL or a
            neutral value of the column's type else.
        unlink: `table.column` of references that are cut, while the row is somebody else's and stays.
        hold: `table.column`: a boolean of the subject's row, or a reference to it, that forbids the erasure while it is there.
        how: `crypto-shredding` destroys the key with which the program encrypted the person's values.
    """

    subject: str
    keep: Mapping[str, Mapping[str, str | None]] = Field(default_factory=dict)
    unlink: tuple[str, ...] = ()
    hold: str | None = None
    how: ErasureHow = "delete"

    def renamed(self, name: Renaming) -> Erasure:
        """The same for tables that are called otherwise."""
        keep = {name(table): columns for table, columns in self.keep.items()}
        hold = _places((self.hold,), name)[0] if self.hold else None
        update = {"subject": name(self.subject), "keep": keep, "unlink": _places(self.unlink, name), "hold": hold}
        return self.model_copy(update=update)


class Idempotency(Model):
    """Requests that may be sent twice and are to have an effect once."""

    operations: tuple[str, ...]
    keep: Period = Period(count=24, unit="hour")


class Outbox(Model):
    """Events that are published if and only if the transaction commits that they tell of.

    Attributes:
        events: their types; empty for any.
        keep: how long published events stay.
        batch: events that a publisher takes at a time.
    """

    events: tuple[str, ...] = ()
    keep: Period = Period(count=7, unit="day")
    batch: int = 100


class SagaStep(Model):
    """A local transaction of a saga; without a compensation there is no way back from it."""

    name: str
    compensation: str | None = None
    timeout: Period | None = None


class Saga(Model):
    """Local transactions that together either happen or are compensated."""

    name: str
    steps: tuple[SagaStep, ...]
    timeout: Period = Period(count=15, unit="minute")


class Lifecycle(Model):
    """The section `lifecycle` of a design file."""

    roles: Roles = Roles()
    tenant: TenantIsolation | None = None
    audit: AuditTrail | None = None
    soft_delete: SoftDelete | None = None
    retention: tuple[Retention, ...] = ()
    erasure: Erasure | None = None
    idempotency: Idempotency | None = None
    outbox: Outbox | None = None
    sagas: tuple[Saga, ...] = ()
    line: int | None = None

    @property
    def wanted(self) -> tuple[str, ...]:
        """What is asked for, in the order in which it is made."""
        names = ("soft_delete", "audit", "retention", "erasure", "idempotency", "outbox", "sagas", "tenant")
        return tuple(name for name in names if getattr(self, name))

    def renamed(self, name: Renaming) -> Lifecycle:
        """The same for tables that are called otherwise."""
        update = {
            "tenant": self.tenant and self.tenant.renamed(name),
            "audit": self.audit and self.audit.renamed(name),
            "soft_delete": self.soft_delete and self.soft_delete.renamed(name),
            "retention": tuple(one.renamed(name) for one in self.retention),
            "erasure": self.erasure and self.erasure.renamed(name),
        }
        return self.model_copy(update=update)


def _renamed(labels: tuple[str, ...], name: Renaming) -> tuple[str, ...]:
    return tuple(map(name, labels))


def _places(columns: tuple[str, ...], name: Renaming) -> tuple[str, ...]:
    """`table.column` with the table's other name."""
    parted = [one.rpartition(".") for one in columns]
    return tuple(f"{name(table)}.{column}" for table, _, column in parted)
