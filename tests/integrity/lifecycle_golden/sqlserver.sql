-- Lifecycle of the rows

IF DATABASE_PRINCIPAL_ID('app') IS NULL CREATE ROLE app;
IF DATABASE_PRINCIPAL_ID('maintenance') IS NULL CREATE ROLE maintenance;

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

GO
CREATE VIEW live_users AS
SELECT id, tenant_id, email, full_name, password_hash, legal_hold, manager_id, country, created_at FROM users WHERE deleted_at IS NULL;
GO
CREATE VIEW live_orders AS
SELECT id, tenant_id, user_id, status, note, created_at FROM orders WHERE deleted_at IS NULL;
GO
CREATE TRIGGER dbo.users_to_live_users_manager_id ON users AFTER INSERT, UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF (UPDATE(tenant_id) OR UPDATE(manager_id)) AND EXISTS (SELECT 1 FROM inserted AS n JOIN users AS p WITH (UPDLOCK) ON p.tenant_id = n.tenant_id AND p.id = n.manager_id
                             WHERE p.deleted_at IS NOT NULL)
    THROW 50002, 'users refers to a deleted row of users', 1;
END;
GO
CREATE TRIGGER dbo.orders_to_live_users_user_id ON orders AFTER INSERT, UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF (UPDATE(tenant_id) OR UPDATE(user_id)) AND EXISTS (SELECT 1 FROM inserted AS n JOIN users AS p WITH (UPDLOCK) ON p.tenant_id = n.tenant_id AND p.id = n.user_id
                             WHERE p.deleted_at IS NOT NULL)
    THROW 50002, 'orders refers to a deleted row of users', 1;
END;
GO
CREATE TRIGGER dbo.invoices_to_live_users_user_id ON invoices AFTER INSERT, UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF (UPDATE(tenant_id) OR UPDATE(user_id)) AND EXISTS (SELECT 1 FROM inserted AS n JOIN users AS p WITH (UPDLOCK) ON p.tenant_id = n.tenant_id AND p.id = n.user_id
                             WHERE p.deleted_at IS NOT NULL)
    THROW 50002, 'invoices refers to a deleted row of users', 1;
END;
GO
CREATE TRIGGER dbo.tickets_to_live_users_assignee_id ON tickets AFTER INSERT, UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF (UPDATE(tenant_id) OR UPDATE(assignee_id)) AND EXISTS (SELECT 1 FROM inserted AS n JOIN users AS p WITH (UPDLOCK) ON p.tenant_id = n.tenant_id AND p.id = n.assignee_id
                             WHERE p.deleted_at IS NOT NULL)
    THROW 50002, 'tickets refers to a deleted row of users', 1;
END;
GO
CREATE TRIGGER dbo.order_lines_to_live_orders_order_id ON order_lines AFTER INSERT, UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF (UPDATE(tenant_id) OR UPDATE(order_id)) AND EXISTS (SELECT 1 FROM inserted AS n JOIN orders AS p WITH (UPDLOCK) ON p.tenant_id = n.tenant_id AND p.id = n.order_id
                             WHERE p.deleted_at IS NOT NULL)
    THROW 50002, 'order_lines refers to a deleted row of orders', 1;
END;
GO
CREATE TRIGGER dbo.users_soft_delete_users_manager_id ON users AFTER UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM inserted AS n JOIN deleted AS o ON o.id = n.id JOIN users AS c ON n.tenant_id = c.tenant_id AND n.id = c.manager_id WHERE o.deleted_at IS NULL AND n.deleted_at IS NOT NULL AND c.deleted_at IS NULL)
    THROW 50003, 'live rows of users refer to this row of users', 1;
END;
GO
CREATE TRIGGER dbo.users_soft_delete_orders_user_id ON users AFTER UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (SELECT 1 FROM inserted AS n JOIN deleted AS o ON o.id = n.id JOIN orders AS c ON n.tenant_id = c.tenant_id AND n.id = c.user_id WHERE o.deleted_at IS NULL AND n.deleted_at IS NOT NULL AND c.deleted_at IS NULL)
    THROW 50003, 'live rows of orders refer to this row of users', 1;
