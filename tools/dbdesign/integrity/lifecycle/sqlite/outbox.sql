-- ddl
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    aggregate_type TEXT NOT NULL,
    aggregate_id TEXT NOT NULL,
    event_type TEXT NOT NULL«event_check»,
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
-- statement: add an event
-- when: In the transaction that changes the aggregate. Only one writes at a time, so that the numbers are in the order of the commits.
INSERT INTO outbox (aggregate_type, aggregate_id, event_type, payload) VALUES (:aggregate_type, :aggregate_id, :event_type, :payload);
-- statement: take events
-- when: By the publisher, of which there is one (a lock file, or the process that owns the database): writing has no lock a row.
SELECT id, aggregate_type, aggregate_id, event_type, payload FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT «batch»;
-- statement: mark an event as published
-- when: When the broker has confirmed it. A publisher that dies in between publishes it again: the consumer's inbox makes that once.
UPDATE outbox SET published_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = :id;
-- statement: receive an event
-- when: By a consumer, first in the transaction in which the event has its effect. No row changed: it had its effect.
INSERT INTO inbox (consumer, event_id) VALUES (:consumer, :event_id) ON CONFLICT DO NOTHING;
-- statement: let published events go
-- when: Daily.
DELETE FROM outbox WHERE published_at < strftime('%Y-%m-%d %H:%M:%f', 'now', '-«keep»');
