-- A migration as it is written in a hurry. `dbdesign migrate check` says what it would do to a database in use.
BEGIN;
ALTER TABLE sales.orders ADD COLUMN channel text NOT NULL DEFAULT 'web';
ALTER TABLE sales.orders ADD COLUMN reference uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE sales.orders ALTER COLUMN coupon_id SET NOT NULL;
ALTER TABLE sales.order_events ALTER COLUMN order_id TYPE bigint;
CREATE INDEX orders_coupon_idx ON sales.orders (coupon_id);
COMMIT;
