set lock_timeout = '2s';

create type contact_kind as enum ('email', 'phone');
create table contact_point (
  id bigint generated always as identity primary key,
  account_id bigint not null references account on delete cascade,
  kind contact_kind not null,
  value text not null check (value <> ''),
  verified_at timestamptz,
  is_primary boolean not null
);
create unique index contact_point_primary_key on contact_point (account_id, kind) where is_primary;
create unique index contact_point_email_key on contact_point (lower(value)) where kind = 'email';
create index contact_point_account_id_idx on contact_point (account_id);

-- The old columns to points: only what differs is written, so that neither direction starts the other again.
create function account_to_points() returns trigger language plpgsql as $$
begin
  if new.email is not null then
    update contact_point set value = new.email, verified_at = new.email_verified_at
    where account_id = new.id and kind = 'email' and is_primary
      and (value, verified_at) is distinct from (new.email, new.email_verified_at);
    if not found and not exists (select from contact_point where account_id = new.id and kind = 'email' and is_primary) then
      insert into contact_point (account_id, kind, value, verified_at, is_primary) values (new.id, 'email', new.email, new.email_verified_at, true);
    end if;
  end if;
  if coalesce(new.phone, '') = '' then
    delete from contact_point where account_id = new.id and kind = 'phone' and is_primary;
  else
    update contact_point set value = new.phone where account_id = new.id and kind = 'phone' and is_primary and value <> new.phone;
    if not found and not exists (select from contact_point where account_id = new.id and kind = 'phone' and is_primary) then
      insert into contact_point (account_id, kind, value, is_primary) values (new.id, 'phone', new.phone, true);
    end if;
  end if;
  return null;
end
$$;
create function points_to_account() returns trigger language plpgsql as $$
declare
  of_account bigint := coalesce(new.account_id, old.account_id);
  point contact_point;
begin
  select * into point from contact_point
  where account_id = of_account and kind = coalesce(new.kind, old.kind) and is_primary;
  if coalesce(new.kind, old.kind) = 'phone' then
    update account set phone = point.value where id = of_account and nullif(phone, '') is distinct from point.value;
  elsif found then
    update account set email = point.value, email_verified_at = point.verified_at
    where id = of_account and (email, email_verified_at) is distinct from (point.value, point.verified_at);
  end if;
  return null;
end
$$;
create function account_has_address() returns trigger language plpgsql as $$
declare
  of_account bigint;
begin
  if tg_table_name = 'account' then of_account := new.id; else of_account := old.account_id; end if;
  perform from account where id = of_account for key share;
  if found and not exists (select from contact_point where account_id = of_account and kind = 'email' and is_primary) then
    raise exception 'account % has no address', of_account using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end
$$;
alter table account alter column email drop not null;
create trigger account_to_points_new after insert on account for each row when (new.email is not null) execute function account_to_points();
create trigger account_to_points_changed after update of email, email_verified_at, phone on account
  for each row execute function account_to_points();
create trigger points_to_account after insert or update or delete on contact_point
  for each row execute function points_to_account();

do $$
declare
  low bigint := 0;
  high bigint;
begin
  loop
    select max(id) into high from (select id from account where id > low order by id limit 200) batch;
    exit when high is null;
    insert into contact_point (account_id, kind, value, verified_at, is_primary)
    select a.id, p.kind, p.value, p.verified_at, true
    from (select * from account where id > low and id <= high for update) a
    cross join lateral (values ('email'::contact_kind, a.email, a.email_verified_at), ('phone', nullif(a.phone, ''), null)) p (kind, value, verified_at)
    where p.value is not null
    on conflict (account_id, kind) where is_primary do nothing;
    commit;
    low := high;
  end loop;
end
$$;

create constraint trigger account_has_address after insert on account
  deferrable initially deferred for each row execute function account_has_address();
create constraint trigger point_was_address after update or delete on contact_point
  deferrable initially deferred for each row when (old.kind = 'email') execute function account_has_address();
