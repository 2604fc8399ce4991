create table clinic (
  id bigint primary key,
  name varchar(255),
  time_zone varchar(50)
);
create table practitioner (
  id bigint primary key,
  clinic_id bigint references clinic(id),
  name varchar(255)
);
create table patient (
  id bigint primary key,
  clinic_id bigint references clinic(id),
  name varchar(255),
  email varchar(255) unique,
  deleted_at timestamp
);
create table appointment (
  id bigint primary key,
  clinic_id bigint references clinic(id),
  practitioner_id bigint references practitioner(id) on delete cascade,
  patient_id bigint references patient(id) on delete cascade,
  starts_at timestamp not null,
  ends_at timestamp not null,
  status varchar(20) default 'booked'
);
create table service (
  id bigint primary key,
  clinic_id bigint references clinic(id),
  name varchar(255),
  price double precision
);
create table voucher (
  id bigint primary key,
  clinic_id bigint references clinic(id),
  code varchar(50),
  uses_left integer
);
create function redeem_voucher(voucher_id bigint) returns boolean language plpgsql as $$
declare
  n integer;
begin
  select uses_left into n from voucher where id = voucher_id;
  if n > 0 then
    update voucher set uses_left = n - 1 where id = voucher_id;
    return true;
  end if;
  return false;
end
$$;
