create extension btree_gist;

create table depot (id bigint primary key, name text not null);
create table customer (id bigint primary key, name text not null, email text);
create unique index customer_email on customer (lower(email));
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

-- Whoever takes units of a kind holds the row of its stock until his transaction ends; what he then reads is what the one before has left.
create function check_stock(depot bigint, kind bigint) returns void language plpgsql as $$
declare
  owned integer;
  taken bigint;
begin
  select units into owned from stock where depot_id = depot and equipment_id = kind for no key update;
  with used as (
    select r.starts_at, r.ends_at, l.quantity
    from rental_line l join rental r on r.id = l.rental_id
    where l.equipment_id = kind and r.depot_id = depot and r.status in ('reserved', 'out')
  )
  select max((select sum(quantity) from used o where o.starts_at <= u.starts_at and o.ends_at > u.starts_at)) into taken from used u;
  if taken > coalesce(owned, 0) then
    raise exception 'depot % owns % of equipment %, % are taken at once', depot, coalesce(owned, 0), kind, taken using errcode = 'check_violation';
  end if;
end
$$;

create function line_takes() returns trigger language plpgsql as $$
declare
  depot bigint;
begin
  -- The rental stays as it is until this transaction ends.
  select depot_id into depot from rental where id = new.rental_id for share;
  perform check_stock(depot, new.equipment_id);
  return null;
end
$$;
create trigger line_takes after insert or update on rental_line for each row execute function line_takes();

create function rental_takes() returns trigger language plpgsql as $$
declare
  kind bigint;
begin
  for kind in select equipment_id from rental_line where rental_id = new.id order by 1 loop
    perform check_stock(new.depot_id, kind);
  end loop;
  return null;
end
$$;
create trigger rental_takes after update on rental for each row execute function rental_takes();

create function stock_covers() returns trigger language plpgsql as $$
begin
  perform check_stock(old.depot_id, old.equipment_id);
  return null;
end
$$;
create trigger stock_covers after update or delete on stock for each row execute function stock_covers();

create function refund_is_covered() returns trigger language plpgsql as $$
begin
  perform 1 from rental where id = new.rental_id for no key update;
  if (select sum(amount) from payment where rental_id = new.rental_id) < 0 then
    raise exception 'more would be paid back than was paid' using errcode = 'check_violation';
  end if;
  return null;
end
$$;
create trigger refund_is_covered after insert on payment for each row execute function refund_is_covered();

create function payment_stays() returns trigger language plpgsql as $$
begin
  raise exception 'a payment is neither changed nor deleted' using errcode = 'restrict_violation';
end
$$;
create trigger payment_stays before update or delete on payment for each row execute function payment_stays();
