-- ddl
CREATE TABLE idempotency_key (
    scope varchar(100) NOT NULL,
    operation varchar(100) NOT NULL CHECK (operation IN («operations»)),
    request_key varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    request_hash binary(32) NOT NULL,
    response_status smallint,
    response_body json,
    created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    expires_at datetime(6) NOT NULL,
    PRIMARY KEY (scope, operation, request_key),
    KEY idempotency_key_expires_at_idx (expires_at)
) ENGINE = InnoDB;
-- statement: forget the key if it has expired
-- when: Before the transaction that does the work, in a transaction of its own.
DELETE FROM idempotency_key WHERE scope = :scope AND operation = :operation AND request_key = :request_key AND expires_at <= NOW(6);
-- statement: claim a key
-- when: First in the transaction that does the work. While another request with the same key runs, it waits. Done: do the work. Error 1062
-- when: (duplicate key): it has been done; look up the response. Error 1213 (deadlock) or 1205: begin anew.
INSERT INTO idempotency_key (scope, operation, request_key, request_hash, expires_at)
VALUES (:scope, :operation, :request_key, :request_hash, NOW(6) + «keep»);
-- statement: look up the response
-- when: Where the key was taken. LOCK IN SHARE MODE reads what was committed last, also at REPEATABLE READ. Not the same request: refuse it (422).
SELECT request_hash = :request_hash AS same_request, response_status, response_body
FROM idempotency_key WHERE scope = :scope AND operation = :operation AND request_key = :request_key LOCK IN SHARE MODE;
-- statement: keep the response
-- when: Last in the same transaction, before COMMIT. If the program dies before that, key and work are rolled back together, and the next
-- when: attempt does it. Effects outside the database need a key of their own that is derived from this one (or the outbox).
UPDATE idempotency_key SET response_status = :response_status, response_body = :response_body
WHERE scope = :scope AND operation = :operation AND request_key = :request_key;
-- statement: let old keys go
-- when: Hourly, until no row is deleted.
DELETE FROM idempotency_key WHERE expires_at <= NOW(6) ORDER BY expires_at LIMIT 5000;
