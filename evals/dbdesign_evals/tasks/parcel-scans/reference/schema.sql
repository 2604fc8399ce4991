create table scan (
  parcel_id bigint not null check (parcel_id between 1 and 9999999999),
  scanned_at timestamptz not null,
  scanner_id integer not null,
  depot_id smallint not null,
  kind smallint not null check (kind between 1 and 14),
  primary key (parcel_id, scanned_at, scanner_id)
) partition by range (scanned_at);
create index scan_depot on scan (depot_id, scanned_at);

-- Ten of the 31 days of December 2028 stay below 27 GB, and two years make 74 tables.
do $$
declare
  part timestamp;
begin
  for part in select generate_series(timestamp '2027-01-01', timestamp '2028-12-31', interval '10 days') loop
    execute format('create table scan_%s partition of scan for values from (%L) to (%L)',
      to_char(part, 'YYYYMMDD'), part at time zone 'UTC', (part + interval '10 days') at time zone 'UTC');
  end loop;
end
$$;

create function retire(today timestamptz) returns void language plpgsql as $$
declare
  old regclass;
begin
  set local lock_timeout = '3s';
  for old in
    select c.oid::regclass
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'scan'::regclass
      and (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz <= today - interval '12 months'
  loop
    execute format('drop table %s', old);
  end loop;
end
$$;
