-- ddl
CREATE TRIGGER saga_begins BEFORE INSERT ON saga FOR EACH ROW BEGIN
  IF NEW.state <> 'running' OR NEW.steps_done <> 0 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a saga begins running, with no step done';
  END IF;
END$$

CREATE TRIGGER saga_transition BEFORE UPDATE ON saga FOR EACH ROW BEGIN
  DECLARE steps integer;
  DECLARE pivot integer;
  SELECT COUNT(*), COALESCE(SUM(d.step <= OLD.steps_done AND d.compensation IS NULL), 0) INTO steps, pivot
  FROM saga_step_definition d WHERE d.saga = NEW.name;
  IF OLD.name <> NEW.name OR OLD.correlation_id <> NEW.correlation_id OR NOT COALESCE(CASE CONCAT(OLD.state, ' ', NEW.state)
      WHEN 'running running' THEN NEW.steps_done IN (OLD.steps_done, OLD.steps_done + 1) AND NEW.steps_done <= steps
      WHEN 'running done' THEN NEW.steps_done = steps AND OLD.steps_done IN (steps, steps - 1)
      WHEN 'running compensating' THEN NEW.steps_done = OLD.steps_done AND pivot = 0
      WHEN 'compensating compensating' THEN NEW.steps_done IN (OLD.steps_done, OLD.steps_done - 1) AND NEW.steps_done >= 0
      WHEN 'compensating compensated' THEN NEW.steps_done = 0 AND OLD.steps_done IN (0, 1)
    END, FALSE) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a saga may not go that way';
  END IF;
END$$
