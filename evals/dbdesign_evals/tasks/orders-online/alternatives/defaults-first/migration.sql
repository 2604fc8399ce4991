set timezone to 'UTC';
set lock_timeout to 3000;

-- An old default that is right for no one in particular tells rows that were there from those to come.
alter table orders add column currency char(3) default 'EUR';
create function orders_before_write() returns trigger language plpgsql as $f$
declare
  found_email text;
  found_currency char(3);
begin
  if new.currency is not null and new.customer_email is not null then
    return new;
  end if;
  select u.email, c.currency into found_email, found_currency
  from customer u, currency_of_country c
  where u.id = new.customer_id and c.country = u.country;
  new.currency := coalesce(new.currency, found_currency);
  new.customer_email := coalesce(new.customer_email, found_email);
  return new;
end
$f$;
create trigger orders_before_write before insert on orders for each row execute function orders_before_write();
alter table orders alter column currency drop default;

-- PostgreSQL 18: a NOT NULL that is not valid yet holds for new rows.
alter table orders add constraint orders_currency_not_null not null currency not valid;
alter table orders add constraint orders_customer_email_not_null not null customer_email not valid;
alter table orders add constraint orders_warehouse_id_fkey foreign key (warehouse_id) references warehouse (id) not valid;

create procedure orders_repair(step int) language plpgsql as $f$
declare
  first_id bigint;
  last_id bigint;
begin
  select min(id), max(id) into first_id, last_id from orders;
  while first_id <= last_id loop
    update orders o set
      currency = (select currency from currency_of_country where country = u.country),
      customer_email = coalesce(o.customer_email, u.email),
      warehouse_id = case when exists (select from warehouse w where w.id = o.warehouse_id) then o.warehouse_id end
    from customer u
    where u.id = o.customer_id and o.id >= first_id and o.id < first_id + step
      and (o.customer_email is null
        or o.currency is distinct from (select currency from currency_of_country where country = u.country)
        or not exists (select from warehouse w where w.id = o.warehouse_id));
    commit;
    first_id := first_id + step;
  end loop;
end
$f$;
call orders_repair(1000);
drop procedure orders_repair(int);

alter table orders validate constraint orders_currency_not_null;
alter table orders validate constraint orders_customer_email_not_null;
alter table orders validate constraint orders_warehouse_id_fkey;

with doubled as (
  select id, number, rank() over (partition by tenant_id, number order by id) as nth
  from orders
  where (tenant_id, number) in (select tenant_id, number from orders group by 1, 2 having count(*) > 1)
)
update orders o set number = d.number || '-' || d.nth from doubled d where d.id = o.id and d.nth > 1;
create unique index concurrently orders_number_once on orders (tenant_id, number);

create index concurrently orders_placed_at_tz_idx on orders ((placed_at at time zone 'UTC'));
drop index concurrently orders_placed_at_tz_idx;
drop index concurrently orders_placed_at_idx;
alter table orders alter column placed_at type timestamp with time zone;
create index concurrently orders_placed_at_idx on orders (placed_at);

begin;
alter table orders drop constraint orders_status_check;
alter table orders add constraint orders_status_check check (status = any (array['placed', 'paid', 'shipped', 'cancelled', 'returned'])) not valid;
commit;
alter table orders validate constraint orders_status_check;
