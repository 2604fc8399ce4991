set lock_timeout = '2s';
drop trigger account_to_points_new on account;
drop trigger account_to_points_changed on account;
drop trigger points_to_account on contact_point;
drop function account_to_points();
drop function points_to_account();
drop index concurrently account_email_key;
drop index concurrently account_phone_idx;
alter table account drop column email, drop column email_verified_at, drop column phone;
