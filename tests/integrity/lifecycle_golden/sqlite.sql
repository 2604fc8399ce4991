-- Lifecycle of the rows

PRAGMA foreign_keys = ON;

-- Soft delete

CREATE VIEW live_users AS
SELECT id, tenant_id, email, full_name, password_hash, legal_hold, manager_id, country, created_at FROM users WHERE deleted_at IS NULL;

CREATE VIEW live_orders AS
SELECT id, tenant_id, user_id, status, note, created_at FROM orders WHERE deleted_at IS NULL;

CREATE TRIGGER users_live_users_manager_id_insert BEFORE INSERT ON users
WHEN EXISTS (SELECT 1 FROM users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.manager_id AND p.deleted_at IS NOT NULL) BEGIN
  SELECT RAISE(ABORT, 'users refers to a deleted row of users');
END;

CREATE TRIGGER users_live_users_manager_id_update BEFORE UPDATE OF tenant_id, manager_id ON users
WHEN EXISTS (SELECT 1 FROM users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.manager_id AND p.deleted_at IS NOT NULL) BEGIN
  SELECT RAISE(ABORT, 'users refers to a deleted row of users');
END;

CREATE TRIGGER orders_live_users_user_id_insert BEFORE INSERT ON orders
WHEN EXISTS (SELECT 1 FROM users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.user_id AND p.deleted_at IS NOT NULL) BEGIN
  SELECT RAISE(ABORT, 'orders refers to a deleted row of users');
END;

CREATE TRIGGER orders_live_users_user_id_update BEFORE UPDATE OF tenant_id, user_id ON orders
WHEN EXISTS (SELECT 1 FROM users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.user_id AND p.deleted_at IS NOT NULL) BEGIN
  SELECT RAISE(ABORT, 'orders refers to a deleted row of users');
END;

CREATE TRIGGER invoices_live_users_user_id_insert BEFORE INSERT ON invoices
WHEN EXISTS (SELECT 1 FROM users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.user_id AND p.deleted_at IS NOT NULL) BEGIN
  SELECT RAISE(ABORT, 'invoices refers to a deleted row of users');
END;

CREATE TRIGGER invoices_live_users_user_id_update BEFORE UPDATE OF tenant_id, user_id ON invoices
WHEN EXISTS (SELECT 1 FROM users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.user_id AND p.deleted_at IS NOT NULL) BEGIN
  SELECT RAISE(ABORT, 'invoices refers to a deleted row of users');
END;

CREATE TRIGGER tickets_live_users_assignee_id_insert BEFORE INSERT ON tickets
WHEN EXISTS (SELECT 1 FROM users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.assignee_id AND p.deleted_at IS NOT NULL) BEGIN
  SELECT RAISE(ABORT, 'tickets refers to a deleted row of users');
END;

CREATE TRIGGER tickets_live_users_assignee_id_update BEFORE UPDATE OF tenant_id, assignee_id ON tickets
WHEN EXISTS (SELECT 1 FROM users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.assignee_id AND p.deleted_at IS NOT NULL) BEGIN
  SELECT RAISE(ABORT, 'tickets refers to a deleted row of users');
END;

CREATE TRIGGER order_lines_live_orders_order_id_insert BEFORE INSERT ON order_lines
WHEN EXISTS (SELECT 1 FROM orders p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.order_id AND p.deleted_at IS NOT NULL) BEGIN
  SELECT RAISE(ABORT, 'order_lines refers to a deleted row of orders');
END;

CREATE TRIGGER order_lines_live_orders_order_id_update BEFORE UPDATE OF tenant_id, order_id ON order_lines
WHEN EXISTS (SELECT 1 FROM orders p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.order_id AND p.deleted_at IS NOT NULL) BEGIN
  SELECT RAISE(ABORT, 'order_lines refers to a deleted row of orders');
END;

