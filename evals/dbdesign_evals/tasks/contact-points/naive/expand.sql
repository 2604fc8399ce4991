create table contact_point (
  id bigserial primary key,
  account_id bigint not null references account (id) on delete cascade,
  kind text not null,
  value text not null,
  verified_at timestamptz,
  is_primary boolean not null default false
);
insert into contact_point (account_id, kind, value, verified_at, is_primary) select id, 'email', email, email_verified_at, true from account;
insert into contact_point (account_id, kind, value, is_primary) select id, 'phone', phone, true from account where phone is not null;
create index on contact_point (account_id);
create unique index on contact_point (lower(value)) where kind = 'email';
alter table account alter column email drop not null;
create function sync_account() returns trigger language plpgsql as $$
begin
  delete from contact_point where account_id = new.id;
  insert into contact_point (account_id, kind, value, verified_at, is_primary) values (new.id, 'email', new.email, new.email_verified_at, true);
  if new.phone is not null then
    insert into contact_point (account_id, kind, value, is_primary) values (new.id, 'phone', new.phone, true);
  end if;
  return new;
end
$$;
create trigger sync_account after insert or update on account for each row when (new.email is not null) execute function sync_account();
