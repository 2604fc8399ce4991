-- Lifecycle of the rows

-- Soft delete

CREATE VIEW live_users AS
SELECT id, tenant_id, email, full_name, password_hash, legal_hold, manager_id, country, created_at FROM users WHERE deleted_at IS NULL;

CREATE VIEW live_orders AS
SELECT id, tenant_id, user_id, status, note, created_at FROM orders WHERE deleted_at IS NULL;

-- Retention

ALTER TABLE events TTL = created_at + INTERVAL 13 MONTH TTL_ENABLE = 'ON' TTL_JOB_INTERVAL = '24h';

-- Erasure

CREATE TABLE erasure_log (
    id bigint NOT NULL AUTO_RANDOM PRIMARY KEY,
    subject_table varchar(129) NOT NULL,
    subject_key varchar(500) NOT NULL,
    erased_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    reason text
);

-- Idempotency keys

CREATE TABLE idempotency_key (
    scope varchar(100) NOT NULL,
    operation varchar(100) NOT NULL CHECK (operation IN ('create payment', 'create order')),
    request_key varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    request_hash binary(32) NOT NULL,
    response_status smallint,
    response_body json,
    created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    expires_at datetime(6) NOT NULL,
    PRIMARY KEY (scope, operation, request_key),
    KEY idempotency_key_expires_at_idx (expires_at)
) ENGINE = InnoDB;

-- Outbox and inbox

CREATE TABLE outbox_aggregate (
    aggregate_type varchar(100) NOT NULL,
    aggregate_id varchar(100) NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (aggregate_type, aggregate_id)
) ENGINE = InnoDB;

CREATE TABLE outbox (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    aggregate_type varchar(100) NOT NULL,
    aggregate_id varchar(100) NOT NULL,
    event_type varchar(100) NOT NULL CHECK (event_type IN ('order placed', 'order shipped')),
    payload json NOT NULL,
    created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    published_at datetime(6),
    KEY outbox_pending_idx (published_at, id),
    KEY outbox_aggregate_idx (aggregate_type, aggregate_id, published_at, id)
) ENGINE = InnoDB;

CREATE TABLE inbox (
    consumer varchar(100) NOT NULL,
    event_id bigint NOT NULL,
    received_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (consumer, event_id),
    KEY inbox_received_at_idx (received_at)
) ENGINE = InnoDB;

-- Sagas

CREATE TABLE saga_step_definition (
    saga varchar(100) NOT NULL,
    step smallint NOT NULL CHECK (step > 0),
    name varchar(100) NOT NULL,
    compensation varchar(100),
    timeout_seconds integer NOT NULL,
    PRIMARY KEY (saga, step)
) ENGINE = InnoDB;
INSERT INTO saga_step_definition (saga, step, name, compensation, timeout_seconds) VALUES
    ('place order', 1, 'reserve stock', 'release stock', 900),
    ('place order', 2, 'charge card', 'refund card', 900),
    ('place order', 3, 'ship', NULL, 900);

CREATE TABLE saga (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name varchar(100) NOT NULL CHECK (name IN ('place order')),
    correlation_id varchar(255) NOT NULL,
    state varchar(20) NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'compensating', 'done', 'compensated')),
    steps_done smallint NOT NULL DEFAULT 0,
    data json NOT NULL,
    error text,
    attempts integer NOT NULL DEFAULT 0,
    deadline datetime(6) NOT NULL,
    next_attempt_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    started_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY saga_correlation_key (name, correlation_id),
    KEY saga_due_idx (state, next_attempt_at)
) ENGINE = InnoDB;

-- What is sent

-- soft_delete: delete one of users
-- Instead of DELETE, which the program's account has no right to. No row: it was deleted before.
UPDATE users SET deleted_at = NOW(6) WHERE id = :id AND deleted_at IS NULL;

-- soft_delete: restore one of users
-- To undo a deletion. A duplicate key: its unique value has been given to another row meanwhile.
UPDATE users SET deleted_at = NULL WHERE id = :id AND deleted_at IS NOT NULL;

-- soft_delete: delete one of orders
-- Instead of DELETE, which the program's account has no right to. No row: it was deleted before.
UPDATE orders SET deleted_at = NOW(6) WHERE id = :id AND deleted_at IS NULL;

