begin;
alter table orders drop column currency;
alter table orders alter column customer_email drop not null;
alter table orders drop constraint orders_warehouse_id_fkey;
alter table orders drop constraint orders_tenant_id_number_key;
alter table orders alter column placed_at type timestamp;
alter table orders drop constraint orders_status_check;
alter table orders add constraint orders_status_check check (status in ('placed', 'paid', 'shipped', 'cancelled'));
commit;