CREATE TRIGGER users_soft_delete_users_manager_id AFTER UPDATE OF deleted_at ON users
WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL AND EXISTS (SELECT 1 FROM users WHERE NEW.tenant_id = users.tenant_id AND NEW.id = users.manager_id AND users.deleted_at IS NULL) BEGIN
  SELECT RAISE(ABORT, 'live rows of users refer to this row of users');
END;

CREATE TRIGGER users_soft_delete_orders_user_id AFTER UPDATE OF deleted_at ON users
WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL AND EXISTS (SELECT 1 FROM orders WHERE NEW.tenant_id = orders.tenant_id AND NEW.id = orders.user_id AND orders.deleted_at IS NULL) BEGIN
  SELECT RAISE(ABORT, 'live rows of orders refer to this row of users');
END;

-- Audit trail

CREATE TABLE audit_actor (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), actor TEXT NOT NULL);
INSERT INTO audit_actor VALUES (1, 'unknown');
CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    table_name TEXT NOT NULL,
    operation TEXT NOT NULL CHECK (operation IN ('snapshot', 'insert', 'update', 'delete')),
    row_key TEXT,
    old_row TEXT,
    new_row TEXT,
    erased_at TEXT
);
CREATE INDEX audit_log_row_idx ON audit_log (table_name, row_key, id);
CREATE INDEX audit_log_at_idx ON audit_log (at);

INSERT INTO audit_log (at, actor, table_name, operation, row_key, new_row)
SELECT strftime('%Y-%m-%d %H:%M:%f', 'now'), 'unknown', 'users', 'snapshot', t.id, json_object('id', t.id, 'tenant_id', t.tenant_id, 'email', t.email, 'full_name', t.full_name, 'legal_hold', t.legal_hold, 'manager_id', t.manager_id, 'country', t.country, 'created_at', t.created_at, 'deleted_at', t.deleted_at) FROM users t;
CREATE TRIGGER users_audit_insert AFTER INSERT ON users BEGIN
  INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
  VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'), (SELECT actor FROM audit_actor), 'users', 'insert', NEW.id, NULL, json_object('id', NEW.id, 'tenant_id', NEW.tenant_id, 'email', NEW.email, 'full_name', NEW.full_name, 'legal_hold', NEW.legal_hold, 'manager_id', NEW.manager_id, 'country', NEW.country, 'created_at', NEW.created_at, 'deleted_at', NEW.deleted_at));
END;
CREATE TRIGGER users_audit_delete AFTER DELETE ON users BEGIN
  INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
  VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'), (SELECT actor FROM audit_actor), 'users', 'delete', OLD.id, json_object('id', OLD.id, 'tenant_id', OLD.tenant_id, 'email', OLD.email, 'full_name', OLD.full_name, 'legal_hold', OLD.legal_hold, 'manager_id', OLD.manager_id, 'country', OLD.country, 'created_at', OLD.created_at, 'deleted_at', OLD.deleted_at), NULL);
END;
CREATE TRIGGER users_audit_update AFTER UPDATE ON users BEGIN
  INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
  SELECT strftime('%Y-%m-%d %H:%M:%f', 'now'), (SELECT actor FROM audit_actor), 'users', 'delete', OLD.id, json_object('id', OLD.id, 'tenant_id', OLD.tenant_id, 'email', OLD.email, 'full_name', OLD.full_name, 'legal_hold', OLD.legal_hold, 'manager_id', OLD.manager_id, 'country', OLD.country, 'created_at', OLD.created_at, 'deleted_at', OLD.deleted_at), NULL WHERE OLD.id IS NOT NEW.id;
  INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
  SELECT strftime('%Y-%m-%d %H:%M:%f', 'now'), (SELECT actor FROM audit_actor), 'users', CASE WHEN OLD.id IS NEW.id THEN 'update' ELSE 'insert' END, NEW.id, CASE WHEN OLD.id IS NEW.id THEN json_object('id', OLD.id, 'tenant_id', OLD.tenant_id, 'email', OLD.email, 'full_name', OLD.full_name, 'legal_hold', OLD.legal_hold, 'manager_id', OLD.manager_id, 'country', OLD.country, 'created_at', OLD.created_at, 'deleted_at', OLD.deleted_at) END, json_object('id', NEW.id, 'tenant_id', NEW.tenant_id, 'email', NEW.email, 'full_name', NEW.full_name, 'legal_hold', NEW.legal_hold, 'manager_id', NEW.manager_id, 'country', NEW.country, 'created_at', NEW.created_at, 'deleted_at', NEW.deleted_at);