END;
GO

-- Audit trail

CREATE TABLE dbo.audit_log (
    id bigint IDENTITY NOT NULL PRIMARY KEY,
    at datetime2 NOT NULL DEFAULT SYSUTCDATETIME(),
    actor nvarchar(255) NOT NULL,
    table_name nvarchar(257) NOT NULL,
    operation varchar(10) NOT NULL CHECK (operation IN ('snapshot', 'insert', 'update', 'delete')),
    row_key nvarchar(400) NULL,
    old_row nvarchar(max) NULL,
    new_row nvarchar(max) NULL,
    erased_at datetime2 NULL,
    INDEX audit_log_row_idx (table_name, row_key, at, id),
    INDEX audit_log_at_idx (at)
);

INSERT INTO dbo.audit_log (actor, table_name, operation, row_key, new_row)
SELECT SUSER_SNAME(), 'dbo.users', 'snapshot', CONCAT(t.id, ''), (SELECT t.id, t.tenant_id, t.email, t.full_name, t.legal_hold, t.manager_id, t.country, t.created_at, t.deleted_at FOR JSON PATH, WITHOUT_ARRAY_WRAPPER, INCLUDE_NULL_VALUES) FROM users AS t;

INSERT INTO dbo.audit_log (actor, table_name, operation, row_key, new_row)
SELECT SUSER_SNAME(), 'dbo.orders', 'snapshot', CONCAT(t.id, ''), (SELECT t.id, t.tenant_id, t.user_id, t.status, t.note, t.created_at, t.deleted_at FOR JSON PATH, WITHOUT_ARRAY_WRAPPER, INCLUDE_NULL_VALUES) FROM orders AS t;

INSERT INTO dbo.audit_log (actor, table_name, operation, row_key, new_row)
SELECT SUSER_SNAME(), 'dbo.order_lines', 'snapshot', CONCAT_WS(',', t.order_id, t.line_no), (SELECT t.order_id, t.line_no, t.product, t.quantity, t.tenant_id FOR JSON PATH, WITHOUT_ARRAY_WRAPPER, INCLUDE_NULL_VALUES) FROM order_lines AS t;

GO
CREATE TRIGGER dbo.users_audit ON users AFTER INSERT, UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  INSERT INTO dbo.audit_log (actor, table_name, operation, row_key, old_row, new_row)
  SELECT COALESCE(CAST(SESSION_CONTEXT(N'actor') AS nvarchar(255)), SUSER_SNAME()), 'dbo.users', CASE WHEN o.id IS NULL THEN 'insert' WHEN n.id IS NULL THEN 'delete' ELSE 'update' END,
         CASE WHEN n.id IS NULL THEN CONCAT(o.id, '') ELSE CONCAT(n.id, '') END,
         CASE WHEN o.id IS NULL THEN NULL ELSE (SELECT o.id, o.tenant_id, o.email, o.full_name, o.legal_hold, o.manager_id, o.country, o.created_at, o.deleted_at FOR JSON PATH, WITHOUT_ARRAY_WRAPPER, INCLUDE_NULL_VALUES) END, CASE WHEN n.id IS NULL THEN NULL ELSE (SELECT n.id, n.tenant_id, n.email, n.full_name, n.legal_hold, n.manager_id, n.country, n.created_at, n.deleted_at FOR JSON PATH, WITHOUT_ARRAY_WRAPPER, INCLUDE_NULL_VALUES) END
  FROM inserted AS n FULL JOIN deleted AS o ON n.id = o.id;
