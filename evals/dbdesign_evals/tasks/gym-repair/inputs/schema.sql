create table member (
  id integer,
  email text,
  name text,
  joined text,
  status text
);
create table plan (
  id integer,
  name text,
  price double precision
);
create table membership (
  id integer,
  member_id integer,
  plan_id integer,
  from_date text,
  to_date text
);
create table payment (
  id integer,
  member_id integer,
  amount double precision,
  paid_at timestamp,
  reference text
);
create table visit (
  id integer,
  member_id integer,
  came timestamp,
  went timestamp
);
