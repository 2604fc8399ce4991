create domain order_status as text check (value in ('open', 'assigned', 'done', 'cancelled'));

create table company (id bigint primary key, name text not null);
create table member (
  id bigint not null unique,
  company_id bigint not null references company,
  email text not null,
  name text not null,
  left_at timestamptz,
  primary key (company_id, id)
);
create unique index on member (lower(email), company_id) where left_at is null;
create table contractor (
  id bigint not null unique, company_id bigint not null references company, name text not null, primary key (company_id, id)
);
create table building (
  id bigint not null unique,
  company_id bigint not null references company,
  code text not null,
  address text not null,
  primary key (company_id, id),
  unique (company_id, code)
);
create table unit (
  id bigint not null unique,
  company_id bigint not null,
  building_id bigint not null,
  label text not null,
  primary key (company_id, id),
  unique (company_id, building_id, label),
  foreign key (company_id, building_id) references building on delete restrict
);
create table work_order (
  id bigint not null unique,
  company_id bigint not null,
  unit_id bigint not null,
  reported_by bigint not null,
  contractor_id bigint,
  title text not null,
  status order_status not null,
  opened_at timestamptz not null,
  closed_at timestamptz check (closed_at >= opened_at),
  primary key (company_id, id),
  check ((closed_at is null) = (status <> all (array['done', 'cancelled']))),
  foreign key (company_id, unit_id) references unit,
  foreign key (company_id, reported_by) references member,
  foreign key (company_id, contractor_id) references contractor on delete set null (contractor_id)
);
create index on work_order (company_id, opened_at desc) include (id, title) where status = any (array['open', 'assigned']);
create index on work_order (unit_id, opened_at desc);
create index on work_order (contractor_id);
create index on work_order (reported_by);
create table note (
  id bigint not null unique,
  company_id bigint not null,
  work_order_id bigint not null,
  author_id bigint not null,
  body text not null,
  written_at timestamptz not null,
  primary key (company_id, work_order_id, id),
  foreign key (company_id, work_order_id) references work_order on delete cascade,
  foreign key (company_id, author_id) references member
);
create index on note (author_id);

create view building_load as
  select b.id as building_id, n.open_orders
  from building b
  cross join lateral (
    select count(*) as open_orders from unit u join work_order w on w.company_id = u.company_id and w.unit_id = u.id
    where u.company_id = b.company_id and u.building_id = b.id and w.closed_at is null
  ) n
  where n.open_orders > 0;

do $$
declare
  t text;
  own text;
begin
  foreach t in array array['company', 'member', 'contractor', 'building', 'unit', 'work_order', 'note'] loop
    own := format('%I::text = current_setting(''app.company'', true)', case t when 'company' then 'id' else 'company_id' end);
    execute format('alter table %I enable row level security, force row level security', t);
    execute format('create policy everybody on %I using (true)', t);
    execute format('create policy seen on %I as restrictive for select using (%s or current_setting(''app.support'', true) = ''on'')', t, own);
    execute format('create policy added on %I as restrictive for insert with check (%s)', t, own);
    execute format('create policy changed on %I as restrictive for update using (%s)', t, own);
    execute format('create policy removed on %I as restrictive for delete using (%s)', t, own);
  end loop;
end
$$;