END;
GO
CREATE TRIGGER dbo.orders_audit ON orders AFTER INSERT, UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  INSERT INTO dbo.audit_log (actor, table_name, operation, row_key, old_row, new_row)
  SELECT COALESCE(CAST(SESSION_CONTEXT(N'actor') AS nvarchar(255)), SUSER_SNAME()), 'dbo.orders', CASE WHEN o.id IS NULL THEN 'insert' WHEN n.id IS NULL THEN 'delete' ELSE 'update' END,
         CASE WHEN n.id IS NULL THEN CONCAT(o.id, '') ELSE CONCAT(n.id, '') END,
         CASE WHEN o.id IS NULL THEN NULL ELSE (SELECT o.id, o.tenant_id, o.user_id, o.status, o.note, o.created_at, o.deleted_at FOR JSON PATH, WITHOUT_ARRAY_WRAPPER, INCLUDE_NULL_VALUES) END, CASE WHEN n.id IS NULL THEN NULL ELSE (SELECT n.id, n.tenant_id, n.user_id, n.status, n.note, n.created_at, n.deleted_at FOR JSON PATH, WITHOUT_ARRAY_WRAPPER, INCLUDE_NULL_VALUES) END
  FROM inserted AS n FULL JOIN deleted AS o ON n.id = o.id;
END;
GO
CREATE TRIGGER dbo.order_lines_audit ON order_lines AFTER INSERT, UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  INSERT INTO dbo.audit_log (actor, table_name, operation, row_key, old_row, new_row)
  SELECT COALESCE(CAST(SESSION_CONTEXT(N'actor') AS nvarchar(255)), SUSER_SNAME()), 'dbo.order_lines', CASE WHEN o.order_id IS NULL THEN 'insert' WHEN n.order_id IS NULL THEN 'delete' ELSE 'update' END,
         CASE WHEN n.order_id IS NULL THEN CONCAT_WS(',', o.order_id, o.line_no) ELSE CONCAT_WS(',', n.order_id, n.line_no) END,
         CASE WHEN o.order_id IS NULL THEN NULL ELSE (SELECT o.order_id, o.line_no, o.product, o.quantity, o.tenant_id FOR JSON PATH, WITHOUT_ARRAY_WRAPPER, INCLUDE_NULL_VALUES) END, CASE WHEN n.order_id IS NULL THEN NULL ELSE (SELECT n.order_id, n.line_no, n.product, n.quantity, n.tenant_id FOR JSON PATH, WITHOUT_ARRAY_WRAPPER, INCLUDE_NULL_VALUES) END
  FROM inserted AS n FULL JOIN deleted AS o ON n.order_id = o.order_id AND n.line_no = o.line_no;
END;
GO

-- Retention

GO
CREATE PROCEDURE dbo.events_retention @batch int = 5000 AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @cutoff datetime2 = DATEADD(month, -13, SYSUTCDATETIME()), @taken int = 1;
  WHILE @taken > 0
  BEGIN
    DELETE TOP (@batch) t
    FROM events AS t WITH (READPAST) WHERE t.created_at < @cutoff;
    SET @taken = @@ROWCOUNT;
  END;
END;
GO
CREATE PROCEDURE dbo.orders_retention @batch int = 5000 AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @cutoff datetime2 = DATEADD(day, -90, SYSUTCDATETIME()), @taken int = 1;
  WHILE @taken > 0
  BEGIN
    DELETE TOP (@batch) t
    FROM orders AS t WITH (READPAST) WHERE t.deleted_at < @cutoff;
    SET @taken = @@ROWCOUNT;
  END;
END;
GO
CREATE PROCEDURE dbo.users_retention @batch int = 5000 AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @cutoff datetime2 = DATEADD(day, -90, SYSUTCDATETIME()), @taken int = 1;
  WHILE @taken > 0
  BEGIN
    DELETE TOP (@batch) t
    FROM users AS t WITH (READPAST) WHERE t.deleted_at < @cutoff AND NOT EXISTS (SELECT 1 FROM users AS c WHERE t.tenant_id = c.tenant_id AND t.id = c.manager_id) AND NOT EXISTS (SELECT 1 FROM orders AS c WHERE t.tenant_id = c.tenant_id AND t.id = c.user_id) AND NOT EXISTS (SELECT 1 FROM invoices AS c WHERE t.tenant_id = c.tenant_id AND t.id = c.user_id) AND NOT EXISTS (SELECT 1 FROM tickets AS c WHERE t.tenant_id = c.tenant_id AND t.id = c.assignee_id);
    SET @taken = @@ROWCOUNT;
  END;
