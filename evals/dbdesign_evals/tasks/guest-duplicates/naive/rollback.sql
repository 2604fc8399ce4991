alter table guest drop constraint guest_member_no_key;
drop index guest_email_key;
alter table guest alter column country drop not null;
alter table guest alter column member_no drop not null;
