create extension if not exists btree_gist;
create extension if not exists citext;

create table clinic (
  id bigint primary key,
  name text not null check (name <> ''),
  time_zone text not null
);
create table practitioner (
  id bigint primary key,
  clinic_id bigint not null references clinic (id),
  name text not null,
  constraint practitioner_of_clinic unique (id, clinic_id)
);
create table patient (
  id bigint primary key,
  clinic_id bigint not null references clinic (id),
  name text not null,
  email citext,
  deleted_at timestamptz,
  constraint patient_of_clinic unique (id, clinic_id),
  constraint patient_email_once exclude (clinic_id with =, email with =) where (deleted_at is null)
);
create table appointment (
  id bigint primary key,
  clinic_id bigint not null,
  practitioner_id bigint not null,
  patient_id bigint not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  status text not null,
  during tstzrange generated always as (tstzrange(starts_at, ends_at)) stored check (not isempty(during)),
  constraint appointment_status_known check (status = any (array['booked', 'done', 'no_show', 'cancelled'])),
  constraint appointment_with foreign key (practitioner_id, clinic_id) references practitioner (id, clinic_id),
  constraint appointment_of foreign key (patient_id, clinic_id) references patient (id, clinic_id),
  constraint one_at_a_time exclude using gist (practitioner_id with =, during with &&) where (status in ('booked', 'done', 'no_show'))
);
create index appointment_by_practitioner on appointment (practitioner_id, starts_at) where status <> 'cancelled';
create index appointment_by_patient on appointment (patient_id, clinic_id);
create table service (
  id bigint primary key,
  clinic_id bigint not null references clinic (id),
  name text not null,
  price numeric(24, 3) not null constraint price_not_negative check (price >= 0)
);
create table voucher (
  id bigint primary key,
  clinic_id bigint not null references clinic (id),
  code citext not null,
  uses_left integer not null,
  constraint never_oversold check (uses_left >= 0),
  constraint voucher_code unique (clinic_id, code)
);
create function redeem_voucher(bigint) returns boolean language plpgsql as $$
begin
  update voucher set uses_left = uses_left - 1 where id = $1 and uses_left > 0;
  return found;
end
$$;
