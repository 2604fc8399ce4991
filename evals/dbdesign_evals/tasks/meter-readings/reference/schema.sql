create table reading (
  meter_id bigint not null,
  at timestamptz not null,
  kwh numeric(7, 3) not null check (kwh >= 0),
  primary key (meter_id, at)
) partition by range (at);

do $$
declare
  month date;
begin
  for month in select generate_series(date '2025-10-01', date '2026-12-01', interval '1 month') loop
    execute format('create table reading_%s partition of reading for values from (%L) to (%L)',
      to_char(month, 'YYYY_MM'), month::timestamp at time zone 'UTC', (month + interval '1 month')::timestamp at time zone 'UTC');
  end loop;
end
$$;

create table usage_hour (
  meter_id bigint not null,
  hour timestamptz not null check (hour = date_trunc('hour', hour, 'UTC')),
  kwh numeric(9, 3) not null,
  primary key (meter_id, hour)
) partition by range (hour);

do $$
declare
  year integer;
begin
  for year in 2025..2036 loop
    execute format('create table usage_hour_%s partition of usage_hour for values from (%L) to (%L)',
      year, make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC'), make_timestamptz(year + 1, 1, 1, 0, 0, 0, 'UTC'));
  end loop;
end
$$;

create function roll_up(since timestamptz, until timestamptz) returns void language sql as $$
  insert into usage_hour (meter_id, hour, kwh)
  select meter_id, date_trunc('hour', at, 'UTC'), sum(kwh)
  from reading
  where at >= since and at < until
  group by 1, 2
  on conflict (meter_id, hour) do update set kwh = excluded.kwh where usage_hour.kwh <> excluded.kwh
$$;