END;

INSERT INTO audit_log (at, actor, table_name, operation, row_key, new_row)
SELECT strftime('%Y-%m-%d %H:%M:%f', 'now'), 'unknown', 'orders', 'snapshot', t.id, json_object('id', t.id, 'tenant_id', t.tenant_id, 'user_id', t.user_id, 'status', t.status, 'note', t.note, 'created_at', t.created_at, 'deleted_at', t.deleted_at) FROM orders t;
CREATE TRIGGER orders_audit_insert AFTER INSERT ON orders BEGIN
  INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
  VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'), (SELECT actor FROM audit_actor), 'orders', 'insert', NEW.id, NULL, json_object('id', NEW.id, 'tenant_id', NEW.tenant_id, 'user_id', NEW.user_id, 'status', NEW.status, 'note', NEW.note, 'created_at', NEW.created_at, 'deleted_at', NEW.deleted_at));
END;
CREATE TRIGGER orders_audit_delete AFTER DELETE ON orders BEGIN
  INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
  VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'), (SELECT actor FROM audit_actor), 'orders', 'delete', OLD.id, json_object('id', OLD.id, 'tenant_id', OLD.tenant_id, 'user_id', OLD.user_id, 'status', OLD.status, 'note', OLD.note, 'created_at', OLD.created_at, 'deleted_at', OLD.deleted_at), NULL);
END;
CREATE TRIGGER orders_audit_update AFTER UPDATE ON orders BEGIN
  INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
  SELECT strftime('%Y-%m-%d %H:%M:%f', 'now'), (SELECT actor FROM audit_actor), 'orders', 'delete', OLD.id, json_object('id', OLD.id, 'tenant_id', OLD.tenant_id, 'user_id', OLD.user_id, 'status', OLD.status, 'note', OLD.note, 'created_at', OLD.created_at, 'deleted_at', OLD.deleted_at), NULL WHERE OLD.id IS NOT NEW.id;
  INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
  SELECT strftime('%Y-%m-%d %H:%M:%f', 'now'), (SELECT actor FROM audit_actor), 'orders', CASE WHEN OLD.id IS NEW.id THEN 'update' ELSE 'insert' END, NEW.id, CASE WHEN OLD.id IS NEW.id THEN json_object('id', OLD.id, 'tenant_id', OLD.tenant_id, 'user_id', OLD.user_id, 'status', OLD.status, 'note', OLD.note, 'created_at', OLD.created_at, 'deleted_at', OLD.deleted_at) END, json_object('id', NEW.id, 'tenant_id', NEW.tenant_id, 'user_id', NEW.user_id, 'status', NEW.status, 'note', NEW.note, 'created_at', NEW.created_at, 'deleted_at', NEW.deleted_at);
END;

INSERT INTO audit_log (at, actor, table_name, operation, row_key, new_row)
SELECT strftime('%Y-%m-%d %H:%M:%f', 'now'), 'unknown', 'order_lines', 'snapshot', t.order_id || ',' || t.line_no, json_object('order_id', t.order_id, 'line_no', t.line_no, 'product', t.product, 'quantity', t.quantity, 'tenant_id', t.tenant_id) FROM order_lines t;
CREATE TRIGGER order_lines_audit_insert AFTER INSERT ON order_lines BEGIN
  INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
  VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'), (SELECT actor FROM audit_actor), 'order_lines', 'insert', NEW.order_id || ',' || NEW.line_no, NULL, json_object('order_id', NEW.order_id, 'line_no', NEW.line_no, 'product', NEW.product, 'quantity', NEW.quantity, 'tenant_id', NEW.tenant_id));
