-- Lifecycle of the rows

DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') THEN CREATE ROLE app NOLOGIN; END IF;
END $$;

DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'maintenance') THEN CREATE ROLE maintenance NOLOGIN; END IF;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON tenants TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenants TO maintenance;
GRANT SELECT, INSERT, UPDATE, DELETE ON countries TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON countries TO maintenance;
GRANT SELECT, INSERT, UPDATE ON users TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON users TO maintenance;
GRANT SELECT, INSERT, UPDATE ON orders TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO maintenance;
GRANT SELECT, INSERT, UPDATE, DELETE ON order_lines TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON order_lines TO maintenance;
GRANT SELECT, INSERT, UPDATE, DELETE ON invoices TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON invoices TO maintenance;
GRANT SELECT, INSERT, UPDATE, DELETE ON tickets TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tickets TO maintenance;
GRANT SELECT, INSERT, UPDATE, DELETE ON events TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON events TO maintenance;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app, maintenance;

CREATE FUNCTION expired_partitions(parent regclass, cutoff timestamptz) RETURNS SETOF regclass
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.oid::regclass
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid,
       LATERAL (SELECT substring(pg_get_expr(c.relpartbound, c.oid) FROM $re$TO \('([^']+)'\)$re$) AS bound) b
  WHERE i.inhparent = parent AND b.bound IS NOT NULL AND b.bound::timestamptz <= cutoff
  ORDER BY b.bound::timestamptz
$$;

CREATE FUNCTION make_partitions(parent regclass, step text, ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  namespace text; parent_name text; first timestamptz; made integer := 0; part text;
BEGIN
  SELECT n.nspname, c.relname INTO namespace, parent_name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = parent;
  FOR i IN 0 .. ahead LOOP
    first := date_trunc(step, now()) + i * ('1 ' || step)::interval;
    part := format('%s_%s', left(parent_name, 50), to_char(first, CASE step WHEN 'day' THEN 'YYYYMMDD' ELSE 'YYYYMM' END));
    IF to_regclass(format('%I.%I', namespace, part)) IS NULL THEN
      EXECUTE format('CREATE TABLE %I.%I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
                     namespace, part, parent, first, first + ('1 ' || step)::interval);
      made := made + 1;
    END IF;
  END LOOP;
  RETURN made;
END $$;

CREATE FUNCTION drop_expired_partitions(parent regclass, cutoff timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE part regclass; gone integer := 0;
BEGIN
  FOR part IN SELECT public.expired_partitions(parent, cutoff) LOOP
    EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', parent, part);
    EXECUTE format('DROP TABLE %s', part);
    gone := gone + 1;
  END LOOP;
  RETURN gone;
END $$;

REVOKE EXECUTE ON FUNCTION expired_partitions(regclass, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION expired_partitions(regclass, timestamptz) TO maintenance;
REVOKE EXECUTE ON FUNCTION make_partitions(regclass, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_partitions(regclass, text, integer) TO maintenance;
REVOKE EXECUTE ON FUNCTION drop_expired_partitions(regclass, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_expired_partitions(regclass, timestamptz) TO maintenance;

-- Soft delete

CREATE VIEW live_users WITH (security_invoker = true) AS
SELECT id, tenant_id, email, full_name, password_hash, legal_hold, manager_id, country, created_at FROM users WHERE deleted_at IS NULL;
GRANT SELECT ON live_users TO app, maintenance;

CREATE VIEW live_orders WITH (security_invoker = true) AS
SELECT id, tenant_id, user_id, status, note, created_at FROM orders WHERE deleted_at IS NULL;
GRANT SELECT ON live_orders TO app, maintenance;

CREATE FUNCTION public.users_to_live_users_manager_id() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE gone timestamptz;
BEGIN
  IF NEW.tenant_id IS NULL OR NEW.manager_id IS NULL THEN RETURN NULL; END IF;
  SELECT p.deleted_at INTO gone FROM public.users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.manager_id FOR SHARE;
  IF gone IS NOT NULL OR NOT FOUND THEN
    RAISE foreign_key_violation USING MESSAGE = 'users refers to a deleted row of users';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refer_to_live_users_manager_id AFTER INSERT OR UPDATE OF tenant_id, manager_id ON users
  FOR EACH ROW EXECUTE FUNCTION public.users_to_live_users_manager_id();

CREATE FUNCTION public.orders_to_live_users_user_id() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE gone timestamptz;
BEGIN
  IF NEW.tenant_id IS NULL OR NEW.user_id IS NULL THEN RETURN NULL; END IF;
  SELECT p.deleted_at INTO gone FROM public.users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.user_id FOR SHARE;
  IF gone IS NOT NULL OR NOT FOUND THEN
    RAISE foreign_key_violation USING MESSAGE = 'orders refers to a deleted row of users';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refer_to_live_users_user_id AFTER INSERT OR UPDATE OF tenant_id, user_id ON orders
  FOR EACH ROW EXECUTE FUNCTION public.orders_to_live_users_user_id();

CREATE FUNCTION public.invoices_to_live_users_user_id() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE gone timestamptz;
BEGIN
  IF NEW.tenant_id IS NULL OR NEW.user_id IS NULL THEN RETURN NULL; END IF;
  SELECT p.deleted_at INTO gone FROM public.users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.user_id FOR SHARE;
  IF gone IS NOT NULL OR NOT FOUND THEN
    RAISE foreign_key_violation USING MESSAGE = 'invoices refers to a deleted row of users';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refer_to_live_users_user_id AFTER INSERT OR UPDATE OF tenant_id, user_id ON invoices
  FOR EACH ROW EXECUTE FUNCTION public.invoices_to_live_users_user_id();

CREATE FUNCTION public.tickets_to_live_users_assignee_id() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE gone timestamptz;
BEGIN
  IF NEW.tenant_id IS NULL OR NEW.assignee_id IS NULL THEN RETURN NULL; END IF;
  SELECT p.deleted_at INTO gone FROM public.users p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.assignee_id FOR SHARE;
  IF gone IS NOT NULL OR NOT FOUND THEN
    RAISE foreign_key_violation USING MESSAGE = 'tickets refers to a deleted row of users';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refer_to_live_users_assignee_id AFTER INSERT OR UPDATE OF tenant_id, assignee_id ON tickets
  FOR EACH ROW EXECUTE FUNCTION public.tickets_to_live_users_assignee_id();

CREATE FUNCTION public.order_lines_to_live_orders_order_id() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE gone timestamptz;
BEGIN
  IF NEW.tenant_id IS NULL OR NEW.order_id IS NULL THEN RETURN NULL; END IF;
  SELECT p.deleted_at INTO gone FROM public.orders p WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.order_id FOR SHARE;
  IF gone IS NOT NULL OR NOT FOUND THEN
    RAISE foreign_key_violation USING MESSAGE = 'order_lines refers to a deleted row of orders';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refer_to_live_orders_order_id AFTER INSERT OR UPDATE OF tenant_id, order_id ON order_lines
  FOR EACH ROW EXECUTE FUNCTION public.order_lines_to_live_orders_order_id();

CREATE FUNCTION public.users_soft_delete() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN
    IF EXISTS (SELECT FROM public.users c WHERE c.tenant_id = NEW.tenant_id AND c.manager_id = NEW.id AND c.deleted_at IS NULL) THEN
      RAISE foreign_key_violation USING MESSAGE = 'live rows of users refer to this row of users';
    END IF;
    IF EXISTS (SELECT FROM public.orders c WHERE c.tenant_id = NEW.tenant_id AND c.user_id = NEW.id AND c.deleted_at IS NULL) THEN
      RAISE foreign_key_violation USING MESSAGE = 'live rows of orders refer to this row of users';
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER soft_delete AFTER UPDATE OF deleted_at ON users FOR EACH ROW EXECUTE FUNCTION public.users_soft_delete();

-- Audit trail

CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    transaction_id bigint NOT NULL DEFAULT txid_current(),
    table_name text NOT NULL,
    operation text NOT NULL CHECK (operation IN ('snapshot', 'insert', 'update', 'delete')),
    row_key jsonb,
    old_row jsonb,
    new_row jsonb,
    erased_at timestamptz,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE INDEX audit_log_row_idx ON audit_log (table_name, row_key, at, id);

REVOKE ALL ON audit_log FROM PUBLIC, app;
GRANT SELECT, UPDATE ON audit_log TO maintenance;

SELECT make_partitions('audit_log', 'month', 3);

CREATE FUNCTION audit_key(whole jsonb, keys text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_object_agg(k, whole -> k) FROM unnest(keys) k
$$;

-- arguments: the table's name, the columns of its key, the columns that are not recorded
CREATE FUNCTION audit_statement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_table constant text := TG_ARGV[0];
  keys constant text[] := TG_ARGV[1]::text[];
  hidden constant text[] := TG_ARGV[2]::text[];
  who constant text := coalesce(nullif(current_setting('app.actor', true), ''), session_user);
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.audit_log (actor, table_name, operation, row_key, new_row)
    SELECT who, of_table, 'insert', public.audit_key(n.r, keys), n.r - hidden FROM (SELECT to_jsonb(t) AS r FROM new_rows t) n;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO public.audit_log (actor, table_name, operation, row_key, old_row)
    SELECT who, of_table, 'delete', public.audit_key(o.r, keys), o.r - hidden FROM (SELECT to_jsonb(t) AS r FROM old_rows t) o;
  ELSE -- a row whose key was changed is one that went and one that came
    INSERT INTO public.audit_log (actor, table_name, operation, row_key, old_row, new_row)
    SELECT who, of_table, CASE WHEN o.k IS NULL THEN 'insert' WHEN n.k IS NULL THEN 'delete' ELSE 'update' END,
           coalesce(n.k, o.k), o.r - hidden, n.r - hidden
    FROM (SELECT to_jsonb(t) AS r, public.audit_key(to_jsonb(t), keys) AS k FROM old_rows t) o
    FULL JOIN (SELECT to_jsonb(t) AS r, public.audit_key(to_jsonb(t), keys) AS k FROM new_rows t) n ON n.k = o.k
    WHERE o.r IS DISTINCT FROM n.r;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION audit_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_table constant text := TG_ARGV[0];
  keys constant text[] := TG_ARGV[1]::text[];
  hidden constant text[] := TG_ARGV[2]::text[];
  who constant text := coalesce(nullif(current_setting('app.actor', true), ''), session_user);
  before jsonb; after jsonb;
BEGIN
  IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD); END IF;
  IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW); END IF;
  IF TG_OP = 'UPDATE' AND public.audit_key(before, keys) IS DISTINCT FROM public.audit_key(after, keys) THEN
    INSERT INTO public.audit_log (actor, table_name, operation, row_key, old_row, new_row)
    VALUES (who, of_table, 'delete', public.audit_key(before, keys), before - hidden, NULL),
           (who, of_table, 'insert', public.audit_key(after, keys), NULL, after - hidden);
  ELSIF before IS DISTINCT FROM after THEN
    INSERT INTO public.audit_log (actor, table_name, operation, row_key, old_row, new_row)
    VALUES (who, of_table, lower(TG_OP), public.audit_key(coalesce(after, before), keys), before - hidden, after - hidden);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION audit_truncate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'TRUNCATE of %, which is audited, would leave no trace', TG_TABLE_NAME USING HINT = 'DELETE FROM it';
END $$;

CREATE TRIGGER audit_insert AFTER INSERT ON users REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('public.users', '{"id"}', '{"password_hash"}');
CREATE TRIGGER audit_update AFTER UPDATE ON users REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('public.users', '{"id"}', '{"password_hash"}');
CREATE TRIGGER audit_delete AFTER DELETE ON users REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('public.users', '{"id"}', '{"password_hash"}');
CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON users EXECUTE FUNCTION audit_truncate();
INSERT INTO audit_log (actor, table_name, operation, row_key, new_row)
SELECT session_user, 'public.users', 'snapshot', audit_key(to_jsonb(t), '{"id"}'::text[]), to_jsonb(t) - '{"password_hash"}'::text[] FROM users t;

CREATE FUNCTION users_as_of(moment timestamptz) RETURNS SETOF users
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT whole.*
  FROM (SELECT DISTINCT ON (row_key) operation, new_row FROM public.audit_log
        WHERE table_name = 'public.users' AND at <= moment ORDER BY row_key, at DESC, id DESC) latest
       CROSS JOIN LATERAL jsonb_populate_record(NULL::public.users, latest.new_row) whole
  WHERE latest.operation <> 'delete' AND latest.new_row IS NOT NULL
$$;
REVOKE EXECUTE ON FUNCTION users_as_of(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION users_as_of(timestamptz) TO maintenance;

CREATE TRIGGER audit_insert AFTER INSERT ON orders REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('public.orders', '{"id"}', '{}');
CREATE TRIGGER audit_update AFTER UPDATE ON orders REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('public.orders', '{"id"}', '{}');
CREATE TRIGGER audit_delete AFTER DELETE ON orders REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('public.orders', '{"id"}', '{}');
CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON orders EXECUTE FUNCTION audit_truncate();
INSERT INTO audit_log (actor, table_name, operation, row_key, new_row)
SELECT session_user, 'public.orders', 'snapshot', audit_key(to_jsonb(t), '{"id"}'::text[]), to_jsonb(t) FROM orders t;

CREATE FUNCTION orders_as_of(moment timestamptz) RETURNS SETOF orders
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT whole.*
  FROM (SELECT DISTINCT ON (row_key) operation, new_row FROM public.audit_log
        WHERE table_name = 'public.orders' AND at <= moment ORDER BY row_key, at DESC, id DESC) latest
       CROSS JOIN LATERAL jsonb_populate_record(NULL::public.orders, latest.new_row) whole
  WHERE latest.operation <> 'delete' AND latest.new_row IS NOT NULL
$$;
REVOKE EXECUTE ON FUNCTION orders_as_of(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION orders_as_of(timestamptz) TO maintenance;

CREATE TRIGGER audit_insert AFTER INSERT ON order_lines REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('public.order_lines', '{"order_id","line_no"}', '{}');
CREATE TRIGGER audit_update AFTER UPDATE ON order_lines REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('public.order_lines', '{"order_id","line_no"}', '{}');
CREATE TRIGGER audit_delete AFTER DELETE ON order_lines REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION audit_statement('public.order_lines', '{"order_id","line_no"}', '{}');
CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON order_lines EXECUTE FUNCTION audit_truncate();
INSERT INTO audit_log (actor, table_name, operation, row_key, new_row)
SELECT session_user, 'public.order_lines', 'snapshot', audit_key(to_jsonb(t), '{"order_id","line_no"}'::text[]), to_jsonb(t) FROM order_lines t;

CREATE FUNCTION order_lines_as_of(moment timestamptz) RETURNS SETOF order_lines
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT whole.*
  FROM (SELECT DISTINCT ON (row_key) operation, new_row FROM public.audit_log
        WHERE table_name = 'public.order_lines' AND at <= moment ORDER BY row_key, at DESC, id DESC) latest
       CROSS JOIN LATERAL jsonb_populate_record(NULL::public.order_lines, latest.new_row) whole
  WHERE latest.operation <> 'delete' AND latest.new_row IS NOT NULL
$$;
REVOKE EXECUTE ON FUNCTION order_lines_as_of(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION order_lines_as_of(timestamptz) TO maintenance;

-- Retention

CREATE PROCEDURE events_retention(INOUT removed bigint DEFAULT 0, batch integer DEFAULT 5000)
LANGUAGE plpgsql AS $$
DECLARE taken bigint;
BEGIN
  LOOP
    WITH due AS (
      SELECT t.id FROM events t
      WHERE t.created_at < now() - interval '13 months'
      ORDER BY t.created_at LIMIT batch FOR UPDATE SKIP LOCKED
    )
    DELETE FROM events t WHERE (t.id) IN (SELECT id FROM due);
    GET DIAGNOSTICS taken = ROW_COUNT;
    removed := removed + taken;
    COMMIT;
    EXIT WHEN taken < batch;
  END LOOP;
END $$;
REVOKE EXECUTE ON PROCEDURE events_retention(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE events_retention(bigint, integer) TO maintenance;

CREATE PROCEDURE orders_retention(INOUT removed bigint DEFAULT 0, batch integer DEFAULT 5000)
LANGUAGE plpgsql AS $$
DECLARE taken bigint;
BEGIN
  LOOP
    WITH due AS (
      SELECT t.id FROM orders t
      WHERE t.deleted_at < now() - interval '90 days'
      ORDER BY t.deleted_at LIMIT batch FOR UPDATE SKIP LOCKED
    )
    DELETE FROM orders t WHERE (t.id) IN (SELECT id FROM due);
    GET DIAGNOSTICS taken = ROW_COUNT;
    removed := removed + taken;
    COMMIT;
    EXIT WHEN taken < batch;
  END LOOP;
END $$;
REVOKE EXECUTE ON PROCEDURE orders_retention(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE orders_retention(bigint, integer) TO maintenance;

CREATE PROCEDURE users_retention(INOUT removed bigint DEFAULT 0, batch integer DEFAULT 5000)
LANGUAGE plpgsql AS $$
DECLARE taken bigint;
BEGIN
  LOOP
    WITH due AS (
      SELECT t.id FROM users t
      WHERE t.deleted_at < now() - interval '90 days' AND NOT EXISTS (SELECT FROM users c WHERE c.tenant_id = t.tenant_id AND c.manager_id = t.id) AND NOT EXISTS (SELECT FROM orders c WHERE c.tenant_id = t.tenant_id AND c.user_id = t.id) AND NOT EXISTS (SELECT FROM invoices c WHERE c.tenant_id = t.tenant_id AND c.user_id = t.id) AND NOT EXISTS (SELECT FROM tickets c WHERE c.tenant_id = t.tenant_id AND c.assignee_id = t.id)
      ORDER BY t.deleted_at LIMIT batch FOR UPDATE SKIP LOCKED
    )
    DELETE FROM users t WHERE (t.id) IN (SELECT id FROM due);
    GET DIAGNOSTICS taken = ROW_COUNT;
    removed := removed + taken;
    COMMIT;
    EXIT WHEN taken < batch;
  END LOOP;
END $$;
REVOKE EXECUTE ON PROCEDURE users_retention(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE users_retention(bigint, integer) TO maintenance;

-- Erasure

CREATE TABLE erasure_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject_table text NOT NULL,
    subject_key text NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT now(),
    erased_by text NOT NULL DEFAULT session_user,
    reason text,
    affected jsonb NOT NULL
);
COMMENT ON TABLE erasure_log IS 'who was erased, by key alone: after a backup was restored, erase them again';
REVOKE ALL ON erasure_log FROM PUBLIC, app;
GRANT SELECT, INSERT ON erasure_log TO maintenance;

CREATE FUNCTION erase_users(subject_id bigint, why text DEFAULT NULL)
RETURNS TABLE (relation text, what text, row_count bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  n bigint;
  affected jsonb := '[]';
  users_keys jsonb[];
  orders_keys jsonb[];
  order_lines_keys jsonb[];
BEGIN
  IF EXISTS (SELECT FROM users t WHERE t.id = subject_id AND t.legal_hold) THEN
    RAISE object_not_in_prerequisite_state USING MESSAGE = 'a legal hold forbids this erasure';
  END IF;
  SET CONSTRAINTS ALL DEFERRED;
  users_keys := ARRAY(SELECT jsonb_build_object('id', t.id) FROM users t WHERE t.id = subject_id);
  orders_keys := ARRAY(SELECT jsonb_build_object('id', t.id) FROM orders t WHERE t.user_id = subject_id
    UNION SELECT l.row_key FROM audit_log l WHERE l.table_name = 'public.orders' AND coalesce(l.new_row, l.old_row) -> 'user_id' = to_jsonb(subject_id));
  order_lines_keys := ARRAY(SELECT jsonb_build_object('order_id', t.order_id, 'line_no', t.line_no) FROM order_lines t WHERE EXISTS (SELECT 1 FROM orders p1 WHERE p1.tenant_id = t.tenant_id AND p1.id = t.order_id AND p1.user_id = subject_id)
    UNION SELECT l.row_key FROM audit_log l WHERE l.table_name = 'public.order_lines' AND EXISTS (SELECT FROM unnest(orders_keys) k WHERE coalesce(l.new_row, l.old_row) -> 'order_id' = k -> 'id'));
  UPDATE users t SET manager_id = NULL WHERE t.manager_id = subject_id;
  GET DIAGNOSTICS n = ROW_COUNT;
  affected := affected || jsonb_build_array(jsonb_build_array('public.users', 'unlink', n));
  UPDATE tickets t SET assignee_id = NULL WHERE t.assignee_id = subject_id;
  GET DIAGNOSTICS n = ROW_COUNT;
  affected := affected || jsonb_build_array(jsonb_build_array('public.tickets', 'unlink', n));
  UPDATE invoices t SET billing_name = NULL, billing_address = 'erased', user_id = NULL WHERE t.user_id = subject_id;
  GET DIAGNOSTICS n = ROW_COUNT;
  affected := affected || jsonb_build_array(jsonb_build_array('public.invoices', 'overwrite', n));
  DELETE FROM order_lines t WHERE EXISTS (SELECT 1 FROM orders p1 WHERE p1.tenant_id = t.tenant_id AND p1.id = t.order_id AND p1.user_id = subject_id);
  GET DIAGNOSTICS n = ROW_COUNT;
  affected := affected || jsonb_build_array(jsonb_build_array('public.order_lines', 'delete', n));
  DELETE FROM orders t WHERE t.user_id = subject_id;
  GET DIAGNOSTICS n = ROW_COUNT;
  affected := affected || jsonb_build_array(jsonb_build_array('public.orders', 'delete', n));
  DELETE FROM users t WHERE t.id = subject_id;
  GET DIAGNOSTICS n = ROW_COUNT;
  affected := affected || jsonb_build_array(jsonb_build_array('public.users', 'delete', n));
  UPDATE audit_log SET old_row = NULL, new_row = NULL, erased_at = now() WHERE table_name = 'public.users' AND row_key = ANY (users_keys);
  UPDATE audit_log SET old_row = NULL, new_row = NULL, erased_at = now() WHERE table_name = 'public.orders' AND row_key = ANY (orders_keys);
  UPDATE audit_log SET old_row = NULL, new_row = NULL, erased_at = now() WHERE table_name = 'public.order_lines' AND row_key = ANY (order_lines_keys);
  DELETE FROM outbox WHERE aggregate_type = 'users' AND aggregate_id = subject_id::text;
  INSERT INTO erasure_log (subject_table, subject_key, reason, affected)
  VALUES ('public.users', subject_id::text, why, affected);
  RETURN QUERY SELECT a ->> 0, a ->> 1, (a ->> 2)::bigint FROM jsonb_array_elements(affected) a;
END $$;
REVOKE EXECUTE ON FUNCTION erase_users(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_users(bigint, text) TO maintenance;

-- Idempotency keys

CREATE TABLE idempotency_key (
    scope text NOT NULL,
    operation text NOT NULL CHECK (operation IN ('create payment', 'create order')),
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    response_status smallint,
    response_body jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
    PRIMARY KEY (scope, operation, key)
);
CREATE INDEX idempotency_key_expires_at_idx ON idempotency_key (expires_at);
COMMENT ON COLUMN idempotency_key.scope IS 'whose key it is: the account or tenant that authenticated';
COMMENT ON COLUMN idempotency_key.request_hash IS 'SHA-256 of the request: method, path and canonical body';
GRANT SELECT, INSERT, UPDATE ON idempotency_key TO app;
GRANT SELECT, UPDATE, DELETE ON idempotency_key TO maintenance;

-- Outbox and inbox

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY,
    aggregate_type text NOT NULL,
    aggregate_id text NOT NULL,
    event_type text NOT NULL CHECK (event_type IN ('order placed', 'order shipped')),
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
GRANT EXECUTE ON FUNCTION add_event(text, text, text, jsonb) TO app;
GRANT SELECT, UPDATE, DELETE ON outbox TO maintenance;

CREATE TABLE inbox (
    consumer text NOT NULL,
    event_id bigint NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_received_at_idx ON inbox (received_at);
COMMENT ON TABLE inbox IS 'of a consumer, in the consumer''s own database: events that had their effect';
GRANT SELECT, INSERT ON inbox TO app;
GRANT SELECT, DELETE ON inbox TO maintenance;

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
GRANT EXECUTE ON FUNCTION drop_published(timestamptz) TO maintenance;

-- Sagas

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
    ('place order', 1, 'reserve stock', 'release stock', interval '15 minutes'),
    ('place order', 2, 'charge card', 'refund card', interval '15 minutes'),
    ('place order', 3, 'ship', NULL, interval '15 minutes');

CREATE TABLE saga (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CHECK (name IN ('place order')),
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
GRANT SELECT ON saga_step_definition TO app;
GRANT SELECT, INSERT, UPDATE ON saga TO app;
GRANT SELECT, DELETE ON saga TO maintenance;

-- Tenant isolation

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON tenants
  USING (id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint))
  WITH CHECK (id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint));
CREATE POLICY tenant_isolation_jobs ON tenants TO maintenance USING (true) WITH CHECK (true);

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON users
  USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint));
CREATE POLICY tenant_isolation_jobs ON users TO maintenance USING (true) WITH CHECK (true);

ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE orders FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON orders
  USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint));
CREATE POLICY tenant_isolation_jobs ON orders TO maintenance USING (true) WITH CHECK (true);

ALTER TABLE order_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON order_lines
  USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint));
CREATE POLICY tenant_isolation_jobs ON order_lines TO maintenance USING (true) WITH CHECK (true);

ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoices FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON invoices
  USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint));
CREATE POLICY tenant_isolation_jobs ON invoices TO maintenance USING (true) WITH CHECK (true);

ALTER TABLE tickets ENABLE ROW LEVEL SECURITY;
ALTER TABLE tickets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON tickets
  USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint));
CREATE POLICY tenant_isolation_jobs ON tickets TO maintenance USING (true) WITH CHECK (true);

ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON events
  USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint))
  WITH CHECK (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint));