END;
GO

-- Erasure

CREATE TABLE dbo.erasure_log (
    id bigint IDENTITY NOT NULL PRIMARY KEY,
    subject_table nvarchar(257) NOT NULL,
    subject_key nvarchar(400) NOT NULL,
    erased_at datetime2 NOT NULL DEFAULT SYSUTCDATETIME(),
    erased_by nvarchar(255) NOT NULL DEFAULT SUSER_SNAME(),
    reason nvarchar(max) NULL
);

GO
CREATE PROCEDURE dbo.erase_users @subject_id bigint, @why nvarchar(max) = NULL AS
BEGIN
  SET NOCOUNT, XACT_ABORT ON;
  IF EXISTS (SELECT 1 FROM users AS t WHERE t.id = @subject_id AND t.legal_hold = 1) THROW 50004, 'a legal hold forbids this erasure', 1;
  BEGIN TRANSACTION;
  DECLARE @rows TABLE (table_name nvarchar(257), row_key nvarchar(400));
  INSERT INTO @rows SELECT 'dbo.users', CONCAT(t.id, '') FROM users AS t WHERE t.id = @subject_id;
  INSERT INTO @rows SELECT 'dbo.orders', CONCAT(t.id, '') FROM orders AS t WHERE t.user_id = @subject_id;
  INSERT INTO @rows SELECT l.table_name, l.row_key FROM dbo.audit_log AS l WHERE l.table_name = 'dbo.orders' AND JSON_VALUE(COALESCE(l.new_row, l.old_row), '$.user_id') = CONCAT(@subject_id, '');
  INSERT INTO @rows SELECT 'dbo.order_lines', CONCAT_WS(',', t.order_id, t.line_no) FROM order_lines AS t WHERE EXISTS (SELECT 1 FROM orders p1 WHERE p1.tenant_id = t.tenant_id AND p1.id = t.order_id AND p1.user_id = @subject_id);
  UPDATE t SET manager_id = NULL FROM users AS t WHERE t.manager_id = @subject_id;
  UPDATE t SET assignee_id = NULL FROM tickets AS t WHERE t.assignee_id = @subject_id;
  UPDATE t SET billing_name = NULL, billing_address = 'erased', user_id = NULL FROM invoices AS t WHERE t.user_id = @subject_id;
  DELETE t FROM order_lines AS t WHERE EXISTS (SELECT 1 FROM orders p1 WHERE p1.tenant_id = t.tenant_id AND p1.id = t.order_id AND p1.user_id = @subject_id);
  DELETE t FROM orders AS t WHERE t.user_id = @subject_id;
  DELETE t FROM users AS t WHERE t.id = @subject_id;
  UPDATE l SET old_row = NULL, new_row = NULL, erased_at = SYSUTCDATETIME() FROM dbo.audit_log AS l JOIN @rows AS r ON r.table_name = l.table_name AND r.row_key = l.row_key;
  INSERT INTO dbo.erasure_log (subject_table, subject_key, reason) VALUES ('users', CONCAT(@subject_id, ''), @why);
  COMMIT;
END;
GO

-- Idempotency keys

CREATE TABLE dbo.idempotency_key (
    scope nvarchar(100) NOT NULL,
    operation nvarchar(100) NOT NULL CHECK (operation IN ('create payment', 'create order')),
    request_key varchar(255) COLLATE Latin1_General_BIN2 NOT NULL,
    request_hash binary(32) NOT NULL,
    response_status smallint NULL,
    response_body nvarchar(max) NULL CHECK (response_body IS NULL OR ISJSON(response_body) = 1),
    created_at datetime2 NOT NULL DEFAULT SYSUTCDATETIME(),
    expires_at datetime2 NOT NULL DEFAULT DATEADD(hour, 24, SYSUTCDATETIME()),
    PRIMARY KEY (scope, operation, request_key),
    INDEX idempotency_key_expires_at_idx (expires_at)
);

