-- ddl
CREATE TABLE outbox_aggregate (
    aggregate_type STRING NOT NULL,
    aggregate_id STRING NOT NULL,
    version INT8 NOT NULL DEFAULT 1,
    PRIMARY KEY (aggregate_type, aggregate_id)
);

-- the version within the aggregate orders its events; a sequence would neither be without gaps nor in the order of the commits
CREATE TABLE outbox (
    id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    aggregate_type STRING NOT NULL,
    aggregate_id STRING NOT NULL,
    version INT8 NOT NULL,
    event_type STRING NOT NULL«event_check»,
    payload JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    published_at TIMESTAMPTZ,
    UNIQUE (aggregate_type, aggregate_id, version),
    INDEX outbox_pending_idx (created_at) USING HASH WHERE published_at IS NULL
) WITH (
    ttl_expiration_expression = $$CASE WHEN published_at IS NULL THEN NULL ELSE ((published_at AT TIME ZONE 'UTC') + «keep») AT TIME ZONE 'UTC' END$$,
    ttl_job_cron = '@daily'
);

CREATE TABLE inbox (
    consumer STRING NOT NULL,
    event_id UUID NOT NULL,
    received_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
) WITH (
    ttl_expiration_expression = $$((received_at AT TIME ZONE 'UTC') + «keep» + «keep») AT TIME ZONE 'UTC'$$,
    ttl_job_cron = '@daily'
);
GRANT SELECT, INSERT, UPDATE ON TABLE outbox_aggregate, outbox TO «application»;
GRANT SELECT, INSERT ON TABLE inbox TO «application»;
GRANT SELECT, UPDATE, DELETE ON TABLE outbox TO «maintenance»;
-- statement: lock the aggregate
-- when: In the transaction that changes the aggregate, before the event is added; it gives the event's version.
INSERT INTO outbox_aggregate (aggregate_type, aggregate_id) VALUES (:aggregate_type, :aggregate_id)
ON CONFLICT (aggregate_type, aggregate_id) DO UPDATE SET version = outbox_aggregate.version + 1 RETURNING version;
-- statement: add an event
-- when: In the same transaction. It is published if and only if that commits. A changefeed on the table (CREATE CHANGEFEED FOR outbox) publishes it
-- when: too, without a publisher of one's own.
INSERT INTO outbox (aggregate_type, aggregate_id, version, event_type, payload)
VALUES (:aggregate_type, :aggregate_id, :version, :event_type, :payload);
-- statement: take events
-- when: By each publisher, first in a transaction; several run side by side. Of every aggregate it takes the oldest event that is not published.
SELECT o.id, o.aggregate_type, o.aggregate_id, o.event_type, o.payload FROM outbox o
WHERE o.published_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.published_at IS NULL AND e.aggregate_type = o.aggregate_type
                  AND e.aggregate_id = o.aggregate_id AND e.version < o.version)
ORDER BY o.created_at LIMIT «batch» FOR UPDATE OF o SKIP LOCKED;
-- statement: mark an event as published
-- when: In the same transaction, when the broker has confirmed the event; then COMMIT. It is published at least once, and the inbox makes that once.
UPDATE outbox SET published_at = now() WHERE id = :id;
-- statement: receive an event
-- when: By a consumer, first in the transaction in which the event has its effect. No row: it had its effect; confirm it again.
INSERT INTO inbox (consumer, event_id) VALUES (:consumer, :event_id) ON CONFLICT DO NOTHING RETURNING event_id;
