"""Pieces that every part for PostgreSQL is made of."""

from __future__ import annotations

from dbdesign.integrity.lifecycle.base import Target
from dbdesign.model.lifecycle import Period

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
"""A function with its owner's rights finds nothing in a namespace that its caller chose (CREATE FUNCTION, "Writing SECURITY DEFINER
Functions Safely")."""
PUBLIC = "public"


def interval(period: Period) -> str:
    """`interval '13 months'`."""
    return f"interval '{period}'"


def setting(name: str) -> str:
    """A setting of the session as text; NULL where it is not set, and also after the transaction that set it, when it is empty."""
    return f"nullif(current_setting('{name}', true), '')"


def role(target: Target, name: str) -> str:
    """A role as SQL."""
    return target.dialect.identifier(name)


def application(target: Target) -> str:
    """The program's role."""
    return role(target, target.lifecycle.roles.application)


def maintenance(target: Target) -> str:
    """The role of the jobs that clean up."""
    return role(target, target.lifecycle.roles.maintenance)


def create_role(name: str, quoted: str) -> str:
    """A role without login, where it is not there yet."""
    literal = "'" + name.replace("'", "''") + "'"
    missing = f"IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal})"
    return f"DO $$ BEGIN\n  {missing} THEN CREATE ROLE {quoted} NOLOGIN; END IF;\nEND $$;"


def execute_for(signature: str, *roles: str, kind: str = "FUNCTION") -> str:
    """Take a routine from everybody and give it to some."""
    given = f"\nGRANT EXECUTE ON {kind} {signature} TO {', '.join(roles)};" if roles else ""
    return f"REVOKE EXECUTE ON {kind} {signature} FROM PUBLIC;{given}"


PARTITIONS = f"""\
CREATE FUNCTION expired_partitions(parent regclass, cutoff timestamptz) RETURNS SETOF regclass
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.oid::regclass
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid,
       LATERAL (SELECT substring(pg_get_expr(c.relpartbound, c.oid) FROM $re$TO \\('([^']+)'\\)$re$) AS bound) b
  WHERE i.inhparent = parent AND b.bound IS NOT NULL AND b.bound::timestamptz <= cutoff
  ORDER BY b.bound::timestamptz
$$;

CREATE FUNCTION make_partitions(parent regclass, step text, ahead integer) RETURNS integer
LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
  namespace text; parent_name text; first timestamptz; made integer := 0; part text;
BEGIN
  SELECT n.nspname, c.relname INTO namespace, parent_name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = parent;
  FOR i IN 0 .. ahead LOOP
    first := date_trunc(step, now()) + i * ('1 ' || step)::interval;
    part := format('%s_%s', left(parent_name, 50), to_char(first, CASE step WHEN 'day' THEN 'YYYYMMDD' ELSE 'YYYYMM' END));
    IF to_regclass(format('%I.%I', namespace, part)) IS NULL THEN
      EXECUTE format('CREATE TABLE %I.%I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
                     namespace, part, parent, first, first + ('1 ' || step)::interval);
      made := made + 1;
    END IF;
  END LOOP;
  RETURN made;
END $$;

CREATE FUNCTION drop_expired_partitions(parent regclass, cutoff timestamptz) RETURNS integer
LANGUAGE plpgsql {DEFINER} SET lock_timeout = '2s' AS $$
DECLARE part regclass; gone integer := 0;
BEGIN
  FOR part IN SELECT public.expired_partitions(parent, cutoff) LOOP
    EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', parent, part);
    EXECUTE format('DROP TABLE %s', part);
    gone := gone + 1;
  END LOOP;
  RETURN gone;
END $$;
"""
"""Functions for tables that are partitioned by time: what has expired, what must be made, what is dropped."""


def partition_functions(target: Target) -> str:
    """The functions, for the jobs alone."""
    jobs = maintenance(target)
    given = [
        execute_for("expired_partitions(regclass, timestamptz)", jobs),
        execute_for("make_partitions(regclass, text, integer)", jobs),
        execute_for("drop_expired_partitions(regclass, timestamptz)", jobs),
    ]
    return "\n".join([PARTITIONS, *given])
