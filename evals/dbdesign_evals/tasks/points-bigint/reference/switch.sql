begin;
set local lock_timeout = '2s';

drop view open_entry;
drop function settle(integer, integer, numeric);
drop trigger entry_widen on entry;
drop trigger settlement_line_widen on settlement_line;

alter table settlement_line drop constraint settlement_line_entry_id_fkey;
alter table entry drop constraint entry_reverses_fkey;
alter table settlement_line drop constraint settlement_line_pkey;
alter table entry drop constraint entry_pkey;
alter sequence entry_id_seq as bigint owned by entry.id_new;
alter table entry alter column id_new set default nextval('entry_id_seq');
alter table entry drop column id, drop column reverses;
alter table settlement_line drop column entry_id;

alter table entry rename column id_new to id;
alter table entry rename column reverses_new to reverses;
alter table settlement_line rename column entry_id_new to entry_id;
alter index settlement_line_entry_id_key_new rename to settlement_line_entry_id_key;
alter table entry add constraint entry_pkey primary key using index entry_pkey_new;
alter table settlement_line add constraint settlement_line_pkey primary key using index settlement_line_pkey_new;
alter table entry rename constraint entry_reverses_fkey_new to entry_reverses_fkey;
alter table settlement_line rename constraint settlement_line_entry_id_fkey_new to settlement_line_entry_id_fkey;

create view open_entry as
select e.id, e.member_id, e.points, e.booked_at
from entry e
where not exists (select from settlement_line l where l.entry_id = e.id);
create function settle(settlement integer, entry bigint, amount numeric) returns void language sql as $$
  insert into settlement_line (settlement_id, entry_id, amount) values (settlement, entry, amount)
$$;
commit;
drop function entry_widen(), settlement_line_widen();
