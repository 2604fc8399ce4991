create extension if not exists citext;

create table account (
  id bigint primary key,
  name varchar(100) not null,
  country char(2) not null,
  constraint country_upper check (country = upper(country))
);

create table product (
  id integer primary key,
  sku varchar(20) not null unique,
  weight numeric(8, 2)
);

create type movement_kind as enum ('in', 'out', 'count');

create table movement (
  id bigint generated always as identity primary key,
  account_id bigint not null,
  product_id integer not null references product,
  kind movement_kind not null,
  quantity integer not null,
  price numeric(12, 2),
  reference varchar(40),
  note text,
  moved_at timestamp not null,
  booked_at timestamptz not null default now(),
  source_ip inet,
  code varchar(16) not null,
  constraint quantity_positive check (quantity > 0)
);
create index movement_product_idx on movement (product_id, moved_at);
create index movement_reference_idx on movement (reference);
create index movement_code_idx on movement (code);
create index movement_open_idx on movement (account_id) where price is null;
create unique index movement_code_reference_idx on movement (code, reference);
alter table movement add constraint note_short check (length(note) < 4000) not valid;
