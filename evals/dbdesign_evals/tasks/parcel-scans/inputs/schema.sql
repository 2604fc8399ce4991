-- The tables as they are today (pg_dump --schema-only, shortened).
create sequence parcel_id_seq as bigint;
create table parcel (
  id bigint default nextval('parcel_id_seq') primary key,
  barcode varchar(35) not null unique,
  service smallint not null,
  weight_g integer,
  accepted_at timestamptz not null
);

create sequence scan_id_seq as bigint;
create table scan (
  id bigint default nextval('scan_id_seq') primary key,
  parcel_id integer not null references parcel,
  scanned_at timestamptz not null,
  scanner_id integer not null,
  depot_id smallint not null,
  kind smallint not null
);
create index scan_parcel_id_idx on scan (parcel_id);
create index scan_depot_id_scanned_at_idx on scan (depot_id, scanned_at);

-- The labels' numbers are made by the application in blocks: of each value v of the sequence it uses 50 * v to 50 * v + 49.
create sequence label_hi_seq as bigint;
create table label (
  id integer primary key,
  parcel_id bigint not null references parcel,
  printed_at timestamptz not null
);

create sequence complaint_id_seq as integer;
create table complaint (
  id numeric(7, 0) default nextval('complaint_id_seq') primary key,
  parcel_id bigint not null references parcel,
  opened_at timestamptz not null,
  text text not null
);

-- Was a serial; the column was changed in 2024.
create sequence manifest_id_seq as integer;
create table manifest (
  id bigint default nextval('manifest_id_seq') primary key,
  depot_id smallint not null,
  closed_at timestamptz
);

create sequence stop_no_seq as integer maxvalue 999999999 cycle;
create table stop (
  route_id bigint not null,
  no integer not null default nextval('stop_no_seq'),
  parcel_id bigint not null references parcel,
  primary key (route_id, no)
);
