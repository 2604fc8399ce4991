set lock_timeout = '4s';

alter table entry add column id_new bigint, add column reverses_new bigint;
alter table settlement_line add column entry_id_new bigint;

create function entry_widen() returns trigger language plpgsql as $$
begin
  new.id_new = new.id::bigint;
  new.reverses_new := new.reverses;
  return new;
end
$$;
create trigger entry_widen before insert or update on entry for each row execute function entry_widen();
create function settlement_line_widen() returns trigger language plpgsql as $$
begin
  new.entry_id_new := new.entry_id;
  return new;
end
$$;
create trigger settlement_line_widen before insert or update on settlement_line for each row execute function settlement_line_widen();

do $$
declare
  low integer := 0;
  high integer;
begin
  loop
    select max(id) into high from (select id from entry where id > low order by id limit 1500) batch;
    exit when high is null;
    update entry set id_new = id, reverses_new = reverses where id > low and id <= high;
    commit;
    low := high;
  end loop;
end
$$;
do $$
declare
  low integer := 0;
  high integer;
begin
  loop
    select max(entry_id) into high from (select entry_id from settlement_line where entry_id > low order by entry_id limit 1500) batch;
    exit when high is null;
    update settlement_line set entry_id_new = entry_id where entry_id > low and entry_id <= high;
    commit;
    low := high;
  end loop;
end
$$;

alter table entry add constraint entry_id_new_set check (id_new is not null) not valid;
alter table entry validate constraint entry_id_new_set;
alter table entry alter column id_new set not null;
alter table entry drop constraint entry_id_new_set;
alter table settlement_line add constraint settlement_line_new_set check (entry_id_new is not null) not valid;
alter table settlement_line validate constraint settlement_line_new_set;
alter table settlement_line alter column entry_id_new set not null;
alter table settlement_line drop constraint settlement_line_new_set;

create unique index concurrently entry_pkey_new on entry (id_new);
create unique index concurrently settlement_line_pkey_new on settlement_line (settlement_id, entry_id_new);
create unique index concurrently settlement_line_entry_id_key_new on settlement_line (entry_id_new);

alter table entry add constraint entry_reverses_fkey_new foreign key (reverses_new) references entry (id_new) not valid;
alter table entry validate constraint entry_reverses_fkey_new;
alter table settlement_line add constraint settlement_line_entry_id_fkey_new foreign key (entry_id_new) references entry (id_new) not valid;
alter table settlement_line validate constraint settlement_line_entry_id_fkey_new;
