"""How statements of a migration are judged: by the state that earlier ones left, by volumes, by the target's version."""

from __future__ import annotations

import pytest

from dbdesign.migrations.check.checker import Checked, Checker
from dbdesign.migrations.check.migration import Migration, sql_statements
from dbdesign.migrations.check.run import run_check
from dbdesign.migrations.durations import Durations, Size
from dbdesign.migrations.hazards.base import hazards
from dbdesign.model.design import Design
from dbdesign.model.finding import Severity
from dbdesign.model.migration import LockMode
from dbdesign.model.schema import Schema

AE, SRE, SUE = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE_ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE
SHOP = """
CREATE TABLE customer (id bigint PRIMARY KEY, name text);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, total numeric, note varchar(20));
CREATE TYPE state AS ENUM ('open', 'closed');
CREATE DOMAIN amount AS int;
"""


def check(
    sql: str,
    state: str = SHOP,
    *,
    version: str = "18",
    execute: bool = True,
    transaction: str = "each",
    sizes: dict[str, Size] | None = None,
) -> list[Checked]:
    statements, _ = sql_statements(sql)
    with Checker(state, version=version, execute=execute, durations=Durations(sizes)) as checker:
        return list(checker.check([Migration("m.sql", statements, transaction=transaction)]))  # type: ignore[arg-type]


def found(results: list[Checked]) -> list[str]:
    return [one.hazard for result in results for one in result.findings if one.hazard != "no-lock-timeout"]


# Mistakes of known tools, which are not ours.
NOT_DANGEROUS = {
    "attaching a partition is not ACCESS EXCLUSIVE on the partitioned table": (
        (
            "CREATE TABLE event (at date NOT NULL) PARTITION BY RANGE (at); CREATE TABLE event_1 (at date NOT NULL, "
            "CHECK (at IS NOT NULL AND at >= '2025-01-01' AND at < '2026-01-01'));"
        ),
        "ALTER TABLE event ATTACH PARTITION event_1 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
    ),
    "detaching concurrently locks nothing while it waits": (
        (
            "CREATE TABLE event (at date NOT NULL) PARTITION BY RANGE (at); CREATE TABLE event_1 PARTITION OF event FOR VALUES "
            "FROM ('2025-01-01') TO ('2026-01-01');"
        ),
        "ALTER TABLE event DETACH PARTITION event_1 CONCURRENTLY",
    ),
    "a virtual column is free": (
        SHOP,
        "ALTER TABLE orders ADD COLUMN twice numeric GENERATED ALWAYS AS (total * 2) VIRTUAL",
    ),
    "a constant default is free": (SHOP, "ALTER TABLE orders ADD COLUMN n int NOT NULL DEFAULT 5"),
    "now() is computed once": (SHOP, "ALTER TABLE orders ADD COLUMN at timestamptz NOT NULL DEFAULT now()"),
    "current_user is computed once": (SHOP, "ALTER TABLE orders ADD COLUMN who text DEFAULT current_user"),
    "a longer varchar is free": (SHOP, "ALTER TABLE orders ALTER COLUMN note TYPE varchar(40)"),
    "varchar to text is free": (SHOP, "ALTER TABLE orders ALTER COLUMN note TYPE text"),
    "a domain without constraints is free": (SHOP, "ALTER TABLE orders ADD COLUMN a amount"),
    "a volatile SQL function that returns a constant is free": (
        SHOP + "CREATE FUNCTION seven() RETURNS int LANGUAGE sql VOLATILE AS 'SELECT 7';",
        "ALTER TABLE orders ADD COLUMN n int DEFAULT seven()",
    ),
    "a stable PL/pgSQL function is computed once": (
        SHOP + "CREATE FUNCTION seven() RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 7; END';",
        "ALTER TABLE orders ADD COLUMN n int DEFAULT seven()",
    ),
}


