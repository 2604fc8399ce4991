begin;
alter table orders drop constraint orders_status_check;
alter table orders add constraint orders_status_check check (status in ('placed', 'paid', 'shipped', 'cancelled', 'returned'));
alter table orders add column currency char(3);
update orders o set currency = c.currency, customer_email = coalesce(customer_email, u.email)
from customer u join currency_of_country c on c.country = u.country where u.id = o.customer_id;
alter table orders alter column currency set not null;
alter table orders alter column customer_email set not null;
update orders set warehouse_id = null where warehouse_id not in (select id from warehouse);
alter table orders add foreign key (warehouse_id) references warehouse (id);
update orders o set number = number || '-' || id where exists (select 1 from orders p where p.tenant_id = o.tenant_id and p.number = o.number and p.id < o.id);
alter table orders add unique (tenant_id, number);
alter table orders alter column placed_at type timestamptz using placed_at at time zone 'UTC';
commit;
