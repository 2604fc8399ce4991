-- Lifecycle of the rows

CREATE ROLE IF NOT EXISTS app;
CREATE ROLE IF NOT EXISTS maintenance;

GRANT SELECT, INSERT, UPDATE, DELETE ON tenants TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenants TO maintenance;
GRANT SELECT, INSERT, UPDATE, DELETE ON countries TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON countries TO maintenance;
GRANT SELECT, INSERT, UPDATE ON users TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON users TO maintenance;
GRANT SELECT, INSERT, UPDATE ON orders TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO maintenance;
GRANT SELECT, INSERT, UPDATE, DELETE ON order_lines TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON order_lines TO maintenance;
GRANT SELECT, INSERT, UPDATE, DELETE ON invoices TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON invoices TO maintenance;
GRANT SELECT, INSERT, UPDATE, DELETE ON tickets TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tickets TO maintenance;
GRANT SELECT, INSERT, UPDATE, DELETE ON events TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON events TO maintenance;

-- Soft delete

CREATE VIEW live_users AS
SELECT id, tenant_id, email, full_name, password_hash, legal_hold, manager_id, country, created_at FROM users WHERE deleted_at IS NULL;

CREATE VIEW live_orders AS
SELECT id, tenant_id, user_id, status, note, created_at FROM orders WHERE deleted_at IS NULL;

CREATE FUNCTION users_to_live_users_manager_id() RETURNS TRIGGER LANGUAGE PLpgSQL AS $$
DECLARE gone TIMESTAMPTZ;
BEGIN
  SELECT p.deleted_at INTO gone FROM users p WHERE p.tenant_id = (NEW).tenant_id AND p.id = (NEW).manager_id FOR SHARE;
  IF gone IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = 'users refers to a deleted row of users', ERRCODE = '23503'; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refer_to_live_users_manager_id AFTER INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION users_to_live_users_manager_id();

CREATE FUNCTION orders_to_live_users_user_id() RETURNS TRIGGER LANGUAGE PLpgSQL AS $$
DECLARE gone TIMESTAMPTZ;
BEGIN
  SELECT p.deleted_at INTO gone FROM users p WHERE p.tenant_id = (NEW).tenant_id AND p.id = (NEW).user_id FOR SHARE;
  IF gone IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = 'orders refers to a deleted row of users', ERRCODE = '23503'; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refer_to_live_users_user_id AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION orders_to_live_users_user_id();

CREATE FUNCTION invoices_to_live_users_user_id() RETURNS TRIGGER LANGUAGE PLpgSQL AS $$
DECLARE gone TIMESTAMPTZ;
BEGIN
  SELECT p.deleted_at INTO gone FROM users p WHERE p.tenant_id = (NEW).tenant_id AND p.id = (NEW).user_id FOR SHARE;
  IF gone IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = 'invoices refers to a deleted row of users', ERRCODE = '23503'; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refer_to_live_users_user_id AFTER INSERT OR UPDATE ON invoices FOR EACH ROW EXECUTE FUNCTION invoices_to_live_users_user_id();

CREATE FUNCTION tickets_to_live_users_assignee_id() RETURNS TRIGGER LANGUAGE PLpgSQL AS $$
DECLARE gone TIMESTAMPTZ;
BEGIN
  SELECT p.deleted_at INTO gone FROM users p WHERE p.tenant_id = (NEW).tenant_id AND p.id = (NEW).assignee_id FOR SHARE;
  IF gone IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = 'tickets refers to a deleted row of users', ERRCODE = '23503'; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refer_to_live_users_assignee_id AFTER INSERT OR UPDATE ON tickets FOR EACH ROW EXECUTE FUNCTION tickets_to_live_users_assignee_id();

CREATE FUNCTION users_marked_users_manager_id() RETURNS TRIGGER LANGUAGE PLpgSQL AS $$
BEGIN
  IF (OLD).deleted_at IS NULL AND (NEW).deleted_at IS NOT NULL THEN
    IF EXISTS (SELECT 1 FROM users AS c WHERE c.tenant_id = (NEW).tenant_id AND c.manager_id = (NEW).id AND c.deleted_at IS NULL) THEN
      RAISE EXCEPTION USING MESSAGE = 'live rows of users refer to this row of users', ERRCODE = '23503';
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER marked_users_manager_id AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION users_marked_users_manager_id();