-- soft_delete: restore one of orders
-- To undo a deletion. A duplicate key: its unique value has been given to another row meanwhile.
UPDATE orders SET deleted_at = NULL WHERE id = :id AND deleted_at IS NOT NULL;

-- soft_delete: whether one of users is live
-- In the transaction that lets a row refer to it, before: no row, no reference.
SELECT 1 FROM users WHERE id = :id AND deleted_at IS NULL FOR UPDATE;

-- soft_delete: whether one of orders is live
-- In the transaction that lets a row refer to it, before: no row, no reference.
SELECT 1 FROM orders WHERE id = :id AND deleted_at IS NULL FOR UPDATE;

-- audit: a table as it was, while garbage collection has not passed
-- Stale read, within tidb_gc_life_time (10 minutes by default).
SELECT * FROM users AS OF TIMESTAMP :moment;

-- retention: let old rows of orders go
-- Daily at a quiet hour, each batch a transaction, until no row is deleted; or as an event: CREATE EVENT … ON SCHEDULE EVERY 1 MINUTE DO this statement (event_scheduler = ON).
DELETE FROM orders WHERE orders.deleted_at < NOW(6) - INTERVAL 90 DAY ORDER BY orders.deleted_at LIMIT 5000;

-- retention: let old rows of users go
-- Daily at a quiet hour, each batch a transaction, until no row is deleted; or as an event: CREATE EVENT … ON SCHEDULE EVERY 1 MINUTE DO this statement (event_scheduler = ON).
DELETE FROM users WHERE users.deleted_at < NOW(6) - INTERVAL 90 DAY AND NOT EXISTS (SELECT 1 FROM orders c WHERE c.tenant_id = users.tenant_id AND c.user_id = users.id) AND NOT EXISTS (SELECT 1 FROM invoices c WHERE c.tenant_id = users.tenant_id AND c.user_id = users.id) AND NOT EXISTS (SELECT 1 FROM tickets c WHERE c.tenant_id = users.tenant_id AND c.assignee_id = users.id) ORDER BY users.deleted_at LIMIT 5000;

-- erasure: whether a legal hold forbids it
-- First in the transaction of the erasure. 1: leave it.
SELECT EXISTS (SELECT 1 FROM users t WHERE t.id = :subject_id AND t.legal_hold);

-- erasure: erase one of users
-- In one transaction, in this order: children before what they refer to, the log last.
UPDATE users t SET t.manager_id = NULL WHERE t.manager_id = :subject_id;
UPDATE tickets t SET t.assignee_id = NULL WHERE t.assignee_id = :subject_id;
UPDATE invoices t SET t.billing_name = NULL, t.billing_address = 'erased', t.user_id = NULL WHERE t.user_id = :subject_id;
DELETE t FROM order_lines t WHERE EXISTS (SELECT 1 FROM orders p1 WHERE p1.tenant_id = t.tenant_id AND p1.id = t.order_id AND p1.user_id = :subject_id);
DELETE t FROM orders t WHERE t.user_id = :subject_id;
DELETE t FROM users t WHERE t.id = :subject_id;
INSERT INTO erasure_log (subject_table, subject_key, reason) VALUES ('users', CONCAT_WS(',', :subject_id), :reason);

-- idempotency: forget the key if it has expired
-- Before the transaction that does the work, in a transaction of its own.
DELETE FROM idempotency_key WHERE scope = :scope AND operation = :operation AND request_key = :request_key AND expires_at <= NOW(6);

-- idempotency: claim a key
-- First in the transaction that does the work. While another request with the same key runs, it waits. Done: do the work. Error 1062 (duplicate key): it has been done; look up the response. Error 1213 (deadlock) or 1205: begin anew.
INSERT INTO idempotency_key (scope, operation, request_key, request_hash, expires_at)
VALUES (:scope, :operation, :request_key, :request_hash, NOW(6) + INTERVAL 24 HOUR);

-- idempotency: look up the response
-- Where the key was taken. LOCK IN SHARE MODE reads what was committed last, also at REPEATABLE READ. Not the same request: refuse it (422).
SELECT request_hash = :request_hash AS same_request, response_status, response_body
FROM idempotency_key WHERE scope = :scope AND operation = :operation AND request_key = :request_key LOCK IN SHARE MODE;

