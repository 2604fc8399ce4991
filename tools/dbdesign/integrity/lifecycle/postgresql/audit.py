"""Audit trails: one log of rows as JSON by statement triggers, or typed versions in a table beside each."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.integrity.lifecycle.base import Part, Statement, Target, audited, joined
from dbdesign.integrity.lifecycle.postgresql.spelling import (
    DEFINER,
    PUBLIC,
    application,
    execute_for,
    interval,
    maintenance,
    setting,
)
from dbdesign.model.lifecycle import AuditTrail
from dbdesign.model.schema import Table
from dbdesign.writers.base import Note

LOG = "audit_log"
TEMPORAL_KEYS = (18,)
"""PRIMARY KEY … WITHOUT OVERLAPS: release notes of 18."""


def part(target: Target) -> Part:
    """The log or the histories, what fills them, and how they are read."""
    audit = target.lifecycle.audit
    assert audit is not None  # noqa: S101 - composed only where it is wanted
    tables = audited(target.lifecycle, target.schema)
    written = _log(target, audit, tables) if audit.how == "trigger" else _histories(target, audit, tables)
    return Part(
        concern="audit",
        sql=written,
        statements=tuple(_statements(target, audit, tables)),
        notes=tuple(_notes(target, audit, tables)),
    )


def by_statement(target: Target, table: Table) -> bool:
    """Whether transition tables serve: rows are told apart by a key, and no statement can go to a partition past the trigger."""
    family = bool(table.inherits) or table.label in inherited(target)
    return table.primary_key is not None and table.partitioning is None and not family


def inherited(target: Target) -> set[str]:
    """Labels of the tables that others inherit from: each holds rows of its own."""
    return {label for table in target.schema.tables for label in table.inherits}


def _log(target: Target, audit: AuditTrail, tables: list[Table]) -> str:
    return joined(_log_table(target, audit), _functions(audit), *(_triggers(target, audit, table) for table in tables))


def _log_table(target: Target, audit: AuditTrail) -> str:
    parted = audit.keep is not None
    key = "PRIMARY KEY (at, id)" if parted else "PRIMARY KEY (id)"
    tail = " PARTITION BY RANGE (at)" if parted else ""
    first = f"\n\nSELECT make_partitions('{LOG}', 'month', 3);" if parted else ""
    return f"""\
CREATE TABLE {LOG} (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    transaction_id bigint NOT NULL DEFAULT txid_current(),
    table_name text NOT NULL,
    operation text NOT NULL CHECK (operation IN ('snapshot', 'insert', 'update', 'delete')),
    row_key jsonb,
    old_row jsonb,
    new_row jsonb,
    erased_at timestamptz,
    {key}
){tail};
CREATE INDEX {LOG}_row_idx ON {LOG} (table_name, row_key, at, id);

REVOKE ALL ON {LOG} FROM PUBLIC, {application(target)};
GRANT SELECT, UPDATE ON {LOG} TO {maintenance(target)};{first}"""


def _functions(audit: AuditTrail) -> str:
    actor = f"coalesce({setting(audit.actor)}, session_user)"
    return f"""\
CREATE FUNCTION audit_key(whole jsonb, keys text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_object_agg(k, whole -> k) FROM unnest(keys) k
$$;

-- arguments: the table's name, the columns of its key, the columns that are not recorded
CREATE FUNCTION audit_statement() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
  of_table constant text := TG_ARGV[0];
  keys constant text[] := TG_ARGV[1]::text[];
  hidden constant text[] := TG_ARGV[2]::text[];
  who constant text := {actor};
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO {PUBLIC}.{LOG} (actor, table_name, operation, row_key, new_row)
    SELECT who, of_table, 'insert', {PUBLIC}.audit_key(n.r, keys), n.r - hidden FROM (SELECT to_jsonb(t) AS r FROM new_rows t) n;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO {PUBLIC}.{LOG} (actor, table_name, operation, row_key, old_row)
    SELECT who, of_table, 'delete', {PUBLIC}.audit_key(o.r, keys), o.r - hidden FROM (SELECT to_jsonb(t) AS r FROM old_rows t) o;
  ELSE -- a row whose key was changed is one that went and one that came
    INSERT INTO {PUBLIC}.{LOG} (actor, table_name, operation, row_key, old_row, new_row)
    SELECT who, of_table, CASE WHEN o.k IS NULL THEN 'insert' WHEN n.k IS NULL THEN 'delete' ELSE 'update' END,
           coalesce(n.k, o.k), o.r - hidden, n.r - hidden
    FROM (SELECT to_jsonb(t) AS r, {PUBLIC}.audit_key(to_jsonb(t), keys) AS k FROM old_rows t) o
    FULL JOIN (SELECT to_jsonb(t) AS r, {PUBLIC}.audit_key(to_jsonb(t), keys) AS k FROM new_rows t) n ON n.k = o.k
    WHERE o.r IS DISTINCT FROM n.r;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION audit_row() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
  of_table constant text := TG_ARGV[0];
  keys constant text[] := TG_ARGV[1]::text[];
  hidden constant text[] := TG_ARGV[2]::text[];
  who constant text := {actor};
  before jsonb; after jsonb;
BEGIN
  IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD); END IF;
  IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW); END IF;
  IF TG_OP = 'UPDATE' AND {PUBLIC}.audit_key(before, keys) IS DISTINCT FROM {PUBLIC}.audit_key(after, keys) THEN
    INSERT INTO {PUBLIC}.{LOG} (actor, table_name, operation, row_key, old_row, new_row)
    VALUES (who, of_table, 'delete', {PUBLIC}.audit_key(before, keys), before - hidden, NULL),
           (who, of_table, 'insert', {PUBLIC}.audit_key(after, keys), NULL, after - hidden);
  ELSIF before IS DISTINCT FROM after THEN
    INSERT INTO {PUBLIC}.{LOG} (actor, table_name, operation, row_key, old_row, new_row)
    VALUES (who, of_table, lower(TG_OP), {PUBLIC}.audit_key(coalesce(after, before), keys), before - hidden, after - hidden);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION audit_truncate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'TRUNCATE of %, which is audited, would leave no trace', TG_TABLE_NAME USING HINT = 'DELETE FROM it';
