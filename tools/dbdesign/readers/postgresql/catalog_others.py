"""What has no model of its own: carried as statements, or, where no statement of ours makes it again, reported as unread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.model.schema import Carried, Grant
from dbdesign.readers.base import Unread
from dbdesign.readers.postgresql.catalog_carried import CARRIED
from dbdesign.readers.postgresql.catalog_rows import Row, Rows
from dbdesign.readers.postgresql.catalog_types import DEFAULT, namespace_of, ranges

_INITIAL_COMMENT = "standard public schema"
_RULE_STATES = {"D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}
# Kinds that COMMENT ON names by their name alone (casts by their types).
_COMMENTED = {
    "collation", "language", "conversion", "text search dictionary", "text search configuration", "foreign data wrapper",
    "server", "foreign table", "statistics", "publication", "event trigger", "cast",
}  # fmt: skip


def carried(rows: Rows) -> Iterator[Carried]:
    """Every object that is carried, in an order in which each finds those before it."""
    yield from ranges(rows)
    yield from _beside_ranges(rows)
    for kind, (_, catalog, before) in CARRIED.items():
        for row in rows[f"carried {kind}"]:
            namespace = namespace_of(row.namespace) if row.namespace else None
            yield Carried(kind=kind, namespace=namespace, name=row.name, sql=row.sql, before_tables=before)
            if kind in _COMMENTED:
                name = f"({row.name})" if kind == "cast" else DIALECT.qualified(namespace, row.name)
                yield from _comment(kind.upper(), name, row.name, rows.comment(catalog, row.oid))
            if kind == "foreign table":
                yield from _grants(DIALECT.qualified(namespace, row.name), row.name, rows.grants(catalog, row.oid))
    yield from _rules(rows)
    yield from _default_namespace(rows)


def _beside_ranges(rows: Rows) -> Iterator[Carried]:
    for row in rows["named_types"]:
        if row.kind == "r":
            yield from _comment("TYPE", row.sql_name, row.name, rows.comment("pg_type", row.oid))
            yield from _grants(f"TYPE {row.sql_name}", row.name, rows.grants("pg_type", row.oid))


def _rules(rows: Rows) -> Iterator[Carried]:
    for row in rows["rules"]:
        namespace, name = namespace_of(row.namespace), DIALECT.identifier(row.name)
        yield Carried(kind="rule", namespace=namespace, name=row.name, sql=row.definition.strip().removesuffix(";"))
        if row.enabled in _RULE_STATES:
            sql = f"ALTER TABLE {row.table_name} {_RULE_STATES[row.enabled]} RULE {name}"
            yield Carried(kind="rule state", namespace=namespace, name=row.name, sql=sql)
        yield from _comment("RULE", f"{name} ON {row.table_name}", row.name, rows.comment("pg_rewrite", row.oid))


def _default_namespace(rows: Rows) -> Iterator[Carried]:
    """What is said of `public` beside what initdb says."""
    for row in rows["namespaces"]:
        if row.name == DEFAULT:
            comment = rows.comment("pg_namespace", row.oid)
            yield from _comment("SCHEMA", DEFAULT, DEFAULT, None if comment == _INITIAL_COMMENT else comment)
            yield from _grants("SCHEMA public", DEFAULT, rows.grants("pg_namespace", row.oid))


def _comment(kind: str, sql_name: str, name: str, text: str | None) -> Iterator[Carried]:
    if text is not None:
        yield Carried(kind="comment", name=name, sql=f"COMMENT ON {kind} {sql_name} IS {DIALECT.literal(text)}")


def _grants(target: str, name: str, given: Iterable[Grant]) -> Iterator[Carried]:
    for grant in sorted(given, key=lambda one: not one.revoked):
        if grant.grantee == "current_user":  # of the sandbox, or of whoever owns it elsewhere
            continue
        holder = "PUBLIC" if grant.grantee == "public" else DIALECT.identifier(grant.grantee)
        verb, joint = ("REVOKE", "FROM") if grant.revoked else ("GRANT", "TO")
        option = " WITH GRANT OPTION" if grant.grantable and not grant.revoked else ""
        columns = f" ({', '.join(map(DIALECT.identifier, grant.columns))})" if grant.columns else ""
        words = ", ".join(f"{one}{columns}" for one in grant.privileges)
        yield Carried(kind="grant", name=name, sql=f"{verb} {words} ON {target} {joint} {holder}{option}")


def unread(rows: Rows) -> Iterator[Unread]:
    """What exists in the database and is in no part of the model."""
    for row in rows["named_types"]:
        if row.kind == "b":
            yield _unread(f"TYPE {row.sql_name}", "a base type is made of C functions")
    for row in rows["unmodelled"]:
        yield _unread(f"{row.kind} {row.name}", row.reason)
    for kind, (_, catalog, _) in CARRIED.items():
        if catalog and kind not in _COMMENTED:
            yield from (_lost_comment(kind, row) for row in rows[f"carried {kind}"] if rows.comment(catalog, row.oid))


def _lost_comment(kind: str, row: Row) -> Unread:
    return _unread(f"COMMENT ON {kind.upper()} {row.name}", f"a comment on an {kind} is not modelled")


def _unread(text: str, reason: str) -> Unread:
    return Unread(line=0, text=text[:200], reason=reason)
