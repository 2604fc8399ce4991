-- ddl
CREATE TABLE saga_step_definition (
    saga varchar(100) NOT NULL,
    step smallint NOT NULL CHECK (step > 0),
    name varchar(100) NOT NULL,
    compensation varchar(100),
    timeout_seconds integer NOT NULL,
    PRIMARY KEY (saga, step)
) ENGINE = InnoDB;
INSERT INTO saga_step_definition (saga, step, name, compensation, timeout_seconds) VALUES
«steps»;

CREATE TABLE saga (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name varchar(100) NOT NULL CHECK (name IN («names»)),
    correlation_id varchar(255) NOT NULL,
    state varchar(20) NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'compensating', 'done', 'compensated')),
    steps_done smallint NOT NULL DEFAULT 0,
    data json NOT NULL,
    error text,
    attempts integer NOT NULL DEFAULT 0,
    deadline datetime(6) NOT NULL,
    next_attempt_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    started_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY saga_correlation_key (name, correlation_id),
    KEY saga_due_idx (state, next_attempt_at)
) ENGINE = InnoDB;«guard»
-- statement: start a saga
-- when: With the request's own id. Error 1062: it has been started before.
INSERT INTO saga (name, correlation_id, data, deadline) VALUES (:name, :correlation_id, :data, NOW(6) + «timeout»);
-- statement: take a saga that has something to do
-- when: By each worker, first in a transaction at READ COMMITTED; several run side by side. It also finds those whose worker died. Running: do step
-- when: steps_done + 1, or turn back where late is 1 and may_turn_back is. Compensating: do the compensation of step steps_done.
SELECT s.id, s.name, s.correlation_id, s.state, s.steps_done, s.data, s.attempts, s.deadline <= NOW(6) AS late,
       (SELECT d.name FROM saga_step_definition d WHERE d.saga = s.name AND d.step = s.steps_done + (s.state = 'running')) AS step,
       (SELECT d.compensation FROM saga_step_definition d WHERE d.saga = s.name AND d.step = s.steps_done) AS compensation,
       NOT EXISTS (SELECT 1 FROM saga_step_definition p WHERE p.saga = s.name AND p.step <= s.steps_done AND p.compensation IS NULL)
         AS may_turn_back
FROM saga s WHERE s.state IN ('running', 'compensating') AND s.next_attempt_at <= NOW(6)
ORDER BY s.next_attempt_at, s.id LIMIT 1«skip_locked»;
-- statement: a step is done
-- when: In the transaction of the step's effect where that is in this database. Effects elsewhere are idempotent by (saga's id, step).
UPDATE saga SET
    state = IF(steps_done + 1 = (SELECT COUNT(*) FROM saga_step_definition d WHERE d.saga = saga.name), 'done', 'running'),
    steps_done = steps_done + 1, attempts = 0, next_attempt_at = NOW(6), data = JSON_MERGE_PATCH(data, :result)
WHERE id = :id AND state = 'running' AND steps_done = :steps_done;
-- statement: turn back
-- when: When a step has failed for good, or late is 1, and may_turn_back is. No row, or error 1644: there is no way back after a step without a
-- when: compensation.
UPDATE saga SET state = 'compensating', error = :error, attempts = 0, next_attempt_at = NOW(6)
WHERE id = :id AND state = 'running' AND steps_done = :steps_done
  AND NOT EXISTS (SELECT 1 FROM saga_step_definition p WHERE p.saga = saga.name AND p.step <= saga.steps_done AND p.compensation IS NULL);
-- statement: a compensation is done
-- when: As for a step. Nothing left to compensate (steps_done is 0): the saga is compensated with the same statement.
UPDATE saga SET state = IF(steps_done <= 1, 'compensated', 'compensating'), steps_done = GREATEST(steps_done - 1, 0),
    attempts = 0, next_attempt_at = NOW(6)
WHERE id = :id AND state = 'compensating' AND steps_done = :steps_done;
-- statement: try again later
-- when: When a step or a compensation failed and may work another time: the pause doubles up to an hour.
UPDATE saga SET attempts = attempts + 1, error = :error, next_attempt_at = NOW(6) + INTERVAL LEAST(POW(2, LEAST(attempts, 12)), 3600) SECOND
WHERE id = :id;
-- statement: sagas that need somebody
-- when: Every minute, as an alert: late without a way back, or failing for long.
SELECT id, name, correlation_id, state, steps_done, attempts, error FROM saga
WHERE state IN ('running', 'compensating') AND (deadline <= NOW(6) - INTERVAL 5 MINUTE OR attempts > 10);
