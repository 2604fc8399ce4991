create table quarantine (table_name text, id bigint, row jsonb);
insert into quarantine select 'invoice', id, to_jsonb(i) from invoice i where not exists (select from contract c where c.id = i.contract_id);
insert into quarantine select 'payment', id, to_jsonb(p) from payment p where not exists (select from invoice i where i.id = p.invoice_id);
insert into quarantine select 'reading', id, to_jsonb(r) from reading r where not exists (select from meter m where m.id = r.meter_id);
insert into quarantine select 'job', id, to_jsonb(j) from job j where employee_id is not null and not exists (select from employee e where e.id = j.employee_id);
insert into quarantine select 'contract', id, to_jsonb(c) from contract c where ends_on <= starts_on;
delete from invoice where id in (select id from quarantine where table_name = 'invoice');
delete from payment where id in (select id from quarantine where table_name = 'payment');
delete from reading where id in (select id from quarantine where table_name = 'reading');
delete from contract where id in (select id from quarantine where table_name = 'contract');
alter table invoice validate constraint invoice_contract_fkey;
alter table payment validate constraint payment_invoice_fkey;
alter table reading validate constraint reading_meter_fkey;
alter table contract validate constraint contract_days_check;
update part set code = upper(trim(code));
alter table team alter column lead_id drop not null;
create index on payment (invoice_id);
create index on invoice_line (invoice_id);
create index on contract (customer_id);
create index on stock (part_id);
create index on reading (meter_id, read_on);
select setval('contract_id_seq', (select max(id) from contract));
select setval('invoice_id_seq', (select max(id) from invoice));
alter table invoice_line enable trigger invoice_total;
create extension if not exists btree_gist;
create or replace function take_parts(the_part bigint, the_depot bigint, how_many integer) returns boolean language plpgsql as $$
begin
  update stock set quantity = quantity - how_many where part_id = the_part and depot_id = the_depot and quantity >= how_many;
  return found;
end
$$;
create unique index on meter (meter_point_id) where removed_on is null;
drop index customer_email_key;
create unique index customer_email_key on customer (lower(email)) where deleted is not true;
alter table tariff add constraint one_tariff exclude using gist (kind with =, daterange(valid_from, valid_to, '[]') with &&);
