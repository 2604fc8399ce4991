set lock_timeout = '2s';
alter table guest alter column country drop not null, alter column country drop default,
  alter column member_no drop not null, alter column member_no drop default;
alter table guest drop constraint guest_member_no_key;
drop index concurrently guest_live_email_key;
