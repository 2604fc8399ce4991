alter table entry add column id_new bigint;
alter table settlement_line add column entry_id_new bigint;
update entry set id_new = id;
update settlement_line set entry_id_new = entry_id;
create unique index entry_id_new_idx on entry (id_new);
create unique index concurrently settlement_line_entry_id_new_idx on settlement_line (entry_id_new);