END;
CREATE TRIGGER order_lines_audit_delete AFTER DELETE ON order_lines BEGIN
  INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
  VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'), (SELECT actor FROM audit_actor), 'order_lines', 'delete', OLD.order_id || ',' || OLD.line_no, json_object('order_id', OLD.order_id, 'line_no', OLD.line_no, 'product', OLD.product, 'quantity', OLD.quantity, 'tenant_id', OLD.tenant_id), NULL);
END;
CREATE TRIGGER order_lines_audit_update AFTER UPDATE ON order_lines BEGIN
  INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
  SELECT strftime('%Y-%m-%d %H:%M:%f', 'now'), (SELECT actor FROM audit_actor), 'order_lines', 'delete', OLD.order_id || ',' || OLD.line_no, json_object('order_id', OLD.order_id, 'line_no', OLD.line_no, 'product', OLD.product, 'quantity', OLD.quantity, 'tenant_id', OLD.tenant_id), NULL WHERE OLD.order_id || ',' || OLD.line_no IS NOT NEW.order_id || ',' || NEW.line_no;
  INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
  SELECT strftime('%Y-%m-%d %H:%M:%f', 'now'), (SELECT actor FROM audit_actor), 'order_lines', CASE WHEN OLD.order_id || ',' || OLD.line_no IS NEW.order_id || ',' || NEW.line_no THEN 'update' ELSE 'insert' END, NEW.order_id || ',' || NEW.line_no, CASE WHEN OLD.order_id || ',' || OLD.line_no IS NEW.order_id || ',' || NEW.line_no THEN json_object('order_id', OLD.order_id, 'line_no', OLD.line_no, 'product', OLD.product, 'quantity', OLD.quantity, 'tenant_id', OLD.tenant_id) END, json_object('order_id', NEW.order_id, 'line_no', NEW.line_no, 'product', NEW.product, 'quantity', NEW.quantity, 'tenant_id', NEW.tenant_id);
END;

-- Erasure

CREATE TABLE erasure_log (
    id INTEGER PRIMARY KEY,
    subject_table TEXT NOT NULL,
    subject_key TEXT NOT NULL,
    erased_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    reason TEXT
);

-- Idempotency keys

CREATE TABLE idempotency_key (
    scope TEXT NOT NULL,
    operation TEXT NOT NULL CHECK (operation IN ('create payment', 'create order')),
    request_key TEXT NOT NULL CHECK (length(request_key) BETWEEN 1 AND 255),
    request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
    response_status INTEGER,
    response_body TEXT CHECK (response_body IS NULL OR json_valid(response_body)),
    expires_at TEXT NOT NULL,
    PRIMARY KEY (scope, operation, request_key)
) WITHOUT ROWID;
CREATE INDEX idempotency_key_expires_at_idx ON idempotency_key (expires_at);

-- Outbox and inbox

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    aggregate_type TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    event_type TEXT NOT NULL CHECK (event_type IN ('order placed', 'order shipped')),
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    published_at TEXT
);
CREATE INDEX outbox_pending_idx ON outbox (id) WHERE published_at IS NULL;
CREATE INDEX outbox_published_idx ON outbox (published_at) WHERE published_at IS NOT NULL;

CREATE TABLE inbox (
    consumer TEXT NOT NULL,
    event_id INTEGER NOT NULL,
    received_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    PRIMARY KEY (consumer, event_id)
) WITHOUT ROWID;

-- Sagas