CREATE FUNCTION users_marked_orders_user_id() RETURNS TRIGGER LANGUAGE PLpgSQL AS $$
BEGIN
  IF (OLD).deleted_at IS NULL AND (NEW).deleted_at IS NOT NULL THEN
    IF EXISTS (SELECT 1 FROM orders AS c WHERE c.tenant_id = (NEW).tenant_id AND c.user_id = (NEW).id AND c.deleted_at IS NULL) THEN
      RAISE EXCEPTION USING MESSAGE = 'live rows of orders refer to this row of users', ERRCODE = '23503';
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER marked_orders_user_id AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION users_marked_orders_user_id();

CREATE FUNCTION order_lines_to_live_orders_order_id() RETURNS TRIGGER LANGUAGE PLpgSQL AS $$
DECLARE gone TIMESTAMPTZ;
BEGIN
  SELECT p.deleted_at INTO gone FROM orders p WHERE p.tenant_id = (NEW).tenant_id AND p.id = (NEW).order_id FOR SHARE;
  IF gone IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = 'order_lines refers to a deleted row of orders', ERRCODE = '23503'; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refer_to_live_orders_order_id AFTER INSERT OR UPDATE ON order_lines FOR EACH ROW EXECUTE FUNCTION order_lines_to_live_orders_order_id();

-- Audit trail

CREATE TABLE audit_log (
    id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    actor STRING NOT NULL,
    table_name STRING NOT NULL,
    operation STRING NOT NULL CHECK (operation IN ('insert', 'update', 'delete')),
    row_key STRING,
    old_row JSONB,
    new_row JSONB,
    erased_at TIMESTAMPTZ,
    INDEX audit_log_row_idx (table_name, row_key, at)
) WITH (ttl_expiration_expression = $$((at AT TIME ZONE 'UTC') + interval '24 months') AT TIME ZONE 'UTC'$$, ttl_job_cron = '@daily');

GRANT INSERT ON TABLE audit_log TO app;
GRANT SELECT, INSERT, UPDATE ON TABLE audit_log TO maintenance;

CREATE FUNCTION users_audited() RETURNS TRIGGER LANGUAGE PLpgSQL AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO audit_log (actor, table_name, operation, row_key, old_row, new_row) VALUES (coalesce(nullif(current_setting('app.actor', true), ''), session_user), 'public.users', 'insert', (NEW).id::STRING, NULL, CASE WHEN nullif(current_setting('app.erasing', true), '') IS NULL OR current_user <> 'maintenance' THEN json_build_object('id', (NEW).id, 'tenant_id', (NEW).tenant_id, 'email', (NEW).email, 'full_name', (NEW).full_name, 'legal_hold', (NEW).legal_hold, 'manager_id', (NEW).manager_id, 'country', (NEW).country, 'created_at', (NEW).created_at, 'deleted_at', (NEW).deleted_at)::JSONB END);
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO audit_log (actor, table_name, operation, row_key, old_row, new_row) VALUES (coalesce(nullif(current_setting('app.actor', true), ''), session_user), 'public.users', 'delete', (OLD).id::STRING, CASE WHEN nullif(current_setting('app.erasing', true), '') IS NULL OR current_user <> 'maintenance' THEN json_build_object('id', (OLD).id, 'tenant_id', (OLD).tenant_id, 'email', (OLD).email, 'full_name', (OLD).full_name, 'legal_hold', (OLD).legal_hold, 'manager_id', (OLD).manager_id, 'country', (OLD).country, 'created_at', (OLD).created_at, 'deleted_at', (OLD).deleted_at)::JSONB END, NULL);
  ELSE
    INSERT INTO audit_log (actor, table_name, operation, row_key, old_row, new_row) VALUES (coalesce(nullif(current_setting('app.actor', true), ''), session_user), 'public.users', 'update', (NEW).id::STRING, CASE WHEN nullif(current_setting('app.erasing', true), '') IS NULL OR current_user <> 'maintenance' THEN json_build_object('id', (OLD).id, 'tenant_id', (OLD).tenant_id, 'email', (OLD).email, 'full_name', (OLD).full_name, 'legal_hold', (OLD).legal_hold, 'manager_id', (OLD).manager_id, 'country', (OLD).country, 'created_at', (OLD).created_at, 'deleted_at', (OLD).deleted_at)::JSONB END, CASE WHEN nullif(current_setting('app.erasing', true), '') IS NULL OR current_user <> 'maintenance' THEN json_build_object('id', (NEW).id, 'tenant_id', (NEW).tenant_id, 'email', (NEW).email, 'full_name', (NEW).full_name, 'legal_hold', (NEW).legal_hold, 'manager_id', (NEW).manager_id, 'country', (NEW).country, 'created_at', (NEW).created_at, 'deleted_at', (NEW).deleted_at)::JSONB END);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION users_audited();

