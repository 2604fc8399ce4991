create extension if not exists btree_gist;

create table account (
  id bigint primary key,
  name text not null,
  email text not null,
  time_zone text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  entity text not null,
  closed_at timestamptz
);
create unique index account_email_key on account (lower(email)) where closed_at is null;

create table plan (
  id bigint primary key,
  code text not null,
  name text not null,
  retired_at timestamptz
);
create unique index plan_code_key on plan (code) where retired_at is null;

create table plan_price (
  id bigint primary key,
  plan_id bigint not null references plan,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount numeric(19, 4) not null check (amount >= 0),
  valid_from date not null,
  valid_to date,
  constraint price_has_days check (valid_from < valid_to),
  constraint one_price_a_day exclude using gist (plan_id with =, currency with =, daterange(valid_from, valid_to) with &&)
);

create table subscription (
  id bigint primary key,
  account_id bigint not null references account,
  plan_id bigint not null references plan,
  starts_on date not null,
  ends_on date,
  renews_on date,
  status text not null check (status in ('active', 'paused', 'ended', 'void')),
  constraint subscription_has_days check (starts_on < ends_on),
  constraint subscription_once exclude using gist (account_id with =, plan_id with =, daterange(starts_on, ends_on) with &&) where (status <> 'void')
);
create index subscription_renewal_idx on subscription (renews_on, account_id) where status = 'active';
create index subscription_plan_idx on subscription (plan_id);

create table entity_number (
  entity text primary key,
  last bigint not null
);

create table invoice (
  id bigint primary key,
  account_id bigint not null references account,
  status text not null default 'draft' check (status in ('draft', 'issued', 'void')),
  entity text,
  number bigint,
  constraint numbered_when_issued check (case status when 'draft' then number is null when 'issued' then number is not null and entity is not null else true end),
  unique (entity, number)
);
create index invoice_account_idx on invoice (account_id);

create table invoice_line (
  id bigint primary key,
  invoice_id bigint not null references invoice,
  amount numeric(19, 4) not null,
  text text not null
);
create index invoice_line_invoice_idx on invoice_line (invoice_id);

create table payment (
  id bigint primary key,
  invoice_id bigint not null references invoice,
  amount numeric(19, 4) not null check (amount > 0),
  provider_reference text not null unique
);
create index payment_invoice_idx on payment (invoice_id);

create function invoice_starts_as_draft() returns trigger language plpgsql as $$
begin
  if new.status <> 'draft' then
    raise exception 'invoice % has to begin as a draft', new.id using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger invoice_starts_as_draft before insert on invoice for each row execute function invoice_starts_as_draft();

create function invoice_stays() returns trigger language plpgsql as $$
begin
  if old.status = 'draft' then
    return case tg_op when 'DELETE' then old else new end;
  end if;
  if tg_op = 'DELETE' then
    raise exception 'invoice % was issued', old.id using errcode = 'check_violation';
  end if;
  if (new.id, new.account_id, new.entity, new.number) is distinct from (old.id, old.account_id, old.entity, old.number)
    or new.status not in (old.status, 'void') then
    raise exception 'invoice % was issued', old.id using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger invoice_stays before update or delete on invoice for each row execute function invoice_stays();

create function lines_of_drafts_only() returns trigger language plpgsql as $$
begin
  perform 1 from invoice where id in (old.invoice_id, new.invoice_id) order by id for update;
  if exists (select from invoice where id in (old.invoice_id, new.invoice_id) and status <> 'draft') then
    raise exception 'its invoice was issued' using errcode = 'check_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end
$$;
create trigger lines_of_drafts_only before insert or update or delete on invoice_line for each row execute function lines_of_drafts_only();

create function payments_within_sum() returns trigger language plpgsql as $$
declare
  its_status text;
begin
  select status into its_status from invoice where id = new.invoice_id for update;
  if its_status is distinct from 'issued' then
    raise exception 'invoice % is not issued', new.invoice_id using errcode = 'check_violation';
  end if;
  if new.amount + coalesce((select sum(amount) from payment where invoice_id = new.invoice_id and id <> new.id), 0)
    > coalesce((select sum(amount) from invoice_line where invoice_id = new.invoice_id), 0) then
    raise exception 'invoice % would be paid more than once', new.invoice_id using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger payments_within_sum before insert or update on payment for each row execute function payments_within_sum();

create function issue_invoice(bigint) returns bigint language plpgsql as $$
declare
  its_entity text;
  given bigint;
begin
  select a.entity into its_entity from invoice i join account a on a.id = i.account_id where i.id = $1 and i.status = 'draft' for update of i;
  if not found then
    raise exception 'there is no draft %', $1 using errcode = 'P0002';
  end if;
  insert into entity_number values (its_entity, 1) on conflict (entity) do update set last = entity_number.last + 1 returning last into given;
  update invoice set status = 'issued', entity = its_entity, number = given where id = $1;
  return given;
end
$$;

create function prorate(amount numeric, period_from date, period_to date, used_from date, used_to date, decimals integer)
returns numeric language sql immutable as $$
  select round(amount * (used_to - period_from) / (period_to - period_from), decimals) - round(amount * (used_from - period_from) / (period_to - period_from), decimals)
$$;
