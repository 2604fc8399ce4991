-- When a reading came is kept too; the year that begins stands apart from the one that ends.
create table reading (
  meter_id bigint not null,
  at timestamptz not null,
  kwh numeric(8, 3) not null constraint never_negative check (kwh between 0 and 9999.999),
  received_at timestamptz not null default now(),
  unique (meter_id, at)
) partition by range (at);
create table reading_q4_2025 partition of reading for values from ('2025-10-01 00:00+00') to ('2026-01-01 00:00+00') partition by range (at);
create table reading_2026 partition of reading for values from ('2026-01-01 00:00+00') to ('2027-01-01 00:00+00') partition by range (at);
do $$
declare
  m timestamp;
begin
  for m in select generate_series(timestamp '2025-10-01', timestamp '2026-12-01', interval '1 month') loop
    execute format('create table %I partition of %I for values from (%L) to (%L)', 'reading_' || to_char(m, 'YYYYMM'),
      case when m < '2026-01-01' then 'reading_q4_2025' else 'reading_2026' end, m at time zone 'UTC', (m + interval '1 month') at time zone 'UTC');
  end loop;
end
$$;
create table usage_hour (
  meter_id bigint not null,
  hour timestamptz not null,
  kwh numeric(10, 3) not null,
  unique (meter_id, hour) include (kwh)
);
create function roll_up(since timestamptz, until timestamptz) returns void language plpgsql as $$
begin
  merge into usage_hour u
  using (
    select meter_id, date_bin('1 hour', at, timestamptz '2000-01-01 00:00+00') as hour, sum(kwh) as kwh
    from reading where at >= since and at < until group by 1, 2
  ) s on u.meter_id = s.meter_id and u.hour = s.hour
  when matched then update set kwh = s.kwh
  when not matched then insert values (s.meter_id, s.hour, s.kwh);
end
$$;