-- idempotency: keep the response
-- Last in the same transaction, before COMMIT. If the program dies before that, key and work are rolled back together, and the next attempt does it. Effects outside the database need a key of their own that is derived from this one (or the outbox).
UPDATE idempotency_key SET response_status = :response_status, response_body = :response_body
WHERE scope = :scope AND operation = :operation AND request_key = :request_key;

-- idempotency: let old keys go
-- Hourly, until no row is deleted.
DELETE FROM idempotency_key WHERE expires_at <= NOW(6) ORDER BY expires_at LIMIT 5000;

-- outbox: lock the aggregate
-- In the transaction that changes the aggregate, before the event is added: the events of one aggregate are then numbered in the order of the commits. A row of the aggregate itself that the transaction has updated serves as well.
INSERT INTO outbox_aggregate (aggregate_type, aggregate_id) VALUES (:aggregate_type, :aggregate_id)
ON DUPLICATE KEY UPDATE version = version + 1;

-- outbox: add an event
-- In the same transaction. It is published if and only if that commits.
INSERT INTO outbox (aggregate_type, aggregate_id, event_type, payload) VALUES (:aggregate_type, :aggregate_id, :event_type, :payload);

-- outbox: take events
-- By each publisher, first in a transaction at READ COMMITTED; several run side by side. Of every aggregate it takes the oldest event that is not published, and none while another publisher holds that.
SELECT o.id, o.aggregate_type, o.aggregate_id, o.event_type, o.payload FROM outbox o
WHERE o.published_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.published_at IS NULL AND e.aggregate_type = o.aggregate_type
                  AND e.aggregate_id = o.aggregate_id AND e.id < o.id)
ORDER BY o.id LIMIT 100 FOR UPDATE NOWAIT;

-- outbox: mark an event as published
-- In the same transaction, when the broker has confirmed the event; then COMMIT. A publisher that dies in between leaves it to the next one: it is published at least once, and the consumer's inbox makes that once.
UPDATE outbox SET published_at = NOW(6) WHERE id = :id;

-- outbox: receive an event
-- By a consumer, first in the transaction in which the event has its effect. Error 1062: it had its effect; confirm it again.
INSERT INTO inbox (consumer, event_id) VALUES (:consumer, :event_id);

-- outbox: let published events go
-- Hourly, until no row is deleted.
DELETE FROM outbox WHERE published_at < NOW(6) - INTERVAL 7 DAY ORDER BY published_at LIMIT 5000;

-- outbox: let old entries of the inbox go
-- Hourly, until no row is deleted; an event must not come again after that.
DELETE FROM inbox WHERE received_at < NOW(6) - INTERVAL 7 DAY - INTERVAL 7 DAY ORDER BY received_at LIMIT 5000;

-- sagas: start a saga
-- With the request's own id. Error 1062: it has been started before.
INSERT INTO saga (name, correlation_id, data, deadline) VALUES (:name, :correlation_id, :data, NOW(6) + INTERVAL CASE :name WHEN 'place order' THEN 900 END SECOND);

-- sagas: take a saga that has something to do
-- By each worker, first in a transaction at READ COMMITTED; several run side by side. It also finds those whose worker died. Running: do step steps_done + 1, or turn back where late is 1 and may_turn_back is. Compensating: do the compensation of step steps_done.
SELECT s.id, s.name, s.correlation_id, s.state, s.steps_done, s.data, s.attempts, s.deadline <= NOW(6) AS late,
       (SELECT d.name FROM saga_step_definition d WHERE d.saga = s.name AND d.step = s.steps_done + (s.state = 'running')) AS step,
       (SELECT d.compensation FROM saga_step_definition d WHERE d.saga = s.name AND d.step = s.steps_done) AS compensation,
       NOT EXISTS (SELECT 1 FROM saga_step_definition p WHERE p.saga = s.name AND p.step <= s.steps_done AND p.compensation IS NULL)
         AS may_turn_back
FROM saga s WHERE s.state IN ('running', 'compensating') AND s.next_attempt_at <= NOW(6)
ORDER BY s.next_attempt_at, s.id LIMIT 1 FOR UPDATE NOWAIT;

