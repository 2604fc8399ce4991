set lock_timeout = '1500ms';

-- 6. The new status: a wider check beside the old one, then the old one goes.
alter table orders add constraint orders_status_check_new
  check (status in ('placed', 'paid', 'shipped', 'cancelled', 'returned')) not valid;
alter table orders validate constraint orders_status_check_new;
alter table orders drop constraint orders_status_check;
alter table orders rename constraint orders_status_check_new to orders_status_check;

-- 2. The currency: the column, a trigger for the old application, then what is there.
alter table orders add column currency char(3);
create function orders_fill_currency() returns trigger language plpgsql as $$
begin
  if new.currency is null then
    select c.currency into new.currency
    from customer u join currency_of_country c using (country)
    where u.id = new.customer_id;
  end if;
  if new.customer_email is null then
    select u.email into new.customer_email from customer u where u.id = new.customer_id;
  end if;
  return new;
end
$$;
create trigger orders_fill_currency before insert or update on orders
  for each row execute function orders_fill_currency();

-- 1, 2, 3. What is there, in batches by id.
do $$
declare
  low bigint := 0;
  high bigint;
begin
  loop
    select max(id) into high from (select id from orders where id > low order by id limit 2000) batch;
    exit when high is null;
    update orders o
    set currency = c.currency,
        customer_email = coalesce(o.customer_email, u.email),
        warehouse_id = (select w.id from warehouse w where w.id = o.warehouse_id)
    from customer u join currency_of_country c using (country)
    where u.id = o.customer_id and o.id > low and o.id <= high;
    commit;
    low := high;
  end loop;
end
$$;

alter table orders add constraint orders_filled check (currency is not null and customer_email is not null) not valid;
alter table orders validate constraint orders_filled;
alter table orders alter column currency set not null, alter column customer_email set not null;
alter table orders drop constraint orders_filled;

alter table orders add constraint orders_warehouse_fkey foreign key (warehouse_id) references warehouse not valid;
alter table orders validate constraint orders_warehouse_fkey;

-- 4. Doubled numbers, then the index that keeps them apart.
update orders o
set number = o.number || '-' || d.place
from (
  select id, row_number() over (partition by tenant_id, number order by id) as place from orders
) d
where d.id = o.id and d.place > 1;
create unique index concurrently orders_tenant_number_key on orders (tenant_id, number);
alter table orders add constraint orders_tenant_number_key unique using index orders_tenant_number_key;

-- 5. A second column beside the first, kept up by the trigger, filled in batches, then they change names.
alter table orders add column placed_at_utc timestamptz;
create function orders_placed_at_utc() returns trigger language plpgsql as $$
begin
  new.placed_at_utc := new.placed_at at time zone 'UTC';
  return new;
end
$$;
create trigger orders_placed_at_utc before insert or update on orders
  for each row execute function orders_placed_at_utc();
do $$
declare
  done integer;
begin
  loop
    update orders set placed_at_utc = placed_at at time zone 'UTC'
    where id in (select id from orders where placed_at_utc is null limit 3000 for update skip locked);
    get diagnostics done = row_count;
    commit;
    exit when done = 0;
  end loop;
end
$$;
alter table orders add constraint orders_placed_at_utc_filled check (placed_at_utc is not null) not valid;
alter table orders validate constraint orders_placed_at_utc_filled;
alter table orders alter column placed_at_utc set not null;
alter table orders drop constraint orders_placed_at_utc_filled;
create index concurrently orders_placed_at_utc_idx on orders (placed_at_utc);
begin;
set local lock_timeout = '1s';
drop trigger orders_placed_at_utc on orders;
alter table orders rename column placed_at to placed_at_old;
alter table orders rename column placed_at_utc to placed_at;
alter table orders alter column placed_at_old drop not null;
commit;
drop index concurrently orders_placed_at_idx;
alter index orders_placed_at_utc_idx rename to orders_placed_at_idx;
drop function orders_placed_at_utc();
alter table orders drop column placed_at_old;
