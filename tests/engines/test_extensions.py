"""Scripts create the extensions that schemas use; what is dangerous stays out (see test_sandbox)."""

from __future__ import annotations

import pytest

from dbdesign.engines.postgres.extensions import HARMLESS
from dbdesign.engines.postgres.scratch import ScratchDatabase

TRUSTED = ("btree_gin", "btree_gist", "citext", "cube", "fuzzystrmatch", "hstore", "intarray", "isn", "lo", "ltree")
TRUSTED += ("pg_trgm", "pgcrypto", "seg", "tablefunc", "tcn", "tsm_system_rows", "unaccent", "uuid-ossp")


@pytest.mark.parametrize("name", [*HARMLESS, *TRUSTED])
def test_an_extension_can_be_created_commented_on_and_dropped(db: ScratchDatabase, name: str) -> None:
    outcome = db.run_script(
        f'create schema s; create extension if not exists "{name}" with schema s cascade;'
        f'comment on extension "{name}" is \'mine\'; drop extension "{name}"'
    )
    assert outcome.failures == ()


def test_stand_ins_compute_what_sql_can(db: ScratchDatabase) -> None:
    db.run_script('create extension "uuid-ossp"; create extension pgcrypto')
    row = db.user.execute(
        "select uuid_generate_v4() <> uuid_generate_v1(), uuid_generate_v3(uuid_ns_dns(), 'www.example.com')::text,"
        " digest('abc', 'sha256') = sha256('abc'), length(gen_random_bytes(5)), length(gen_random_bytes(1024)), gen_random_uuid() is not null"
    ).fetchone()
    assert row == (
        True,
        "5df41881-3aed-3515-88a7-2f4a814cf09e",
        True,
        5,
        1024,
        True,
    )  # the UUID is RFC 9562's example, A.2


def test_a_stand_in_says_that_it_is_one(db: ScratchDatabase) -> None:
    outcome = db.run_script("create extension pgcrypto;\nselect crypt('a', gen_salt('bf'))")
    assert [(notice.line, notice.severity) for notice in outcome.notices] == [(1, "WARNING")]
    assert [(failure.line, failure.sqlstate) for failure in outcome.failures] == [(2, "0A000")]


def test_a_schema_that_uses_extensions_dumps_as_the_real_ones_would(db: ScratchDatabase) -> None:
    script = (
        'create extension "uuid-ossp"; create extension vector; create extension citext;'
        "create table t (id uuid default uuid_generate_v4() primary key, name citext, e vector(3));"
        "create index on t using hnsw (e vector_l2_ops)"
    )
    assert db.run_script(script).failures == ()
    dump = db.dump()
    assert (
        "id uuid DEFAULT public.uuid_generate_v4() NOT NULL,\n    name public.citext,\n    e public.vector(3)" in dump
    )
    assert "USING hnsw (e public.vector_l2_ops)" in dump
    assert "COMMENT ON EXTENSION \"uuid-ossp\" IS 'generate universally unique identifiers (UUIDs)'" in dump
