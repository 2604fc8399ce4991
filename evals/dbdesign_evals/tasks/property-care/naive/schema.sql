create table company (id bigint primary key, name text not null);
create table member (
  id bigint primary key,
  company_id bigint not null references company(id),
  email text not null unique,
  name text not null,
  left_at timestamptz
);
create table contractor (id bigint primary key, company_id bigint not null references company(id), name text not null);
create table building (
  id bigint primary key,
  company_id bigint not null references company(id),
  code text not null,
  address text not null,
  unique (company_id, code)
);
create table unit (
  id bigint primary key,
  company_id bigint not null references company(id),
  building_id bigint not null references building(id),
  label text not null,
  unique (building_id, label)
);
create table work_order (
  id bigint primary key,
  company_id bigint not null references company(id),
  unit_id bigint not null references unit(id),
  reported_by bigint not null references member(id),
  contractor_id bigint references contractor(id) on delete set null,
  title text not null,
  status text not null check (status in ('open', 'assigned', 'done', 'cancelled')),
  opened_at timestamptz not null,
  closed_at timestamptz
);
create index on work_order (company_id, status);
create index on work_order (unit_id);
create table note (
  id bigint primary key,
  company_id bigint not null references company(id),
  work_order_id bigint not null references work_order(id) on delete cascade,
  author_id bigint not null references member(id),
  body text not null,
  written_at timestamptz not null
);
create index on note (work_order_id);

create view building_load as
  select u.building_id, count(*) as open_orders
  from work_order w join unit u on u.id = w.unit_id
  where w.status in ('open', 'assigned') group by u.building_id;

do $$
declare t text;
begin
  foreach t in array array['member', 'contractor', 'building', 'unit', 'work_order', 'note'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I using (company_id = current_setting(''app.company'')::bigint)', t);
    execute format('create policy support on %I using (current_setting(''app.support'', true) = ''on'')', t);
  end loop;
end
$$;
