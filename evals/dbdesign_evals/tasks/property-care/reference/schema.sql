create function current_company() returns bigint language sql stable as $$
  select nullif(current_setting('app.company', true), '')::bigint
$$;
create function is_support() returns boolean language sql stable as $$
  select coalesce(current_setting('app.support', true), '') = 'on'
$$;

create table company (
  id bigint primary key,
  name text not null
);
create table member (
  id bigint primary key,
  company_id bigint not null references company,
  email text not null,
  name text not null,
  left_at timestamptz,
  unique (company_id, id)
);
create unique index member_email_key on member (company_id, lower(email)) where left_at is null;
create table contractor (
  id bigint primary key,
  company_id bigint not null references company,
  name text not null,
  unique (company_id, id)
);
create table building (
  id bigint primary key,
  company_id bigint not null references company,
  code text not null,
  address text not null,
  unique (company_id, id),
  unique (company_id, code)
);
create table unit (
  id bigint primary key,
  company_id bigint not null,
  building_id bigint not null,
  label text not null,
  unique (company_id, id),
  unique (building_id, label),
  constraint unit_building_fkey foreign key (company_id, building_id) references building (company_id, id)
);
create index unit_company_building_idx on unit (company_id, building_id);
create table work_order (
  id bigint primary key,
  company_id bigint not null,
  unit_id bigint not null,
  reported_by bigint not null,
  contractor_id bigint,
  title text not null,
  status text not null check (status in ('open', 'assigned', 'done', 'cancelled')),
  opened_at timestamptz not null,
  closed_at timestamptz,
  unique (company_id, id),
  constraint closed_when_over check ((status in ('done', 'cancelled')) = (closed_at is not null)),
  constraint closed_after_opened check (closed_at >= opened_at),
  constraint work_order_unit_fkey foreign key (company_id, unit_id) references unit (company_id, id),
  constraint work_order_member_fkey foreign key (company_id, reported_by) references member (company_id, id),
  constraint work_order_contractor_fkey foreign key (company_id, contractor_id) references contractor (company_id, id)
    on delete set null (contractor_id)
);
create index work_order_queue_idx on work_order (company_id, opened_at) where status in ('open', 'assigned');
create index work_order_unit_idx on work_order (company_id, unit_id, opened_at);
create index work_order_contractor_idx on work_order (company_id, contractor_id) where contractor_id is not null;
create index work_order_member_idx on work_order (company_id, reported_by);
create table note (
  id bigint primary key,
  company_id bigint not null,
  work_order_id bigint not null,
  author_id bigint not null,
  body text not null,
  written_at timestamptz not null,
  constraint note_work_order_fkey foreign key (company_id, work_order_id) references work_order (company_id, id) on delete cascade,
  constraint note_author_fkey foreign key (company_id, author_id) references member (company_id, id)
);
create index note_work_order_idx on note (company_id, work_order_id, written_at);
create index note_author_idx on note (company_id, author_id);

create view building_load with (security_invoker = true) as
  select u.building_id, count(*) as open_orders
  from work_order w
  join unit u on u.company_id = w.company_id and u.id = w.unit_id
  where w.status in ('open', 'assigned')
  group by u.building_id;

alter table company enable row level security;
alter table company force row level security;
create policy own on company using (id = current_company());
create policy support on company for select using (is_support());
alter table member enable row level security;
alter table member force row level security;
create policy own on member using (company_id = current_company());
create policy support on member for select using (is_support());
alter table contractor enable row level security;
alter table contractor force row level security;
create policy own on contractor using (company_id = current_company());
create policy support on contractor for select using (is_support());
alter table building enable row level security;
alter table building force row level security;
create policy own on building using (company_id = current_company());
create policy support on building for select using (is_support());
alter table unit enable row level security;
alter table unit force row level security;
create policy own on unit using (company_id = current_company());
create policy support on unit for select using (is_support());
alter table work_order enable row level security;
alter table work_order force row level security;
create policy own on work_order using (company_id = current_company());
create policy support on work_order for select using (is_support());
alter table note enable row level security;
alter table note force row level security;
create policy own on note using (company_id = current_company());
create policy support on note for select using (is_support());