-- sagas: a step is done
-- In the transaction of the step's effect where that is in this database. Effects elsewhere are idempotent by (saga's id, step).
UPDATE saga SET
    state = IF(steps_done + 1 = (SELECT COUNT(*) FROM saga_step_definition d WHERE d.saga = saga.name), 'done', 'running'),
    steps_done = steps_done + 1, attempts = 0, next_attempt_at = NOW(6), data = JSON_MERGE_PATCH(data, :result)
WHERE id = :id AND state = 'running' AND steps_done = :steps_done;

-- sagas: turn back
-- When a step has failed for good, or late is 1, and may_turn_back is. No row, or error 1644: there is no way back after a step without a compensation.
UPDATE saga SET state = 'compensating', error = :error, attempts = 0, next_attempt_at = NOW(6)
WHERE id = :id AND state = 'running' AND steps_done = :steps_done
  AND NOT EXISTS (SELECT 1 FROM saga_step_definition p WHERE p.saga = saga.name AND p.step <= saga.steps_done AND p.compensation IS NULL);

-- sagas: a compensation is done
-- As for a step. Nothing left to compensate (steps_done is 0): the saga is compensated with the same statement.
UPDATE saga SET state = IF(steps_done <= 1, 'compensated', 'compensating'), steps_done = GREATEST(steps_done - 1, 0),
    attempts = 0, next_attempt_at = NOW(6)
WHERE id = :id AND state = 'compensating' AND steps_done = :steps_done;

-- sagas: try again later
-- When a step or a compensation failed and may work another time: the pause doubles up to an hour.
UPDATE saga SET attempts = attempts + 1, error = :error, next_attempt_at = NOW(6) + INTERVAL LEAST(POW(2, LEAST(attempts, 12)), 3600) SECOND
WHERE id = :id;

-- sagas: sagas that need somebody
-- Every minute, as an alert: late without a way back, or failing for long.
SELECT id, name, correlation_id, state, steps_done, attempts, error FROM saga
WHERE state IN ('running', 'compensating') AND (deadline <= NOW(6) - INTERVAL 5 MINUTE OR attempts > 10);

-- tenant: an account that sees one tenant's database
-- Once a tenant, where tenants have databases of their own.
GRANT SELECT, INSERT, UPDATE, DELETE ON :database.* TO :account;

-- Notes

-- soft_delete: TiDB has no triggers: nothing keeps a row from referring to a marked one; instead: the program looks it up
-- audit: TiDB has no triggers; instead: a TiCDC changefeed of users, orders, order_lines with old values to Kafka or object storage; who acted, the program writes into the row
-- orders: a table that a foreign key refers to may have no TTL; instead: rows are deleted in batches
-- users: a table that a foreign key refers to may have no TTL; instead: rows are deleted in batches
-- users: old rows that others of the table refer to fail to be deleted; instead: give users a retention that is not longer, or ON DELETE CASCADE
-- users: old rows that orders still refers to are not deleted; instead: give orders a retention that is not longer, or ON DELETE CASCADE
-- users: old rows that invoices still refers to are not deleted; instead: give invoices a retention that is not longer, or ON DELETE CASCADE
-- users: old rows that tickets still refers to are not deleted; instead: give tickets a retention that is not longer, or ON DELETE CASCADE
-- users: its manager_id is emptied, the row stays: it is somebody else's; instead: None
-- tickets: its assignee_id is emptied, the row stays: it is somebody else's; instead: None
-- users: TiDB has no stored procedures; instead: the statements are sent in one transaction
-- outbox: published events are deleted in batches, not with a partition: a unique key would have to hold the partition's column; instead: DELETE … LIMIT by the index on published_at
-- outbox: TiDB does not do SKIP LOCKED: a second publisher gets error 3572 while the first holds the events; instead: one publisher at a time; the second tries again
-- saga: TiDB has no triggers: another transition is refused to no statement but these; instead: grant the program the statements through one module; each asks for the state that it leaves
-- tenant: TiDB has neither row security nor functions that a view could ask for the session's tenant; instead: a database and an account a tenant; in shared tables the keys keep a row from referring to another tenant's
