create function app_company() returns bigint language plpgsql stable as $$
begin
  if current_setting('app.company', true) ~ '^[0-9]+$' then
    return current_setting('app.company')::bigint;
  end if;
  return null;
end
$$;

create table company (id bigint primary key, name text not null);
create table member (
  id bigint primary key, company_id bigint not null references company, email text not null, name text not null, left_at timestamptz
);
create extension if not exists btree_gist;
alter table member add constraint one_address exclude (company_id with =, lower(email) with =) where (left_at is null);
create table contractor (id bigint primary key, company_id bigint not null references company, name text not null);
create table building (
  id bigint primary key, company_id bigint not null references company, code text not null, address text not null
);
create unique index building_code on building (company_id, code);
create table unit (
  id bigint primary key, company_id bigint not null references company, building_id bigint not null references building, label text not null,
  unique (building_id, label)
);
create table work_order (
  id bigint primary key,
  company_id bigint not null references company,
  unit_id bigint not null references unit,
  reported_by bigint not null references member,
  contractor_id bigint references contractor on delete set null,
  title text not null,
  status text not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  check (status in ('open', 'assigned') and closed_at is null or status in ('done', 'cancelled') and closed_at is not null and closed_at >= opened_at)
);
create index on work_order (company_id, opened_at desc) where status in ('open', 'assigned');
create index on work_order (unit_id, opened_at desc);
create index on work_order (contractor_id);
create index on work_order (reported_by);
create index on work_order (company_id);
create table note (
  id bigint primary key,
  company_id bigint not null references company,
  work_order_id bigint not null references work_order on delete cascade,
  author_id bigint not null references member,
  body text not null,
  written_at timestamptz not null
);
create index on note (work_order_id, written_at);
create index on note (author_id);

-- Every reference is compared with what it refers to, and a company is for ever.
create function same_company() returns trigger language plpgsql as $$
declare
  other bigint;
  i integer;
begin
  for i in 0 .. tg_nargs / 2 - 1 loop
    execute format('select company_id from %I where id = ($1 ->> %L)::bigint', tg_argv[2 * i + 1], tg_argv[2 * i]) into other using to_jsonb(new);
    if to_jsonb(new) ->> tg_argv[2 * i] is not null and other is distinct from new.company_id then
      raise foreign_key_violation using message = tg_argv[2 * i] || ' is not of this company';
    end if;
  end loop;
  return new;
end
$$;
create trigger same_company before insert or update on unit for each row execute function same_company('building_id', 'building');
create trigger same_company before insert or update on work_order for each row
  execute function same_company('unit_id', 'unit', 'reported_by', 'member', 'contractor_id', 'contractor');
create trigger same_company before insert or update on note for each row execute function same_company('work_order_id', 'work_order', 'author_id', 'member');

create view building_load with (security_barrier) as
  select building_id, sum(n) as open_orders
  from (select unit_id, count(*) n from work_order where closed_at is null group by unit_id) w join unit on unit.id = w.unit_id
  group by building_id;

create policy s on company for select using (id = app_company() or current_setting('app.support', true) = 'on');
create policy i on company for insert with check (id = app_company());
create policy u on company for update using (id = app_company()) with check (id = app_company());
create policy d on company for delete using (id = app_company());
alter table company enable row level security, force row level security;
do $$
declare t regclass;
begin
  for t in select attrelid::regclass from pg_attribute join pg_class c on c.oid = attrelid where attname = 'company_id' and relkind = 'r' and relnamespace = 'public'::regnamespace loop
    execute format('create policy s on %s for select using (company_id = app_company() or current_setting(''app.support'', true) = ''on'')', t);
    execute format('create policy i on %s for insert with check (company_id = app_company())', t);
    execute format('create policy u on %s for update using (company_id = app_company()) with check (company_id = app_company())', t);
    execute format('create policy d on %s for delete using (company_id = app_company())', t);
    execute format('alter table %s enable row level security, force row level security', t);
  end loop;
end
$$;
