-- ddl
CREATE TABLE saga_step_definition (
    saga text NOT NULL,
    step smallint NOT NULL CHECK (step > 0),
    name text NOT NULL,
    compensation text,
    timeout interval NOT NULL,
    PRIMARY KEY (saga, step)
);
COMMENT ON COLUMN saga_step_definition.compensation IS 'NULL: there is no way back from this step; after it the saga goes on until it is done';
INSERT INTO saga_step_definition (saga, step, name, compensation, timeout) VALUES
«steps»;

CREATE TABLE saga (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CHECK (name IN («names»)),
    correlation_id text NOT NULL,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'compensating', 'done', 'compensated')),
    steps_done smallint NOT NULL DEFAULT 0,
    data jsonb NOT NULL DEFAULT '{}',
    error text,
    attempts integer NOT NULL DEFAULT 0,
    deadline timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (name, correlation_id)
);
CREATE INDEX saga_due_idx ON saga (next_attempt_at) WHERE state IN ('running', 'compensating');
COMMENT ON COLUMN saga.steps_done IS 'steps whose effects are there: grows by one while running, falls by one while compensating';
«guard»
GRANT SELECT ON saga_step_definition TO «application»;
GRANT SELECT, INSERT, UPDATE ON saga TO «application»;
GRANT SELECT, DELETE ON saga TO «maintenance»;
-- statement: start a saga
-- when: With the request's own id; no row: it has been started before.
INSERT INTO saga (name, correlation_id, data, deadline) VALUES (:name, :correlation_id, :data, now() + «timeout»)
ON CONFLICT (name, correlation_id) DO NOTHING RETURNING id;
-- statement: take a saga that has something to do
-- when: By each worker, first in a transaction; several run side by side. It also finds those whose worker died. Running: do step steps_done + 1,
-- when: or turn back where late is true and may_turn_back is. Compensating: do the compensation of step steps_done. Give either `timeout`.
SELECT s.id, s.name, s.correlation_id, s.state, s.steps_done, s.data, s.attempts, s.deadline <= now() AS late,
       d.name AS step, d.compensation, d.timeout,
       NOT EXISTS (SELECT 1 FROM saga_step_definition p WHERE p.saga = s.name AND p.step <= s.steps_done AND p.compensation IS NULL)
         AS may_turn_back
FROM saga s LEFT JOIN saga_step_definition d
  ON d.saga = s.name AND d.step = s.steps_done + CASE s.state WHEN 'running' THEN 1 ELSE 0 END
WHERE s.state IN ('running', 'compensating') AND s.next_attempt_at <= now()
ORDER BY s.next_attempt_at, s.id LIMIT 1 FOR UPDATE OF s SKIP LOCKED;
-- statement: a step is done
-- when: In the transaction of the step's effect where that is in this database. Effects elsewhere are idempotent by (saga's id, step): they are
-- when: asked for again if the program dies before COMMIT.
UPDATE saga SET steps_done = steps_done + 1, attempts = 0, next_attempt_at = now(), data = data || :result,
    state = CASE WHEN steps_done + 1 = (SELECT count(*) FROM saga_step_definition d WHERE d.saga = saga.name) THEN 'done' ELSE 'running' END
WHERE id = :id AND state = 'running' AND steps_done = :steps_done;
-- statement: turn back
-- when: When a step has failed for good, or late is true, and may_turn_back is. No row after a step without a compensation: there is no way back.
UPDATE saga SET state = 'compensating', error = :error, attempts = 0, next_attempt_at = now()
WHERE id = :id AND state = 'running' AND steps_done = :steps_done
  AND NOT EXISTS (SELECT 1 FROM saga_step_definition d WHERE d.saga = saga.name AND d.step <= saga.steps_done AND d.compensation IS NULL);
-- statement: a compensation is done
-- when: As for a step. Nothing left to compensate (steps_done is 0): the saga is compensated with the same statement.
UPDATE saga SET steps_done = greatest(steps_done - 1, 0), attempts = 0, next_attempt_at = now(),
    state = CASE WHEN steps_done <= 1 THEN 'compensated' ELSE 'compensating' END
WHERE id = :id AND state = 'compensating' AND steps_done = :steps_done;
-- statement: try again later
-- when: When a step or a compensation failed and may work another time: attempts grows, the pause doubles up to an hour.
UPDATE saga SET attempts = attempts + 1, error = :error, next_attempt_at = now() + least(interval '1 second' * 2 ^ least(attempts, 12), interval '1 hour')
WHERE id = :id;
-- statement: sagas that need somebody
-- when: Every minute, as an alert: late without a way back, or failing for long.
SELECT id, name, correlation_id, state, steps_done, attempts, error FROM saga
WHERE state IN ('running', 'compensating') AND (deadline <= now() - interval '5 minutes' OR attempts > 10);