CREATE POLICY tenant_isolation_jobs ON events TO maintenance USING (true) WITH CHECK (true);

ALTER VIEW open_orders SET (security_invoker = true);

GRANT SELECT ON open_orders TO app, maintenance;

-- What is sent

-- soft_delete: delete one of users
-- Instead of DELETE, which the program has no privilege for. No row: it was deleted before.
UPDATE users SET deleted_at = now() WHERE id = :id AND deleted_at IS NULL;

-- soft_delete: restore one of users
-- To undo a deletion. SQLSTATE 23505: its unique value has been given to another row meanwhile.
UPDATE users SET deleted_at = NULL WHERE id = :id AND deleted_at IS NOT NULL;

-- soft_delete: delete one of orders
-- Instead of DELETE, which the program has no privilege for. No row: it was deleted before.
UPDATE orders SET deleted_at = now() WHERE id = :id AND deleted_at IS NULL;

-- soft_delete: restore one of orders
-- To undo a deletion. SQLSTATE 23505: its unique value has been given to another row meanwhile.
UPDATE orders SET deleted_at = NULL WHERE id = :id AND deleted_at IS NOT NULL;

-- audit: say who acts
-- At the beginning of every transaction, beside the tenant. Without it the session's user is recorded.
SELECT set_config('app.actor', :actor, true);

