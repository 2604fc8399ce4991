-- 2. Rows that break something, and what refers to them.
create table quarantine (
  table_name text not null,
  id bigint not null,
  row jsonb not null,
  primary key (table_name, id)
);
do $$
declare
  c record;
  more integer;
  found integer;
begin
  for c in
    select conrelid::regclass as t, pg_get_expr(conbin, conrelid) as condition from pg_constraint
    where contype = 'c' and not convalidated and connamespace = 'public'::regnamespace
  loop
    execute format('insert into quarantine select %L, id, to_jsonb(x) from %s x where not (%s) on conflict do nothing', c.t, c.t, c.condition);
  end loop;
  loop
    more := 0;
    for c in
      select k.conrelid::regclass as t, k.confrelid::regclass as other, a.attname as col
      from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
      where k.contype = 'f' and k.connamespace = 'public'::regnamespace
    loop
      execute format(
        'insert into quarantine select %1$L, id, to_jsonb(x) from %1$s x where %3$I is not null
           and not exists (select from %2$s y where y.id = x.%3$I and not exists (select from quarantine g where g.table_name = %2$L and g.id = y.id))
         on conflict do nothing', c.t, c.other, c.col);
      get diagnostics found = row_count;
      more := more + found;
    end loop;
    exit when more = 0;
  end loop;
end
$$;

-- 12. What is owed or paid does not go with something else: refuse, but for an invoice's lines.
alter table street drop constraint street_district_fkey, add constraint street_district_fkey foreign key (district_id) references district;
alter table address drop constraint address_street_fkey, add constraint address_street_fkey foreign key (street_id) references street;
alter table meter_point drop constraint meter_point_address_fkey, add constraint meter_point_address_fkey foreign key (address_id) references address;
alter table meter drop constraint meter_point_fkey, add constraint meter_point_fkey foreign key (meter_point_id) references meter_point;
alter table reading drop constraint reading_meter_fkey;
alter table contract drop constraint contract_point_fkey;
alter table invoice drop constraint invoice_contract_fkey;
alter table payment drop constraint payment_invoice_fkey;
delete from payment x using quarantine g where g.table_name = 'payment' and g.id = x.id;
delete from invoice_line x using quarantine g where g.table_name = 'invoice_line' and g.id = x.id;
delete from invoice x using quarantine g where g.table_name = 'invoice' and g.id = x.id;
delete from complaint x using quarantine g where g.table_name = 'complaint' and g.id = x.id;
delete from contract x using quarantine g where g.table_name = 'contract' and g.id = x.id;
delete from reading x using quarantine g where g.table_name = 'reading' and g.id = x.id;
delete from job_part x using quarantine g where g.table_name = 'job_part' and g.id = x.id;
delete from job x using quarantine g where g.table_name = 'job' and g.id = x.id;
delete from stock x using quarantine g where g.table_name = 'stock' and g.id = x.id;
delete from part x using quarantine g where g.table_name = 'part' and g.id = x.id;
alter table reading add constraint reading_meter_fkey foreign key (meter_id) references meter;
alter table contract add constraint contract_point_fkey foreign key (meter_point_id) references meter_point;
alter table invoice add constraint invoice_contract_fkey foreign key (contract_id) references contract;
alter table payment add constraint payment_invoice_fkey foreign key (invoice_id) references invoice;
do $$
declare
  c record;
begin
  for c in select conrelid::regclass as t, conname from pg_constraint where not convalidated and connamespace = 'public'::regnamespace loop
    execute format('alter table %s validate constraint %I', c.t, c.conname);
  end loop;
end
$$;

-- 1. The circle is looked at when the transaction ends.
alter table team alter constraint team_lead_fkey deferrable initially deferred;
alter table employee alter constraint employee_depot_fkey deferrable initially deferred;
alter table depot alter constraint depot_team_fkey deferrable initially deferred;

-- 3. One meter at a time.
update meter m set removed_on = n.next_on
from (select id, lead(installed_on) over (partition by meter_point_id order by installed_on, id) as next_on from meter where removed_on is null) n
where n.id = m.id and n.next_on is not null;
alter table meter drop constraint one_current_meter;
create unique index one_current_meter on meter (meter_point_id) where removed_on is null;

-- 4. Addresses.
update customer set email = null
where not coalesce(deleted, false)
  and exists (select from customer o where not coalesce(o.deleted, false) and lower(o.email) = lower(customer.email) and o.id < customer.id);
update customer set deleted = false where deleted is null;
alter table customer alter column deleted set default false, alter column deleted set not null;

-- 5. Indexes.
create index customer_lower_email_idx on customer (lower(email));
drop index address_house_idx;
create index address_house_idx on address (street_id, house);
drop index reading_month_idx;
create index reading_time_idx on reading (meter_id, read_on);
drop index invoice_contract_idx;
create index invoice_contract_idx on invoice (contract_id);
drop index job_state_idx;
create index job_open_idx on job (planned_on) where state = 'open';
create index payment_invoice_idx on payment (invoice_id);
create index contract_customer_idx on contract (customer_id);
drop index complaint_made_idx;
create index complaint_made_idx on complaint (made_on);
create index stock_of_part_idx on stock (part_id);
create index invoice_line_invoice_idx on invoice_line (invoice_id);

-- 6. Ids.
select setval('customer_id_seq', greatest((select max(id) from customer), (select max(id) from quarantine where table_name = 'customer')));
select setval('contract_id_seq', greatest((select max(id) from contract), (select max(id) from quarantine where table_name = 'contract')));
select setval('invoice_id_seq', greatest((select max(id) from invoice), (select max(id) from quarantine where table_name = 'invoice')));

-- 7. Totals.
alter table invoice_line enable trigger invoice_total;
update invoice set total = coalesce((select sum(amount) from invoice_line l where l.invoice_id = invoice.id), 0);
create function total_is_of_lines() returns trigger language plpgsql as $$
begin
  new.total := coalesce((select sum(amount) from invoice_line l where l.invoice_id = new.id), 0);
  return new;
end
$$;
create trigger total_is_of_lines before insert or update on invoice for each row execute function total_is_of_lines();

-- 8. Tariffs.
create extension if not exists btree_gist;
update tariff t set valid_to = n.next_from
from (select id, lead(valid_from) over (partition by kind order by valid_from, id) as next_from from tariff) n
where n.id = t.id and (t.valid_to is null or t.valid_to > n.next_from) and n.next_from is not null;
alter table tariff add constraint one_tariff exclude using gist (kind with =, daterange(valid_from, valid_to) with &&);

-- 9 and 10. Functions that two may call at once.
create or replace function take_parts(the_part bigint, the_depot bigint, how_many integer) returns boolean language plpgsql as $$
begin
  update stock set quantity = quantity - how_many where part_id = the_part and depot_id = the_depot and quantity >= how_many;
  return found;
end
$$;
create or replace function end_call(who bigint) returns boolean language plpgsql as $$
begin
  perform from employee where on_call order by id for update;
  if (select count(*) from employee where on_call and id <> who) = 0 then
    return false;
  end if;
  update employee set on_call = false where id = who;
  return true;
end
$$;

-- 11. Balances: each sum for itself.
create or replace view customer_balance as
select c.id as customer_id, (coalesce(i.total, 0) - coalesce(p.amount, 0))::numeric as owes
from customer c
left join (select k.customer_id, sum(i.total) as total from contract k join invoice i on i.contract_id = k.id group by 1) i on i.customer_id = c.id
left join (
  select k.customer_id, sum(p.amount) as amount from contract k join invoice i on i.contract_id = k.id join payment p on p.invoice_id = i.id group by 1
) p on p.customer_id = c.id;
