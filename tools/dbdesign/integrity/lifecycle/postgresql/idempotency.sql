-- ddl
CREATE TABLE idempotency_key (
    scope text NOT NULL,
    operation text NOT NULL CHECK (operation IN («operations»)),
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    response_status smallint,
    response_body jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL DEFAULT now() + «keep»,
    PRIMARY KEY (scope, operation, key)
);
CREATE INDEX idempotency_key_expires_at_idx ON idempotency_key (expires_at);
COMMENT ON COLUMN idempotency_key.scope IS 'whose key it is: the account or tenant that authenticated';
COMMENT ON COLUMN idempotency_key.request_hash IS 'SHA-256 of the request: method, path and canonical body';
GRANT SELECT, INSERT, UPDATE ON idempotency_key TO «application»;
GRANT SELECT, UPDATE, DELETE ON idempotency_key TO «maintenance»;
-- statement: claim a key
-- when: First in the transaction that does the work, at READ COMMITTED. While another request with the same key runs, it waits.
-- when: One row: do the work. No row: it has been done; look up the response. A key that has expired is claimed anew.
INSERT INTO idempotency_key AS k (scope, operation, key, request_hash)
VALUES (:scope, :operation, :key, :request_hash)
ON CONFLICT (scope, operation, key) DO UPDATE
SET request_hash = excluded.request_hash, response_status = NULL, response_body = NULL,
    created_at = now(), expires_at = now() + «keep»
WHERE k.expires_at <= now()
RETURNING key;
-- statement: look up the response
-- when: Where nothing was claimed. Not the same request: refuse it (422), whatever the key says. Else answer as before.
SELECT request_hash = :request_hash AS same_request, response_status, response_body
FROM idempotency_key WHERE scope = :scope AND operation = :operation AND key = :key;
-- statement: keep the response
-- when: Last in the same transaction, before COMMIT. If the program dies before that, key and work are rolled back together, and the next
-- when: attempt does it. Effects outside the database need a key of their own that is derived from this one (or the outbox).
UPDATE idempotency_key SET response_status = :response_status, response_body = :response_body
WHERE scope = :scope AND operation = :operation AND key = :key;
-- statement: let old keys go
-- when: Hourly, as the maintenance role, until no row is deleted.
DELETE FROM idempotency_key WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM idempotency_key WHERE expires_at <= now() ORDER BY expires_at LIMIT 5000 FOR UPDATE SKIP LOCKED));
