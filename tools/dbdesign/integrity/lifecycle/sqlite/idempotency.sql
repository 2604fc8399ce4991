-- ddl
CREATE TABLE idempotency_key (
    scope TEXT NOT NULL,
    operation TEXT NOT NULL CHECK (operation IN («operations»)),
    request_key TEXT NOT NULL CHECK (length(request_key) BETWEEN 1 AND 255),
    request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
    response_status INTEGER,
    response_body TEXT CHECK (response_body IS NULL OR json_valid(response_body)),
    expires_at TEXT NOT NULL,
    PRIMARY KEY (scope, operation, request_key)
) WITHOUT ROWID;
CREATE INDEX idempotency_key_expires_at_idx ON idempotency_key (expires_at);
-- statement: claim a key
-- when: After BEGIN IMMEDIATE, which waits (busy_timeout) for whoever writes. One row changed: do the work. None: it has been done; look up the
-- when: response. A key that has expired is claimed anew.
INSERT INTO idempotency_key (scope, operation, request_key, request_hash, expires_at)
VALUES (:scope, :operation, :request_key, :request_hash, strftime('%Y-%m-%d %H:%M:%f', 'now', '+«keep»'))
ON CONFLICT (scope, operation, request_key) DO UPDATE
SET request_hash = excluded.request_hash, response_status = NULL, response_body = NULL, expires_at = excluded.expires_at
WHERE idempotency_key.expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now');
-- statement: look up the response
-- when: Where nothing was claimed. Not the same request: refuse it (422). Else answer as before.
SELECT request_hash = :request_hash AS same_request, response_status, response_body
FROM idempotency_key WHERE scope = :scope AND operation = :operation AND request_key = :request_key;
-- statement: keep the response
-- when: Last in the same transaction, before COMMIT. If the program dies before that, the journal undoes key and work together.
UPDATE idempotency_key SET response_status = :response_status, response_body = :response_body
WHERE scope = :scope AND operation = :operation AND request_key = :request_key;
-- statement: let old keys go
-- when: Daily.
DELETE FROM idempotency_key WHERE expires_at <= strftime('%Y-%m-%d %H:%M:%f', 'now');
