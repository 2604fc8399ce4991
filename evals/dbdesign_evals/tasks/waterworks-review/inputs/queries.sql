-- name: house
select id from address where street_id = $1 and house = $2;
-- name: customer by address
select id, name from customer where lower(email) = lower($1);
-- name: readings of a time
select read_on, value from reading where meter_id = $1 and read_on >= $2 and read_on < $3;
-- name: invoices of a contract
select id, total from invoice where contract_id = $1;
-- name: payments of an invoice
select amount from payment where invoice_id = $1;
-- name: payments of a day
select id, amount from payment where paid_on = $1;
-- name: open jobs
select id from job where state = 'open' and planned_on < $1;
-- name: contracts of a customer
select id from contract where customer_id = $1;
-- name: complaints of a time
select id, text from complaint where made_on >= $1 and made_on < $2;
-- name: stock of a part
select depot_id, quantity from stock where part_id = $1;
-- name: meters of a point
select id, serial from meter where meter_point_id = $1 order by installed_on;
-- name: lines of an invoice
select amount from invoice_line where invoice_id = $1;
