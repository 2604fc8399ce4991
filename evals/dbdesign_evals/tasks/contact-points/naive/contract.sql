drop trigger sync_account on account;
alter table account drop column email, drop column email_verified_at, drop column phone;
