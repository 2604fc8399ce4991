-- Constraints, indexes, functions and views, as dumped.
alter table street add constraint street_district_fkey foreign key (district_id) references district on delete cascade;
alter table address add constraint address_street_fkey foreign key (street_id) references street on delete cascade not valid;
alter table meter_point add constraint meter_point_address_fkey foreign key (address_id) references address on delete cascade;
alter table meter add constraint meter_point_fkey foreign key (meter_point_id) references meter_point on delete cascade;
alter table meter add constraint meter_type_fkey foreign key (meter_type_id) references meter_type not valid;
alter table meter add constraint meter_serial_key unique (serial);
alter table meter add constraint one_current_meter unique (meter_point_id, removed_on);
alter table meter add constraint meter_days_check check (removed_on >= installed_on) not valid;
alter table reading add constraint reading_meter_fkey foreign key (meter_id) references meter on delete cascade not valid;
alter table reading add constraint reading_value_check check (value >= 0) not valid;
alter table contract add constraint contract_customer_fkey foreign key (customer_id) references customer;
alter table contract add constraint contract_point_fkey foreign key (meter_point_id) references meter_point on delete cascade;
alter table contract add constraint contract_days_check check (ends_on > starts_on) not valid;
alter table invoice add constraint invoice_contract_fkey foreign key (contract_id) references contract on delete cascade not valid;
alter table invoice_line add constraint invoice_line_invoice_fkey foreign key (invoice_id) references invoice on delete cascade;
alter table payment add constraint payment_invoice_fkey foreign key (invoice_id) references invoice on delete cascade not valid;
alter table payment add constraint payment_amount_check check (amount > 0) not valid;
alter table team add constraint team_lead_fkey foreign key (lead_id) references employee;
alter table employee add constraint employee_depot_fkey foreign key (depot_id) references depot;
alter table depot add constraint depot_team_fkey foreign key (team_id) references team;
alter table job add constraint job_employee_fkey foreign key (employee_id) references employee not valid;
alter table job add constraint job_address_fkey foreign key (address_id) references address;
alter table job add constraint job_state_check check (state in ('open', 'done')) not valid;
alter table part add constraint part_code_check check (code ~ '^[A-Z]{2}[0-9]{4}$') not valid;
alter table stock add constraint stock_part_fkey foreign key (part_id) references part;
alter table stock add constraint stock_depot_fkey foreign key (depot_id) references depot;
alter table stock add constraint stock_quantity_check check (quantity >= 0);
alter table job_part add constraint job_part_job_fkey foreign key (job_id) references job;
alter table job_part add constraint job_part_part_fkey foreign key (part_id) references part;
alter table complaint add constraint complaint_contract_fkey foreign key (contract_id) references contract not valid;

create unique index customer_email_key on customer (lower(email)) where not deleted;
create index address_house_idx on address (street_id, lower(house));
create index reading_month_idx on reading (meter_id, (extract(year from read_on)), (extract(month from read_on)));
create index invoice_contract_idx on invoice (contract_id) where total > 0;
create index job_state_idx on job (planned_on) where state = 'planned';
create index payment_paid_idx on payment (paid_on);
create index contract_point_idx on contract (meter_point_id, customer_id);
create index complaint_made_idx on complaint using hash (made_on);
create index stock_part_idx on stock (depot_id, part_id);
create index meter_point_idx on meter (meter_point_id);

create function invoice_total() returns trigger language plpgsql as $$
begin
  update invoice set total = (select coalesce(sum(amount), 0) from invoice_line l where l.invoice_id = invoice.id)
  where id in (old.invoice_id, new.invoice_id);
  return null;
end
$$;
create trigger invoice_total after insert or update or delete on invoice_line for each row execute function invoice_total();
alter table invoice_line disable trigger invoice_total;

-- Takes parts out of a depot's stock; false where there are not enough.
create function take_parts(the_part bigint, the_depot bigint, how_many integer) returns boolean language plpgsql as $$
declare
  there integer := (select quantity from stock where part_id = the_part and depot_id = the_depot);
begin
  if there is null or there < how_many then
    return false;
  end if;
  update stock set quantity = there - how_many where part_id = the_part and depot_id = the_depot;
  return true;
end
$$;

-- Ends somebody's call; false where nobody else would be on call.
create function end_call(who bigint) returns boolean language plpgsql as $$
begin
  if (select count(*) from employee where on_call and id <> who) = 0 then
    return false;
  end if;
  update employee set on_call = false where id = who;
  return true;
end
$$;

-- What a customer owes: sums of invoices less payments.
create view customer_balance as
select c.id as customer_id, coalesce(sum(i.total), 0) - coalesce(sum(p.amount), 0) as owes
from customer c
left join contract k on k.customer_id = c.id
left join invoice i on i.contract_id = k.id
left join payment p on p.invoice_id = i.id
group by c.id;