-- audit: users as they were
-- To look back, as the maintenance role. The same function is there for every recorded table.
SELECT * FROM users_as_of(:moment);

-- audit: what happened to a row
-- To see who changed what, as the maintenance role.
SELECT at, actor, operation, old_row, new_row FROM audit_log WHERE table_name = 'public.users' AND row_key = :key ORDER BY at, id;

-- audit: keep the log's partitions
-- Daily (pg_cron). Without a partition for the present month every change of a recorded table fails: alert on it. With pg_partman 5: partman.create_parent('public.audit_log', 'at', '1 month') and retention '24 months', retention_keep_table = false in part_config.
SELECT make_partitions('audit_log', 'month', 3), drop_expired_partitions('audit_log', now() - interval '24 months');

-- retention: let old rows of events go
-- Daily at a quiet hour, as the maintenance role, outside a transaction: each batch is committed by itself, and a run that is broken off has lost nothing.
CALL events_retention();

-- retention: let old rows of orders go
-- Daily at a quiet hour, as the maintenance role, outside a transaction: each batch is committed by itself, and a run that is broken off has lost nothing.
CALL orders_retention();

-- retention: let old rows of users go
-- Daily at a quiet hour, as the maintenance role, outside a transaction: each batch is committed by itself, and a run that is broken off has lost nothing.
CALL users_retention();

