create domain scan_kind as smallint check (value >= 1 and value <= 14);

create table scan (
  parcel_id bigint not null,
  scanned_at timestamptz not null,
  scanner_id integer not null,
  depot_id integer not null,
  kind scan_kind not null,
  received_at timestamptz not null default now(),
  constraint counted_once unique (scanned_at, parcel_id, scanner_id),
  constraint parcels check (parcel_id > 0)
) partition by range (scanned_at);
create index on scan (parcel_id, scanned_at);
create index on scan using brin (scanned_at, depot_id) with (pages_per_range = 16);

-- Weeks that begin on Mondays.
create table scan_part (name text primary key, since timestamptz not null, until timestamptz not null unique);
set timezone = 'UTC';
insert into scan_part
select to_char(monday, '"scan_"IYYY"w"IW'), monday, monday + '7 days'
from generate_series(timestamptz '2026-12-28', '2028-12-25', '7 days') monday;
do $$
declare
  part scan_part;
begin
  for part in select * from scan_part loop
    execute format('create table %I partition of scan for values from (%L) to (%L)', part.name, part.since, part.until);
  end loop;
end
$$;

create function retire(today timestamptz) returns void language plpgsql set timezone = 'UTC' as $$
declare
  part scan_part;
begin
  for part in select * from scan_part where until <= today - interval '1 year' and to_regclass(name) is not null loop
    execute format('alter table scan detach partition %I', part.name);
    execute format('drop table %I', part.name);
  end loop;
end
$$;
