-- The parking operator's tables. Their keys stay; every other index is up for choice.

create table zone (
  id integer primary key,
  city text not null,
  tariff text not null,
  active boolean not null
);

create table meter (
  id integer primary key,
  zone_id integer not null references zone,
  serial text not null unique,
  firmware text not null,
  state text not null,
  battery smallint not null,
  last_seen timestamptz not null,
  cash_cents integer not null
) with (fillfactor = 70);

create table driver (
  id bigint primary key,
  email text not null unique,
  phone text,
  created_at timestamptz not null,
  last_login timestamptz,
  balance_cents integer not null
) with (fillfactor = 80);

create table stay (
  id bigint primary key,
  zone_id integer not null,
  meter_id integer,
  driver_id bigint,
  plate text not null,
  started_at timestamptz not null,
  paid_until timestamptz not null,
  ended_at timestamptz,
  state text not null,
  fee_cents integer not null
) with (fillfactor = 80);

create table payment (
  id bigint primary key,
  stay_id bigint,
  driver_id bigint,
  method text not null,
  state text not null,
  reference text not null,
  amount_cents integer not null,
  created_at timestamptz not null,
  settled_on date
) with (fillfactor = 80);

create table sighting (
  id bigint primary key,
  camera_id integer not null,
  zone_id integer not null,
  plate text not null,
  seen_at timestamptz not null,
  confidence smallint not null,
  matched boolean not null
);

create table fine (
  id bigint primary key,
  plate text not null,
  zone_id integer not null,
  officer_id integer not null,
  state text not null,
  issued_at timestamptz not null,
  amount_cents integer not null
);

create table permit (
  id bigint primary key,
  driver_id bigint not null references driver,
  zone_id integer not null,
  plate text not null,
  valid_from date not null,
  valid_to date not null
);
