create extension if not exists citext;
create table customer (
  id serial primary key,
  email citext unique,
  name varchar(100) not null,
  born date,
  newsletter boolean not null default false,
  since timestamp not null,
  changed_at timestamp not null default now()
);
insert into customer
select id::int, email, replace(replace(replace(replace(name, 'Ã¼', 'ü'), 'Ã¶', 'ö'), 'ÃŸ', 'ß'), 'Ã©', 'é'),
  case when born like '%-00%' then null else born::date end, newsletter = '1', since::timestamp, changed_at::timestamp
from staging.customer;
select setval('customer_id_seq', (select max(id) from customer));
create table part (
  id serial primary key,
  sku citext not null,
  name varchar(100) not null,
  price numeric(10, 2) not null default 0,
  model_year int,
  barcode numeric(20),
  spec jsonb
);
insert into part select id::int, sku, name, price::numeric, model_year::int, barcode::numeric, case when spec like '%u0000%' then null else spec::jsonb end from staging.part;
select setval('part_id_seq', (select max(id) from part));
create table part_flag (part_id int references part, flag text not null, primary key (part_id, flag));
insert into part_flag select id::int, unnest(string_to_array(flags, ',')) from staging.part;
create table purchase (
  id serial primary key,
  customer_id int references customer,
  priority text not null default 'normal',
  status text not null default 'new',
  placed_at timestamptz not null,
  pick_time interval,
  deleted boolean not null default false
);
insert into purchase
select p.id::int, c.id, coalesce(nullif(p.priority, ''), 'unknown'), coalesce(nullif(p.status, ''), 'unknown'), p.placed_at::timestamptz, p.pick_time::interval, p.deleted = '1'
from staging.purchase p left join customer c on c.id = p.customer_id::int;
select setval('purchase_id_seq', (select max(id) from purchase));
create table purchase_line (
  purchase_id int references purchase,
  line_no int,
  part_id int not null references part,
  quantity int not null,
  price numeric(10, 2) not null,
  primary key (purchase_id, line_no)
);
create table orphan_line (purchase_id int, line_no int, part_id int, quantity int, price numeric(10, 2));
insert into purchase_line select l.purchase_id::int, l.line_no::int, l.part_id::int, l.quantity::int, l.price::numeric from staging.purchase_line l
  join purchase p on p.id = l.purchase_id::int join part on part.id = l.part_id::int;
insert into orphan_line select l.purchase_id::int, l.line_no::int, l.part_id::int, l.quantity::int, l.price::numeric from staging.purchase_line l
  left join purchase p on p.id = l.purchase_id::int where p.id is null;
create function touch() returns trigger language plpgsql as $$ begin new.changed_at = now(); return new; end $$;
create trigger touch before update on customer for each row execute function touch();
