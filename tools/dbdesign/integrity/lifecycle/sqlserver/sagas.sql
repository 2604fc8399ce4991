-- ddl
CREATE TABLE dbo.saga_step_definition (
    saga nvarchar(100) NOT NULL,
    step smallint NOT NULL CHECK (step > 0),
    name nvarchar(100) NOT NULL,
    compensation nvarchar(100) NULL,
    timeout_seconds int NOT NULL,
    PRIMARY KEY (saga, step)
);
INSERT INTO dbo.saga_step_definition (saga, step, name, compensation, timeout_seconds) VALUES
«steps»;

CREATE TABLE dbo.saga (
    id bigint IDENTITY NOT NULL PRIMARY KEY,
    name nvarchar(100) NOT NULL CHECK (name IN («names»)),
    correlation_id nvarchar(200) NOT NULL,
    state nvarchar(20) NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'compensating', 'done', 'compensated')),
    steps_done smallint NOT NULL DEFAULT 0,
    data nvarchar(max) NOT NULL DEFAULT '{}' CHECK (ISJSON(data) = 1),
    error nvarchar(max) NULL,
    attempts int NOT NULL DEFAULT 0,
    deadline datetime2 NOT NULL,
    next_attempt_at datetime2 NOT NULL DEFAULT SYSUTCDATETIME(),
    CONSTRAINT saga_correlation_key UNIQUE (name, correlation_id),
    INDEX saga_due_idx (next_attempt_at) WHERE state IN ('running', 'compensating')
);
GO
CREATE TRIGGER dbo.saga_transition ON dbo.saga AFTER INSERT, UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF EXISTS (
    SELECT 1 FROM inserted AS n LEFT JOIN deleted AS o ON o.id = n.id
    CROSS APPLY (SELECT (SELECT COUNT(*) FROM dbo.saga_step_definition AS d WHERE d.saga = n.name) AS steps,
                        (SELECT COUNT(*) FROM dbo.saga_step_definition AS d
                         WHERE d.saga = n.name AND d.step <= o.steps_done AND d.compensation IS NULL) AS pivots) AS s
    WHERE NOT (
      (o.id IS NULL AND n.state = 'running' AND n.steps_done = 0)
      OR (o.name = n.name AND o.correlation_id = n.correlation_id AND (
        (o.state = 'running' AND n.state = 'running' AND n.steps_done IN (o.steps_done, o.steps_done + 1) AND n.steps_done <= s.steps)
        OR (o.state = 'running' AND n.state = 'done' AND n.steps_done = s.steps AND o.steps_done IN (s.steps, s.steps - 1))
        OR (o.state = 'running' AND n.state = 'compensating' AND n.steps_done = o.steps_done AND s.pivots = 0)
        OR (o.state = 'compensating' AND n.state = 'compensating' AND n.steps_done IN (o.steps_done, o.steps_done - 1) AND n.steps_done >= 0)
        OR (o.state = 'compensating' AND n.state = 'compensated' AND n.steps_done = 0 AND o.steps_done IN (0, 1))))))
    THROW 50001, 'a saga may not go that way', 1;
END;
GO
-- statement: start a saga
-- when: With the request's own id. Error 2627: it has been started before.
INSERT INTO dbo.saga (name, correlation_id, data, deadline) VALUES (:name, :correlation_id, :data, «deadline»);
-- statement: take a saga that has something to do
-- when: By each worker, first in a transaction at READ COMMITTED; several run side by side. It also finds those whose worker died. Running: do step
-- when: steps_done + 1, or turn back where late is 1 and may_turn_back is. Compensating: do the compensation of step steps_done.
SELECT TOP (1) s.id, s.name, s.correlation_id, s.state, s.steps_done, s.data, s.attempts,
       CASE WHEN s.deadline <= SYSUTCDATETIME() THEN 1 ELSE 0 END AS late, d.name AS step, d.compensation,
       CASE WHEN EXISTS (SELECT 1 FROM dbo.saga_step_definition AS p WHERE p.saga = s.name AND p.step <= s.steps_done AND p.compensation IS NULL)
            THEN 0 ELSE 1 END AS may_turn_back
FROM dbo.saga AS s WITH (UPDLOCK, READPAST, ROWLOCK)
LEFT JOIN dbo.saga_step_definition AS d ON d.saga = s.name AND d.step = s.steps_done + CASE s.state WHEN 'running' THEN 1 ELSE 0 END
WHERE s.state IN ('running', 'compensating') AND s.next_attempt_at <= SYSUTCDATETIME()
ORDER BY s.next_attempt_at, s.id;
-- statement: a step is done
-- when: In the transaction of the step's effect where that is in this database. Effects elsewhere are idempotent by (saga's id, step).
UPDATE s SET steps_done = s.steps_done + 1, attempts = 0, next_attempt_at = SYSUTCDATETIME(), data = :data,
    state = CASE WHEN s.steps_done + 1 = (SELECT COUNT(*) FROM dbo.saga_step_definition AS d WHERE d.saga = s.name) THEN 'done' ELSE 'running' END
FROM dbo.saga AS s WHERE s.id = :id AND s.state = 'running' AND s.steps_done = :steps_done;
-- statement: turn back
-- when: When a step has failed for good, or late is 1, and may_turn_back is. Error 50001: there is no way back after a step without a compensation.
UPDATE dbo.saga SET state = 'compensating', error = :error, attempts = 0, next_attempt_at = SYSUTCDATETIME()
WHERE id = :id AND state = 'running' AND steps_done = :steps_done;
-- statement: a compensation is done
-- when: As for a step. Nothing left to compensate (steps_done is 0): the saga is compensated with the same statement.
UPDATE dbo.saga SET steps_done = CASE WHEN steps_done > 0 THEN steps_done - 1 ELSE 0 END, attempts = 0, next_attempt_at = SYSUTCDATETIME(),
    state = CASE WHEN steps_done <= 1 THEN 'compensated' ELSE 'compensating' END
WHERE id = :id AND state = 'compensating' AND steps_done = :steps_done;
-- statement: try again later
-- when: When a step or a compensation failed and may work another time: the pause doubles up to an hour.
UPDATE dbo.saga SET attempts = attempts + 1, error = :error,
    next_attempt_at = DATEADD(second, CASE WHEN attempts < 12 THEN POWER(2, attempts) ELSE 3600 END, SYSUTCDATETIME()) WHERE id = :id;
