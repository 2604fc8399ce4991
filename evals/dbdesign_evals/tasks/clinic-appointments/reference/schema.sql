create extension if not exists btree_gist;

create table clinic (
  id bigint primary key,
  name text not null,
  time_zone text not null
);

create table practitioner (
  id bigint primary key,
  clinic_id bigint not null references clinic,
  name text not null,
  unique (clinic_id, id)
);

create table patient (
  id bigint primary key,
  clinic_id bigint not null references clinic,
  name text not null,
  email text,
  deleted_at timestamptz,
  unique (clinic_id, id)
);
create unique index patient_email_key on patient (clinic_id, lower(email)) where deleted_at is null;

create table appointment (
  id bigint primary key,
  clinic_id bigint not null references clinic,
  practitioner_id bigint not null,
  patient_id bigint not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  status text not null default 'booked' check (status in ('booked', 'done', 'no_show', 'cancelled')),
  check (starts_at < ends_at),
  constraint appointment_practitioner_fkey foreign key (clinic_id, practitioner_id) references practitioner (clinic_id, id),
  constraint appointment_patient_fkey foreign key (clinic_id, patient_id) references patient (clinic_id, id),
  constraint appointment_no_overlap exclude using gist
    (practitioner_id with =, tstzrange(starts_at, ends_at, '[)') with &&) where (status <> 'cancelled')
);
create index appointment_day_idx on appointment (practitioner_id, starts_at);
create index appointment_patient_idx on appointment (clinic_id, patient_id);
create index appointment_clinic_practitioner_idx on appointment (clinic_id, practitioner_id);

create table service (
  id bigint primary key,
  clinic_id bigint not null references clinic,
  name text not null,
  price numeric(18, 3) not null check (price >= 0)
);
create index service_clinic_idx on service (clinic_id);

create table voucher (
  id bigint primary key,
  clinic_id bigint not null references clinic,
  code text not null,
  uses_left integer not null check (uses_left >= 0),
  unique (clinic_id, code)
);

create function redeem_voucher(bigint) returns boolean language sql as $$
  with used as (
    update voucher set uses_left = uses_left - 1 where id = $1 and uses_left > 0 returning 1
  )
  select exists (select from used)
$$;