-- erasure: erase one of users
-- As the maintenance role, in one transaction. It returns how many rows of which table were deleted, overwritten or unlinked. SQLSTATE 55000: a legal hold.
SELECT * FROM erase_users(:id, :reason);

-- erasure: erase again after a backup was restored
-- Read it from the newest copy before the restore, and erase everybody in it again.
SELECT subject_table, subject_key FROM erasure_log ORDER BY id;

-- idempotency: claim a key
-- First in the transaction that does the work, at READ COMMITTED. While another request with the same key runs, it waits. One row: do the work. No row: it has been done; look up the response. A key that has expired is claimed anew.
INSERT INTO idempotency_key AS k (scope, operation, key, request_hash)
VALUES (:scope, :operation, :key, :request_hash)
ON CONFLICT (scope, operation, key) DO UPDATE
SET request_hash = excluded.request_hash, response_status = NULL, response_body = NULL,
    created_at = now(), expires_at = now() + interval '24 hours'
WHERE k.expires_at <= now()
RETURNING key;

-- idempotency: look up the response
-- Where nothing was claimed. Not the same request: refuse it (422), whatever the key says. Else answer as before.
SELECT request_hash = :request_hash AS same_request, response_status, response_body
FROM idempotency_key WHERE scope = :scope AND operation = :operation AND key = :key;

