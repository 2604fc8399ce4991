"""What names and types together mean: an amount of money, a point in time, a person's data, a soft delete, a tenant.

Rules ask here rather than match names themselves, so that an exception learnt from one false alarm holds for all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from dbdesign.model.schema import Column, Table
from dbdesign.model.types import NUMBERS, DataType, Kind
from dbdesign.rules.words import singular, stem, vocabulary, words

TOOLS_OWN = frozenset({
    "schema_migrations", "ar_internal_metadata", "flyway_schema_history", "databasechangelog", "databasechangeloglock", "alembic_version",
    "django_migrations", "knex_migrations", "knex_migrations_lock", "_prisma_migrations", "sequelizemeta", "__efmigrationshistory",
    "goose_db_version", "__diesel_schema_migrations", "__drizzle_migrations", "doctrine_migration_versions", "spatial_ref_sys",
})  # fmt: skip
"""Tables that migration tools and PostGIS make and look after by themselves: nobody designs or changes them."""
MONEY_WORDS = vocabulary(
    """price prices cost costs fee fees salary wage wages subtotal tax vat refund revenue budget freight payout
    surcharge tip expense earnings msrp"""
)
MONEY_IN_CONTEXT = vocabulary("amount total balance credit debit deposit payment charge due paid sum")
COMMERCE = vocabulary(
    """price cost fee currency invoice payment order salary purchase sale refund payout billing bill cart checkout
    ledger wallet subscription donation loan bank transaction tax"""
)
NOT_MONEY = vocabulary(
    """rate ratio percent percentage pct count number num qty quantity id code type status class level points days
    hours minutes seconds weight volume date time at on by name unit uom units factor score currency category index
    share method reason note description url limit multiplier exempt payer"""
)
UNITS = vocabulary("uom unit units unitname")
BOOKKEEPING = vocabulary(
    """created updated modified deleted inserted changed timestamp version rowversion revision creator updater author
    createdby updatedby lastupdate rowguid"""
)
PERSON_TABLES = vocabulary(
    """user account customer person member employee patient student contact subscriber client staff profile people
    guest lead candidate applicant passenger donor"""
)
EVENT_WORDS = vocabulary(
    """event log audit history activity message notification transaction payment invoice line item visit click view
    session request measurement reading metric sample sensor tracking impression entry journal movement shipment
    order trace span job task delivery attempt receipt mail email push presence txn"""
)
PERSONAL = vocabulary("email phone mobile ssn passport birthdate birthday dob ip iban")
_PERSONAL_PAIRS = frozenset(
    {
        ("first", "name"),
        ("last", "name"),
        ("full", "name"),
        ("date", "of", "birth"),
        ("birth", "date"),
        ("ip", "address"),
        ("user", "agent"),
        ("home", "address"),
        ("tax", "id"),
        ("national", "id"),
    }
)
TENANT_NAMES = (
    "tenant_id",
    "tenantid",
    "organization_id",
    "organisation_id",
    "org_id",
    "workspace_id",
    "company_id",
    "account_id",
    "project_id",
)
SOFT_DELETE = vocabulary(
    """deleted_at deletedat deleted_on deletedon deleted is_deleted isdeleted date_deleted removed_at archived_at"""
)
_LOOKUP_WORDS = vocabulary("type status category kind class code language country currency unit priority level")
_NOW = re.compile(
    r"\b(now|current_timestamp|getdate|sysdatetime|sysutcdatetime|getutcdate|localtimestamp)\b", re.IGNORECASE
)


@lru_cache(maxsize=65536)
def _money_name(name: str) -> str:
    """`sure`, `context` or empty."""
    parts = words(name)
    if not parts or parts[-1] in NOT_MONEY:
        return ""
    if "is" in parts[:1] or "has" in parts[:1]:
        return ""
    if MONEY_WORDS.intersection(parts):
        return "sure"
    return "context" if MONEY_IN_CONTEXT.intersection(parts) else ""


def is_money_name(column: Column, table: Table) -> bool:
    """Whether the name says an amount of money. Words like `amount`, which also count tablets, need a table that trades, and no unit
    of measure beside them.
    """
    sure = _money_name(column.name)
    if sure != "context":
        return bool(sure)
    others = {word for other in table.columns if other is not column for word in words(other.name)}
    if others & UNITS or any(other.startswith(column.name) and other.endswith("uom") for other in table.column_by_name):
        return False
    return bool(COMMERCE.intersection(stem(table.name)) or COMMERCE & (others | set(words(column.name))))


def is_money(column: Column, table: Table, data_type: DataType) -> bool:
    """Whether the column is a number that is an amount of money."""
    is_key = bool(table.primary_key and column.name in table.primary_key.columns)
    return data_type.kind in NUMBERS and not is_key and is_money_name(column, table)


@lru_cache(maxsize=65536)
def is_instant_name(name: str) -> bool:
    """Whether the name says a point in time: `created_at`, `lastUpdate`, `timestamp` (but not a local date such as a birthday)."""
    parts = words(name)
    if not parts or {"birth", "birthday", "dob", "local"} & set(parts):
        return False
    return parts[-1] in {"at", "timestamp", "ts", "time", "datetime"} or bool(
        {"created", "updated", "modified", "deleted", "update", "expires", "expiry", "login"} & set(parts)
    )


def defaults_to_now(column: Column) -> bool:
    """Whether the default is the current time."""
    return column.default is not None and _NOW.search(column.default) is not None


def is_soft_delete(column: Column, data_type: DataType) -> bool:
    """Whether the column marks a row as deleted: `deleted_at`, `is_deleted`."""
    return column.name.lower() in SOFT_DELETE and (
        data_type.is_time or data_type.kind in {Kind.BOOLEAN, Kind.BIT, Kind.INT8, Kind.INT16}
    )


@lru_cache(maxsize=65536)
def is_bookkeeping_name(name: str) -> bool:
    """Whether the name says when or by whom a row was written, not what it says."""
    parts = words(name)
    return bool(BOOKKEEPING.intersection(parts)) or name.lower() in {"last_update", "lastupdate", "modifieddate"}


def payload(table: Table) -> list[Column]:
    """The columns that say something: not the primary key, not in a foreign key, not bookkeeping, not generated."""
    linking = {name for key in table.foreign_keys for name in key.columns}
    own = set(table.primary_key.columns) if table.primary_key else set()
    return [
        column
        for column in table.columns
        if column.name not in linking | own and not is_bookkeeping_name(column.name) and column.generated is None
    ]


def has_lookup_shape(table: Table) -> bool:
    """Whether a table without parents is a short list of values: few columns, among them a name or code and no instant of its own."""
    said = payload(table)
    if len(said) > 4 or PERSON_TABLES & set(stem(table.name)):
        return False
    names = {words(column.name)[-1:] for column in said}
    texts = [column for column in said if column.type.is_text or column.type.kind is Kind.ENUM]
    named = any(last and last[0] in {"name", "code", "title", "label", "description"} for last in names)
    by_name = bool(_LOOKUP_WORDS & set(stem(table.name)[-1:]))
    return (by_name or (named and len(said) <= 2)) and len(texts) >= len(said) - 1


def is_person_table(table: Table) -> bool:
    """Whether each row is a person or an account of one: the last word of the name says so."""
    return stem(table.name)[-1:] != () and stem(table.name)[-1] in PERSON_TABLES


def is_event_table(table: Table) -> bool:
    """Whether rows are added as things happen, so that the table grows with use."""
    name = stem(table.name)
    return bool(EVENT_WORDS & set(name[-1:])) or bool({"log", "audit", "history"} & set(name))


@lru_cache(maxsize=65536)
def is_personal_name(name: str) -> bool:
    """Whether the name says data that identify a person."""
    parts = tuple(singular(word) for word in words(name))
    if not parts or parts[-1] in {
        "id",
        "count",
        "verified",
        "type",
        "template",
        "enabled",
        "status",
        "at",
        "confirmed",
    }:
        return parts[-2:] in _PERSONAL_PAIRS
    return bool(PERSONAL.intersection(parts)) or any(
        parts[start : start + len(pair)] == pair for pair in _PERSONAL_PAIRS for start in range(len(parts))
    )


def tenant_column(tables: Iterable[Table]) -> str | None:
    """The column that says whose a row is. `tenant_id` in two tables is enough; other names must be in at least five tables and in
    half of all, since an `account_id` may be just another reference.
    """
    counts = Counter(name for table in tables for name in table.column_by_name if name.lower() in TENANT_NAMES)
    total = sum(1 for _ in tables)
    for wanted in TENANT_NAMES:
        for name, count in counts.items():
            if name.lower() == wanted and count >= (2 if wanted.startswith("tenant") else max(5, total // 2)):
                return name
    return None
