set lock_timeout = '2s';
set timezone = 'UTC';

drop index concurrently orders_placed_at_idx;
alter table orders alter column placed_at type timestamp;
create index concurrently orders_placed_at_idx on orders (placed_at);

alter table orders drop constraint orders_tenant_number_key;
alter table orders drop constraint orders_warehouse_fkey;
drop trigger orders_fill_currency on orders;
drop function orders_fill_currency();
alter table orders drop column currency, alter column customer_email drop not null;

update orders set status = 'cancelled' where status = 'returned';
alter table orders add constraint orders_status_check_old
  check (status in ('placed', 'paid', 'shipped', 'cancelled')) not valid;
alter table orders validate constraint orders_status_check_old;
alter table orders drop constraint orders_status_check;
alter table orders rename constraint orders_status_check_old to orders_status_check;