CREATE FUNCTION orders_audited() RETURNS TRIGGER LANGUAGE PLpgSQL AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO audit_log (actor, table_name, operation, row_key, old_row, new_row) VALUES (coalesce(nullif(current_setting('app.actor', true), ''), session_user), 'public.orders', 'insert', (NEW).id::STRING, NULL, CASE WHEN nullif(current_setting('app.erasing', true), '') IS NULL OR current_user <> 'maintenance' THEN json_build_object('id', (NEW).id, 'tenant_id', (NEW).tenant_id, 'user_id', (NEW).user_id, 'status', (NEW).status, 'note', (NEW).note, 'created_at', (NEW).created_at, 'deleted_at', (NEW).deleted_at)::JSONB END);
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO audit_log (actor, table_name, operation, row_key, old_row, new_row) VALUES (coalesce(nullif(current_setting('app.actor', true), ''), session_user), 'public.orders', 'delete', (OLD).id::STRING, CASE WHEN nullif(current_setting('app.erasing', true), '') IS NULL OR current_user <> 'maintenance' THEN json_build_object('id', (OLD).id, 'tenant_id', (OLD).tenant_id, 'user_id', (OLD).user_id, 'status', (OLD).status, 'note', (OLD).note, 'created_at', (OLD).created_at, 'deleted_at', (OLD).deleted_at)::JSONB END, NULL);
  ELSE
    INSERT INTO audit_log (actor, table_name, operation, row_key, old_row, new_row) VALUES (coalesce(nullif(current_setting('app.actor', true), ''), session_user), 'public.orders', 'update', (NEW).id::STRING, CASE WHEN nullif(current_setting('app.erasing', true), '') IS NULL OR current_user <> 'maintenance' THEN json_build_object('id', (OLD).id, 'tenant_id', (OLD).tenant_id, 'user_id', (OLD).user_id, 'status', (OLD).status, 'note', (OLD).note, 'created_at', (OLD).created_at, 'deleted_at', (OLD).deleted_at)::JSONB END, CASE WHEN nullif(current_setting('app.erasing', true), '') IS NULL OR current_user <> 'maintenance' THEN json_build_object('id', (NEW).id, 'tenant_id', (NEW).tenant_id, 'user_id', (NEW).user_id, 'status', (NEW).status, 'note', (NEW).note, 'created_at', (NEW).created_at, 'deleted_at', (NEW).deleted_at)::JSONB END);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION orders_audited();

CREATE FUNCTION order_lines_audited() RETURNS TRIGGER LANGUAGE PLpgSQL AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO audit_log (actor, table_name, operation, row_key, old_row, new_row) VALUES (coalesce(nullif(current_setting('app.actor', true), ''), session_user), 'public.order_lines', 'insert', (NEW).order_id::STRING || ',' || (NEW).line_no::STRING, NULL, CASE WHEN nullif(current_setting('app.erasing', true), '') IS NULL OR current_user <> 'maintenance' THEN json_build_object('order_id', (NEW).order_id, 'line_no', (NEW).line_no, 'product', (NEW).product, 'quantity', (NEW).quantity, 'tenant_id', (NEW).tenant_id)::JSONB END);
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO audit_log (actor, table_name, operation, row_key, old_row, new_row) VALUES (coalesce(nullif(current_setting('app.actor', true), ''), session_user), 'public.order_lines', 'delete', (OLD).order_id::STRING || ',' || (OLD).line_no::STRING, CASE WHEN nullif(current_setting('app.erasing', true), '') IS NULL OR current_user <> 'maintenance' THEN json_build_object('order_id', (OLD).order_id, 'line_no', (OLD).line_no, 'product', (OLD).product, 'quantity', (OLD).quantity, 'tenant_id', (OLD).tenant_id)::JSONB END, NULL);
  ELSE
    INSERT INTO audit_log (actor, table_name, operation, row_key, old_row, new_row) VALUES (coalesce(nullif(current_setting('app.actor', true), ''), session_user), 'public.order_lines', 'update', (NEW).order_id::STRING || ',' || (NEW).line_no::STRING, CASE WHEN nullif(current_setting('app.erasing', true), '') IS NULL OR current_user <> 'maintenance' THEN json_build_object('order_id', (OLD).order_id, 'line_no', (OLD).line_no, 'product', (OLD).product, 'quantity', (OLD).quantity, 'tenant_id', (OLD).tenant_id)::JSONB END, CASE WHEN nullif(current_setting('app.erasing', true), '') IS NULL OR current_user <> 'maintenance' THEN json_build_object('order_id', (NEW).order_id, 'line_no', (NEW).line_no, 'product', (NEW).product, 'quantity', (NEW).quantity, 'tenant_id', (NEW).tenant_id)::JSONB END);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON order_lines FOR EACH ROW EXECUTE FUNCTION order_lines_audited();