@pytest.mark.parametrize("execute", [True, False], ids=["executed", "by rule"])
@pytest.mark.parametrize("case", NOT_DANGEROUS)
def test_what_known_tools_wrongly_report_is_not_reported(case: str, execute: bool) -> None:
    state, sql = NOT_DANGEROUS[case]
    results = check(sql, state, execute=execute)
    assert found(results) == []
    assert all(one.error is None and not one.trace.rewrites and not one.trace.scans for one in results)


DANGEROUS = {
    "a serial column": ("ALTER TABLE orders ADD COLUMN n serial", "add-col-serial"),
    "an identity column": ("ALTER TABLE orders ADD COLUMN n int GENERATED ALWAYS AS IDENTITY", "add-col-identity"),
    "a PL/pgSQL function that is volatile": (
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 7; END'; ALTER TABLE orders ADD COLUMN n int DEFAULT f()",
        "add-col-volatile",
    ),
    "a SQL function that calls a volatile one": (
        "CREATE FUNCTION f() RETURNS float8 LANGUAGE sql AS 'SELECT random()'; ALTER TABLE orders ADD COLUMN n float8 DEFAULT f()",
        "add-col-volatile",
    ),
    "a default partition that nobody names": (
        "CREATE TABLE e (k int) PARTITION BY LIST (k); CREATE TABLE d PARTITION OF e DEFAULT; ALTER TABLE orders DROP COLUMN note",
        "drop-column",
    ),
}


@pytest.mark.parametrize("execute", [True, False], ids=["executed", "by rule"])
@pytest.mark.parametrize("case", DANGEROUS)
def test_what_known_tools_miss_is_reported(case: str, execute: bool) -> None:
    sql, hazard = DANGEROUS[case]
    assert found(check(sql, execute=execute)) == [hazard]


def test_a_table_that_the_migration_makes_raises_nothing() -> None:
    sql = """
    CREATE TABLE fresh (id bigint, customer_id bigint, note text);
    CREATE INDEX fresh_note_idx ON fresh (note);
    ALTER TABLE fresh ALTER COLUMN note SET NOT NULL, ADD PRIMARY KEY (id), ALTER COLUMN note TYPE varchar(10);
    UPDATE fresh SET note = '';
    ALTER TABLE fresh DROP COLUMN note;
    DROP TABLE fresh;
    """
    assert [one.findings for one in check(sql)] == [()] * 6


def test_an_earlier_migration_s_table_is_an_old_one() -> None:
    first, _ = sql_statements("CREATE TABLE fresh (id bigint)")
    second, _ = sql_statements("CREATE INDEX ON fresh (id)")
    with Checker("") as checker:
        results = list(checker.check([Migration("1.sql", first), Migration("2.sql", second)]))
    assert found(results) == ["index-create"]


def test_statements_meet_the_state_that_earlier_ones_left() -> None:
    sql = """
    ALTER TABLE orders ADD CONSTRAINT total_is_set CHECK (total IS NOT NULL) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT total_is_set;
    ALTER TABLE orders ALTER COLUMN total SET NOT NULL;
    ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
    """
    for execute in (True, False):
        results = check(sql, execute=execute)
        assert [dict(one.trace.scans) for one in results] == [{}, {"orders": 1}, {}, {"orders": 1}]
        assert found(results) == ["set-not-null"]


@pytest.mark.parametrize(
    ("rows", "severity"),
    [(50, Severity.INFO), (3e6, Severity.LOW), (1.5e7, Severity.MEDIUM), (1e9, Severity.HIGH), (None, Severity.HIGH)],
)
def test_volumes_make_the_severity(rows: float | None, severity: Severity) -> None:
    sizes = {} if rows is None else {"orders": Size(rows, rows * 30)}
    results = check("ALTER TABLE orders ALTER COLUMN total SET NOT NULL", sizes=sizes)
    assert [one.severity for one in results[0].findings if one.hazard == "set-not-null"] == [severity]


