-- ddl
CREATE TABLE dbo.idempotency_key (
    scope nvarchar(100) NOT NULL,
    operation nvarchar(100) NOT NULL CHECK (operation IN («operations»)),
    request_key varchar(255) COLLATE Latin1_General_BIN2 NOT NULL,
    request_hash binary(32) NOT NULL,
    response_status smallint NULL,
    response_body nvarchar(max) NULL CHECK (response_body IS NULL OR ISJSON(response_body) = 1),
    created_at datetime2 NOT NULL DEFAULT SYSUTCDATETIME(),
    expires_at datetime2 NOT NULL DEFAULT «later»,
    PRIMARY KEY (scope, operation, request_key),
    INDEX idempotency_key_expires_at_idx (expires_at)
);
-- statement: forget the key if it has expired
-- when: Before the transaction that does the work, in a transaction of its own.
DELETE FROM dbo.idempotency_key WHERE scope = :scope AND operation = :operation AND request_key = :request_key AND expires_at <= SYSUTCDATETIME();
-- statement: claim a key
-- when: First in the transaction that does the work. While another request with the same key runs, it waits. Done: do the work. Error 2627
-- when: (duplicate key; leave XACT_ABORT off for this statement): it has been done; look up the response. Error 1205: begin anew.
INSERT INTO dbo.idempotency_key (scope, operation, request_key, request_hash) VALUES (:scope, :operation, :request_key, :request_hash);
-- statement: look up the response
-- when: Where the key was taken. Not the same request: refuse it (422). Else answer as before.
SELECT CASE WHEN request_hash = :request_hash THEN 1 ELSE 0 END AS same_request, response_status, response_body
FROM dbo.idempotency_key WHERE scope = :scope AND operation = :operation AND request_key = :request_key;
-- statement: keep the response
-- when: Last in the same transaction, before COMMIT. If the program dies before that, key and work are rolled back together.
UPDATE dbo.idempotency_key SET response_status = :response_status, response_body = :response_body
WHERE scope = :scope AND operation = :operation AND request_key = :request_key;
-- statement: let old keys go
-- when: Hourly, until no row is deleted.
DELETE TOP (5000) FROM dbo.idempotency_key WHERE expires_at <= SYSUTCDATETIME();