-- Retention

ALTER TABLE events SET (ttl_expiration_expression = $$((created_at AT TIME ZONE 'UTC') + interval '13 months') AT TIME ZONE 'UTC'$$, ttl_job_cron = '@daily', ttl_delete_batch_size = 5000);
ALTER TABLE orders SET (ttl_expiration_expression = $$((deleted_at AT TIME ZONE 'UTC') + interval '90 days') AT TIME ZONE 'UTC'$$, ttl_job_cron = '@daily', ttl_delete_batch_size = 5000);

-- Erasure

CREATE TABLE erasure_log (
    id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    subject_table STRING NOT NULL,
    subject_key STRING NOT NULL,
    erased_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    reason STRING
);

-- Idempotency keys

CREATE TABLE idempotency_key (
    scope STRING NOT NULL,
    operation STRING NOT NULL CHECK (operation IN ('create payment', 'create order')),
    key STRING NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request_hash BYTES NOT NULL CHECK (length(request_hash) = 32),
    response_status INT2,
    response_body JSONB,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ NOT NULL DEFAULT now() + interval '24 hours',
    PRIMARY KEY (scope, operation, key)
) WITH (ttl_expiration_expression = 'expires_at', ttl_job_cron = '@hourly');
GRANT SELECT, INSERT, UPDATE ON TABLE idempotency_key TO app;

-- Outbox and inbox

CREATE TABLE outbox_aggregate (
    aggregate_type STRING NOT NULL,
    aggregate_id STRING NOT NULL,
    version INT8 NOT NULL DEFAULT 1,
    PRIMARY KEY (aggregate_type, aggregate_id)
);

-- the version within the aggregate orders its events; a sequence would neither be without gaps nor in the order of the commits
CREATE TABLE outbox (
    id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    aggregate_type STRING NOT NULL,
    aggregate_id STRING NOT NULL,
    version INT8 NOT NULL,
    event_type STRING NOT NULL CHECK (event_type IN ('order placed', 'order shipped')),
    payload JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    published_at TIMESTAMPTZ,
    UNIQUE (aggregate_type, aggregate_id, version),
    INDEX outbox_pending_idx (created_at) USING HASH WHERE published_at IS NULL
) WITH (
    ttl_expiration_expression = $$CASE WHEN published_at IS NULL THEN NULL ELSE ((published_at AT TIME ZONE 'UTC') + interval '7 days') AT TIME ZONE 'UTC' END$$,
    ttl_job_cron = '@daily'
);

CREATE TABLE inbox (
    consumer STRING NOT NULL,
    event_id UUID NOT NULL,
    received_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
) WITH (
    ttl_expiration_expression = $$((received_at AT TIME ZONE 'UTC') + interval '7 days' + interval '7 days') AT TIME ZONE 'UTC'$$,
    ttl_job_cron = '@daily'
);
GRANT SELECT, INSERT, UPDATE ON TABLE outbox_aggregate, outbox TO app;
GRANT SELECT, INSERT ON TABLE inbox TO app;
GRANT SELECT, UPDATE, DELETE ON TABLE outbox TO maintenance;

-- Sagas

CREATE TABLE saga_step_definition (
    saga text NOT NULL,
    step smallint NOT NULL CHECK (step > 0),
    name text NOT NULL,
    compensation text,
    timeout interval NOT NULL,
    PRIMARY KEY (saga, step)
);
COMMENT ON COLUMN saga_step_definition.compensation IS 'NULL: there is no way back from this step; after it the saga goes on until it is done';
INSERT INTO saga_step_definition (saga, step, name, compensation, timeout) VALUES
    ('place order', 1, 'reserve stock', 'release stock', interval '15 minutes'),
    ('place order', 2, 'charge card', 'refund card', interval '15 minutes'),
    ('place order', 3, 'ship', NULL, interval '15 minutes');