CREATE TABLE saga_step_definition (
    saga TEXT NOT NULL,
    step INTEGER NOT NULL CHECK (step > 0),
    name TEXT NOT NULL,
    compensation TEXT,
    timeout_seconds INTEGER NOT NULL,
    PRIMARY KEY (saga, step)
) WITHOUT ROWID;
INSERT INTO saga_step_definition (saga, step, name, compensation, timeout_seconds) VALUES
    ('place order', 1, 'reserve stock', 'release stock', 900),
    ('place order', 2, 'charge card', 'refund card', 900),
    ('place order', 3, 'ship', NULL, 900);

CREATE TABLE saga (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL CHECK (name IN ('place order')),
    correlation_id TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'compensating', 'done', 'compensated')),
    steps_done INTEGER NOT NULL DEFAULT 0,
    data TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(data)),
    error TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    deadline TEXT NOT NULL,
    next_attempt_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    UNIQUE (name, correlation_id)
);
CREATE INDEX saga_due_idx ON saga (next_attempt_at) WHERE state IN ('running', 'compensating');

CREATE TRIGGER saga_begins BEFORE INSERT ON saga WHEN NEW.state <> 'running' OR NEW.steps_done <> 0 BEGIN
  SELECT RAISE(ABORT, 'a saga begins running, with no step done');
END;

CREATE TRIGGER saga_transition BEFORE UPDATE ON saga
WHEN OLD.name <> NEW.name OR OLD.correlation_id <> NEW.correlation_id OR NOT coalesce(CASE OLD.state || ' ' || NEW.state
    WHEN 'running running' THEN NEW.steps_done IN (OLD.steps_done, OLD.steps_done + 1)
      AND NEW.steps_done <= (SELECT count(*) FROM saga_step_definition d WHERE d.saga = NEW.name)
    WHEN 'running done' THEN NEW.steps_done = (SELECT count(*) FROM saga_step_definition d WHERE d.saga = NEW.name)
      AND OLD.steps_done IN (NEW.steps_done, NEW.steps_done - 1)
    WHEN 'running compensating' THEN NEW.steps_done = OLD.steps_done AND NOT EXISTS (
      SELECT 1 FROM saga_step_definition d WHERE d.saga = NEW.name AND d.step <= OLD.steps_done AND d.compensation IS NULL)
    WHEN 'compensating compensating' THEN NEW.steps_done IN (OLD.steps_done, OLD.steps_done - 1) AND NEW.steps_done >= 0
    WHEN 'compensating compensated' THEN NEW.steps_done = 0 AND OLD.steps_done IN (0, 1)
  END, 0) BEGIN
  SELECT RAISE(ABORT, 'a saga may not go that way');
END;

-- What is sent

-- soft_delete: delete one of users
-- Instead of DELETE, which the program's account has no right to. No row: it was deleted before.
UPDATE users SET deleted_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = :id AND deleted_at IS NULL;

-- soft_delete: restore one of users
-- To undo a deletion. A duplicate key: its unique value has been given to another row meanwhile.
UPDATE users SET deleted_at = NULL WHERE id = :id AND deleted_at IS NOT NULL;

-- soft_delete: delete one of orders
-- Instead of DELETE, which the program's account has no right to. No row: it was deleted before.
UPDATE orders SET deleted_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = :id AND deleted_at IS NULL;

-- soft_delete: restore one of orders
-- To undo a deletion. A duplicate key: its unique value has been given to another row meanwhile.
UPDATE orders SET deleted_at = NULL WHERE id = :id AND deleted_at IS NOT NULL;

-- audit: say who acts
-- First in every transaction that writes: nobody else writes until it ends.
UPDATE audit_actor SET actor = :actor;

-- audit: users as they were
-- To look back; with another table_name for every recorded table.
SELECT new_row FROM (SELECT operation, new_row, row_number() OVER (PARTITION BY row_key ORDER BY id DESC) AS n FROM audit_log WHERE table_name = 'users' AND at <= :moment) WHERE n = 1 AND operation <> 'delete';

