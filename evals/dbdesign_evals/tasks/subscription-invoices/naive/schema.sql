create table account (
  id bigint primary key,
  name text not null,
  email text not null,
  time_zone text not null,
  currency char(3) not null,
  entity text not null,
  closed_at timestamptz
);
create unique index on account (lower(email));
create table plan (id bigint primary key, code text not null, name text not null, retired_at timestamptz, unique (code, retired_at));
create table plan_price (
  id bigint primary key,
  plan_id bigint not null references plan,
  currency char(3) not null,
  amount numeric(12, 2) not null check (amount >= 0),
  valid_from date not null,
  valid_to date,
  check (valid_from < valid_to),
  unique (plan_id, currency, valid_from)
);
create table subscription (
  id bigint primary key,
  account_id bigint not null references account,
  plan_id bigint not null references plan,
  starts_on date not null,
  ends_on date,
  renews_on date,
  status text not null check (status in ('active', 'paused', 'ended', 'void')),
  check (starts_on < ends_on)
);
create unique index on subscription (account_id, plan_id) where status in ('active', 'paused');
create index on subscription (renews_on);
create sequence invoice_number;
create table invoice (
  id bigint primary key,
  account_id bigint not null references account,
  status text not null default 'draft' check (status in ('draft', 'issued', 'void')),
  number bigint unique
);
create table invoice_line (
  id bigint primary key,
  invoice_id bigint not null references invoice on delete cascade,
  amount numeric(12, 2) not null,
  text text not null
);
create index on invoice_line (invoice_id);
create table payment (
  id bigint primary key,
  invoice_id bigint not null references invoice,
  amount numeric(12, 2) not null check (amount > 0),
  provider_reference text not null unique
);
create function check_payment() returns trigger language plpgsql as $$
begin
  if (select coalesce(sum(amount), 0) from payment where invoice_id = new.invoice_id) + new.amount
     > (select sum(amount) from invoice_line where invoice_id = new.invoice_id) then
    raise exception 'overpaid';
  end if;
  return new;
end
$$;
create trigger check_payment before insert on payment for each row execute function check_payment();
create function issue_invoice(bigint) returns bigint language sql as $$
  update invoice set status = 'issued', number = nextval('invoice_number') where id = $1 and status = 'draft' returning number
$$;
create function prorate(amount numeric, period_from date, period_to date, used_from date, used_to date, decimals integer)
returns numeric language sql as $$
  select round(amount * (used_to - used_from) / (period_to - period_from), decimals)
$$;
