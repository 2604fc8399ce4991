-- Tables of the waterworks, as dumped. data.sql comes next, then constraints.sql.
create sequence customer_id_seq;
create sequence contract_id_seq;
create sequence invoice_id_seq;

create table meter_type (
  id bigint primary key,
  name text not null
);
create table pipe_material (
  id bigint primary key,
  name text not null
);
create table valve_type (
  id bigint primary key,
  name text not null
);
create table job_kind (
  id bigint primary key,
  name text not null
);
create table complaint_kind (
  id bigint primary key,
  name text not null
);
create table payment_kind (
  id bigint primary key,
  name text not null
);
create table tank (
  id bigint primary key,
  name text not null
);
create table pump_station (
  id bigint primary key,
  name text not null
);
create table lab (
  id bigint primary key,
  name text not null
);
create table lab_method (
  id bigint primary key,
  name text not null
);
create table vehicle (
  id bigint primary key,
  name text not null
);
create table tool (
  id bigint primary key,
  name text not null
);
create table shift_kind (
  id bigint primary key,
  name text not null
);
create table holiday (
  id bigint primary key,
  name text not null
);
create table supplier (
  id bigint primary key,
  name text not null
);
create table zone_pressure (
  id bigint primary key,
  name text not null
);
create table leak_cause (
  id bigint primary key,
  name text not null
);
create table document_kind (
  id bigint primary key,
  name text not null
);
create table notice_kind (
  id bigint primary key,
  name text not null
);
create table bank (
  id bigint primary key,
  name text not null
);
create table district (
  id bigint primary key,
  name text not null
);
create table street (
  id bigint primary key,
  district_id bigint not null,
  name text not null
);
create table address (
  id bigint primary key,
  street_id bigint not null,
  house text not null
);
create table meter_point (
  id bigint primary key,
  address_id bigint not null,
  kind text not null
);
create table meter (
  id bigint primary key,
  meter_point_id bigint not null,
  meter_type_id bigint,
  serial text not null,
  installed_on date not null,
  removed_on date
);
create table reading (
  id bigint primary key,
  meter_id bigint not null,
  read_on date not null,
  value numeric(12,3) not null
);
create table customer (
  id bigint primary key default nextval('customer_id_seq'),
  name text not null,
  email text,
  deleted boolean
);
create table contract (
  id bigint primary key default nextval('contract_id_seq'),
  customer_id bigint not null,
  meter_point_id bigint not null,
  starts_on date not null,
  ends_on date
);
create table tariff (
  id bigint primary key,
  kind text not null,
  valid_from date not null,
  valid_to date,
  price numeric(10,4) not null
);
create table invoice (
  id bigint primary key default nextval('invoice_id_seq'),
  contract_id bigint not null,
  issued_on date not null,
  total numeric(12,2) not null default 0
);
create table invoice_line (
  id bigint primary key,
  invoice_id bigint not null,
  amount numeric(12,2) not null
);
create table payment (
  id bigint primary key,
  invoice_id bigint not null,
  amount numeric(12,2) not null,
  paid_on date not null
);
create table team (
  id bigint primary key,
  name text not null,
  lead_id bigint not null
);
create table employee (
  id bigint primary key,
  name text not null,
  depot_id bigint not null,
  on_call boolean not null default false
);
create table depot (
  id bigint primary key,
  name text not null,
  team_id bigint not null
);
create table job (
  id bigint primary key,
  employee_id bigint,
  address_id bigint not null,
  state text not null,
  planned_on date not null
);
create table part (
  id bigint primary key,
  code text not null,
  name text not null
);
create table stock (
  id bigint primary key,
  part_id bigint not null,
  depot_id bigint not null,
  quantity integer not null
);
create table job_part (
  id bigint primary key,
  job_id bigint not null,
  part_id bigint not null,
  quantity integer not null
);
create table complaint (
  id bigint primary key,
  contract_id bigint,
  text text not null,
  made_on date not null
);