-- Outbox and inbox

CREATE TABLE dbo.outbox (
    id bigint IDENTITY NOT NULL PRIMARY KEY,
    aggregate_type nvarchar(100) NOT NULL,
    aggregate_id nvarchar(100) NOT NULL,
    event_type nvarchar(100) NOT NULL CHECK (event_type IN ('order placed', 'order shipped')),
    payload nvarchar(max) NOT NULL CHECK (ISJSON(payload) = 1),
    created_at datetime2 NOT NULL DEFAULT SYSUTCDATETIME(),
    published_at datetime2 NULL,
    INDEX outbox_pending_idx (aggregate_type, aggregate_id, id) WHERE published_at IS NULL,
    INDEX outbox_published_idx (published_at) WHERE published_at IS NOT NULL
);

CREATE TABLE dbo.inbox (
    consumer nvarchar(100) NOT NULL,
    event_id bigint NOT NULL,
    received_at datetime2 NOT NULL DEFAULT SYSUTCDATETIME(),
    PRIMARY KEY (consumer, event_id)
);

-- Sagas

CREATE TABLE dbo.saga_step_definition (
    saga nvarchar(100) NOT NULL,
    step smallint NOT NULL CHECK (step > 0),
    name nvarchar(100) NOT NULL,
    compensation nvarchar(100) NULL,
    timeout_seconds int NOT NULL,
    PRIMARY KEY (saga, step)
);
INSERT INTO dbo.saga_step_definition (saga, step, name, compensation, timeout_seconds) VALUES
    ('place order', 1, 'reserve stock', 'release stock', 900),
    ('place order', 2, 'charge card', 'refund card', 900),
    ('place order', 3, 'ship', NULL, 900);

CREATE TABLE dbo.saga (
    id bigint IDENTITY NOT NULL PRIMARY KEY,
    name nvarchar(100) NOT NULL CHECK (name IN ('place order')),
    correlation_id nvarchar(200) NOT NULL,
    state nvarchar(20) NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'compensating', 'done', 'compensated')),
    steps_done smallint NOT NULL DEFAULT 0,
    data nvarchar(max) NOT NULL DEFAULT '{}' CHECK (ISJSON(data) = 1),
    error nvarchar(max) NULL,
    attempts int NOT NULL DEFAULT 0,
    deadline datetime2 NOT NULL,
    next_attempt_at datetime2 NOT NULL DEFAULT SYSUTCDATETIME(),
    CONSTRAINT saga_correlation_key UNIQUE (name, correlation_id),
    INDEX saga_due_idx (next_attempt_at) WHERE state IN ('running', 'compensating')
);
GO
CREATE TRIGGER dbo.saga_transition ON dbo.saga AFTER INSERT, UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (
    SELECT 1 FROM inserted AS n LEFT JOIN deleted AS o ON o.id = n.id
    CROSS APPLY (SELECT (SELECT COUNT(*) FROM dbo.saga_step_definition AS d WHERE d.saga = n.name) AS steps,
                        (SELECT COUNT(*) FROM dbo.saga_step_definition AS d
                         WHERE d.saga = n.name AND d.step <= o.steps_done AND d.compensation IS NULL) AS pivots) AS s
    WHERE NOT (
      (o.id IS NULL AND n.state = 'running' AND n.steps_done = 0)
      OR (o.name = n.name AND o.correlation_id = n.correlation_id AND (
        (o.state = 'running' AND n.state = 'running' AND n.steps_done IN (o.steps_done, o.steps_done + 1) AND n.steps_done <= s.steps)
        OR (o.state = 'running' AND n.state = 'done' AND n.steps_done = s.steps AND o.steps_done IN (s.steps, s.steps - 1))
        OR (o.state = 'running' AND n.state = 'compensating' AND n.steps_done = o.steps_done AND s.pivots = 0)
        OR (o.state = 'compensating' AND n.state = 'compensating' AND n.steps_done IN (o.steps_done, o.steps_done - 1) AND n.steps_done >= 0)
        OR (o.state = 'compensating' AND n.state = 'compensated' AND n.steps_done = 0 AND o.steps_done IN (0, 1))))))
    THROW 50001, 'a saga may not go that way', 1;