-- audit: let old records go
-- Daily.
DELETE FROM audit_log WHERE at < strftime('%Y-%m-%d %H:%M:%f', 'now', '-24 months');

-- retention: let old rows of events go
-- Daily, after BEGIN IMMEDIATE, until no row is deleted; PRAGMA incremental_vacuum gives the pages back.
DELETE FROM events WHERE rowid IN (SELECT rowid FROM events WHERE created_at < strftime('%Y-%m-%d %H:%M:%f', 'now', '-13 months') ORDER BY created_at LIMIT 5000);

-- retention: let old rows of orders go
-- Daily, after BEGIN IMMEDIATE, until no row is deleted; PRAGMA incremental_vacuum gives the pages back.
DELETE FROM orders WHERE rowid IN (SELECT rowid FROM orders WHERE deleted_at < strftime('%Y-%m-%d %H:%M:%f', 'now', '-90 days') ORDER BY deleted_at LIMIT 5000);

-- retention: let old rows of users go
-- Daily, after BEGIN IMMEDIATE, until no row is deleted; PRAGMA incremental_vacuum gives the pages back.
DELETE FROM users WHERE rowid IN (SELECT rowid FROM users WHERE deleted_at < strftime('%Y-%m-%d %H:%M:%f', 'now', '-90 days') AND NOT EXISTS (SELECT 1 FROM users c WHERE c.tenant_id = users.tenant_id AND c.manager_id = users.id) AND NOT EXISTS (SELECT 1 FROM orders c WHERE c.tenant_id = users.tenant_id AND c.user_id = users.id) AND NOT EXISTS (SELECT 1 FROM invoices c WHERE c.tenant_id = users.tenant_id AND c.user_id = users.id) AND NOT EXISTS (SELECT 1 FROM tickets c WHERE c.tenant_id = users.tenant_id AND c.assignee_id = users.id) ORDER BY deleted_at LIMIT 5000);

-- erasure: whether a legal hold forbids it
-- First in the transaction of the erasure. 1: leave it.
SELECT EXISTS (SELECT 1 FROM users t WHERE t.id = :subject_id AND t.legal_hold);

-- erasure: erase one of users
-- In one transaction, in this order: children before what they refer to, the log last.
CREATE TEMP TABLE IF NOT EXISTS erased_rows (table_name TEXT, row_key TEXT);
DELETE FROM erased_rows;
INSERT INTO erased_rows SELECT 'users', t.id FROM users t WHERE t.id = :subject_id;
INSERT INTO erased_rows SELECT 'orders', t.id FROM orders t WHERE t.user_id = :subject_id;
INSERT INTO erased_rows SELECT l.table_name, l.row_key FROM audit_log l WHERE l.table_name = 'orders' AND json_extract(coalesce(l.new_row, l.old_row), '$.user_id') = :subject_id;
INSERT INTO erased_rows SELECT 'order_lines', t.order_id || ',' || t.line_no FROM order_lines t WHERE EXISTS (SELECT 1 FROM orders p1 WHERE p1.tenant_id = t.tenant_id AND p1.id = t.order_id AND p1.user_id = :subject_id);
UPDATE users AS t SET manager_id = NULL WHERE t.manager_id = :subject_id;
UPDATE tickets AS t SET assignee_id = NULL WHERE t.assignee_id = :subject_id;
UPDATE invoices AS t SET billing_name = NULL, billing_address = 'erased', user_id = NULL WHERE t.user_id = :subject_id;
DELETE FROM order_lines AS t WHERE EXISTS (SELECT 1 FROM orders p1 WHERE p1.tenant_id = t.tenant_id AND p1.id = t.order_id AND p1.user_id = :subject_id);
DELETE FROM orders AS t WHERE t.user_id = :subject_id;
DELETE FROM users AS t WHERE t.id = :subject_id;
UPDATE audit_log SET old_row = NULL, new_row = NULL, erased_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE table_name = 'users' AND EXISTS (SELECT 1 FROM erased_rows e WHERE e.table_name = audit_log.table_name AND e.row_key = audit_log.row_key);
UPDATE audit_log SET old_row = NULL, new_row = NULL, erased_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE table_name = 'orders' AND EXISTS (SELECT 1 FROM erased_rows e WHERE e.table_name = audit_log.table_name AND e.row_key = audit_log.row_key);
UPDATE audit_log SET old_row = NULL, new_row = NULL, erased_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE table_name = 'order_lines' AND EXISTS (SELECT 1 FROM erased_rows e WHERE e.table_name = audit_log.table_name AND e.row_key = audit_log.row_key);
INSERT INTO erasure_log (subject_table, subject_key, reason) VALUES ('users', :subject_id, :reason);