-- idempotency: keep the response
-- Last in the same transaction, before COMMIT. If the program dies before that, key and work are rolled back together, and the next attempt does it. Effects outside the database need a key of their own that is derived from this one (or the outbox).
UPDATE idempotency_key SET response_status = :response_status, response_body = :response_body
WHERE scope = :scope AND operation = :operation AND key = :key;

-- idempotency: let old keys go
-- Hourly, as the maintenance role, until no row is deleted.
DELETE FROM idempotency_key WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM idempotency_key WHERE expires_at <= now() ORDER BY expires_at LIMIT 5000 FOR UPDATE SKIP LOCKED));

-- outbox: add an event
-- In the transaction that changes the aggregate, after the change. It is published if and only if that commits.
SELECT add_event(:aggregate_type, :aggregate_id, :event_type, :payload);

-- outbox: take events
-- By each publisher, first in a transaction, at READ COMMITTED; several run side by side. Of every aggregate it takes the oldest event that is not published, and none while another publisher holds that: the events of an aggregate leave in their order.
SELECT o.created_at, o.id, o.aggregate_type, o.aggregate_id, o.event_type, o.payload FROM outbox o
WHERE o.published_at IS NULL
  AND NOT EXISTS (SELECT FROM outbox e WHERE e.published_at IS NULL AND e.aggregate_type = o.aggregate_type
                  AND e.aggregate_id = o.aggregate_id AND e.id < o.id)
