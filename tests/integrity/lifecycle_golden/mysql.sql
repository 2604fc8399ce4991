-- Lifecycle of the rows

-- Soft delete

CREATE VIEW live_users AS
SELECT id, tenant_id, email, full_name, password_hash, legal_hold, manager_id, country, created_at FROM users WHERE deleted_at IS NULL;

CREATE VIEW live_orders AS
SELECT id, tenant_id, user_id, status, note, created_at FROM orders WHERE deleted_at IS NULL;

DELIMITER $$
CREATE TRIGGER orders_live_users_user_id_insert BEFORE INSERT ON orders FOR EACH ROW BEGIN
  IF EXISTS (SELECT 1 FROM users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.user_id AND p.deleted_at IS NOT NULL LOCK IN SHARE MODE) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'orders refers to a deleted row of users';
  END IF;
END$$

CREATE TRIGGER orders_live_users_user_id_update BEFORE UPDATE ON orders FOR EACH ROW BEGIN
  IF (NOT (NEW.tenant_id <=> OLD.tenant_id) OR NOT (NEW.user_id <=> OLD.user_id)) AND EXISTS (SELECT 1 FROM users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.user_id AND p.deleted_at IS NOT NULL LOCK IN SHARE MODE) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'orders refers to a deleted row of users';
  END IF;
END$$

CREATE TRIGGER invoices_live_users_user_id_insert BEFORE INSERT ON invoices FOR EACH ROW BEGIN
  IF EXISTS (SELECT 1 FROM users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.user_id AND p.deleted_at IS NOT NULL LOCK IN SHARE MODE) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'invoices refers to a deleted row of users';
  END IF;
END$$

CREATE TRIGGER invoices_live_users_user_id_update BEFORE UPDATE ON invoices FOR EACH ROW BEGIN
  IF (NOT (NEW.tenant_id <=> OLD.tenant_id) OR NOT (NEW.user_id <=> OLD.user_id)) AND EXISTS (SELECT 1 FROM users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.user_id AND p.deleted_at IS NOT NULL LOCK IN SHARE MODE) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'invoices refers to a deleted row of users';
  END IF;
END$$

CREATE TRIGGER tickets_live_users_assignee_id_insert BEFORE INSERT ON tickets FOR EACH ROW BEGIN
  IF EXISTS (SELECT 1 FROM users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.assignee_id AND p.deleted_at IS NOT NULL LOCK IN SHARE MODE) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tickets refers to a deleted row of users';
  END IF;
END$$

CREATE TRIGGER tickets_live_users_assignee_id_update BEFORE UPDATE ON tickets FOR EACH ROW BEGIN
  IF (NOT (NEW.tenant_id <=> OLD.tenant_id) OR NOT (NEW.assignee_id <=> OLD.assignee_id)) AND EXISTS (SELECT 1 FROM users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.assignee_id AND p.deleted_at IS NOT NULL LOCK IN SHARE MODE) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'tickets refers to a deleted row of users';
  END IF;
END$$

CREATE TRIGGER order_lines_live_orders_order_id_insert BEFORE INSERT ON order_lines FOR EACH ROW BEGIN
  IF EXISTS (SELECT 1 FROM orders p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.order_id AND p.deleted_at IS NOT NULL LOCK IN SHARE MODE) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'order_lines refers to a deleted row of orders';
  END IF;
END$$

CREATE TRIGGER order_lines_live_orders_order_id_update BEFORE UPDATE ON order_lines FOR EACH ROW BEGIN
  IF (NOT (NEW.tenant_id <=> OLD.tenant_id) OR NOT (NEW.order_id <=> OLD.order_id)) AND EXISTS (SELECT 1 FROM orders p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.order_id AND p.deleted_at IS NOT NULL LOCK IN SHARE MODE) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'order_lines refers to a deleted row of orders';
  END IF;
END$$

CREATE TRIGGER users_soft_delete AFTER UPDATE ON users FOR EACH ROW BEGIN
  IF OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN
    IF EXISTS (SELECT 1 FROM orders c WHERE c.tenant_id = NEW.tenant_id AND c.user_id = NEW.id AND c.deleted_at IS NULL) THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'live rows of orders refer to this row';
    END IF;
  END IF;
