-- ddl
CREATE FUNCTION saga_transition() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE steps smallint; pivot boolean;
BEGIN
  SELECT count(*) INTO steps FROM public.saga_step_definition d WHERE d.saga = NEW.name;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'running' OR NEW.steps_done <> 0 THEN
      RAISE check_violation USING MESSAGE = 'a saga begins running, with no step done';
    END IF;
    RETURN NEW;
  END IF;
  SELECT EXISTS (SELECT FROM public.saga_step_definition d
                 WHERE d.saga = NEW.name AND d.step <= OLD.steps_done AND d.compensation IS NULL) INTO pivot;
  IF (OLD.name, OLD.correlation_id) IS DISTINCT FROM (NEW.name, NEW.correlation_id) OR NOT coalesce(CASE OLD.state || ' ' || NEW.state
      WHEN 'running running' THEN NEW.steps_done IN (OLD.steps_done, OLD.steps_done + 1) AND NEW.steps_done <= steps
      WHEN 'running done' THEN NEW.steps_done = steps AND OLD.steps_done IN (steps, steps - 1)
      WHEN 'running compensating' THEN NEW.steps_done = OLD.steps_done AND NOT pivot
      WHEN 'compensating compensating' THEN NEW.steps_done IN (OLD.steps_done, OLD.steps_done - 1) AND NEW.steps_done >= 0
      WHEN 'compensating compensated' THEN NEW.steps_done = 0 AND OLD.steps_done IN (0, 1)
    END, false) THEN
    RAISE check_violation USING MESSAGE = format('saga %s may not go from %s after %s of %s steps to %s after %s',
      OLD.id, OLD.state, OLD.steps_done, steps, NEW.state, NEW.steps_done);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER saga_transition BEFORE INSERT OR UPDATE ON saga FOR EACH ROW EXECUTE FUNCTION saga_transition();