ORDER BY o.id LIMIT 100 FOR UPDATE OF o SKIP LOCKED;

-- outbox: mark an event as published
-- In the same transaction, when the broker has confirmed the event (aggregate_id is the message key); then COMMIT. A publisher that dies in between leaves it to the next one: it is published at least once, and the consumer's inbox makes that once.
UPDATE outbox SET published_at = clock_timestamp() WHERE created_at = :created_at AND id = :id;

-- outbox: receive an event
-- By a consumer, first in the transaction in which the event has its effect. One row: go on. No row: it had its effect; confirm it again.
INSERT INTO inbox (consumer, event_id) VALUES (:consumer, :event_id) ON CONFLICT DO NOTHING RETURNING event_id;

-- outbox: keep the outbox's partitions
-- Daily, as the maintenance role. Alert on a day that is missing: add_event fails then.
SELECT make_partitions('outbox', 'day', 7), drop_published(now() - interval '7 days');

-- outbox: let old entries of the inbox go
-- Daily, as the maintenance role; an event must not come again after that.
DELETE FROM inbox WHERE received_at < now() - interval '7 days' - interval '7 days';

-- sagas: start a saga
-- With the request's own id; no row: it has been started before.
INSERT INTO saga (name, correlation_id, data, deadline) VALUES (:name, :correlation_id, :data, now() + CASE :name WHEN 'place order' THEN interval '15 minutes' END)
ON CONFLICT (name, correlation_id) DO NOTHING RETURNING id;

