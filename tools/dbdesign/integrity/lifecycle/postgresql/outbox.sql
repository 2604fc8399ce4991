-- ddl
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY,
    aggregate_type text NOT NULL,
    aggregate_id text NOT NULL,
    event_type text NOT NULL«event_check»,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    PRIMARY KEY (created_at, id)
) PARTITION BY RANGE (created_at);
CREATE INDEX outbox_pending_idx ON outbox (id) WHERE published_at IS NULL;
CREATE INDEX outbox_aggregate_idx ON outbox (aggregate_type, aggregate_id, id) WHERE published_at IS NULL;

SELECT make_partitions('outbox', 'day', 7);

-- Events of one aggregate are written one transaction after the other, so that their numbers are in the order of the commits.
CREATE FUNCTION add_event(of_type text, of_id text, event text, content jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE number bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(of_type || chr(31) || of_id, 0));
  INSERT INTO public.outbox (aggregate_type, aggregate_id, event_type, payload, created_at)
  VALUES (of_type, of_id, event, content, clock_timestamp()) RETURNING id INTO number;
  RETURN number;
END $$;
REVOKE EXECUTE ON FUNCTION add_event(text, text, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add_event(text, text, text, jsonb) TO «application»;
GRANT SELECT, UPDATE, DELETE ON outbox TO «maintenance»;

CREATE TABLE inbox (
    consumer text NOT NULL,
    event_id bigint NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_received_at_idx ON inbox (received_at);
COMMENT ON TABLE inbox IS 'of a consumer, in the consumer''s own database: events that had their effect';
GRANT SELECT, INSERT ON inbox TO «application»;
GRANT SELECT, DELETE ON inbox TO «maintenance»;

-- What is published goes with its day; a day with an event that is not, stays.
CREATE FUNCTION drop_published(cutoff timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE part regclass; waits boolean; gone integer := 0;
BEGIN
  FOR part IN SELECT public.expired_partitions('public.outbox', cutoff) LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE published_at IS NULL)', part) INTO waits;
    CONTINUE WHEN waits;
    EXECUTE format('ALTER TABLE public.outbox DETACH PARTITION %s', part);
    EXECUTE format('DROP TABLE %s', part);
    gone := gone + 1;
  END LOOP;
  RETURN gone;
END $$;
REVOKE EXECUTE ON FUNCTION drop_published(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_published(timestamptz) TO «maintenance»;
-- statement: add an event
-- when: In the transaction that changes the aggregate, after the change. It is published if and only if that commits.
SELECT add_event(:aggregate_type, :aggregate_id, :event_type, :payload);
-- statement: take events
-- when: By each publisher, first in a transaction, at READ COMMITTED; several run side by side. Of every aggregate it takes the oldest event that
-- when: is not published, and none while another publisher holds that: the events of an aggregate leave in their order.
SELECT o.created_at, o.id, o.aggregate_type, o.aggregate_id, o.event_type, o.payload FROM outbox o
WHERE o.published_at IS NULL
  AND NOT EXISTS (SELECT FROM outbox e WHERE e.published_at IS NULL AND e.aggregate_type = o.aggregate_type
                  AND e.aggregate_id = o.aggregate_id AND e.id < o.id)
ORDER BY o.id LIMIT «batch» FOR UPDATE OF o SKIP LOCKED;
-- statement: mark an event as published
-- when: In the same transaction, when the broker has confirmed the event (aggregate_id is the message key); then COMMIT. A publisher that dies in
-- when: between leaves it to the next one: it is published at least once, and the consumer's inbox makes that once.
UPDATE outbox SET published_at = clock_timestamp() WHERE created_at = :created_at AND id = :id;
-- statement: receive an event
-- when: By a consumer, first in the transaction in which the event has its effect. One row: go on. No row: it had its effect; confirm it again.
INSERT INTO inbox (consumer, event_id) VALUES (:consumer, :event_id) ON CONFLICT DO NOTHING RETURNING event_id;
-- statement: keep the outbox's partitions
-- when: Daily, as the maintenance role. Alert on a day that is missing: add_event fails then.
SELECT make_partitions('outbox', 'day', 7), drop_published(now() - «keep»);
-- statement: let old entries of the inbox go
-- when: Daily, as the maintenance role; an event must not come again after that.
DELETE FROM inbox WHERE received_at < now() - «keep» - «keep»;
