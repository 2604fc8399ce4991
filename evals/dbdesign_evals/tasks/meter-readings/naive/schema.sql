create table reading (
  id bigserial primary key,
  meter_id bigint not null,
  at timestamptz not null,
  kwh double precision not null
);
create index reading_meter_idx on reading (meter_id, at);
create index reading_at_idx on reading (at);
create table usage_hour (
  id bigserial primary key,
  meter_id bigint not null,
  hour timestamptz not null,
  kwh double precision not null
);
create function roll_up(since timestamptz, until timestamptz) returns void language sql as $$
  insert into usage_hour (meter_id, hour, kwh)
  select meter_id, date_trunc('hour', at), sum(kwh) from reading where at >= since and at < until group by 1, 2
$$;
