"""What happens where a schema does not keep what its lifecycle asks for: shown on the server, in transactions that are undone."""

from __future__ import annotations

from dbdesign.integrity.lifecycle.proof.rows import changes, insertion, other_key
from dbdesign.integrity.lifecycle.proof.stand import Stand, attempt, undone
from dbdesign.model.lifecycle import SoftDelete, TenantIsolation
from dbdesign.model.relations import Relation
from dbdesign.model.schema import Table


def others_rows_seen(stand: Stand, table: Table, tenant: TenantIsolation) -> str | None:
    """What a session that works for one tenant sees of a table; where the owner is the exception, what he sees."""
    column, name = stand.target.column(tenant.column), stand.table(table)
    rows = stand.owner.execute(
        f"SELECT {column}::text FROM {name} WHERE {column} IS NOT NULL ORDER BY 1 LIMIT 1".encode()
    ).fetchone()
    if rows is None:
        return None
    counted = f"SELECT count(*), count(*) FILTER (WHERE {column}::text <> %s) FROM {name}"
    owner = table.row_security != "off"
    with stand.acting(None if owner else stand.application) as connection, undone(connection):
        connection.execute(b"SELECT set_config(%s, %s, true)", (tenant.setting, rows[0]))
        seen = connection.execute(counted.encode(), (rows[0],)).fetchone()
    if seen is None or not seen[1]:
        return None
    who = "the owner" if owner else stand.application
    told = f"SELECT count(*) FROM {name} sees {seen[0]} rows, {seen[1]} of them another tenant's"
    return f"as {who}, with {tenant.setting} = {rows[0]}: {told}"


def points_across(stand: Stand, relation: Relation, tenant: TenantIsolation) -> str | None:
    """A row that refers to another tenant's."""
    child, parent, key = stand.target.at(relation.child), stand.target.at(relation.parent), relation.foreign_key
    column = stand.target.column(tenant.column)
    pairs = list(zip(key.columns, key.referenced_columns, strict=True))
    sets = ", ".join(f"{stand.target.column(ours)} = p.{stand.target.column(theirs)}" for ours, theirs in pairs)
    both = f"{stand.table(child)} c, {stand.table(parent)} p"
    found = f"SELECT c.ctid AS child, p.ctid AS parent FROM {both} WHERE c.{column} <> p.{column} LIMIT 1"
    sql = f"UPDATE {stand.table(child)} c SET {sets} FROM {stand.table(parent)} p, ({found}) f WHERE c.ctid = f.child AND p.ctid = f.parent"
    with undone(stand.owner):
        stand.owner.execute(b"SET CONSTRAINTS ALL IMMEDIATE")
        outcome = attempt(stand.owner, sql)
    if outcome.count != 1:
        return None
    names = ", ".join(key.columns)
    return f"UPDATE {child.label} SET {names} = a row of {parent.label} of another {tenant.column}: accepted"


def silent_change(stand: Stand, table: Table) -> str | None:
    """A change after which no table has a row more."""
    stores = [stand.table(one) for one in stand.target.schema.tables if one.partition_of is None]
    count = " + ".join(f"(SELECT count(*) FROM {name})" for name in stores)
    with undone(stand.owner):
        before = stand.owner.execute(f"SELECT {count}".encode()).fetchone()
        for assignment in changes(stand.target, table):
            changed = attempt(stand.owner, f"UPDATE {stand.table(table)} SET {assignment}").count
            if changed > 0:
                after = stand.owner.execute(f"SELECT {count}".encode()).fetchone()
                said = (
                    f"UPDATE {table.label} SET {assignment} changed {changed} rows; no table has a row more than before"
                )
                return said if before == after else None
    return None


def deleted_value_taken(stand: Stand, table: Table, columns: tuple[str, ...], wanted: SoftDelete) -> str | None:
    """A second row with the values of one that was marked."""
    mark, fresh = stand.target.column(wanted.column), other_key(stand.target, table)
    row = stand.owner.execute(
        f"SELECT to_jsonb(t)::text FROM {stand.table(table)} t ORDER BY ctid LIMIT 1".encode()
    ).fetchone()
    if row is None or fresh is None:
        return None
    second = insertion(stand.target, table, f"{stand.target.literal(row[0])}::jsonb", {**fresh, wanted.column: "NULL"})
    with undone(stand.owner):
        attempt(stand.owner, f"UPDATE {stand.table(table)} SET {mark} = now()")
        outcome = attempt(stand.owner, second)
    if outcome.state != "23505":
        return None
    return f"marked a row with UPDATE … SET {wanted.column} = now(), inserted another with the same ({', '.join(columns)}): {outcome.told}"


def refers_to_deleted(stand: Stand, relation: Relation, wanted: SoftDelete) -> str | None:
    """A row that refers to a marked one."""
    child, parent, key = stand.target.at(relation.child), stand.target.at(relation.parent), relation.foreign_key
    pairs = list(zip(key.columns, key.referenced_columns, strict=True))
    sets = ", ".join(f"{stand.target.column(ours)} = p.{stand.target.column(theirs)}" for ours, theirs in pairs)
    with undone(stand.owner):
        attempt(stand.owner, f"UPDATE {stand.table(parent)} SET {stand.target.column(wanted.column)} = now()")
        outcome = attempt(
            stand.owner,
            f"UPDATE {stand.table(child)} c SET {sets} FROM (SELECT * FROM {stand.table(parent)} LIMIT 1) p"
            f" WHERE c.ctid = (SELECT min(ctid) FROM {stand.table(child)})",
        )
    return (
        f"UPDATE {child.label} SET {', '.join(key.columns)} = a marked row of {parent.label}: accepted"
        if outcome.count == 1
        else None
    )


def erasure_refused(stand: Stand, subject: Table) -> str | None:
    """DELETE of a person that something refers to."""
    for (row,) in stand.owner.execute(
        f"SELECT ctid::text FROM {stand.table(subject)} ORDER BY ctid".encode()
    ).fetchall():
        with undone(stand.owner):
            stand.owner.execute(b"SET CONSTRAINTS ALL IMMEDIATE")
            outcome = attempt(stand.owner, f"DELETE FROM {stand.table(subject)} WHERE ctid = '{row}'")
        if outcome.state in {"23503", "23001"}:
            return f"DELETE FROM {subject.label}: {outcome.told}"
    return None
