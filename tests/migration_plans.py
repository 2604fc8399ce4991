"""Plans made by hand that PostgreSQL really runs: every kind of step, and text that tools trip over."""

from __future__ import annotations

from dbdesign.model.finding import Proof
from dbdesign.model.migration import Batches, LockMode, MigrationPlan, Phase, Retry, Step, Trace, Wait

BEFORE = """
CREATE TABLE orders (id bigint PRIMARY KEY, "größe" integer NOT NULL, note text);
INSERT INTO orders SELECT number, number % 7, 'note ' || number FROM generate_series(1, 2500) AS number;
"""

TRICKY = (
    "it''s 100% :name ::text \\: \\\\ ${user.name} ${} {{x}} %(a)s -- +goose Down; /* no */ \"q\" `b` $$ 日本 \t"
    "\n-- a line; \n\n   ]]> <b> & end"
)
"""Inside a string literal of the plan's SQL."""

FUNCTION = """CREATE FUNCTION fill_status() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  -- a comment; with a semicolon
  IF NEW.status IS NULL THEN
    NEW.status := 'new; ''quoted''';
  END IF;
  RETURN NEW;
END
$body$;
CREATE TRIGGER fill_status BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION fill_status();"""

BACKFILL = """DO $backfill$
DECLARE
  after bigint := 0;
BEGIN
  LOOP
    WITH batch AS (
      SELECT id FROM orders WHERE id > after ORDER BY id LIMIT 1000
    ), changed AS (
      UPDATE orders SET status = 'old: 5%' FROM batch WHERE orders.id = batch.id RETURNING orders.id
    )
    SELECT max(id) INTO after FROM changed;
    EXIT WHEN after IS NULL;
    COMMIT;
  END LOOP;
END
$backfill$;"""

BATCH = """WITH batch (key_1) AS MATERIALIZED (
  SELECT t.id FROM orders AS t WHERE (num_nulls(:after) > 0 OR (t.id) > (:after)) AND (t.id) <= (:last)
  ORDER BY t.id LIMIT :rows FOR NO KEY UPDATE
), work AS (
  UPDATE orders AS t SET status = 'old: 5%' FROM batch WHERE t.id = batch.key_1
)
SELECT key_1 FROM batch ORDER BY key_1 DESC LIMIT 1"""

VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_status'::regclass"

EXPAND = Phase(
    name="expand",
    deploy_condition="any version of the application",
    steps=(
        Step(
            id="expand-1",
            title="Add orders.status -- migrate:down",
            sql=f"-- first;\nALTER TABLE orders ADD COLUMN status text;\nCOMMENT ON COLUMN orders.status IS '{TRICKY}';",
            lock_timeout="2s",
            statement_timeout="10s",
            retry=Retry(attempts=5, first_wait=0.1),
            trace=Trace(locks={"orders": LockMode.ACCESS_EXCLUSIVE}, proof=Proof(level="by rule")),
            precondition="SELECT count(*) = 0 FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'status'",
            postcondition="SELECT true",
            rollback="ALTER TABLE orders DROP COLUMN status;",
            notes=("Old versions\ndo not see it.",),
        ),
        Step(
            id="expand-2",
            title="Fill it for new rows",
            sql=FUNCTION,
            lock_timeout="2s",
            rollback="DROP TRIGGER fill_status ON orders;\nDROP FUNCTION fill_status();",
            wait=Wait(
                poll="SELECT count(*) = 1 AS done, NULL::float AS progress FROM pg_trigger WHERE tgname = 'fill_status';",
                seconds=0.1,
                reason="every server has the trigger",
            ),
        ),
        Step(
            id="expand-3",
            title='Index "größe" and status',
            sql="CREATE INDEX CONCURRENTLY orders_status ON orders (\"größe\", status)\n  WHERE status <> 'a;b' -- partial\n;",
            transactional=False,
            lock_timeout="30s",
            retry=Retry(attempts=3),
            cleanup="DROP INDEX CONCURRENTLY IF EXISTS orders_status",
            postcondition=VALID,
            rollback="DROP INDEX CONCURRENTLY orders_status",
            rollback_transactional=False,
            wait=Wait(
                poll=f"SELECT ({VALID}) AS done, NULL::float AS progress;", seconds=0.1, reason="the index is valid"
            ),
        ),
        Step(
            id="expand-4",
            title="Index for the way back",
            sql="CREATE INDEX orders_note ON orders (note);\nCOMMENT ON INDEX orders_note IS 'made in a transaction';",
            lock_timeout="2s",
            rollback="DROP INDEX CONCURRENTLY orders_note",
            rollback_transactional=False,
        ),
    ),
)
BACKFILL_PHASE = Phase(
    name="backfill",
    deploy_condition="any version of the application",
    steps=(
        Step(
            id="backfill-1",
            title="Fill orders.status",
            sql=BACKFILL,
            transactional=False,
            batches=Batches(
                table="orders",
                key=("id",),
                types=("bigint",),
                first="SELECT NULL::bigint",
                last="SELECT id FROM orders ORDER BY id DESC LIMIT 1",
                batch=BATCH,
                pause=0.01,
                throttle="SELECT false",
            ),
            postcondition="SELECT NOT EXISTS (SELECT FROM orders WHERE status IS NULL)",
        ),
    ),
)
VALIDATE = Phase(
    name="validate",
    deploy_condition="every version fills status",
    steps=(
        Step(
            id="validate-1",
            title="Constrain status",
            sql="ALTER TABLE orders ADD CONSTRAINT orders_status_set CHECK (status IS NOT NULL) NOT VALID",
            lock_timeout="2s",
            rollback="ALTER TABLE orders DROP CONSTRAINT orders_status_set",
        ),
        Step(id="validate-2", title="Validate", sql="ALTER TABLE orders VALIDATE CONSTRAINT orders_status_set;"),
        Step(
            id="validate-3",
            title="Status is mandatory",
            sql="ALTER TABLE orders ALTER status SET NOT NULL;\nALTER TABLE orders DROP CONSTRAINT orders_status_set;",
            lock_timeout="2s",
            retry=Retry(attempts=2, first_wait=0.1),
            rollback="ALTER TABLE orders ADD CONSTRAINT orders_status_set CHECK (status IS NOT NULL);\n"
            "ALTER TABLE orders ALTER status DROP NOT NULL;",
        ),
    ),
)
CONTRACT = Phase(
    name="contract",
    deploy_condition="no version reads note",
    point_of_no_return=True,
    steps=(
        Step(
            id="contract-1",
            title="Drop orders.note",
            sql="DROP INDEX orders_note;\nALTER TABLE orders DROP COLUMN note",
            lock_timeout="2s",
            rollback="ALTER TABLE orders ADD COLUMN note text;\nCREATE INDEX orders_note ON orders (note);\n"
            "COMMENT ON INDEX orders_note IS 'made in a transaction';",
            reversible=False,
        ),
    ),
)

PLAN = MigrationPlan(
    engine="postgresql",
    version="18",
    phases=(EXPAND, BACKFILL_PHASE, VALIDATE, CONTRACT),
    manual=("Grant SELECT to whoever reads it.",),
)

FINAL = MigrationPlan(
    engine="postgresql",
    phases=(
        Phase(
            name="contract",
            deploy_condition="nobody reads orders",
            point_of_no_return=True,
            steps=(Step(id="contract-9", title="Drop orders", sql="DROP TABLE orders", reversible=False),),
        ),
    ),
)
"""A step that cannot be taken back."""