def test_locks_are_for_the_target_s_version() -> None:
    state = "CREATE TABLE p (id int NOT NULL, k int NOT NULL) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
    sql = "ALTER TABLE p ADD CONSTRAINT q UNIQUE (id, k)"
    assert check(sql, state, version="18")[0].trace.locks == {"p": AE, "p1": AE}
    assert check(sql, state, version="15")[0].trace.locks == {"p": AE, "p1": LockMode.SHARE}


def test_what_the_target_does_not_have_is_refused() -> None:
    result = check("ALTER TABLE orders ADD CONSTRAINT n NOT NULL total NOT VALID", version="16")[0]
    assert (result.error or "").startswith("42601")


def test_a_statement_that_does_not_apply_lets_the_others_go_on() -> None:
    sql = """
    ALTER TABLE nothing ADD COLUMN a int;
    SELEC 1;
    ALTER TABLE orders ALTER COLUMN total SET NOT NULL;
    ALTER TABLE orders ADD COLUMN id int;
    CREATE INDEX ON orders (note);
    """
    for transaction in ("each", "file"):
        results = check(sql, transaction=transaction)
        assert [(one.error or "")[:5] for one in results] == ["42P01", "42601", "", "42701", ""]
        assert found(results) == ["set-not-null", "index-create"]


def test_a_lock_that_the_transaction_has_already_is_told_again() -> None:
    sql = "ALTER TABLE orders ADD COLUMN a int; ALTER TABLE orders ADD COLUMN b int; SELECT 1"
    results = check(sql, transaction="file")
    assert [dict(one.trace.locks) for one in results] == [{"orders": AE}, {"orders": AE}, {}]
    assert [dict(one.trace.held) for one in results] == [{"orders": AE}] * 3


def test_what_a_do_block_does_is_seen_by_executing_it() -> None:
    sql = "SET lock_timeout = '2s'; DO $$ BEGIN ALTER TABLE orders ALTER COLUMN total TYPE int; CREATE TABLE made (a int); END $$; CREATE INDEX ON made (a); ALTER TABLE orders ALTER COLUMN total TYPE bigint"
    results = check(sql)
    assert results[1].trace.rewrites == ("orders",)
    assert [one.hazard for one in results[1].findings] == ["table-rewrite"]
    assert results[2].findings == ()
    assert [one.hazard for one in results[3].findings] == ["type-change"]


def test_what_a_do_block_does_in_a_transaction_is_known_to_the_statements_behind_it() -> None:
    sql = "DO $$ BEGIN CREATE TABLE made (a int); ALTER TABLE orders ADD COLUMN more int; END $$; CREATE INDEX ON made (a); ALTER TABLE orders ALTER COLUMN more SET NOT NULL"
    results = check(sql, transaction="file")
    assert [one.error for one in results] == [None] * 3
    assert found(results) == ["set-not-null"]


def test_one_cause_is_told_once() -> None:
    results = check(
        "SET lock_timeout = '2s'; ALTER TABLE orders ALTER COLUMN total TYPE int, ALTER COLUMN note SET NOT NULL"
    )
    assert sorted(one.hazard for one in results[1].findings) == ["set-not-null", "type-change"]


def test_a_comment_allows_a_hazard_of_the_statement_behind_it() -> None:
    sql = """
    SET lock_timeout = '2s';
    -- dbdesign: allow drop-column nothing reads it
    ALTER TABLE orders DROP COLUMN note;
    ALTER TABLE orders DROP COLUMN total;
    """
    results = check(sql)
    assert [[one.hazard for one in result.findings] for result in results] == [[], [], ["drop-column"]]
    assert [[one.hazard for one in result.allowed] for result in results] == [[], ["drop-column"], []]


def test_set_local_holds_to_the_end_of_its_transaction_only() -> None:
    sql = """
    BEGIN; SET LOCAL lock_timeout = '2s'; ALTER TABLE orders ADD COLUMN a int; COMMIT;
    ALTER TABLE orders ADD COLUMN b int;
    """
    results = check(sql)
    assert [[one.hazard for one in result.findings] for result in results] == [[], [], [], [], ["no-lock-timeout"]]