-- idempotency: claim a key
-- After BEGIN IMMEDIATE, which waits (busy_timeout) for whoever writes. One row changed: do the work. None: it has been done; look up the response. A key that has expired is claimed anew.
INSERT INTO idempotency_key (scope, operation, request_key, request_hash, expires_at)
VALUES (:scope, :operation, :request_key, :request_hash, strftime('%Y-%m-%d %H:%M:%f', 'now', '+24 hours'))
ON CONFLICT (scope, operation, request_key) DO UPDATE
SET request_hash = excluded.request_hash, response_status = NULL, response_body = NULL, expires_at = excluded.expires_at
WHERE idempotency_key.expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now');

-- idempotency: look up the response
-- Where nothing was claimed. Not the same request: refuse it (422). Else answer as before.
SELECT request_hash = :request_hash AS same_request, response_status, response_body
FROM idempotency_key WHERE scope = :scope AND operation = :operation AND request_key = :request_key;

-- idempotency: keep the response
-- Last in the same transaction, before COMMIT. If the program dies before that, the journal undoes key and work together.
UPDATE idempotency_key SET response_status = :response_status, response_body = :response_body
WHERE scope = :scope AND operation = :operation AND request_key = :request_key;

-- idempotency: let old keys go
-- Daily.
DELETE FROM idempotency_key WHERE expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now');

-- outbox: add an event
-- In the transaction that changes the aggregate. Only one writes at a time, so that the numbers are in the order of the commits.
INSERT INTO outbox (aggregate_type, aggregate_id, event_type, payload) VALUES (:aggregate_type, :aggregate_id, :event_type, :payload);

-- outbox: take events
-- By the publisher, of which there is one (a lock file, or the process that owns the database): writing has no lock a row.
SELECT id, aggregate_type, aggregate_id, event_type, payload FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT 100;

-- outbox: mark an event as published
-- When the broker has confirmed it. A publisher that dies in between publishes it again: the consumer's inbox makes that once.
UPDATE outbox SET published_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = :id;

-- outbox: receive an event
-- By a consumer, first in the transaction in which the event has its effect. No row changed: it had its effect.
INSERT INTO inbox (consumer, event_id) VALUES (:consumer, :event_id) ON CONFLICT DO NOTHING;

-- outbox: let published events go
-- Daily.
DELETE FROM outbox WHERE published_at < strftime('%Y-%m-%d %H:%M:%f', 'now', '-7 days');

-- sagas: start a saga
-- With the request's own id; no row changed: it has been started before.
INSERT INTO saga (name, correlation_id, data, deadline)
VALUES (:name, :correlation_id, :data, strftime('%Y-%m-%d %H:%M:%f', 'now', CASE :name WHEN 'place order' THEN '+15 minutes' END)) ON CONFLICT (name, correlation_id) DO NOTHING;

