create table scan (
  id bigint generated always as identity,
  parcel_id bigint not null,
  scanned_at timestamptz not null,
  scanner_id integer not null,
  depot_id integer not null,
  kind integer not null,
  primary key (id, scanned_at)
) partition by range (scanned_at);
create index on scan (parcel_id, scanned_at);
create index on scan (depot_id, scanned_at);

do $$
declare
  month date;
begin
  for month in select generate_series(date '2027-01-01', date '2028-12-01', interval '1 month') loop
    execute format('create table scan_%s partition of scan for values from (%L) to (%L)',
      to_char(month, 'YYYY_MM'), month, (month + interval '1 month')::date);
  end loop;
end
$$;

create function retire(today timestamptz) returns void language sql as $$
  delete from scan where scanned_at < today - interval '12 months'
$$;
