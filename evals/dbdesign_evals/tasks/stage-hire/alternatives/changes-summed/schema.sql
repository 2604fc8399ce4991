create type rental_status as enum ('quote', 'reserved', 'out', 'returned', 'cancelled');

create table depot (id bigint primary key, name text not null);
create table customer (id bigint primary key, name text not null, email text);
create unique index customer_email on customer (lower(email));
create table equipment (id bigint primary key, name text not null);
create table stock (
  depot_id bigint not null references depot,
  equipment_id bigint not null references equipment,
  units integer not null check (units >= 0),
  version bigint not null default 0,
  primary key (depot_id, equipment_id)
);
create table rental (
  id bigint primary key,
  customer_id bigint not null references customer,
  depot_id bigint not null references depot,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  status rental_status not null default 'quote',
  check (starts_at < ends_at)
);
create index on rental (customer_id);
create index on rental (depot_id, starts_at) where status in ('reserved', 'out');
create table rental_line (
  rental_id bigint not null references rental,
  equipment_id bigint not null references equipment,
  quantity integer not null check (quantity > 0),
  primary key (rental_id, equipment_id)
);
create index on rental_line (equipment_id);
create table technician (id bigint primary key, name text not null);
create table assignment (
  rental_id bigint not null references rental,
  technician_id bigint not null references technician,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  id bigint generated always as identity primary key,
  check (starts_at < ends_at)
);
create index on assignment (rental_id);
create index on assignment (technician_id, starts_at);
create table payment (
  id bigint generated always as identity primary key,
  rental_id bigint not null references rental,
  amount numeric(12, 2) not null check (amount <> 0),
  paid_at timestamptz not null default now()
);
create index on payment (rental_id);

-- What goes out and comes back, in order of time; what comes back at an instant can go out again at it.
create view taken as
select depot_id, equipment_id, sum(change) over (partition by depot_id, equipment_id order by at, change) as units
from rental r join rental_line l on l.rental_id = r.id,
  lateral (values (starts_at, quantity), (ends_at, -quantity)) c (at, change)
where status in ('reserved', 'out');

create function look(kinds bigint[]) returns void language plpgsql as $$
begin
  if exists (
    select from taken t left join stock s using (depot_id, equipment_id)
    where t.equipment_id = any (kinds) and t.units > coalesce(s.units, 0)
  ) then
    raise exception 'too few units' using errcode = '23514';
  end if;
end
$$;

create function lines_written() returns trigger language plpgsql as $$
begin
  perform 1 from rental where id in (select rental_id from changed) order by id for no key update;
  perform 1 from stock where equipment_id in (select equipment_id from changed) order by equipment_id, depot_id for update;
  perform look(array(select equipment_id from changed));
  return null;
end
$$;
create trigger lines_inserted after insert on rental_line referencing new table as changed for each statement execute function lines_written();
create trigger lines_updated after update on rental_line referencing new table as changed for each statement execute function lines_written();

create function rentals_written() returns trigger language plpgsql as $$
declare
  kinds bigint[] := array(select distinct equipment_id from rental_line where rental_id in (select id from changed));
begin
  update stock set version = version + 1 where equipment_id = any (kinds);
  perform look(kinds);
  return null;
end
$$;
create trigger rentals_updated after update on rental referencing new table as changed for each statement execute function rentals_written();

create function stock_written() returns trigger language plpgsql as $$
begin
  perform look(array(select equipment_id from changed));
  return null;
end
$$;
create trigger stock_updated after update on stock referencing old table as changed for each statement execute function stock_written();
create trigger stock_deleted after delete on stock referencing old table as changed for each statement execute function stock_written();

create function technician_is_free() returns trigger language plpgsql as $$
begin
  perform 1 from technician where id = new.technician_id for update;
  if exists (
    select from assignment a
    where a.technician_id = new.technician_id and a.id <> new.id and (a.starts_at, a.ends_at) overlaps (new.starts_at, new.ends_at)
  ) then
    raise exception 'the technician is elsewhere' using errcode = '23P01';
  end if;
  return new;
end
$$;
create trigger technician_is_free before insert or update on assignment for each row execute function technician_is_free();

create function pay() returns trigger language plpgsql as $$
declare
  before numeric;
begin
  perform pg_advisory_xact_lock(4711, hashint8(new.rental_id));
  select coalesce(sum(amount), 0) into before from payment where rental_id = new.rental_id;
  if before + new.amount < 0 then raise exception 'not so much was paid' using errcode = '23514'; end if;
  return new;
end
$$;
create trigger pay before insert on payment for each row execute function pay();
create function never() returns trigger language plpgsql as $$ begin raise exception 'payments stay' using errcode = '23514'; end $$;
create trigger never before update or delete on payment for each statement execute function never();