END;
GO

-- Tenant isolation

GO
CREATE FUNCTION dbo.tenant_predicate(@tenant bigint) RETURNS TABLE WITH SCHEMABINDING AS
RETURN SELECT 1 AS allowed WHERE @tenant = CAST(SESSION_CONTEXT(N'tenant_id') AS bigint) OR IS_ROLEMEMBER('maintenance') = 1;
GO

CREATE SECURITY POLICY dbo.tenant_isolation
  ADD FILTER PREDICATE dbo.tenant_predicate(id) ON dbo.tenants,
  ADD BLOCK PREDICATE dbo.tenant_predicate(id) ON dbo.tenants AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_predicate(id) ON dbo.tenants AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.users,
  ADD BLOCK PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.users AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.users AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.orders,
  ADD BLOCK PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.orders AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.orders AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.order_lines,
  ADD BLOCK PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.order_lines AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.order_lines AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.invoices,
  ADD BLOCK PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.invoices AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.invoices AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.tickets,
  ADD BLOCK PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.tickets AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.tickets AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.events,
  ADD BLOCK PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.events AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_predicate(tenant_id) ON dbo.events AFTER UPDATE
WITH (STATE = ON);

-- What is sent

-- soft_delete: delete one of users
-- Instead of DELETE, which the program's account has no right to. No row: it was deleted before.
UPDATE users SET deleted_at = SYSUTCDATETIME() WHERE id = :id AND deleted_at IS NULL;

-- soft_delete: restore one of users
-- To undo a deletion. A duplicate key: its unique value has been given to another row meanwhile.
UPDATE users SET deleted_at = NULL WHERE id = :id AND deleted_at IS NOT NULL;

-- soft_delete: delete one of orders
-- Instead of DELETE, which the program's account has no right to. No row: it was deleted before.
UPDATE orders SET deleted_at = SYSUTCDATETIME() WHERE id = :id AND deleted_at IS NULL;

-- soft_delete: restore one of orders
-- To undo a deletion. A duplicate key: its unique value has been given to another row meanwhile.
UPDATE orders SET deleted_at = NULL WHERE id = :id AND deleted_at IS NOT NULL;

-- audit: say who acts
-- When a connection is taken from the pool. Without it the login is recorded.
EXEC sp_set_session_context @key = N'actor', @value = :actor;

-- audit: users as they were
-- To look back; OPENJSON … WITH makes columns of it. With another table_name for every recorded table.
SELECT v.new_row FROM (SELECT operation, new_row, ROW_NUMBER() OVER (PARTITION BY row_key ORDER BY at DESC, id DESC) AS n FROM dbo.audit_log WHERE table_name = 'dbo.users' AND at <= :moment) AS v WHERE v.n = 1 AND v.operation <> 'delete';

-- audit: let old records go
-- Daily, until no row is deleted.
DELETE TOP (5000) FROM dbo.audit_log WHERE at < DATEADD(month, -24, SYSUTCDATETIME());

-- retention: let old rows of events go
-- Daily at a quiet hour (SQL Server Agent), outside a transaction: each batch is committed by itself.
EXEC dbo.events_retention;

-- retention: let old rows of orders go
-- Daily at a quiet hour (SQL Server Agent), outside a transaction: each batch is committed by itself.
EXEC dbo.orders_retention;

-- retention: let old rows of users go
-- Daily at a quiet hour (SQL Server Agent), outside a transaction: each batch is committed by itself.
EXEC dbo.users_retention;

-- erasure: erase one of users
-- By the jobs' role; it is a transaction of its own. Error 50004: a legal hold.
EXEC dbo.erase_users @subject_id = :id, @why = :reason;

