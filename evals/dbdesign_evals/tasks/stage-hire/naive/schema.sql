create extension btree_gist;
create table depot (id bigint primary key, name text not null);
create table customer (id bigint primary key, name text not null, email text unique);
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
  check (starts_at < ends_at)
);
create table rental_line (
  rental_id bigint not null references rental,
  equipment_id bigint not null references equipment,
  quantity integer not null check (quantity > 0),
  primary key (rental_id, equipment_id)
);
create table technician (id bigint primary key, name text not null);
create table assignment (
  rental_id bigint not null references rental,
  technician_id bigint not null references technician,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  exclude using gist (technician_id with =, tstzrange(starts_at, ends_at) with &&)
);
create table payment (
  id bigint generated always as identity primary key,
  rental_id bigint not null references rental,
  amount numeric(12, 2) not null,
  paid_at timestamptz not null default now()
);

create function line_fits() returns trigger language plpgsql as $$
declare
  mine rental;
  taken bigint;
begin
  select * into mine from rental where id = new.rental_id;
  if mine.status not in ('reserved', 'out') then return new; end if;
  select coalesce(sum(l.quantity), 0) into taken
  from rental_line l join rental r on r.id = l.rental_id
  where l.equipment_id = new.equipment_id and r.depot_id = mine.depot_id and r.status in ('reserved', 'out')
    and r.id <> mine.id and r.starts_at < mine.ends_at and r.ends_at > mine.starts_at;
  if taken + new.quantity > coalesce((select units from stock where depot_id = mine.depot_id and equipment_id = new.equipment_id), 0) then
    raise exception 'not enough units';
  end if;
  return new;
end
$$;
create trigger line_fits before insert or update on rental_line for each row execute function line_fits();

create function refund_fits() returns trigger language plpgsql as $$
begin
  if (select coalesce(sum(amount), 0) from payment where rental_id = new.rental_id) + new.amount < 0 then
    raise exception 'more than was paid';
  end if;
  return new;
end
$$;
create trigger refund_fits before insert or update on payment for each row execute function refund_fits();