def test_an_invalid_index_of_the_name_is_a_greater_danger() -> None:
    state = "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1);"
    sql = "CREATE UNIQUE INDEX CONCURRENTLY u ON t (a); CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON t (a)"
    results = check(sql, state)
    assert (results[0].error or "")[:5] == "23505"
    assert [(one.hazard, one.severity) for one in results[1].findings] == [("cic-invalid-leftover", Severity.HIGH)]


def test_a_session_in_utc_keeps_the_rows_of_timestamps() -> None:
    state = "CREATE TABLE t (at timestamp);"
    sql = "ALTER TABLE t ALTER COLUMN at TYPE timestamptz"
    for execute in (True, False):
        assert found(check(sql, state, execute=execute)) == ["type-change"]
        assert found(check(f"SET timezone = 'UTC'; {sql}", state, execute=execute)) == []


HOSTILE = {
    "an endless loop": "DO $$ BEGIN LOOP END LOOP; END $$",
    "a program": "COPY orders FROM PROGRAM 'id'",
    "a file": "COPY orders FROM '/etc/passwd'",
    "its own session": "SELECT pg_terminate_backend(pg_backend_pid())",
    "a role": "SET SESSION AUTHORIZATION postgres",
    "a shadowed catalog": "CREATE SCHEMA evil; CREATE TABLE evil.pg_class (oid int); SET search_path = evil, pg_catalog",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_statements_end_themselves_and_nothing_else(case: str) -> None:
    from dbdesign.engines.postgres import Limits

    statements, _ = sql_statements(f"{HOSTILE[case]}; ALTER TABLE public.orders ALTER COLUMN total SET NOT NULL")
    with Checker(SHOP, limits=Limits(seconds=1.0)) as checker:
        results = list(checker.check([Migration("m.sql", statements)]))
    assert results[-1].error is None
    assert results[-1].trace.locks == {"orders": AE}


def test_every_hazard_can_be_chosen_alone() -> None:
    statements, _ = sql_statements("ALTER TABLE orders DROP COLUMN note, ALTER COLUMN total SET NOT NULL")
    for name in ("drop-column", "set-not-null"):
        with Checker(SHOP, wanted=frozenset({name}), execute=False) as checker:
            assert found(list(checker.check([Migration("m.sql", statements)]))) == [name]
    assert len(hazards()) >= 60


def test_a_history_is_applied_and_not_reported() -> None:
    history, _ = sql_statements("CREATE TABLE a (id int); CREATE INDEX ON a (id)")
    migration, _ = sql_statements("CREATE INDEX ON a (id)")
    design = Design(schema=Schema(engine="postgresql"))
    result = run_check([Migration("2.sql", migration)], design=design, history=[Migration("1.sql", history)])
    assert [one.file for one in result.checked] == ["2.sql"]
    assert "index-create" in found(list(result.checked))


MYSQL = "CREATE TABLE t (id bigint PRIMARY KEY, a int NOT NULL, v varchar(20), e enum('x','y'), b varchar(300));"
MYSQL_WAYS = {
    "ADD COLUMN c int, ALGORITHM=INSTANT": set(),
    "MODIFY v varchar(60), ALGORITHM=INPLACE, LOCK=NONE": set(),
    "MODIFY v varchar(64), ALGORITHM=COPY": {"mysql-varchar"},
    "MODIFY b varchar(400), ALGORITHM=INPLACE, LOCK=NONE": set(),
    "MODIFY v varchar(10), ALGORITHM=COPY": {"mysql-varchar"},
    "MODIFY a bigint NOT NULL, ALGORITHM=COPY": {"mysql-copy"},
    "MODIFY a int NULL, ALGORITHM=INPLACE": {"mysql-rebuild"},
    "CHANGE a a2 int NOT NULL, ALGORITHM=INSTANT": set(),
    "MODIFY e enum('x','y','z'), ALGORITHM=INSTANT": set(),
    "MODIFY e enum('y','x'), ALGORITHM=COPY": {"mysql-enum"},
    "DROP PRIMARY KEY, ADD PRIMARY KEY (a), ALGORITHM=INPLACE": {"mysql-primary-key"},
    "ADD INDEX i (a), ALGORITHM=INPLACE, LOCK=NONE": set(),
    "ENGINE=InnoDB, ALGORITHM=INPLACE, LOCK=NONE": {"mysql-rebuild"},
    "ADD COLUMN g int AS (a + 1) STORED, ALGORITHM=COPY": {"mysql-copy"},
    "ADD COLUMN g int AS (a + 1) VIRTUAL, ALGORITHM=INSTANT": set(),
    "DROP COLUMN b": {"mysql-no-algorithm"},
    "ALTER COLUMN a SET DEFAULT 5, ALGORITHM=INSTANT": set(),
    "PARTITION BY HASH (id) PARTITIONS 4": {"mysql-copy", "mysql-no-algorithm"},
}


@pytest.mark.parametrize("action", MYSQL_WAYS)
def test_mysql_s_ways_are_told_apart(action: str) -> None:
    from dbdesign.readers.base import reader

    design = Design(schema=reader("mysql").read(MYSQL).schema_)
    statements, _ = sql_statements(f"ALTER TABLE `t` {action}")
    result = run_check([Migration("m.sql", statements)], engine="mysql", version="8.4", design=design)
    assert set(found(list(result.checked))) == MYSQL_WAYS[action]


NAMES = """
CREATE SCHEMA sales;
CREATE TABLE "Order Items" (id uuid PRIMARY KEY, "Qty" int NOT NULL DEFAULT 1, "Note" varchar(20));
CREATE INDEX "oi qty" ON "Order Items" ("Qty");
CREATE TABLE sales.p (id bigint NOT NULL, k int NOT NULL, x int) PARTITION BY RANGE (k);
CREATE TABLE sales.p1 PARTITION OF sales.p FOR VALUES FROM (0) TO (100);
CREATE TABLE sales."p rest" PARTITION OF sales.p DEFAULT PARTITION BY LIST (k);
CREATE TABLE sales.p3 PARTITION OF sales."p rest" DEFAULT;
INSERT INTO "Order Items" SELECT gen_random_uuid(), n, 'x' FROM generate_series(1, 2500) n;
INSERT INTO sales.p SELECT n, n % 200, n FROM generate_series(1, 2500) n;
"""
REWRITTEN = [
    'ALTER TABLE "Order Items" ALTER COLUMN "Qty" TYPE bigint',
    'ALTER TABLE "Order Items" RENAME COLUMN "Note" TO "Größe"',
    'ALTER TABLE "Order Items" ADD COLUMN "Größe" uuid NOT NULL DEFAULT gen_random_uuid()',
    'ALTER TABLE "Order Items" ADD COLUMN "Nr" bigserial',
    'ALTER TABLE "Order Items" ADD CONSTRAINT "item ck" CHECK ("Qty" > 0)',
    'ALTER TABLE "Order Items" ADD UNIQUE ("Qty", id) INCLUDE ("Note")',
    'ALTER TABLE "Order Items" ALTER COLUMN "Note" SET NOT NULL',
    'ALTER TABLE "Order Items" RENAME TO "Items"',
    'UPDATE "Order Items" SET "Qty" = "Qty" + 1',
    "ALTER TABLE sales.p ADD UNIQUE (id, k)",
    "ALTER TABLE sales.p ADD PRIMARY KEY (id, k)",
    "ALTER TABLE sales.p ALTER COLUMN x SET NOT NULL",
    "ALTER TABLE sales.p ADD CHECK (x > 0)",
    "ALTER TABLE sales.p ADD COLUMN tok uuid DEFAULT gen_random_uuid()",
    "CREATE INDEX ON sales.p (x)",
    "CREATE TABLE sales.p2 PARTITION OF sales.p FOR VALUES FROM (200) TO (300)",
]


@pytest.mark.parametrize("version", ["12", "18"])
@pytest.mark.parametrize("sql", REWRITTEN)
def test_the_safe_form_runs_with_hard_names_partitions_and_rows(sql: str, version: str) -> None:
    findings = [one for one in check(sql, NAMES, version=version)[0].findings if one.hazard != "no-lock-timeout"]
    assert len(findings) == 1
    assert findings[0].safe is not None
    results = check(findings[0].safe, NAMES, version=version)
    assert [one.error for one in results if one.error] == []
    assert [finding.message for one in results for finding in one.findings] == []


def test_a_backfill_in_batches_gives_every_row_its_value_once() -> None:
    safe = check("ALTER TABLE sales.p ADD COLUMN tok uuid DEFAULT gen_random_uuid()", NAMES)[0].findings[0].safe
    with Checker(NAMES) as checker:
        list(checker.check([Migration("m.sql", sql_statements(safe or "")[0])]))
        assert checker.rows("SELECT count(DISTINCT tok), count(*) FROM sales.p") == [(2500, 2500)]


def test_rows_that_a_migration_loads_are_executed_together_and_a_bad_one_is_found() -> None:
    good = "".join(f"INSERT INTO customer (id, name) VALUES ({n}, 'a;b');\n" for n in range(2000))
    results = check(f"{good}INSERT INTO customer (id) VALUES (7);\nALTER TABLE customer ADD COLUMN a int;")
    assert [one.statement.line for one in results if one.error] == [2001]
    assert len(results) == 2002
    assert results[0].trace.locks == {"customer": LockMode.ROW_EXCLUSIVE}
    assert results[-1].trace.locks == {"customer": AE}
    assert found(check(good.replace("customer", "nothing")[:400].rpartition(";")[0])) == []


def test_an_update_is_judged_as_on_a_full_table_whatever_the_plan_on_an_empty_one() -> None:
    state = SHOP + "CREATE INDEX ON orders (note);"
    assert found(check("UPDATE orders SET total = 1 WHERE note = 'x'", state)) == ["mass-update"]
    assert found(check("UPDATE orders SET total = 1 WHERE id = 7", state)) == []
    assert found(check("UPDATE orders SET total = 1 WHERE id IS NULL", state)) == []


def test_work_under_a_stronger_lock_of_the_transaction_blocks_what_that_lock_blocks() -> None:
    results = check("ALTER TABLE orders ADD COLUMN a int; CREATE INDEX ON orders (note)", transaction="file")
    message = results[1].findings[0].message
    assert message.startswith(
        "the index is built under a lock that an earlier statement of the transaction took: "
        "ACCESS EXCLUSIVE on orders blocks reads and writes"
    )


@pytest.mark.parametrize("execute", [True, False])
@pytest.mark.parametrize("filled", ["", "INSERT INTO fresh SELECT id, id FROM customer;"])
def test_a_foreign_key_of_a_table_that_is_new_reads_others_only_for_rows(filled: str, execute: bool) -> None:
    made = "BEGIN; CREATE TABLE fresh (id bigint PRIMARY KEY, customer_id bigint);"
    key = "ALTER TABLE fresh ADD FOREIGN KEY (customer_id) REFERENCES customer (id); COMMIT;"
    hazards = set(found(check(f"{made}{filled}{key}", execute=execute)))
    assert hazards <= {"scan-under-lock"}
    assert hazards == set() or filled


@pytest.mark.parametrize("execute", [True, False])
def test_a_column_that_is_dropped_and_added_at_once_is_a_new_one(execute: bool) -> None:
    sql = "ALTER TABLE orders ADD COLUMN id bigserial PRIMARY KEY, DROP CONSTRAINT orders_pkey, DROP COLUMN id"
    (result,) = check(sql, execute=execute)
    assert result.error is None
    assert "orders" in result.trace.rewrites
    assert {one.hazard: one.safe for one in result.findings if one.hazard == "add-col-serial"} == {
        "add-col-serial": None
    }