-- idempotency: forget the key if it has expired
-- Before the transaction that does the work, in a transaction of its own.
DELETE FROM dbo.idempotency_key WHERE scope = :scope AND operation = :operation AND request_key = :request_key AND expires_at <= SYSUTCDATETIME();

-- idempotency: claim a key
-- First in the transaction that does the work. While another request with the same key runs, it waits. Done: do the work. Error 2627 (duplicate key; leave XACT_ABORT off for this statement): it has been done; look up the response. Error 1205: begin anew.
INSERT INTO dbo.idempotency_key (scope, operation, request_key, request_hash) VALUES (:scope, :operation, :request_key, :request_hash);

-- idempotency: look up the response
-- Where the key was taken. Not the same request: refuse it (422). Else answer as before.
SELECT CASE WHEN request_hash = :request_hash THEN 1 ELSE 0 END AS same_request, response_status, response_body
FROM dbo.idempotency_key WHERE scope = :scope AND operation = :operation AND request_key = :request_key;

-- idempotency: keep the response
-- Last in the same transaction, before COMMIT. If the program dies before that, key and work are rolled back together.
UPDATE dbo.idempotency_key SET response_status = :response_status, response_body = :response_body
WHERE scope = :scope AND operation = :operation AND request_key = :request_key;

-- idempotency: let old keys go
-- Hourly, until no row is deleted.
DELETE TOP (5000) FROM dbo.idempotency_key WHERE expires_at <= SYSUTCDATETIME();

-- outbox: lock the aggregate
-- In the transaction that changes the aggregate, before the event is added: the events of one aggregate are then numbered in the order of the commits. The lock ends with the transaction.
EXEC sp_getapplock @Resource = :aggregate, @LockMode = 'Exclusive', @LockOwner = 'Transaction';

-- outbox: add an event
-- In the same transaction. It is published if and only if that commits.
INSERT INTO dbo.outbox (aggregate_type, aggregate_id, event_type, payload) VALUES (:aggregate_type, :aggregate_id, :event_type, :payload);

-- outbox: take events
-- By each publisher, first in a transaction at READ COMMITTED; several run side by side. Of every aggregate it takes the oldest event that is not published, and none while another publisher holds that.
SELECT TOP (100) o.id, o.aggregate_type, o.aggregate_id, o.event_type, o.payload
FROM dbo.outbox AS o WITH (UPDLOCK, READPAST, ROWLOCK)
WHERE o.published_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM dbo.outbox AS e WHERE e.published_at IS NULL AND e.aggregate_type = o.aggregate_type
                  AND e.aggregate_id = o.aggregate_id AND e.id < o.id)
ORDER BY o.id;

-- outbox: mark an event as published
-- In the same transaction, when the broker has confirmed the event; then COMMIT. It is published at least once, and the inbox makes that once.
UPDATE dbo.outbox SET published_at = SYSUTCDATETIME() WHERE id = :id;

-- outbox: receive an event
-- By a consumer, first in the transaction in which the event has its effect. Error 2627: it had its effect; confirm it again.
INSERT INTO dbo.inbox (consumer, event_id) VALUES (:consumer, :event_id);

-- outbox: let published events go
-- Hourly, until no row is deleted.
DELETE TOP (5000) FROM dbo.outbox WHERE published_at < DATEADD(day, -7, SYSUTCDATETIME());

-- outbox: let old entries of the inbox go
-- Hourly, until no row is deleted; an event must not come again after that.
DELETE TOP (5000) FROM dbo.inbox WHERE received_at < DATEADD(day, -7, SYSUTCDATETIME());

-- sagas: start a saga
-- With the request's own id. Error 2627: it has been started before.
INSERT INTO dbo.saga (name, correlation_id, data, deadline) VALUES (:name, :correlation_id, :data, DATEADD(second, CASE :name WHEN 'place order' THEN 900 END, SYSUTCDATETIME()));