CREATE TABLE saga (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CHECK (name IN ('place order')),
    correlation_id text NOT NULL,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'compensating', 'done', 'compensated')),
    steps_done smallint NOT NULL DEFAULT 0,
    data jsonb NOT NULL DEFAULT '{}',
    error text,
    attempts integer NOT NULL DEFAULT 0,
    deadline timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (name, correlation_id)
);
CREATE INDEX saga_due_idx ON saga (next_attempt_at) WHERE state IN ('running', 'compensating');
COMMENT ON COLUMN saga.steps_done IS 'steps whose effects are there: grows by one while running, falls by one while compensating';

GRANT SELECT ON saga_step_definition TO app;
GRANT SELECT, INSERT, UPDATE ON saga TO app;
GRANT SELECT, DELETE ON saga TO maintenance;

-- Tenant isolation

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON tenants USING (id = nullif(current_setting('app.tenant_id', true), '')::INT8) WITH CHECK (id = nullif(current_setting('app.tenant_id', true), '')::INT8);
CREATE POLICY tenant_isolation_jobs ON tenants TO maintenance USING (true) WITH CHECK (true);

ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON users USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::INT8) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::INT8);
CREATE POLICY tenant_isolation_jobs ON users TO maintenance USING (true) WITH CHECK (true);

ALTER TABLE orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON orders USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::INT8) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::INT8);
CREATE POLICY tenant_isolation_jobs ON orders TO maintenance USING (true) WITH CHECK (true);

ALTER TABLE order_lines ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON order_lines USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::INT8) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::INT8);
CREATE POLICY tenant_isolation_jobs ON order_lines TO maintenance USING (true) WITH CHECK (true);

ALTER TABLE invoices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON invoices USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::INT8) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::INT8);
CREATE POLICY tenant_isolation_jobs ON invoices TO maintenance USING (true) WITH CHECK (true);

ALTER TABLE tickets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON tickets USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::INT8) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::INT8);
CREATE POLICY tenant_isolation_jobs ON tickets TO maintenance USING (true) WITH CHECK (true);

ALTER TABLE events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON events USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::INT8) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::INT8);
CREATE POLICY tenant_isolation_jobs ON events TO maintenance USING (true) WITH CHECK (true);

-- What is sent

-- soft_delete: delete one of users
-- Instead of DELETE, which the program's account has no right to. No row: it was deleted before.
UPDATE users SET deleted_at = now() WHERE id = :id AND deleted_at IS NULL;

-- soft_delete: restore one of users
-- To undo a deletion. A duplicate key: its unique value has been given to another row meanwhile.
UPDATE users SET deleted_at = NULL WHERE id = :id AND deleted_at IS NOT NULL;

-- soft_delete: delete one of orders
-- Instead of DELETE, which the program's account has no right to. No row: it was deleted before.
UPDATE orders SET deleted_at = now() WHERE id = :id AND deleted_at IS NULL;

-- soft_delete: restore one of orders
-- To undo a deletion. A duplicate key: its unique value has been given to another row meanwhile.
UPDATE orders SET deleted_at = NULL WHERE id = :id AND deleted_at IS NOT NULL;

-- audit: say who acts
-- At the beginning of every transaction. Without it the session's user is recorded.
SELECT set_config('app.actor', :actor, true);

-- audit: users as they were
-- Within gc.ttlseconds (4 hours by default), without the log.
SELECT * FROM users AS OF SYSTEM TIME :moment;

-- retention: let old rows of users go
-- Daily, until no row is deleted; archive what it returns first. Rows that are referred to must go before.
DELETE FROM users WHERE deleted_at < now() - interval '90 days' ORDER BY deleted_at LIMIT 5000 RETURNING *;

-- erasure: whether a legal hold forbids it
-- First in the transaction of the erasure. 1: leave it.
SELECT EXISTS (SELECT 1 FROM users t WHERE t.id = :subject_id AND t.legal_hold);

