-- ddl
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
    event_type varchar(100) NOT NULL«event_check»,
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
-- statement: lock the aggregate
-- when: In the transaction that changes the aggregate, before the event is added: the events of one aggregate are then numbered in the order of the
-- when: commits. A row of the aggregate itself that the transaction has updated serves as well.
INSERT INTO outbox_aggregate (aggregate_type, aggregate_id) VALUES (:aggregate_type, :aggregate_id)
ON DUPLICATE KEY UPDATE version = version + 1;
-- statement: add an event
-- when: In the same transaction. It is published if and only if that commits.
INSERT INTO outbox (aggregate_type, aggregate_id, event_type, payload) VALUES (:aggregate_type, :aggregate_id, :event_type, :payload);
-- statement: take events
-- when: By each publisher, first in a transaction at READ COMMITTED; several run side by side. Of every aggregate it takes the oldest event that is
-- when: not published, and none while another publisher holds that.
SELECT o.id, o.aggregate_type, o.aggregate_id, o.event_type, o.payload FROM outbox o
WHERE o.published_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.published_at IS NULL AND e.aggregate_type = o.aggregate_type
                  AND e.aggregate_id = o.aggregate_id AND e.id < o.id)
ORDER BY o.id LIMIT «batch»«skip_locked»;
-- statement: mark an event as published
-- when: In the same transaction, when the broker has confirmed the event; then COMMIT. A publisher that dies in between leaves it to the next one: it
-- when: is published at least once, and the consumer's inbox makes that once.
UPDATE outbox SET published_at = NOW(6) WHERE id = :id;
-- statement: receive an event
-- when: By a consumer, first in the transaction in which the event has its effect. Error 1062: it had its effect; confirm it again.
INSERT INTO inbox (consumer, event_id) VALUES (:consumer, :event_id);
-- statement: let published events go
-- when: Hourly, until no row is deleted.
DELETE FROM outbox WHERE published_at < NOW(6) - «keep» ORDER BY published_at LIMIT 5000;
-- statement: let old entries of the inbox go
-- when: Hourly, until no row is deleted; an event must not come again after that.
DELETE FROM inbox WHERE received_at < NOW(6) - «keep» - «keep» ORDER BY received_at LIMIT 5000;