END$$
DELIMITER ;

-- Audit trail

CREATE TABLE audit_log (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at datetime(6) NOT NULL,
    actor varchar(255) NOT NULL,
    table_name varchar(129) NOT NULL,
    operation varchar(10) NOT NULL CHECK (operation IN ('snapshot', 'insert', 'update', 'delete')),
    row_key varchar(500) COLLATE utf8mb4_bin,
    old_row json,
    new_row json,
    erased_at datetime(6),
    KEY audit_log_row_idx (table_name, row_key, at, id),
    KEY audit_log_at_idx (at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TRIGGER users_audit_insert AFTER INSERT ON users FOR EACH ROW
INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
VALUES (SYSDATE(6), COALESCE(@app_actor, CURRENT_USER()), 'users', 'insert', CONCAT_WS(',', NEW.id), NULL, JSON_OBJECT('id', NEW.id, 'tenant_id', NEW.tenant_id, 'email', NEW.email, 'full_name', NEW.full_name, 'legal_hold', NEW.legal_hold, 'manager_id', NEW.manager_id, 'country', NEW.country, 'created_at', NEW.created_at, 'deleted_at', NEW.deleted_at, 'live', NEW.live));
CREATE TRIGGER users_audit_update AFTER UPDATE ON users FOR EACH ROW
INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
SELECT SYSDATE(6), COALESCE(@app_actor, CURRENT_USER()), 'users', 'delete', CONCAT_WS(',', OLD.id), JSON_OBJECT('id', OLD.id, 'tenant_id', OLD.tenant_id, 'email', OLD.email, 'full_name', OLD.full_name, 'legal_hold', OLD.legal_hold, 'manager_id', OLD.manager_id, 'country', OLD.country, 'created_at', OLD.created_at, 'deleted_at', OLD.deleted_at, 'live', OLD.live), NULL FROM DUAL WHERE NOT (CONCAT_WS(',', OLD.id) <=> CONCAT_WS(',', NEW.id))
UNION ALL SELECT SYSDATE(6), COALESCE(@app_actor, CURRENT_USER()), 'users', IF(CONCAT_WS(',', OLD.id) <=> CONCAT_WS(',', NEW.id), 'update', 'insert'), CONCAT_WS(',', NEW.id), IF(CONCAT_WS(',', OLD.id) <=> CONCAT_WS(',', NEW.id), JSON_OBJECT('id', OLD.id, 'tenant_id', OLD.tenant_id, 'email', OLD.email, 'full_name', OLD.full_name, 'legal_hold', OLD.legal_hold, 'manager_id', OLD.manager_id, 'country', OLD.country, 'created_at', OLD.created_at, 'deleted_at', OLD.deleted_at, 'live', OLD.live), NULL), JSON_OBJECT('id', NEW.id, 'tenant_id', NEW.tenant_id, 'email', NEW.email, 'full_name', NEW.full_name, 'legal_hold', NEW.legal_hold, 'manager_id', NEW.manager_id, 'country', NEW.country, 'created_at', NEW.created_at, 'deleted_at', NEW.deleted_at, 'live', NEW.live);
CREATE TRIGGER users_audit_delete AFTER DELETE ON users FOR EACH ROW
INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
VALUES (SYSDATE(6), COALESCE(@app_actor, CURRENT_USER()), 'users', 'delete', CONCAT_WS(',', OLD.id), JSON_OBJECT('id', OLD.id, 'tenant_id', OLD.tenant_id, 'email', OLD.email, 'full_name', OLD.full_name, 'legal_hold', OLD.legal_hold, 'manager_id', OLD.manager_id, 'country', OLD.country, 'created_at', OLD.created_at, 'deleted_at', OLD.deleted_at, 'live', OLD.live), NULL);

CREATE TRIGGER orders_audit_insert AFTER INSERT ON orders FOR EACH ROW
INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
VALUES (SYSDATE(6), COALESCE(@app_actor, CURRENT_USER()), 'orders', 'insert', CONCAT_WS(',', NEW.id), NULL, JSON_OBJECT('id', NEW.id, 'tenant_id', NEW.tenant_id, 'user_id', NEW.user_id, 'status', NEW.status, 'note', NEW.note, 'created_at', NEW.created_at, 'deleted_at', NEW.deleted_at));
CREATE TRIGGER orders_audit_update AFTER UPDATE ON orders FOR EACH ROW
INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
SELECT SYSDATE(6), COALESCE(@app_actor, CURRENT_USER()), 'orders', 'delete', CONCAT_WS(',', OLD.id), JSON_OBJECT('id', OLD.id, 'tenant_id', OLD.tenant_id, 'user_id', OLD.user_id, 'status', OLD.status, 'note', OLD.note, 'created_at', OLD.created_at, 'deleted_at', OLD.deleted_at), NULL FROM DUAL WHERE NOT (CONCAT_WS(',', OLD.id) <=> CONCAT_WS(',', NEW.id))
UNION ALL SELECT SYSDATE(6), COALESCE(@app_actor, CURRENT_USER()), 'orders', IF(CONCAT_WS(',', OLD.id) <=> CONCAT_WS(',', NEW.id), 'update', 'insert'), CONCAT_WS(',', NEW.id), IF(CONCAT_WS(',', OLD.id) <=> CONCAT_WS(',', NEW.id), JSON_OBJECT('id', OLD.id, 'tenant_id', OLD.tenant_id, 'user_id', OLD.user_id, 'status', OLD.status, 'note', OLD.note, 'created_at', OLD.created_at, 'deleted_at', OLD.deleted_at), NULL), JSON_OBJECT('id', NEW.id, 'tenant_id', NEW.tenant_id, 'user_id', NEW.user_id, 'status', NEW.status, 'note', NEW.note, 'created_at', NEW.created_at, 'deleted_at', NEW.deleted_at);
CREATE TRIGGER orders_audit_delete AFTER DELETE ON orders FOR EACH ROW
INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
VALUES (SYSDATE(6), COALESCE(@app_actor, CURRENT_USER()), 'orders', 'delete', CONCAT_WS(',', OLD.id), JSON_OBJECT('id', OLD.id, 'tenant_id', OLD.tenant_id, 'user_id', OLD.user_id, 'status', OLD.status, 'note', OLD.note, 'created_at', OLD.created_at, 'deleted_at', OLD.deleted_at), NULL);

CREATE TRIGGER order_lines_audit_insert AFTER INSERT ON order_lines FOR EACH ROW
INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
VALUES (SYSDATE(6), COALESCE(@app_actor, CURRENT_USER()), 'order_lines', 'insert', CONCAT_WS(',', NEW.order_id, NEW.line_no), NULL, JSON_OBJECT('order_id', NEW.order_id, 'line_no', NEW.line_no, 'product', NEW.product, 'quantity', NEW.quantity, 'tenant_id', NEW.tenant_id));
CREATE TRIGGER order_lines_audit_update AFTER UPDATE ON order_lines FOR EACH ROW
INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
SELECT SYSDATE(6), COALESCE(@app_actor, CURRENT_USER()), 'order_lines', 'delete', CONCAT_WS(',', OLD.order_id, OLD.line_no), JSON_OBJECT('order_id', OLD.order_id, 'line_no', OLD.line_no, 'product', OLD.product, 'quantity', OLD.quantity, 'tenant_id', OLD.tenant_id), NULL FROM DUAL WHERE NOT (CONCAT_WS(',', OLD.order_id, OLD.line_no) <=> CONCAT_WS(',', NEW.order_id, NEW.line_no))
UNION ALL SELECT SYSDATE(6), COALESCE(@app_actor, CURRENT_USER()), 'order_lines', IF(CONCAT_WS(',', OLD.order_id, OLD.line_no) <=> CONCAT_WS(',', NEW.order_id, NEW.line_no), 'update', 'insert'), CONCAT_WS(',', NEW.order_id, NEW.line_no), IF(CONCAT_WS(',', OLD.order_id, OLD.line_no) <=> CONCAT_WS(',', NEW.order_id, NEW.line_no), JSON_OBJECT('order_id', OLD.order_id, 'line_no', OLD.line_no, 'product', OLD.product, 'quantity', OLD.quantity, 'tenant_id', OLD.tenant_id), NULL), JSON_OBJECT('order_id', NEW.order_id, 'line_no', NEW.line_no, 'product', NEW.product, 'quantity', NEW.quantity, 'tenant_id', NEW.tenant_id);
CREATE TRIGGER order_lines_audit_delete AFTER DELETE ON order_lines FOR EACH ROW
INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)
VALUES (SYSDATE(6), COALESCE(@app_actor, CURRENT_USER()), 'order_lines', 'delete', CONCAT_WS(',', OLD.order_id, OLD.line_no), JSON_OBJECT('order_id', OLD.order_id, 'line_no', OLD.line_no, 'product', OLD.product, 'quantity', OLD.quantity, 'tenant_id', OLD.tenant_id), NULL);

CREATE TRIGGER orders_cascade_order_lines_order_id BEFORE DELETE ON orders FOR EACH ROW
DELETE FROM order_lines WHERE tenant_id = OLD.tenant_id AND order_id = OLD.id;

INSERT INTO audit_log (at, actor, table_name, operation, row_key, new_row)
SELECT SYSDATE(6), CURRENT_USER(), 'users', 'snapshot', CONCAT_WS(',', t.id), JSON_OBJECT('id', t.id, 'tenant_id', t.tenant_id, 'email', t.email, 'full_name', t.full_name, 'legal_hold', t.legal_hold, 'manager_id', t.manager_id, 'country', t.country, 'created_at', t.created_at, 'deleted_at', t.deleted_at, 'live', t.live) FROM users t;

INSERT INTO audit_log (at, actor, table_name, operation, row_key, new_row)
SELECT SYSDATE(6), CURRENT_USER(), 'orders', 'snapshot', CONCAT_WS(',', t.id), JSON_OBJECT('id', t.id, 'tenant_id', t.tenant_id, 'user_id', t.user_id, 'status', t.status, 'note', t.note, 'created_at', t.created_at, 'deleted_at', t.deleted_at) FROM orders t;

INSERT INTO audit_log (at, actor, table_name, operation, row_key, new_row)
SELECT SYSDATE(6), CURRENT_USER(), 'order_lines', 'snapshot', CONCAT_WS(',', t.order_id, t.line_no), JSON_OBJECT('order_id', t.order_id, 'line_no', t.line_no, 'product', t.product, 'quantity', t.quantity, 'tenant_id', t.tenant_id) FROM order_lines t;

-- Erasure

CREATE TABLE erasure_log (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    subject_table varchar(129) NOT NULL,
    subject_key varchar(500) NOT NULL,
    erased_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    erased_by varchar(255) NOT NULL,
    reason text
) ENGINE = InnoDB;

DELIMITER $$
CREATE PROCEDURE erase_users(IN subject_id bigint, IN why text) MODIFIES SQL DATA SQL SECURITY INVOKER
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;
  IF EXISTS (SELECT 1 FROM users t WHERE t.id = subject_id AND t.legal_hold) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a legal hold forbids this erasure';
  END IF;
  START TRANSACTION;
  CREATE TEMPORARY TABLE IF NOT EXISTS erased_rows (table_name varchar(129), row_key varchar(500) COLLATE utf8mb4_bin);
  DELETE FROM erased_rows;
  INSERT INTO erased_rows SELECT 'users', CONCAT_WS(',', t.id) FROM users t WHERE t.id = subject_id;
  INSERT INTO erased_rows SELECT 'orders', CONCAT_WS(',', t.id) FROM orders t WHERE t.user_id = subject_id;
  INSERT INTO erased_rows SELECT l.table_name, l.row_key FROM audit_log l WHERE l.table_name = 'orders' AND JSON_UNQUOTE(JSON_EXTRACT(COALESCE(l.new_row, l.old_row), '$.user_id')) = subject_id;
  INSERT INTO erased_rows SELECT 'order_lines', CONCAT_WS(',', t.order_id, t.line_no) FROM order_lines t WHERE EXISTS (SELECT 1 FROM orders p1 WHERE p1.tenant_id = t.tenant_id AND p1.id = t.order_id AND p1.user_id = subject_id);
  UPDATE users t SET t.manager_id = NULL WHERE t.manager_id = subject_id;
  UPDATE tickets t SET t.assignee_id = NULL WHERE t.assignee_id = subject_id;
  UPDATE invoices t SET t.billing_name = NULL, t.billing_address = 'erased', t.user_id = NULL WHERE t.user_id = subject_id;
  DELETE t FROM order_lines t WHERE EXISTS (SELECT 1 FROM orders p1 WHERE p1.tenant_id = t.tenant_id AND p1.id = t.order_id AND p1.user_id = subject_id);
  DELETE t FROM orders t WHERE t.user_id = subject_id;
  DELETE t FROM users t WHERE t.id = subject_id;
  UPDATE audit_log l JOIN erased_rows e ON e.table_name = l.table_name AND e.row_key = l.row_key SET l.old_row = NULL, l.new_row = NULL, l.erased_at = NOW(6) WHERE l.table_name = 'users';
  UPDATE audit_log l JOIN erased_rows e ON e.table_name = l.table_name AND e.row_key = l.row_key SET l.old_row = NULL, l.new_row = NULL, l.erased_at = NOW(6) WHERE l.table_name = 'orders';
  UPDATE audit_log l JOIN erased_rows e ON e.table_name = l.table_name AND e.row_key = l.row_key SET l.old_row = NULL, l.new_row = NULL, l.erased_at = NOW(6) WHERE l.table_name = 'order_lines';
  INSERT INTO erasure_log (subject_table, subject_key, erased_by, reason)
  VALUES ('users', CONCAT_WS(',', subject_id), CURRENT_USER(), why);
  COMMIT;
END$$
DELIMITER ;

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

DELIMITER $$
CREATE TRIGGER saga_begins BEFORE INSERT ON saga FOR EACH ROW BEGIN
  IF NEW.state <> 'running' OR NEW.steps_done <> 0 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a saga begins running, with no step done';
  END IF;
END$$

CREATE TRIGGER saga_transition BEFORE UPDATE ON saga FOR EACH ROW BEGIN
  DECLARE steps integer;
  DECLARE pivot integer;
  SELECT COUNT(*), COALESCE(SUM(d.step <= OLD.steps_done AND d.compensation IS NULL), 0) INTO steps, pivot
  FROM saga_step_definition d WHERE d.saga = NEW.name;
  IF OLD.name <> NEW.name OR OLD.correlation_id <> NEW.correlation_id OR NOT COALESCE(CASE CONCAT(OLD.state, ' ', NEW.state)
      WHEN 'running running' THEN NEW.steps_done IN (OLD.steps_done, OLD.steps_done + 1) AND NEW.steps_done <= steps
      WHEN 'running done' THEN NEW.steps_done = steps AND OLD.steps_done IN (steps, steps - 1)
      WHEN 'running compensating' THEN NEW.steps_done = OLD.steps_done AND pivot = 0
      WHEN 'compensating compensating' THEN NEW.steps_done IN (OLD.steps_done, OLD.steps_done - 1) AND NEW.steps_done >= 0
      WHEN 'compensating compensated' THEN NEW.steps_done = 0 AND OLD.steps_done IN (0, 1)
    END, FALSE) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a saga may not go that way';
  END IF;
END$$
DELIMITER ;

-- Tenant isolation

-- DETERMINISTIC, so that the optimiser looks it up once a statement and uses the index
CREATE FUNCTION current_tenant() RETURNS bigint DETERMINISTIC NO SQL SQL SECURITY INVOKER RETURN @tenant_id;

CREATE ALGORITHM = MERGE SQL SECURITY DEFINER VIEW tenants_of_tenant AS
SELECT id, name FROM tenants WHERE id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE ALGORITHM = MERGE SQL SECURITY DEFINER VIEW users_of_tenant AS
SELECT id, tenant_id, email, full_name, password_hash, legal_hold, manager_id, country, created_at, deleted_at, live FROM users WHERE tenant_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE ALGORITHM = MERGE SQL SECURITY DEFINER VIEW orders_of_tenant AS
SELECT id, tenant_id, user_id, status, note, created_at, deleted_at FROM orders WHERE tenant_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE ALGORITHM = MERGE SQL SECURITY DEFINER VIEW order_lines_of_tenant AS
SELECT order_id, line_no, product, quantity, tenant_id FROM order_lines WHERE tenant_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE ALGORITHM = MERGE SQL SECURITY DEFINER VIEW invoices_of_tenant AS
SELECT id, tenant_id, user_id, billing_name, billing_address, total, issued_on FROM invoices WHERE tenant_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE ALGORITHM = MERGE SQL SECURITY DEFINER VIEW tickets_of_tenant AS
SELECT id, tenant_id, assignee_id, title FROM tickets WHERE tenant_id = current_tenant()
WITH CASCADED CHECK OPTION;

CREATE ALGORITHM = MERGE SQL SECURITY DEFINER VIEW events_of_tenant AS
SELECT id, tenant_id, kind, created_at FROM events WHERE tenant_id = current_tenant()
WITH CASCADED CHECK OPTION;

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

-- audit: say who acts
-- At the beginning of every transaction; a pooled connection keeps it, so that it must be set anew each time. Without it the account of the connection is recorded.
SET @app_actor = :actor;

-- audit: users as they were
-- To look back; with another table_name for every recorded table. JSON_TABLE (MySQL 8, MariaDB 10.6) makes columns of it.
SELECT v.new_row FROM (SELECT l.operation, l.new_row, ROW_NUMBER() OVER (PARTITION BY l.row_key ORDER BY l.at DESC, l.id DESC) AS n FROM audit_log l WHERE l.table_name = 'users' AND l.at <= :moment) v WHERE v.n = 1 AND v.operation <> 'delete';

-- audit: MariaDB: the engine's own versions instead of triggers
-- MariaDB 10.3 and later, once a table, instead of the triggers: SELECT … FOR SYSTEM_TIME AS OF TIMESTAMP :moment shows it as it was. It does not say who acted, and DELETE HISTORY FROM … BEFORE SYSTEM_TIME lets old versions go. MySQL has none.
ALTER TABLE users ADD SYSTEM VERSIONING;

-- audit: let old records go
-- Daily, until no row is deleted.
DELETE FROM audit_log WHERE at < NOW(6) - INTERVAL 24 MONTH ORDER BY at LIMIT 5000;

-- retention: let old rows of events go
-- Daily at a quiet hour, each batch a transaction, until no row is deleted; or as an event: CREATE EVENT … ON SCHEDULE EVERY 1 MINUTE DO this statement (event_scheduler = ON).
DELETE FROM events WHERE events.created_at < NOW(6) - INTERVAL 13 MONTH ORDER BY events.created_at LIMIT 5000;

-- retention: let old rows of orders go
-- Daily at a quiet hour, each batch a transaction, until no row is deleted; or as an event: CREATE EVENT … ON SCHEDULE EVERY 1 MINUTE DO this statement (event_scheduler = ON).
DELETE FROM orders WHERE orders.deleted_at < NOW(6) - INTERVAL 90 DAY ORDER BY orders.deleted_at LIMIT 5000;

-- retention: let old rows of users go
-- Daily at a quiet hour, each batch a transaction, until no row is deleted; or as an event: CREATE EVENT … ON SCHEDULE EVERY 1 MINUTE DO this statement (event_scheduler = ON).
DELETE FROM users WHERE users.deleted_at < NOW(6) - INTERVAL 90 DAY AND NOT EXISTS (SELECT 1 FROM orders c WHERE c.tenant_id = users.tenant_id AND c.user_id = users.id) AND NOT EXISTS (SELECT 1 FROM invoices c WHERE c.tenant_id = users.tenant_id AND c.user_id = users.id) AND NOT EXISTS (SELECT 1 FROM tickets c WHERE c.tenant_id = users.tenant_id AND c.assignee_id = users.id) ORDER BY users.deleted_at LIMIT 5000;

-- erasure: erase one of users
-- By the account of the jobs; it is a transaction of its own. SQLSTATE 45000: a legal hold.
CALL erase_users(:id, :reason);

-- erasure: erase again after a backup was restored
-- Read it from the newest copy before the restore, and erase everybody in it again.
SELECT subject_table, subject_key FROM erasure_log ORDER BY id;

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
ORDER BY o.id LIMIT 100 FOR UPDATE SKIP LOCKED;

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
ORDER BY s.next_attempt_at, s.id LIMIT 1 FOR UPDATE SKIP LOCKED;

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

-- tenant: say for whom a session works
-- When a connection is taken from the pool, before anything else; not set, or NULL, nothing is seen.
SET @tenant_id = :tenant;

-- tenant: forget for whom a session worked
-- Before a connection goes back to the pool (or COM_RESET_CONNECTION, which forgets all variables).
SET @tenant_id = NULL;

-- tenant: rights on tenants
-- Once, for the program's account, which has no rights on the table itself, and EXECUTE on the function.
GRANT SELECT, INSERT, UPDATE, DELETE ON tenants_of_tenant TO :account;

-- tenant: rights on users
-- Once, for the program's account, which has no rights on the table itself, and EXECUTE on the function.
GRANT SELECT, INSERT, UPDATE, DELETE ON users_of_tenant TO :account;

-- tenant: rights on orders
-- Once, for the program's account, which has no rights on the table itself, and EXECUTE on the function.
GRANT SELECT, INSERT, UPDATE, DELETE ON orders_of_tenant TO :account;

-- tenant: rights on order_lines
-- Once, for the program's account, which has no rights on the table itself, and EXECUTE on the function.
GRANT SELECT, INSERT, UPDATE, DELETE ON order_lines_of_tenant TO :account;

-- tenant: rights on invoices
-- Once, for the program's account, which has no rights on the table itself, and EXECUTE on the function.
GRANT SELECT, INSERT, UPDATE, DELETE ON invoices_of_tenant TO :account;

-- tenant: rights on tickets
-- Once, for the program's account, which has no rights on the table itself, and EXECUTE on the function.
GRANT SELECT, INSERT, UPDATE, DELETE ON tickets_of_tenant TO :account;

-- tenant: rights on events
-- Once, for the program's account, which has no rights on the table itself, and EXECUTE on the function.
GRANT SELECT, INSERT, UPDATE, DELETE ON events_of_tenant TO :account;

-- Notes

-- users (tenant_id, manager_id): a trigger may not look at its own table's other rows: references within the table are not guarded; instead: look up deleted_at of the row FOR UPDATE in the same transaction
-- order_lines (tenant_id, order_id): ON DELETE CASCADE fires no trigger of order_lines; instead: a trigger of orders does the same before, by a statement, which is recorded
-- users: old rows that others of the table refer to fail to be deleted; instead: give users a retention that is not longer, or ON DELETE CASCADE
-- users: old rows that orders still refers to are not deleted; instead: give orders a retention that is not longer, or ON DELETE CASCADE
-- users: old rows that invoices still refers to are not deleted; instead: give invoices a retention that is not longer, or ON DELETE CASCADE
-- users: old rows that tickets still refers to are not deleted; instead: give tickets a retention that is not longer, or ON DELETE CASCADE
-- users: its manager_id is emptied, the row stays: it is somebody else's; instead: None
-- tickets: its assignee_id is emptied, the row stays: it is somebody else's; instead: None
-- outbox: published events are deleted in batches, not with a partition: a unique key would have to hold the partition's column; instead: DELETE … LIMIT by the index on published_at
-- tenant: has no row-level security; instead: views WITH CASCADED CHECK OPTION over the rows of the session's tenant; grant the program rights on them, not on the tables
-- @tenant_id: there is no SET LOCAL: a pooled connection keeps the tenant of the request before; instead: set @tenant_id at each check-out, and to NULL at each return
