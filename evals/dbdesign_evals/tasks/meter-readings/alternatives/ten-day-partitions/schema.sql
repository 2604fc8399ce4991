-- Ten-day partitions; the unique index leads with time, as readings arrive, and a small one finds a meter.
create table reading (
  at timestamp with time zone not null,
  meter_id bigint not null,
  kwh numeric not null,
  constraint kwh_in_range check (kwh >= 0 and kwh < 10000 and scale(kwh) <= 3)
) partition by range (at);
create unique index reading_once on reading (at, meter_id);
create index reading_of_a_meter on reading (meter_id, at);

do $$
declare
  first date := '2025-10-01';
  next date;
begin
  while first < date '2027-01-01' loop
    next := case when extract(day from first) < 21 then first + 10 else (date_trunc('month', first) + interval '1 month')::date end;
    execute format('create table reading_from_%s partition of reading for values from (%L) to (%L)',
      to_char(first, 'YYYYMMDD'), first || ' 00:00+00', next || ' 00:00+00');
    first := next;
  end loop;
end
$$;

create table usage_hour (
  meter_id bigint,
  hour timestamptz,
  kwh numeric not null,
  constraint usage_hour_once primary key (hour, meter_id)
);
create index on usage_hour (meter_id, hour);

create procedure roll_up_again(since timestamptz, until timestamptz) language plpgsql as $$
begin
  delete from usage_hour where hour >= since and hour < until;
  insert into usage_hour (meter_id, hour, kwh)
  select meter_id, to_timestamp(floor(extract(epoch from at) / 3600) * 3600), sum(kwh)
  from reading where at >= since and at < until group by 1, 2;
end
$$;
create function roll_up(since timestamptz, until timestamptz) returns integer language plpgsql as $$
begin
  call roll_up_again(since, until);
  return 1;
end
$$;