-- sagas: take a saga that has something to do
-- By each worker, first in a transaction at READ COMMITTED; several run side by side. It also finds those whose worker died. Running: do step steps_done + 1, or turn back where late is 1 and may_turn_back is. Compensating: do the compensation of step steps_done.
SELECT TOP (1) s.id, s.name, s.correlation_id, s.state, s.steps_done, s.data, s.attempts,
       CASE WHEN s.deadline <= SYSUTCDATETIME() THEN 1 ELSE 0 END AS late, d.name AS step, d.compensation,
       CASE WHEN EXISTS (SELECT 1 FROM dbo.saga_step_definition AS p WHERE p.saga = s.name AND p.step <= s.steps_done AND p.compensation IS NULL)
            THEN 0 ELSE 1 END AS may_turn_back
FROM dbo.saga AS s WITH (UPDLOCK, READPAST, ROWLOCK)
LEFT JOIN dbo.saga_step_definition AS d ON d.saga = s.name AND d.step = s.steps_done + CASE s.state WHEN 'running' THEN 1 ELSE 0 END
WHERE s.state IN ('running', 'compensating') AND s.next_attempt_at <= SYSUTCDATETIME()
ORDER BY s.next_attempt_at, s.id;

-- sagas: a step is done
-- In the transaction of the step's effect where that is in this database. Effects elsewhere are idempotent by (saga's id, step).
UPDATE s SET steps_done = s.steps_done + 1, attempts = 0, next_attempt_at = SYSUTCDATETIME(), data = :data,
    state = CASE WHEN s.steps_done + 1 = (SELECT COUNT(*) FROM dbo.saga_step_definition AS d WHERE d.saga = s.name) THEN 'done' ELSE 'running' END
FROM dbo.saga AS s WHERE s.id = :id AND s.state = 'running' AND s.steps_done = :steps_done;

-- sagas: turn back
-- When a step has failed for good, or late is 1, and may_turn_back is. Error 50001: there is no way back after a step without a compensation.
UPDATE dbo.saga SET state = 'compensating', error = :error, attempts = 0, next_attempt_at = SYSUTCDATETIME()
WHERE id = :id AND state = 'running' AND steps_done = :steps_done;

-- sagas: a compensation is done
-- As for a step. Nothing left to compensate (steps_done is 0): the saga is compensated with the same statement.
UPDATE dbo.saga SET steps_done = CASE WHEN steps_done > 0 THEN steps_done - 1 ELSE 0 END, attempts = 0, next_attempt_at = SYSUTCDATETIME(),
    state = CASE WHEN steps_done <= 1 THEN 'compensated' ELSE 'compensating' END
WHERE id = :id AND state = 'compensating' AND steps_done = :steps_done;

-- sagas: try again later
-- When a step or a compensation failed and may work another time: the pause doubles up to an hour.
UPDATE dbo.saga SET attempts = attempts + 1, error = :error,
    next_attempt_at = DATEADD(second, CASE WHEN attempts < 12 THEN POWER(2, attempts) ELSE 3600 END, SYSUTCDATETIME()) WHERE id = :id;

-- tenant: say for whom a session works
-- When a connection is taken from the pool; sp_reset_connection, which drivers call when it is reused, forgets it. Not set: NULL equals nothing, and no row is seen.
EXEC sp_set_session_context @key = N'tenant_id', @value = :tenant, @read_only = 0;

-- Notes

-- users: old rows that users still refers to are not deleted; instead: None
-- users: old rows that orders still refers to are not deleted; instead: None
-- users: old rows that invoices still refers to are not deleted; instead: None
-- users: old rows that tickets still refers to are not deleted; instead: None
-- users: its manager_id is emptied, the row stays: it is somebody else's; instead: None
-- tickets: its assignee_id is emptied, the row stays: it is somebody else's; instead: None
-- tenant_isolation: a filter can be probed by errors that a condition raises on hidden rows (a division by zero); instead: the program's role gets rights on procedures or views, and no ad hoc queries