END $$;"""


def _arguments(target: Target, audit: AuditTrail, table: Table) -> str:
    keys = table.primary_key.columns if table.primary_key else ()
    return ", ".join(
        target.literal(one) for one in (target.label(table), _array(keys), _array(audit.exclude.get(table.label, ())))
    )


def _array(names: tuple[str, ...]) -> str:
    """A text[] literal's content."""
    return "{" + ",".join('"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in names) + "}"


def _triggers(target: Target, audit: AuditTrail, table: Table) -> str:
    name, given = target.table(table), _arguments(target, audit, table)
    truncate = f"CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON {name} EXECUTE FUNCTION audit_truncate();"
    if by_statement(target, table):
        referencing = {
            "INSERT": "NEW TABLE AS new_rows",
            "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
            "DELETE": "OLD TABLE AS old_rows",
        }
        made = [
            f"CREATE TRIGGER audit_{event.lower()} AFTER {event} ON {name} REFERENCING {transition}\n"
            f"  FOR EACH STATEMENT EXECUTE FUNCTION audit_statement({given});"
            for event, transition in referencing.items()
        ]
    else:
        events = "AFTER INSERT OR UPDATE OR DELETE"
        made = [f"CREATE TRIGGER audit_change {events} ON {name}\n  FOR EACH ROW EXECUTE FUNCTION audit_row({given});"]
    return "\n".join([*made, truncate, *_log_start(target, audit, table)])


def _log_start(target: Target, audit: AuditTrail, table: Table) -> Iterator[str]:
    """Rows that are there already, and a function that shows the table as it was."""
    if table.primary_key is None:
        return
    label, name = target.literal(target.label(table)), target.table(table)
    keys = f"{target.literal(_array(table.primary_key.columns))}::text[]"
    hidden = f" - {target.literal(_array(audit.exclude[table.label]))}::text[]" if table.label in audit.exclude else ""
    whole = target.full(table.namespace, table.name)
    only = "ONLY " if table.label in inherited(target) else ""
    yield (
        f"INSERT INTO {LOG} (actor, table_name, operation, row_key, new_row)\n"
        f"SELECT session_user, {label}, 'snapshot', audit_key(to_jsonb(t), {keys}), to_jsonb(t){hidden} FROM {only}{name} t;"
    )
    function = target.beside(table, "as_of")
    yield f"""
CREATE FUNCTION {function}(moment timestamptz) RETURNS SETOF {name}
LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT whole.*
  FROM (SELECT DISTINCT ON (row_key) operation, new_row FROM {PUBLIC}.{LOG}
        WHERE table_name = {label} AND at <= moment ORDER BY row_key, at DESC, id DESC) latest
       CROSS JOIN LATERAL jsonb_populate_record(NULL::{whole}, latest.new_row) whole
  WHERE latest.operation <> 'delete' AND latest.new_row IS NOT NULL
$$;
{execute_for(f"{function}(timestamptz)", maintenance(target))}"""


def _histories(target: Target, audit: AuditTrail, tables: list[Table]) -> str:
    keyed = [table for table in tables if table.primary_key is not None]
    extension = "CREATE EXTENSION IF NOT EXISTS btree_gist;" if keyed else ""
    return joined(extension, *(_history(target, audit, table) for table in keyed))


def _history(target: Target, audit: AuditTrail, table: Table) -> str:
    """Versions with the period in which they were the row; the latest has no end. No two of a row overlap."""
    assert table.primary_key is not None  # noqa: S101 - of those that have one
    hidden = set(audit.exclude.get(table.label, ()))
    names = [column.name for column in table.columns if column.name not in hidden]
    history, function = target.beside(table, "history"), target.beside(table, "versions")
    full = target.full_beside(table, "history")
    types = ",\n    ".join(
        f"{target.column(one)} {column.type.native}" for one in names if (column := table.column(one))
    )
    keys = target.columns(table.primary_key.columns)
    constraint = (
        f"PRIMARY KEY ({keys}, valid_during WITHOUT OVERLAPS)"
        if target.at_least(*TEMPORAL_KEYS)
        else f"EXCLUDE USING gist ({', '.join(f'{target.column(one)} WITH =' for one in table.primary_key.columns)}, valid_during WITH &&)"
    )
    same = " AND ".join(f"h.{target.column(one)} = OLD.{target.column(one)}" for one in table.primary_key.columns)
    listed, new = target.columns(names), target.columns(names, "NEW")
    actor = f"coalesce({setting(audit.actor)}, session_user)"
    as_of = target.beside(table, "as_of")
    expire = ""
    if audit.keep is not None:
        routine = target.beside(table, "history", "expire")
        expire = f"""
CREATE FUNCTION {routine}() RETURNS bigint LANGUAGE sql {DEFINER} AS $$
  WITH gone AS (DELETE FROM {full} WHERE upper(valid_during) < now() - {interval(audit.keep)} RETURNING 1) SELECT count(*) FROM gone
$$;
{execute_for(f"{routine}()", maintenance(target))}"""
    return f"""\
CREATE TABLE {history} (
    {types},
    valid_during tstzrange NOT NULL,
    actor text NOT NULL,
    {constraint}
);
REVOKE ALL ON {history} FROM PUBLIC, {application(target)};
GRANT SELECT, DELETE ON {history} TO {maintenance(target)};

CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
DECLARE moment constant timestamptz := clock_timestamp();
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE {full} h SET valid_during = tstzrange(lower(h.valid_during), moment)
    WHERE {same} AND upper_inf(h.valid_during);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO {full} ({listed}, valid_during, actor)
    VALUES ({new}, tstzrange(moment, NULL), {actor});
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER audit_versions AFTER INSERT OR UPDATE OR DELETE ON {target.table(table)} FOR EACH ROW EXECUTE FUNCTION {function}();
INSERT INTO {history} ({listed}, valid_during, actor)
SELECT {listed}, tstzrange(clock_timestamp(), NULL), session_user FROM {target.table(table)};

CREATE FUNCTION {as_of}(moment timestamptz) RETURNS SETOF {history}
LANGUAGE sql STABLE {DEFINER} AS $$ SELECT * FROM {full} WHERE valid_during @> moment $$;
{execute_for(f"{as_of}(timestamptz)", maintenance(target))}{expire}"""


def _statements(target: Target, audit: AuditTrail, tables: list[Table]) -> Iterator[Statement]:
    yield Statement(
        concern="audit",
        name="say who acts",
        sql=f"SELECT set_config('{audit.actor}', :actor, true)",
        when="At the beginning of every transaction, beside the tenant. Without it the session's user is recorded.",
    )
    for table in tables[:1]:
        if table.primary_key is not None:
            yield Statement(
                concern="audit",
                name=f"{table.name} as they were",
                sql=f"SELECT * FROM {target.beside(table, 'as_of')}(:moment)",
                when="To look back, as the maintenance role. The same function is there for every recorded table.",
            )
            if audit.how == "trigger":
                yield Statement(
                    concern="audit",
                    name="what happened to a row",
                    sql=f"SELECT at, actor, operation, old_row, new_row FROM {LOG} WHERE table_name ="
                    f" {target.literal(target.label(table))}"
                    " AND row_key = :key ORDER BY at, id",
                    when="To see who changed what, as the maintenance role.",
                )
    if audit.keep is not None and audit.how == "trigger":
        yield Statement(
            concern="audit",
            name="keep the log's partitions",
            sql=(
                f"SELECT make_partitions('{LOG}', 'month', 3), drop_expired_partitions('{LOG}', now() -"
                f" {interval(audit.keep)})"
            ),
            when="Daily (pg_cron). Without a partition for the present month every change of a recorded table fails:"
            " alert"
            " on it. With"
            f" pg_partman 5: partman.create_parent('public.{LOG}', 'at', '1 month') and retention '{audit.keep}',"
            " retention_keep_table = false in part_config.",
        )
    elif audit.keep is not None:
        for table in tables:
            if table.primary_key is not None:
                yield Statement(
                    concern="audit",
                    name=f"let old versions of {table.name} go",
                    sql=f"SELECT {target.beside(table, 'history', 'expire')}()",
                    when="Daily, as the maintenance role.",
                )


def _notes(target: Target, audit: AuditTrail, tables: list[Table]) -> Iterator[Note]:
    yield Note(
        object=LOG if audit.how == "trigger" else "history",
        lost="a change is dated by when its statement ran, not by when its transaction was committed",
        instead="clock_timestamp() at the trigger, after the row's lock: the changes of one row are in their order",
    )
    for label in sorted(inherited(target) & {table.label for table in tables}):
        yield Note(
            object=label,
            lost="rows of tables that inherit from it are not recorded with its own",
            instead="name them too",
        )
    for table in tables:
        if table.primary_key is None:
            lost = "has no primary key: its versions cannot be told apart"
            instead = "changes are logged; it cannot be shown as it was" if audit.how == "trigger" else None
            yield Note(object=table.label, lost=lost, instead=instead)
