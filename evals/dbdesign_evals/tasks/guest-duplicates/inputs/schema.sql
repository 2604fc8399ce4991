create table hotel (
  id integer primary key,
  country char(2) not null
);

create table guest (
  id bigint primary key,
  email text,
  name text not null,
  country char(2),
  member_no bigint,
  merged_into bigint constraint guest_merged_into_fkey references guest,
  created_at timestamptz not null
);
create index guest_email_idx on guest (email);
create index guest_merged_into_idx on guest (merged_into);

create table stay (
  id bigint primary key,
  guest_id bigint not null constraint stay_guest_id_fkey references guest,
  hotel_id integer not null references hotel,
  arrived_on date not null
);
create index stay_guest_id_idx on stay (guest_id);

create sequence member_no_seq start 900001;
