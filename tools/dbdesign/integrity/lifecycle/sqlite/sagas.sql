-- ddl
CREATE TABLE saga_step_definition (
    saga TEXT NOT NULL,
    step INTEGER NOT NULL CHECK (step > 0),
    name TEXT NOT NULL,
    compensation TEXT,
    timeout_seconds INTEGER NOT NULL,
    PRIMARY KEY (saga, step)
) WITHOUT ROWID;
INSERT INTO saga_step_definition (saga, step, name, compensation, timeout_seconds) VALUES
«steps»;

CREATE TABLE saga (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL CHECK (name IN («names»)),
    correlation_id TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'compensating', 'done', 'compensated')),
    steps_done INTEGER NOT NULL DEFAULT 0,
    data TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(data)),
    error TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    deadline TEXT NOT NULL,
    next_attempt_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    UNIQUE (name, correlation_id)
);
CREATE INDEX saga_due_idx ON saga (next_attempt_at) WHERE state IN ('running', 'compensating');

CREATE TRIGGER saga_begins BEFORE INSERT ON saga WHEN NEW.state <> 'running' OR NEW.steps_done <> 0 BEGIN
  SELECT RAISE(ABORT, 'a saga begins running, with no step done');
END;

CREATE TRIGGER saga_transition BEFORE UPDATE ON saga
WHEN OLD.name <> NEW.name OR OLD.correlation_id <> NEW.correlation_id OR NOT coalesce(CASE OLD.state || ' ' || NEW.state
    WHEN 'running running' THEN NEW.steps_done IN (OLD.steps_done, OLD.steps_done + 1)
      AND NEW.steps_done <= (SELECT count(*) FROM saga_step_definition d WHERE d.saga = NEW.name)
    WHEN 'running done' THEN NEW.steps_done = (SELECT count(*) FROM saga_step_definition d WHERE d.saga = NEW.name)
      AND OLD.steps_done IN (NEW.steps_done, NEW.steps_done - 1)
    WHEN 'running compensating' THEN NEW.steps_done = OLD.steps_done AND NOT EXISTS (
      SELECT 1 FROM saga_step_definition d WHERE d.saga = NEW.name AND d.step <= OLD.steps_done AND d.compensation IS NULL)
    WHEN 'compensating compensating' THEN NEW.steps_done IN (OLD.steps_done, OLD.steps_done - 1) AND NEW.steps_done >= 0
    WHEN 'compensating compensated' THEN NEW.steps_done = 0 AND OLD.steps_done IN (0, 1)
  END, 0) BEGIN
  SELECT RAISE(ABORT, 'a saga may not go that way');
END;
-- statement: start a saga
-- when: With the request's own id; no row changed: it has been started before.
INSERT INTO saga (name, correlation_id, data, deadline)
VALUES (:name, :correlation_id, :data, strftime('%Y-%m-%d %H:%M:%f', 'now', «timeout»)) ON CONFLICT (name, correlation_id) DO NOTHING;
-- statement: take a saga that has something to do
-- when: After BEGIN IMMEDIATE. Running: do step steps_done + 1, or turn back where late is 1 and may_turn_back is. Compensating: do the compensation
-- when: of step steps_done.
SELECT s.id, s.name, s.correlation_id, s.state, s.steps_done, s.data, s.attempts,
       s.deadline <= strftime('%Y-%m-%d %H:%M:%f', 'now') AS late, d.name AS step, d.compensation,
       NOT EXISTS (SELECT 1 FROM saga_step_definition p WHERE p.saga = s.name AND p.step <= s.steps_done AND p.compensation IS NULL)
         AS may_turn_back
FROM saga s LEFT JOIN saga_step_definition d ON d.saga = s.name AND d.step = s.steps_done + (s.state = 'running')
WHERE s.state IN ('running', 'compensating') AND s.next_attempt_at <= strftime('%Y-%m-%d %H:%M:%f', 'now')
ORDER BY s.next_attempt_at, s.id LIMIT 1;
-- statement: a step is done
-- when: In the transaction of the step's effect where that is in this database. Effects elsewhere are idempotent by (saga's id, step).
UPDATE saga SET steps_done = steps_done + 1, attempts = 0, next_attempt_at = strftime('%Y-%m-%d %H:%M:%f', 'now'),
    data = json_patch(data, :result),
    state = CASE WHEN steps_done + 1 = (SELECT count(*) FROM saga_step_definition d WHERE d.saga = saga.name) THEN 'done' ELSE 'running' END
WHERE id = :id AND state = 'running' AND steps_done = :steps_done;
-- statement: turn back
-- when: When a step has failed for good, or late is 1, and may_turn_back is. Refused after a step without a compensation.
UPDATE saga SET state = 'compensating', error = :error, attempts = 0 WHERE id = :id AND state = 'running' AND steps_done = :steps_done;
-- statement: a compensation is done
-- when: As for a step. Nothing left to compensate (steps_done is 0): the saga is compensated with the same statement.
UPDATE saga SET steps_done = max(steps_done - 1, 0), attempts = 0,
    state = CASE WHEN steps_done <= 1 THEN 'compensated' ELSE 'compensating' END
WHERE id = :id AND state = 'compensating' AND steps_done = :steps_done;
-- statement: try again later
-- when: When a step or a compensation failed and may work another time.
UPDATE saga SET attempts = attempts + 1, error = :error,
    next_attempt_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '+' || min(1 << min(attempts, 12), 3600) || ' seconds')
WHERE id = :id;
