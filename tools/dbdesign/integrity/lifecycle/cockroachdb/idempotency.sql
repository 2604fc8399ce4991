-- ddl
CREATE TABLE idempotency_key (
    scope STRING NOT NULL,
    operation STRING NOT NULL CHECK (operation IN («operations»)),
    key STRING NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request_hash BYTES NOT NULL CHECK (length(request_hash) = 32),
    response_status INT2,
    response_body JSONB,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ NOT NULL DEFAULT now() + «keep»,
    PRIMARY KEY (scope, operation, key)
) WITH (ttl_expiration_expression = 'expires_at', ttl_job_cron = '@hourly');
GRANT SELECT, INSERT, UPDATE ON TABLE idempotency_key TO «application»;
-- statement: claim a key
-- when: First in the transaction that does the work. One row: do the work. No row: it has been done; look up the response. SQLSTATE 40001: begin the
-- when: transaction anew. What has expired and is not deleted yet is claimed anew.
INSERT INTO idempotency_key (scope, operation, key, request_hash)
VALUES (:scope, :operation, :key, :request_hash)
ON CONFLICT (scope, operation, key) DO UPDATE
SET request_hash = excluded.request_hash, response_status = NULL, response_body = NULL, created_at = now(), expires_at = now() + «keep»
WHERE idempotency_key.expires_at <= now()
RETURNING key;
-- statement: look up the response
-- when: Where nothing was claimed. Not the same request: refuse it (422). Else answer as before.
SELECT request_hash = :request_hash AS same_request, response_status, response_body
FROM idempotency_key WHERE scope = :scope AND operation = :operation AND key = :key;
-- statement: keep the response
-- when: Last in the same transaction, before COMMIT. If the program dies before that, key and work are rolled back together.
UPDATE idempotency_key SET response_status = :response_status, response_body = :response_body
WHERE scope = :scope AND operation = :operation AND key = :key;
