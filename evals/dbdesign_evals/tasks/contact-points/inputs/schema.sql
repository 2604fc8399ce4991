create table account (
  id bigint primary key,
  name text not null,
  email text not null,
  email_verified_at timestamptz,
  phone text,
  created_at timestamptz not null
);
create unique index account_email_key on account (lower(email));
create index account_phone_idx on account (phone);