-- sagas: take a saga that has something to do
-- After BEGIN IMMEDIATE. Running: do step steps_done + 1, or turn back where late is 1 and may_turn_back is. Compensating: do the compensation of step steps_done.
SELECT s.id, s.name, s.correlation_id, s.state, s.steps_done, s.data, s.attempts,
       s.deadline <= strftime('%Y-%m-%d %H:%M:%f', 'now') AS late, d.name AS step, d.compensation,
       NOT EXISTS (SELECT 1 FROM saga_step_definition p WHERE p.saga = s.name AND p.step <= s.steps_done AND p.compensation IS NULL)
         AS may_turn_back
FROM saga s LEFT JOIN saga_step_definition d ON d.saga = s.name AND d.step = s.steps_done + (s.state = 'running')
WHERE s.state IN ('running', 'compensating') AND s.next_attempt_at <= strftime('%Y-%m-%d %H:%M:%f', 'now')
ORDER BY s.next_attempt_at, s.id LIMIT 1;

-- sagas: a step is done
-- In the transaction of the step's effect where that is in this database. Effects elsewhere are idempotent by (saga's id, step).
UPDATE saga SET steps_done = steps_done + 1, attempts = 0, next_attempt_at = strftime('%Y-%m-%d %H:%M:%f', 'now'),
    data = json_patch(data, :result),
    state = CASE WHEN steps_done + 1 = (SELECT count(*) FROM saga_step_definition d WHERE d.saga = saga.name) THEN 'done' ELSE 'running' END
WHERE id = :id AND state = 'running' AND steps_done = :steps_done;

-- sagas: turn back
-- When a step has failed for good, or late is 1, and may_turn_back is. Refused after a step without a compensation.
UPDATE saga SET state = 'compensating', error = :error, attempts = 0 WHERE id = :id AND state = 'running' AND steps_done = :steps_done;

-- sagas: a compensation is done
-- As for a step. Nothing left to compensate (steps_done is 0): the saga is compensated with the same statement.
UPDATE saga SET steps_done = max(steps_done - 1, 0), attempts = 0,
    state = CASE WHEN steps_done <= 1 THEN 'compensated' ELSE 'compensating' END
WHERE id = :id AND state = 'compensating' AND steps_done = :steps_done;

-- sagas: try again later
-- When a step or a compensation failed and may work another time.
UPDATE saga SET attempts = attempts + 1, error = :error,
    next_attempt_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '+' || min(1 << min(attempts, 12), 3600) || ' seconds')
WHERE id = :id;

-- tenant: a file a tenant
-- When a request begins, with the path that belongs to its tenant; DETACH DATABASE tenant when it ends.
ATTACH DATABASE :file AS tenant;

-- Notes

-- audit_log: REPLACE deletes a row without firing a trigger, unless PRAGMA recursive_triggers is on; instead: INSERT … ON CONFLICT DO UPDATE; an update of a key is recorded as a row that went and one that came
-- events.created_at: moments are compared as texts; instead: they must be written as YYYY-MM-DD HH:MM:SS in UTC
-- orders.deleted_at: moments are compared as texts; instead: they must be written as YYYY-MM-DD HH:MM:SS in UTC
-- users.deleted_at: moments are compared as texts; instead: they must be written as YYYY-MM-DD HH:MM:SS in UTC
-- users: old rows that users still refers to are not deleted; instead: None
-- users: old rows that orders still refers to are not deleted; instead: None
-- users: old rows that invoices still refers to are not deleted; instead: None
-- users: old rows that tickets still refers to are not deleted; instead: None
-- users: its manager_id is emptied, the row stays: it is somebody else's; instead: None
-- tickets: its assignee_id is emptied, the row stays: it is somebody else's; instead: None
-- users: deleted rows stay in free pages of the file until they are overwritten; instead: PRAGMA secure_delete = ON before, or VACUUM after; and a checkpoint of the write-ahead log
-- outbox: SQLite has no locks of rows: two publishers would publish the same events; instead: one publisher; the inbox makes what comes twice happen once
-- tenant: SQLite has no roles and no row security: whoever opens the file sees every row; instead: a file a tenant; in one file the keys keep a row from referring to another tenant's, and each query names the tenant
