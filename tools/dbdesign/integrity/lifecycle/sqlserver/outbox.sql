-- ddl
CREATE TABLE dbo.outbox (
    id bigint IDENTITY NOT NULL PRIMARY KEY,
    aggregate_type nvarchar(100) NOT NULL,
    aggregate_id nvarchar(100) NOT NULL,
    event_type nvarchar(100) NOT NULL«event_check»,
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
-- statement: lock the aggregate
-- when: In the transaction that changes the aggregate, before the event is added: the events of one aggregate are then numbered in the order of the
-- when: commits. The lock ends with the transaction.
EXEC sp_getapplock @Resource = :aggregate, @LockMode = 'Exclusive', @LockOwner = 'Transaction';
-- statement: add an event
-- when: In the same transaction. It is published if and only if that commits.
INSERT INTO dbo.outbox (aggregate_type, aggregate_id, event_type, payload) VALUES (:aggregate_type, :aggregate_id, :event_type, :payload);
-- statement: take events
-- when: By each publisher, first in a transaction at READ COMMITTED; several run side by side. Of every aggregate it takes the oldest event that is
-- when: not published, and none while another publisher holds that.
SELECT TOP («batch») o.id, o.aggregate_type, o.aggregate_id, o.event_type, o.payload
FROM dbo.outbox AS o WITH (UPDLOCK, READPAST, ROWLOCK)
WHERE o.published_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM dbo.outbox AS e WHERE e.published_at IS NULL AND e.aggregate_type = o.aggregate_type
                  AND e.aggregate_id = o.aggregate_id AND e.id < o.id)
ORDER BY o.id;
-- statement: mark an event as published
-- when: In the same transaction, when the broker has confirmed the event; then COMMIT. It is published at least once, and the inbox makes that once.
UPDATE dbo.outbox SET published_at = SYSUTCDATETIME() WHERE id = :id;
-- statement: receive an event
-- when: By a consumer, first in the transaction in which the event has its effect. Error 2627: it had its effect; confirm it again.
INSERT INTO dbo.inbox (consumer, event_id) VALUES (:consumer, :event_id);
-- statement: let published events go
-- when: Hourly, until no row is deleted.
DELETE TOP (5000) FROM dbo.outbox WHERE published_at < «earlier»;
-- statement: let old entries of the inbox go
-- when: Hourly, until no row is deleted; an event must not come again after that.
DELETE TOP (5000) FROM dbo.inbox WHERE received_at < «earlier»;
