"""What a design's lifecycle asks for and its schema does not keep, each with what happens, run on the embedded server if it can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from dbdesign.integrity.lifecycle.ageing import ageings, blockers
from dbdesign.integrity.lifecycle.base import Target, audited
from dbdesign.integrity.lifecycle.person import Person
from dbdesign.integrity.lifecycle.proof.stand import Stand
from dbdesign.integrity.lifecycle.shape import LIVE
from dbdesign.integrity.lifecycle.soft import owners
from dbdesign.integrity.lifecycle.tenants import registry, tenant_tables
from dbdesign.integrity.lifecycle.witness import (
    deleted_value_taken,
    erasure_refused,
    others_rows_seen,
    points_across,
    refers_to_deleted,
    silent_change,
)
from dbdesign.model.lifecycle import Erasure, SoftDelete, TenantIsolation
from dbdesign.model.schema import Engine, Index, Key, Table

Severity = Literal["low", "medium", "high"]
ROW_SECURITY = frozenset({Engine.POSTGRESQL, Engine.COCKROACHDB})
EVENTS = ("insert", "update", "delete")


@dataclass(frozen=True)
class Gap:
    """Something that is asked for and not kept.

    Attributes:
        section: of the design file, whose line is named.
        witness: what shows it on the server; None where nothing needs to be run, or what came of it where nothing could be shown.
    """

    rule: str
    severity: Severity
    object: str
    message: str
    section: str
    fix: str | None = None
    witness: Callable[[Stand], str | None] | None = None


def find_gaps(target: Target) -> Iterator[Gap]:
    """Every gap of a design, by its schema as it is."""
    life = target.lifecycle
    if life.tenant is not None:
        yield from _tenant(target, life.tenant)
    yield from _audit(target)
    if life.soft_delete is not None:
        yield from _soft_delete(target, life.soft_delete)
    yield from _retention(target)
    if life.erasure is not None and life.erasure.how == "delete":
        yield from _erasure(target, life.erasure)


def _tenant(target: Target, tenant: TenantIsolation) -> Iterator[Gap]:
    labels = tenant_tables(target.schema, tenant)
    of_tenants = registry(target.schema, tenant)
    for label in labels:
        table = target.at(label)
        if table.column(tenant.column) is None:
            yield Gap(
                "tenant-column-missing",
                "high",
                label,
                f"{label} hangs from rows of tenants and has no {tenant.column}: no policy can tell whose its rows are",
                "tenant",
            )
            continue
        if target.engine in ROW_SECURITY and (why := _open(table)):
            yield Gap(
                "tenant-rows-visible",
                "high",
                label,
                f"{why} on {label}: a forgotten condition shows every tenant's rows",
                "tenant",
                f"ALTER TABLE {target.table(table)} ENABLE ROW LEVEL SECURITY;\nALTER TABLE {target.table(table)}"
                " FORCE ROW"
                " LEVEL SECURITY;",
                lambda stand, table=table: others_rows_seen(stand, table, tenant),  # type: ignore[misc]
            )
        yield from _references(target, table, tenant, {*labels} - {of_tenants})
        yield from _unique(table, tenant, target)
        if not any(prefix[:1] == (tenant.column,) for prefix in table.index_prefixes()):
            name = f"{table.name}_{tenant.column}_idx"
            yield Gap(
                "tenant-index-missing",
                "medium",
                label,
                f"no index of {label} begins with {tenant.column}: every query of a tenant reads the rows of all",
                "tenant",
                f"CREATE INDEX {target.name(name)} ON {target.table(table)} ({target.column(tenant.column)});",
            )


def _open(table: Table) -> str | None:
    """What lets rows through; None where a policy holds for everybody."""
    if table.row_security == "off":
        return "row security is off"
    if not table.policies:
        return None
    return (
        "row security is not forced, so that it does not hold for the owner,"
        if table.row_security != "forced"
        else None
    )


def _references(target: Target, table: Table, tenant: TenantIsolation, labels: set[str]) -> Iterator[Gap]:
    for relation in target.relations.references_out(table.label):
        key = relation.foreign_key
        if (
            relation.parent in labels
            and tenant.column not in key.columns
            and target.at(relation.parent).column(tenant.column)
        ):
            yield Gap(
                "tenant-reference-crosses",
                "high",
                f"{table.label} ({key.name or ', '.join(key.columns)})",
                f"the foreign key from {table.label} to {relation.parent} lets a row refer to another tenant's",
                "tenant",
                None,
                lambda stand, relation=relation: points_across(stand, relation, tenant),  # type: ignore[misc]
            )


def _unique(table: Table, tenant: TenantIsolation, target: Target) -> Iterator[Gap]:
    referenced = {one.foreign_key.referenced_columns for one in target.relations.references_in(table.label)}
    for columns in _unique_columns(table):
        stays = {f"{table.label}.{name}" for name in columns} & set(tenant.globally_unique)
        if tenant.column in columns or stays or columns in referenced:
            continue
        yield Gap(
            "unique-key-across-tenants",
            "medium",
            f"{table.label} ({', '.join(columns)})",
            f"({', '.join(columns)}) of {table.label} is unique across tenants: one is refused a value because another"
            " has it",
            "tenant",
        )


def _unique_columns(table: Table) -> list[tuple[str, ...]]:
    keys: list[Key | Index] = [*table.unique_keys, *(one for one in table.indexes if one.unique)]
    return [one.columns for one in keys if one.columns]


def _audit(target: Target) -> Iterator[Gap]:
    for table in audited(target.lifecycle, target.schema):
        covered = {event.lower() for one in table.triggers for event in one.events}
        missing = [event for event in EVENTS if event not in covered]
        if missing and "system_versioned" not in table.options:
            yield Gap(
                "audit-trigger-missing",
                "high",
                table.label,
                f"{table.label} is to be audited, and no trigger records"
                f" {' or '.join(word.upper() for word in missing)}",
                "audit",
                None,
                lambda stand, table=table: silent_change(stand, table),  # type: ignore[misc]
            )


def _soft_delete(target: Target, wanted: SoftDelete) -> Iterator[Gap]:
    for label in wanted.tables:
        table = target.at(label)
        if table.column(wanted.column) is None:
            yield Gap(
                "soft-delete-column-missing",
                "high",
                label,
                f"rows of {label} are to be marked, and it has no {wanted.column}",
                "soft_delete",
            )
            continue
        referenced = {one.foreign_key.referenced_columns for one in target.relations.references_in(label)}
        every: list[Key | Index] = [*table.unique_keys, *table.indexes]
        plain = [one for one in every if _holds_deleted(one, wanted, referenced)]
        for one in plain:
            yield Gap(
                "deleted-row-keeps-value",
                "high",
                f"{label} ({', '.join(one.columns)})",
                f"a row of {label} that is marked as deleted keeps ({', '.join(one.columns)}) taken",
                "soft_delete",
                None,
                lambda stand, table=table, columns=one.columns: deleted_value_taken(stand, table, columns, wanted),  # type: ignore[misc]
            )
        for relation in owners(target, table):
            child = target.at(relation.child)
            if not any(event.lower() in {"insert", "update"} for one in child.triggers for event in one.events):
                yield Gap(
                    "refers-to-deleted-row",
                    "medium",
                    f"{child.label} ({', '.join(relation.foreign_key.columns)})",
                    f"nothing keeps a row of {child.label} from referring to a deleted row of {label}",
                    "soft_delete",
                    None,
                    lambda stand, relation=relation: refers_to_deleted(stand, relation, wanted),  # type: ignore[misc]
                )


def _holds_deleted(one: Key | Index, wanted: SoftDelete, referenced: set[tuple[str, ...]]) -> bool:
    unique = isinstance(one, Key) or one.unique
    where = one.where or "" if isinstance(one, Index) else ""
    named = {*one.columns} & {wanted.column, LIVE}
    return unique and bool(one.columns) and not named and wanted.column not in where and one.columns not in referenced


def _retention(target: Target) -> Iterator[Gap]:
    for one in ageings(target):
        table, column = one.table, one.table.column(one.by)
        section = f"retention.{table.label}"
        if column is None:
            continue  # soft delete's own column, which is reported there
        prefixes = [prefix for prefix in table.index_prefixes() if prefix[:1] == (one.by,)]
        covered = any(index.columns[:1] == (one.by,) for index in table.indexes)  # also BRIN, and partial ones
        if not one.detaches and not prefixes and not covered:
            name = target.name(table.name, one.by, "idx")
            yield Gap(
                "retention-without-index",
                "medium",
                table.label,
                f"rows of {table.label} go by {one.by}, which no index begins with: each batch reads the whole table",
                section,
                f"CREATE INDEX {name} ON {target.table(table)} ({target.column(one.by)});",
            )
        if column.nullable and one.by != _soft_column(target):
            yield Gap(
                "retention-skips-rows",
                "medium",
                f"{table.label}.{one.by}",
                f"{table.label}.{one.by} may be NULL: such a row never becomes old, and stays for ever",
                section,
            )
        for relation in blockers(target, table):
            kept = {entry.table for entry in target.lifecycle.retention}
            if relation.child not in kept and relation.child != table.label:
                yield Gap(
                    "retention-blocked",
                    "medium",
                    table.label,
                    f"rows of {relation.child}, which have no retention, keep old rows of {table.label} from being"
                    " deleted",
                    section,
                )


def _soft_column(target: Target) -> str | None:
    return target.lifecycle.soft_delete.column if target.lifecycle.soft_delete else None


def _erasure(target: Target, erasure: Erasure) -> Iterator[Gap]:
    subject = target.at(erasure.subject)
    keys = subject.primary_key.columns if subject.primary_key else ()
    person = Person(target, erasure, {name: f":{name}" for name in keys})
    for words in person.blocked:
        yield Gap(
            "erasure-blocked",
            "high",
            subject.label,
            f"the erasure of a row of {subject.label} is blocked: {words}",
            "erasure",
        )
    barred = [
        one
        for one in target.relations.references_in(subject.label)
        if one.foreign_key.on_delete in {"no action", "restrict"} and one.child != subject.label
    ]
    if barred:
        named = ", ".join(dict.fromkeys(one.child for one in barred))
        yield Gap(
            "erasure-needs-an-order",
            "low",
            subject.label,
            f"DELETE of a row of {subject.label} is refused while {named} refer to it: it must be done in the order of"
            " the foreign keys",
            "erasure",
            None,
            lambda stand: erasure_refused(stand, subject),
        )