-- sagas: take a saga that has something to do
-- By each worker, first in a transaction; several run side by side. It also finds those whose worker died. Running: do step steps_done + 1, or turn back where late is true and may_turn_back is. Compensating: do the compensation of step steps_done. Give either `timeout`.
SELECT s.id, s.name, s.correlation_id, s.state, s.steps_done, s.data, s.attempts, s.deadline <= now() AS late,
       d.name AS step, d.compensation, d.timeout,
       NOT EXISTS (SELECT 1 FROM saga_step_definition p WHERE p.saga = s.name AND p.step <= s.steps_done AND p.compensation IS NULL)
         AS may_turn_back
FROM saga s LEFT JOIN saga_step_definition d
  ON d.saga = s.name AND d.step = s.steps_done + CASE s.state WHEN 'running' THEN 1 ELSE 0 END
WHERE s.state IN ('running', 'compensating') AND s.next_attempt_at <= now()
ORDER BY s.next_attempt_at, s.id LIMIT 1 FOR UPDATE OF s SKIP LOCKED;

-- sagas: a step is done
-- In the transaction of the step's effect where that is in this database. Effects elsewhere are idempotent by (saga's id, step): they are asked for again if the program dies before COMMIT.
UPDATE saga SET steps_done = steps_done + 1, attempts = 0, next_attempt_at = now(), data = data || :result,
    state = CASE WHEN steps_done + 1 = (SELECT count(*) FROM saga_step_definition d WHERE d.saga = saga.name) THEN 'done' ELSE 'running' END
