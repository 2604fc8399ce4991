create extension if not exists btree_gist;

-- Customers.
alter table customer
  add primary key (id),
  alter column name set not null;

-- Tools.
alter table tool
  add primary key (id),
  alter column serial set not null,
  alter column name set not null,
  alter column daily_rate type numeric(10, 2),
  add column duplicate_of integer references tool;
update tool t set duplicate_of = first.id
from (select id as own, nullif(min(id) over (partition by lower(trim(serial))), id) as id from tool) first
where first.own = t.id;
alter table tool
  add column machine_id integer not null generated always as (coalesce(duplicate_of, id)) stored,
  add unique (id, machine_id);
create unique index tool_serial_key on tool (lower(trim(serial))) where duplicate_of is null;

-- Hires: what was mixed up first, then ids, then references, then disputes.
update hire set out_at = back_at, back_at = out_at where back_at < out_at;
update hire set deposit = abs(deposit) where deposit < 0;
alter table hire
  alter column out_at type timestamptz using out_at at time zone 'UTC',
  alter column back_at type timestamptz using back_at at time zone 'UTC',
  alter column deposit type numeric(10, 2),
  add column was_id integer,
  add column was_customer_id integer,
  add column machine_id integer,
  add column disputed boolean not null default false;
with again as (
  select ctid as place, id, out_at, row_number() over (partition by id order by out_at) as n from hire
), given as (
  select place, 100000 + row_number() over (order by id, out_at) as new_id from again where n > 1
)
update hire h set was_id = h.id, id = g.new_id from given g where h.ctid = g.place;
alter table hire add primary key (id);
update hire set was_customer_id = customer_id, customer_id = null where not exists (select from customer c where c.id = hire.customer_id);
update hire h set machine_id = t.machine_id from tool t where t.id = h.tool_id;

do $$
declare
  h record;
begin
  for h in select id, machine_id, tstzrange(out_at, back_at) as during from hire order by out_at, id loop
    update hire set disputed = true
    where id = h.id and exists (
      select from hire e
      where e.machine_id = h.machine_id and e.id <> h.id and not e.disputed and (e.out_at, e.id) < (lower(h.during), h.id) and tstzrange(e.out_at, e.back_at) && h.during);
  end loop;
end
$$;

alter table hire
  alter column tool_id set not null,
  alter column machine_id set not null,
  alter column out_at set not null,
  add constraint hire_customer_fkey foreign key (customer_id) references customer,
  add constraint hire_tool_fkey foreign key (tool_id, machine_id) references tool (id, machine_id),
  add constraint hire_has_a_customer check (customer_id is not null or was_customer_id is not null),
  add constraint hire_comes_back_after check (back_at >= out_at),
  add constraint hire_deposit check (deposit >= 0),
  add constraint hire_one_at_a_time exclude using gist (machine_id with =, tstzrange(out_at, back_at) with &&) where (not disputed);
create index hire_customer_idx on hire (customer_id);
create index hire_tool_idx on hire (tool_id);

-- Charges.
update charge set kind = lower(trim(kind));
alter table charge
  add primary key (id),
  add column was_hire_id integer,
  alter column amount type numeric(10, 2),
  alter column amount set not null,
  alter column kind set not null,
  add constraint charge_kind check (kind in ('rent', 'damage', 'late', 'cleaning'));
update charge set was_hire_id = hire_id, hire_id = null where not exists (select from hire h where h.id = charge.hire_id);
alter table charge
  add constraint charge_hire_fkey foreign key (hire_id) references hire,
  add constraint charge_has_a_hire check (hire_id is not null or was_hire_id is not null);
create index charge_hire_idx on charge (hire_id);

-- What is new, and what is never changed.
create function phone_has_its_form() returns trigger language plpgsql as $$
begin
  if new.phone !~ '^\+[0-9]{8,15}$' then
    raise check_violation using message = 'no phone: ' || new.phone;
  end if;
  return new;
end
$$;
create trigger phone_has_its_form before insert on customer for each row execute function phone_has_its_form();
create trigger phone_keeps_its_form before update on customer for each row when (new.phone is distinct from old.phone) execute function phone_has_its_form();

create function past_stays() returns trigger language plpgsql as $$
begin
  raise check_violation using message = 'what was is not written again: ' || tg_table_name;
end
$$;
create trigger past_is_not_new before insert on tool for each row when (new.duplicate_of is not null) execute function past_stays();
create trigger past_stays before update on tool for each row when (new.duplicate_of is distinct from old.duplicate_of) execute function past_stays();
create trigger past_is_not_new before insert on hire for each row
  when (new.was_id is not null or new.was_customer_id is not null or new.disputed) execute function past_stays();
create trigger past_stays before update on hire for each row
  when (new.was_id is distinct from old.was_id or new.was_customer_id is distinct from old.was_customer_id or new.disputed and not old.disputed
    or old.customer_id is not null and new.customer_id is null) execute function past_stays();
create trigger past_is_not_new before insert on charge for each row when (new.was_hire_id is not null) execute function past_stays();
create trigger past_stays before update on charge for each row
  when (new.was_hire_id is distinct from old.was_hire_id or old.hire_id is not null and new.hire_id is null) execute function past_stays();

create function machine_of_tool() returns trigger language plpgsql as $$
begin
  new.machine_id := (select machine_id from tool where id = new.tool_id);
  return new;
end
$$;
create trigger machine_of_tool before insert or update on hire for each row execute function machine_of_tool();
