create extension btree_gist;

create table depot (id bigint primary key, name text not null);
create table customer (id bigint primary key, name text not null, email text,
  email_key text generated always as (lower(email)) stored unique);
create table equipment (id bigint primary key, name text not null);
create table stock (
  depot_id bigint not null references depot,
  equipment_id bigint not null references equipment,
  units integer not null check (units >= 0),
  primary key (depot_id, equipment_id)
);
create table rental (
  id bigint primary key,
  customer_id bigint not null references customer,
  depot_id bigint not null references depot,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  status text not null default 'quote' check (status in ('quote', 'reserved', 'out', 'returned', 'cancelled')),
  paid numeric(14, 2) not null default 0 check (paid >= 0),
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
  check (starts_at < ends_at),
  exclude using gist (technician_id with =, tstzrange(starts_at, ends_at) with &&)
);
create index on assignment (rental_id);
create table payment (
  id bigint generated always as identity primary key,
  rental_id bigint not null references rental,
  amount numeric(12, 2) not null check (amount <> 0),
  paid_at timestamptz not null default now()
);
create index on payment (rental_id);

-- Checked when a transaction commits: one transaction after the other for a kind of a depot.
create function units_suffice(depot bigint, kind bigint) returns boolean language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(format('units %s %s', depot, kind), 0));
  return not exists (
    select from rental r join rental_line l on l.rental_id = r.id
    where l.equipment_id = kind and r.depot_id = depot and r.status in ('reserved', 'out')
      and coalesce((select units from stock s where s.depot_id = depot and s.equipment_id = kind), 0) < (
        select sum(ol.quantity) from rental o join rental_line ol on ol.rental_id = o.id
        where ol.equipment_id = kind and o.depot_id = depot and o.status in ('reserved', 'out')
          and tstzrange(o.starts_at, o.ends_at) @> r.starts_at));
end
$$;

create function check_units() returns trigger language plpgsql as $$
declare
  changed bigint;
  one record;
begin
  if tg_table_name = 'stock' then
    if not units_suffice(old.depot_id, old.equipment_id) then raise exception 'too few units are left' using errcode = '23514'; end if;
    return null;
  end if;
  changed := case tg_table_name when 'rental' then to_jsonb(new) ->> 'id' else to_jsonb(new) ->> 'rental_id' end;
  perform 1 from rental where id = changed for share;
  for one in
    select r.depot_id, l.equipment_id from rental r join rental_line l on l.rental_id = r.id where r.id = changed order by l.equipment_id
  loop
    if not units_suffice(one.depot_id, one.equipment_id) then raise exception 'too few units' using errcode = '23514'; end if;
  end loop;
  return null;
end
$$;
create constraint trigger check_units after insert or update on rental_line deferrable initially deferred for each row execute function check_units();
create constraint trigger check_units after update of depot_id, starts_at, ends_at, status on rental deferrable initially deferred
  for each row execute function check_units();
create constraint trigger check_units after update or delete on stock deferrable initially deferred for each row execute function check_units();

create function count_payment() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then raise exception 'payments stay' using errcode = '23514'; end if;
  update rental set paid = paid + new.amount where id = new.rental_id;
  return new;
end
$$;
create trigger count_payment before insert or update or delete on payment for each row execute function count_payment();
