create table scan (
  parcel_id bigint not null,
  scanned_at timestamptz not null,
  scanner_id integer not null,
  depot_id smallint not null,
  kind smallint not null,
  constraint kinds check (kind > 0 and kind < 15),
  unique (parcel_id, scanner_id, scanned_at)
) partition by range (scanned_at);
create index on scan (depot_id, scanned_at) include (parcel_id);

do $$
declare
  month timestamp;
  name text;
begin
  for month in select generate_series(timestamp '2027-01-01', timestamp '2028-12-01', interval '1 month') loop
    name := 'scan_' || to_char(month, 'YYYYMM');
    execute format('create table %I partition of scan for values from (%L) to (%L) partition by hash (parcel_id)',
      name, month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
    for part in 0..3 loop
      execute format('create table %I partition of %I for values with (modulus 4, remainder %s)', name || '_' || part, name, part);
    end loop;
  end loop;
end
$$;

create function retire(today timestamptz) returns void language plpgsql as $$
declare
  month timestamp := date_trunc('month', (today at time zone 'UTC') - interval '12 months') - interval '1 month';
begin
  while to_regclass('scan_' || to_char(month, 'YYYYMM')) is not null loop
    execute format('drop table %I', 'scan_' || to_char(month, 'YYYYMM'));
    month := month - interval '1 month';
  end loop;
end
$$;
