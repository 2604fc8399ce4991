-- MySQL's comparison of addresses, for the letters that addresses have here.
create function plain_letters(text) returns text language sql immutable strict as $$
  select lower(translate($1,
    'ÀÁÂÃÄÅàáâãäåĀāĂăĄąÇçĆćČčĎďÈÉÊËèéêëĒēĘęĚěĞğÌÍÎÏìíîïĪīİıÑñŃńŇňÒÓÔÕÖØòóôõöøŌōŐőŔŕŘřŚśŞşŠšŤťÙÚÛÜùúûüŪūŮůŰűÝýÿŸŹźŻżŽž',
    'AAAAAAaaaaaaAaAaAaCcCcCcDdEEEEeeeeEeEeEeGgIIIIiiiiIiIiNnNnNnOOOOOOooooooOoOoRrRrSsSsSsTtUUUUuuuuUuUuUuYyyYZzZzZz'))
$$;
create table windows_1252 as
select chr(code) as letter, decode(lpad(to_hex(code), 2, '0'), 'hex') as byte from generate_series(1, 255) code where code not between 128 and 159 or code in (129, 141, 143, 144, 157)
union all
select convert_from(decode(to_hex(code), 'hex'), 'WIN1252'), decode(to_hex(code), 'hex') from generate_series(128, 159) code where code not in (129, 141, 143, 144, 157);
create function repaired(given text) returns text language plpgsql as $$
declare
  bytes bytea;
begin
  select string_agg(w.byte, '' order by x.n) into bytes from string_to_table(given, null) with ordinality x(letter, n) left join windows_1252 w on w.letter = x.letter
  having bool_and(w.byte is not null);
  return coalesce(convert_from(bytes, 'UTF8'), given);
exception when character_not_in_repertoire or untranslatable_character then
  return given;
end
$$;

create type purchase_priority as enum ('unknown', 'low', 'normal', 'high');

create table customer (
  id integer primary key,
  email text,
  name text not null,
  born date,
  newsletter boolean not null default false,
  since timestamptz not null,
  changed_at timestamptz not null default now()
);
insert into customer (id, email, name, born, newsletter, since, changed_at)
select id::bigint, email, repaired(name), case when born !~ '-00' then born::date end, newsletter::integer <> 0,
  since::timestamp at time zone 'UTC', changed_at::timestamp at time zone 'Europe/Berlin'
from staging.customer;
alter table customer add column email_compared text generated always as (plain_letters(email)) stored;
alter table customer add unique (email_compared);
drop function repaired(text);
drop table windows_1252;

create function changed_now() returns trigger language plpgsql as $$
begin
  if new.changed_at = old.changed_at then
    new.changed_at := clock_timestamp();
  end if;
  return new;
end
$$;
create trigger changed_now before update on customer for each row execute function changed_now();

create table part (
  id integer primary key,
  sku text collate "C" not null unique,
  name text not null,
  price numeric(12, 3) not null default 0 check (price >= 0),
  model_year smallint,
  barcode numeric check (barcode = trunc(barcode) and barcode between 0 and 18446744073709551615),
  spec jsonb
);
insert into part (id, sku, name, price, model_year, barcode, spec)
select id::bigint, sku, name, price::numeric, nullif(model_year, '0000')::smallint, barcode::numeric, replace(spec, '\u0000', '')::jsonb
from staging.part;

create table part_flag (
  part_id bigint not null references part on delete cascade,
  flag text not null check (flag in ('fragile', 'heavy', 'bulky', 'hazard')),
  primary key (part_id, flag)
);
insert into part_flag select id::bigint, unnest(string_to_array(flags, ',')) from staging.part where flags <> '';

create table purchase (
  id integer primary key,
  customer_id bigint references customer,
  priority purchase_priority not null default 'normal',
  status text not null default 'new' check (status in ('new', 'paid', 'sent', 'cancelled', 'unknown')),
  placed_at timestamptz not null,
  pick_time interval,
  deleted boolean not null default false
);
insert into purchase (id, customer_id, priority, status, placed_at, pick_time, deleted)
select p.id::bigint, c.id, coalesce(nullif(p.priority, ''), 'unknown')::purchase_priority, coalesce(nullif(p.status, ''), 'unknown'),
  p.placed_at::timestamp at time zone 'Europe/Berlin', p.pick_time::interval, p.deleted::integer <> 0
from staging.purchase p left join customer c on c.id = p.customer_id::bigint;
create index purchase_customer_idx on purchase (customer_id);

create table purchase_line (
  purchase_id bigint not null references purchase,
  line_no integer not null check (line_no >= 0),
  part_id bigint not null references part,
  quantity integer not null check (quantity between 0 and 65535),
  price numeric(12, 3) not null check (price >= 0),
  primary key (purchase_id, line_no)
);
create index purchase_line_part_idx on purchase_line (part_id);
create table orphan_line (
  purchase_id bigint not null,
  line_no integer not null,
  part_id bigint not null,
  quantity integer not null,
  price numeric(12, 3) not null,
  primary key (purchase_id, line_no)
);
insert into purchase_line
select l.purchase_id::bigint, l.line_no::integer, l.part_id::bigint, l.quantity::integer, l.price::numeric from staging.purchase_line l
where exists (select from purchase p where p.id = l.purchase_id::bigint) and exists (select from part p where p.id = l.part_id::bigint);
insert into orphan_line
select l.purchase_id::bigint, l.line_no::integer, l.part_id::bigint, l.quantity::integer, l.price::numeric from staging.purchase_line l
where not exists (select from purchase_line x where x.purchase_id = l.purchase_id::bigint and x.line_no = l.line_no::integer);

create sequence customer_id start 5000 owned by customer.id;
create sequence part_id start 1211 owned by part.id;
create sequence purchase_id start 20400 owned by purchase.id;
alter table customer alter id set default nextval('customer_id');
alter table part alter id set default nextval('part_id');
alter table purchase alter id set default nextval('purchase_id');