-- erasure: erase one of users
-- In one transaction, in this order: children before what they refer to, the log last.
SELECT set_config('app.erasing', 'on', true);
UPDATE audit_log SET old_row = NULL, new_row = NULL, erased_at = now() WHERE table_name = 'public.users' AND row_key IN (SELECT t.id::STRING FROM users t WHERE t.id = :subject_id);
UPDATE audit_log SET old_row = NULL, new_row = NULL, erased_at = now() WHERE table_name = 'public.orders' AND row_key IN (SELECT t.id::STRING FROM orders t WHERE t.user_id = :subject_id);
UPDATE audit_log SET old_row = NULL, new_row = NULL, erased_at = now() WHERE table_name = 'public.order_lines' AND row_key IN (SELECT t.order_id::STRING || ',' || t.line_no::STRING FROM order_lines t WHERE EXISTS (SELECT 1 FROM orders p1 WHERE p1.tenant_id = t.tenant_id AND p1.id = t.order_id AND p1.user_id = :subject_id));
UPDATE users AS t SET manager_id = NULL WHERE t.manager_id = :subject_id;
UPDATE tickets AS t SET assignee_id = NULL WHERE t.assignee_id = :subject_id;
UPDATE invoices AS t SET billing_name = NULL, billing_address = 'erased', user_id = NULL WHERE t.user_id = :subject_id;
DELETE FROM order_lines AS t WHERE EXISTS (SELECT 1 FROM orders p1 WHERE p1.tenant_id = t.tenant_id AND p1.id = t.order_id AND p1.user_id = :subject_id);
DELETE FROM orders AS t WHERE t.user_id = :subject_id;
DELETE FROM users AS t WHERE t.id = :subject_id;
INSERT INTO erasure_log (subject_table, subject_key, reason) VALUES ('public.users', :subject_id::STRING, :reason);

-- idempotency: claim a key
-- First in the transaction that does the work. One row: do the work. No row: it has been done; look up the response. SQLSTATE 40001: begin the transaction anew. What has expired and is not deleted yet is claimed anew.
INSERT INTO idempotency_key (scope, operation, key, request_hash)
VALUES (:scope, :operation, :key, :request_hash)
ON CONFLICT (scope, operation, key) DO UPDATE
SET request_hash = excluded.request_hash, response_status = NULL, response_body = NULL, created_at = now(), expires_at = now() + interval '24 hours'
WHERE idempotency_key.expires_at <= now()
RETURNING key;

-- idempotency: look up the response
-- Where nothing was claimed. Not the same request: refuse it (422). Else answer as before.
SELECT request_hash = :request_hash AS same_request, response_status, response_body
FROM idempotency_key WHERE scope = :scope AND operation = :operation AND key = :key;

-- idempotency: keep the response
-- Last in the same transaction, before COMMIT. If the program dies before that, key and work are rolled back together.
UPDATE idempotency_key SET response_status = :response_status, response_body = :response_body
WHERE scope = :scope AND operation = :operation AND key = :key;

-- outbox: lock the aggregate
-- In the transaction that changes the aggregate, before the event is added; it gives the event's version.
INSERT INTO outbox_aggregate (aggregate_type, aggregate_id) VALUES (:aggregate_type, :aggregate_id)
ON CONFLICT (aggregate_type, aggregate_id) DO UPDATE SET version = outbox_aggregate.version + 1 RETURNING version;

-- outbox: add an event
-- In the same transaction. It is published if and only if that commits. A changefeed on the table (CREATE CHANGEFEED FOR outbox) publishes it too, without a publisher of one's own.
INSERT INTO outbox (aggregate_type, aggregate_id, version, event_type, payload)
VALUES (:aggregate_type, :aggregate_id, :version, :event_type, :payload);

-- outbox: take events
-- By each publisher, first in a transaction; several run side by side. Of every aggregate it takes the oldest event that is not published.
SELECT o.id, o.aggregate_type, o.aggregate_id, o.event_type, o.payload FROM outbox o
WHERE o.published_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.published_at IS NULL AND e.aggregate_type = o.aggregate_type
                  AND e.aggregate_id = o.aggregate_id AND e.version < o.version)
ORDER BY o.created_at LIMIT 100 FOR UPDATE OF o SKIP LOCKED;

-- outbox: mark an event as published
-- In the same transaction, when the broker has confirmed the event; then COMMIT. It is published at least once, and the inbox makes that once.
UPDATE outbox SET published_at = now() WHERE id = :id;

-- outbox: receive an event
-- By a consumer, first in the transaction in which the event has its effect. No row: it had its effect; confirm it again.
INSERT INTO inbox (consumer, event_id) VALUES (:consumer, :event_id) ON CONFLICT DO NOTHING RETURNING event_id;