WHERE id = :id AND state = 'running' AND steps_done = :steps_done;

-- sagas: turn back
-- When a step has failed for good, or late is true, and may_turn_back is. No row after a step without a compensation: there is no way back.
UPDATE saga SET state = 'compensating', error = :error, attempts = 0, next_attempt_at = now()
WHERE id = :id AND state = 'running' AND steps_done = :steps_done
  AND NOT EXISTS (SELECT 1 FROM saga_step_definition d WHERE d.saga = saga.name AND d.step <= saga.steps_done AND d.compensation IS NULL);

-- sagas: a compensation is done
-- As for a step. Nothing left to compensate (steps_done is 0): the saga is compensated with the same statement.
UPDATE saga SET steps_done = greatest(steps_done - 1, 0), attempts = 0, next_attempt_at = now(),
    state = CASE WHEN steps_done <= 1 THEN 'compensated' ELSE 'compensating' END
WHERE id = :id AND state = 'compensating' AND steps_done = :steps_done;

-- sagas: try again later
-- When a step or a compensation failed and may work another time: attempts grows, the pause doubles up to an hour.
UPDATE saga SET attempts = attempts + 1, error = :error, next_attempt_at = now() + least(interval '1 second' * 2 ^ least(attempts, 12), interval '1 hour')
WHERE id = :id;

-- sagas: sagas that need somebody
-- Every minute, as an alert: late without a way back, or failing for long.
SELECT id, name, correlation_id, state, steps_done, attempts, error FROM saga
WHERE state IN ('running', 'compensating') AND (deadline <= now() - interval '5 minutes' OR attempts > 10);

-- tenant: say for whom a transaction works
-- First in every transaction. The third argument makes it SET LOCAL, which ends with the transaction: a pooled connection (PgBouncer in transaction mode) then never carries a tenant over to the next request. Outside a transaction it has no effect, and nothing is seen.
BEGIN;
SELECT set_config('app.tenant_id', :tenant, true);;

-- tenant: tables with the tenant's column and no policy
-- In CI, after the migrations: it must return nothing.
SELECT c.oid::regclass FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity);

-- Notes

-- audit_log: a change is dated by when its statement ran, not by when its transaction was committed; instead: clock_timestamp() at the trigger, after the row's lock: the changes of one row are in their order
-- users: old rows that users still refers to are not deleted; instead: give users a retention that is not longer, or ON DELETE CASCADE
-- users: old rows that orders still refers to are not deleted; instead: give orders a retention that is not longer, or ON DELETE CASCADE
-- users: old rows that invoices still refers to are not deleted; instead: give invoices a retention that is not longer, or ON DELETE CASCADE
-- users: old rows that tickets still refers to are not deleted; instead: give tickets a retention that is not longer, or ON DELETE CASCADE
-- idempotency_key: stored responses may hold personal values; instead: they go after 24 hours
-- outbox: events of other aggregates than users may hold personal values; instead: they go after 7 days; what consumers keep is theirs to erase: publish an event of the erasure
-- users: its tenant_id, manager_id is emptied, the row stays: it is somebody else's; instead: None
-- tickets: its tenant_id, assignee_id is emptied, the row stays: it is somebody else's; instead: None
-- app.tenant_id: the setting is the program's word: whoever may send SQL of his own may set it; instead: policies guard against forgotten conditions; against SQL injection, bind parameters, and a role a tenant where it must be
-- tenant_isolation: conditions with functions that are not leakproof (LIKE, most functions on text) are not used in an index before the policy; instead: every index begins with the tenant's column, so that the policy itself finds the rows
