"""Soft delete: live views, and triggers that do for marked rows what foreign keys do for deleted ones."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.integrity.lifecycle.base import Part, Statement, Target, joined
from dbdesign.integrity.lifecycle.postgresql.spelling import application, maintenance
from dbdesign.integrity.lifecycle.postgresql.tenant import SECURITY_INVOKER
from dbdesign.integrity.lifecycle.soft import cascades, owners, soft_children
from dbdesign.model.lifecycle import SoftDelete
from dbdesign.model.relations import Relation
from dbdesign.model.schema import Table


def part(target: Target) -> Part:
    """Views of what is live, and guards of references."""
    wanted = target.lifecycle.soft_delete
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    tables = [target.at(label) for label in wanted.tables]
    sql = joined(
        *(_view(target, table, wanted) for table in tables),
        *(_reference_guard(target, relation, wanted) for table in tables for relation in owners(target, table)),
        *(_marking(target, table, wanted) for table in tables),
    )
    return Part(concern="soft_delete", sql=sql, statements=tuple(_statements(target, tables, wanted)))


def _view(target: Target, table: Table, wanted: SoftDelete) -> str:
    name = target.dialect.qualified(table.namespace, target.bare_name("live", table.name))
    invoker = " WITH (security_invoker = true)" if target.at_least(*SECURITY_INVOKER) else ""
    columns = target.columns([one.name for one in table.columns if one.name != wanted.column])
    return (
        f"CREATE VIEW {name}{invoker} AS\nSELECT {columns} FROM {target.table(table)} WHERE"
        f" {target.column(wanted.column)} IS NULL;\n"
        f"GRANT SELECT ON {name} TO {application(target)}, {maintenance(target)};"
    )


def _reference_guard(target: Target, relation: Relation, wanted: SoftDelete) -> str:
    """A row may not begin to refer to a deleted one. FOR SHARE waits for who is just deleting it."""
    child, parent, key = target.at(relation.child), target.at(relation.parent), relation.foreign_key
    name = target.full_beside(child, "to", "live", parent.name, key.columns[-1])
    same = " AND ".join(
        f"p.{target.column(theirs)} = NEW.{target.column(ours)}"
        for ours, theirs in zip(key.columns, key.referenced_columns, strict=True)
    )
    empty = " OR ".join(f"NEW.{target.column(one)} IS NULL" for one in key.columns)
    message = target.literal(f"{child.name} refers to a deleted row of {parent.name}")
    unseen = (
        "" if key.deferrable else " OR NOT FOUND"
    )  # a row that a policy hides; a deferred key's parent may still come
    trigger = target.name("refer_to_live", parent.name, key.columns[-1])
    return f"""\
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE gone timestamptz;
BEGIN
  IF {empty} THEN RETURN NULL; END IF;
  SELECT p.{target.column(wanted.column)} INTO gone FROM {target.full(parent.namespace, parent.name)} p WHERE {same} FOR SHARE;
  IF gone IS NOT NULL{unseen} THEN
    RAISE foreign_key_violation USING MESSAGE = {message};
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER {trigger} AFTER INSERT OR UPDATE OF {target.columns(key.columns)} ON {target.table(child)}
  FOR EACH ROW EXECUTE FUNCTION {name}();"""


def _marking(target: Target, table: Table, wanted: SoftDelete) -> str:
    """What happens to softly deleted children: marked with it, at the same moment, or in its way."""
    relations = soft_children(target, table, wanted)
    if not relations:
        return ""
    name, column = target.full_beside(table, "soft", "delete"), target.column(wanted.column)
    lines = []
    for relation in relations:
        child = target.at(relation.child)
        whole = target.full(child.namespace, child.name)
        same = " AND ".join(
            f"c.{target.column(ours)} = NEW.{target.column(theirs)}"
            for ours, theirs in zip(relation.foreign_key.columns, relation.foreign_key.referenced_columns, strict=True)
        )
        if cascades(relation, wanted):
            lines.append(f"    UPDATE {whole} c SET {column} = NEW.{column} WHERE {same} AND c.{column} IS NULL;")
        else:
            said = target.literal(f"live rows of {child.name} refer to this row of {table.name}")
            lines.append(
                f"    IF EXISTS (SELECT FROM {whole} c WHERE {same} AND c.{column} IS NULL) THEN\n"
                f"      RAISE foreign_key_violation USING MESSAGE = {said};\n"
                "    END IF;"
            )
    back = [
        line for relation in relations if cascades(relation, wanted) for line in _unmarking(target, relation, column)
    ]
    restored = f"\n  ELSIF OLD.{column} IS NOT NULL AND NEW.{column} IS NULL THEN\n" + "\n".join(back) if back else ""
    body = "\n".join(lines)
    return f"""\
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.{column} IS NULL AND NEW.{column} IS NOT NULL THEN
{body}{restored}
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER soft_delete AFTER UPDATE OF {column} ON {target.table(table)} FOR EACH ROW EXECUTE FUNCTION {name}();"""


def _unmarking(target: Target, relation: Relation, column: str) -> Iterator[str]:
    """Whoever was marked with the row, which its moment shows, comes back with it."""
    child = target.at(relation.child)
    same = " AND ".join(
        f"c.{target.column(ours)} = NEW.{target.column(theirs)}"
        for ours, theirs in zip(relation.foreign_key.columns, relation.foreign_key.referenced_columns, strict=True)
    )
    yield f"    UPDATE {target.full(child.namespace, child.name)} c SET {column} = NULL WHERE {same} AND c.{column} = OLD.{column};"


def _statements(target: Target, tables: list[Table], wanted: SoftDelete) -> Iterator[Statement]:
    column = target.column(wanted.column)
    for table in tables:
        if table.primary_key is None:
            continue
        key = " AND ".join(f"{target.column(one)} = :{one}" for one in table.primary_key.columns)
        yield Statement(
            concern="soft_delete",
            name=f"delete one of {table.name}",
            sql=f"UPDATE {target.table(table)} SET {column} = now() WHERE {key} AND {column} IS NULL",
            when="Instead of DELETE, which the program has no privilege for. No row: it was deleted before.",
        )
        yield Statement(
            concern="soft_delete",
            name=f"restore one of {table.name}",
            sql=f"UPDATE {target.table(table)} SET {column} = NULL WHERE {key} AND {column} IS NOT NULL",
            when="To undo a deletion. SQLSTATE 23505: its unique value has been given to another row meanwhile.",
        )
