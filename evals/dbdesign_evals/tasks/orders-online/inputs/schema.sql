create table currency_of_country (
  country char(2) primary key,
  currency char(3) not null
);

create table customer (
  id bigint primary key,
  email text not null,
  country char(2) not null references currency_of_country
);

create table warehouse (
  id integer primary key,
  code text not null unique
);

create table orders (
  id bigint primary key,
  tenant_id integer not null,
  number text not null,
  customer_id bigint not null references customer,
  customer_email text,
  warehouse_id integer,
  placed_at timestamp not null,
  status text not null constraint orders_status_check check (status in ('placed', 'paid', 'shipped', 'cancelled')),
  total numeric(12, 2) not null
);
create index orders_customer_idx on orders (customer_id);
create index orders_placed_at_idx on orders (placed_at);