-- sagas: start a saga
-- With the request's own id; no row: it has been started before.
INSERT INTO saga (name, correlation_id, data, deadline) VALUES (:name, :correlation_id, :data, now() + CASE :name WHEN 'place order' THEN interval '15 minutes' END)
ON CONFLICT (name, correlation_id) DO NOTHING RETURNING id;

-- sagas: take a saga that has something to do
-- By each worker, first in a transaction; several run side by side. It also finds those whose worker died. Running: do step steps_done + 1, or turn back where late is true and may_turn_back is. Compensating: do the compensation of step steps_done. Give either `timeout`.
SELECT s.id, s.name, s.correlation_id, s.state, s.steps_done, s.data, s.attempts, s.deadline <= now() AS late,
       d.name AS step, d.compensation, d.timeout,
       NOT EXISTS (SELECT 1 FROM saga_step_definition p WHERE p.saga = s.name AND p.step <= s.steps_done AND p.compensation IS NULL)
         AS may_turn_back
FROM saga s LEFT JOIN saga_step_definition d
  ON d.saga = s.name AND d.step = s.steps_done + CASE s.state WHEN 'running' THEN 1 ELSE 0 END
WHERE s.state IN ('running', 'compensating') AND s.next_attempt_at <= now()
ORDER BY s.next_attempt_at, s.id LIMIT 1 FOR UPDATE OF s SKIP LOCKED;

-- sagas: a step is done
-- In the transaction of the step's effect where that is in this database. Effects elsewhere are idempotent by (saga's id, step): they are asked for again if the program dies before COMMIT.
UPDATE saga SET steps_done = steps_done + 1, attempts = 0, next_attempt_at = now(), data = data || :result,
    state = CASE WHEN steps_done + 1 = (SELECT count(*) FROM saga_step_definition d WHERE d.saga = saga.name) THEN 'done' ELSE 'running' END
WHERE id = :id AND state = 'running' AND steps_done = :steps_done;

-- sagas: turn back
-- When a step has failed for good, or late is true, and may_turn_back is. No row after a step without a compensation: there is no way back.
UPDATE saga SET state = 'compensating', error = :error, attempts = 0, next_attempt_at = now()
WHERE id = :id AND state = 'running' AND steps_done = :steps_done
  AND NOT EXISTS (SELECT 1 FROM saga_step_definition d WHERE d.saga = saga.name AND d.step <= saga.steps_done AND d.compensation IS NULL);

-- sagas: a compensation is done
-- As for a step. Nothing left to compensate (steps_done is 0): the saga is compensated with the same statement.
UPDATE saga SET steps_done = greatest(steps_done - 1, 0), attempts = 0, next_attempt_at = now(),
    state = CASE WHEN steps_done <= 1 THEN 'compensated' ELSE 'compensating' END
WHERE id = :id AND state = 'compensating' AND steps_done = :steps_done;

-- sagas: try again later
-- When a step or a compensation failed and may work another time: attempts grows, the pause doubles up to an hour.
UPDATE saga SET attempts = attempts + 1, error = :error, next_attempt_at = now() + least(interval '1 second' * 2 ^ least(attempts, 12), interval '1 hour')
WHERE id = :id;

-- sagas: sagas that need somebody
-- Every minute, as an alert: late without a way back, or failing for long.
SELECT id, name, correlation_id, state, steps_done, attempts, error FROM saga
WHERE state IN ('running', 'compensating') AND (deadline <= now() - interval '5 minutes' OR attempts > 10);

-- tenant: say for whom a transaction works
-- First in every transaction; it ends with the transaction, so that a pooled connection carries no tenant over.
BEGIN;
SELECT set_config('app.tenant_id', :tenant, true);;

-- Notes

-- users: TTL would fail on rows that others refer to, and archives nothing; instead: batches
-- users: its manager_id is emptied, the row stays: it is somebody else's; instead: None
-- tickets: its assignee_id is emptied, the row stays: it is somebody else's; instead: None
-- saga: no trigger refuses other transitions: PL/pgSQL of that size was not tried on this engine; instead: each statement asks for the state that it leaves, and turning back for may_turn_back
-- tenant_isolation: INSERT … ON CONFLICT DO NOTHING checks no policy on a row that is there already (known limitation); instead: DO UPDATE, or look the row up first
