set lock_timeout to '4s';
drop index concurrently guest_member_no_key;
drop index concurrently guest_live_email_key;
begin;
alter table guest drop constraint guest_member_no_given;
alter table guest drop constraint guest_country_given;
alter table guest alter column country drop default;
alter table guest alter column member_no drop default;
commit;
