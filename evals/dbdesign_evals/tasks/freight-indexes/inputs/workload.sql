-- The workload as average rates over the busiest four hours of a day, from pg_stat_statements; constants are those of the application.

-- name: customer shipments, latest
-- rate: 240/s
select id, reference, status, booked_at from shipment where customer_id = $1 order by booked_at desc limit 25;

-- name: customer shipments in transit
-- rate: 90/s
select id, reference, promised_on from shipment where customer_id = $1 and status = 'in_transit';

-- name: customer shipments by month
-- rate: 12/s
select date_trunc('month', booked_at), count(*), sum(weight_kg) from shipment where customer_id = $1 and booked_at >= '2026-01-01' group by 1;

-- name: shipment by reference
-- rate: 310/s
select * from shipment where reference = $1;

-- name: shipment by reference of a customer
-- rate: 60/s
select id, status from shipment where customer_id = $1 and reference = $2;

-- name: shipment by id
-- rate: 900/s
select * from shipment where id = $1;

-- name: customer value at risk
-- rate: 4/s
select sum(declared_value) from shipment where customer_id = $1 and delivered_at is null and declared_value is not null;

-- name: customer late shipments
-- rate: 6/s
select id, reference, promised_on from shipment where customer_id = $1 and status <> 'delivered' and promised_on < '2026-10-25';

-- name: customer claims
-- rate: 9/s
select c.id, c.kind, c.amount from claim c join shipment s on s.id = c.shipment_id where s.customer_id = $1;

-- name: customer invoices
-- rate: 90/s
select id, number, status, total from invoice where customer_id = $1 order by issued_on desc limit 12;

-- name: customer open invoices
-- rate: 45/s
select id, number, due_on, total from invoice where customer_id = $1 and status in ('open', 'overdue');

-- name: customer balance
-- rate: 70/s
select sum(total) from invoice where customer_id = $1 and status in ('open', 'overdue');

-- name: invoice by number
-- rate: 55/s
select * from invoice where number = $1;

-- name: overdue invoices of a day
-- rate: 0.2/s
select id, customer_id, total from invoice where status = 'open' and due_on = $1;

-- name: overdue invoices by customer
-- rate: 0.02/s
select customer_id, sum(total) from invoice where status = 'overdue' group by customer_id order by 2 desc limit 100;

-- name: invoices issued in a month
-- rate: 0.05/s
select status, count(*), sum(total) from invoice where issued_on between '2026-09-01' and '2026-09-30' group by status;

-- name: revenue by country
-- rate: 0.004/s
select c.country, sum(i.total) from invoice i join customer c on c.id = i.customer_id where i.issued_on >= '2026-10-01' group by c.country;

-- name: customers of a manager
-- rate: 3/s
select id, name, tier from customer where account_manager_id = $1 and closed_at is null order by name;

-- name: top customers of a country
-- rate: 0.5/s
select id, name from customer where country = $1 and tier = 3;

-- name: new customers
-- rate: 0.1/s
select id, name from customer where created_at >= '2026-10-25' order by created_at;

-- name: departures of a depot
-- rate: 60/s
select l.id, l.shipment_id, l.planned_departure, l.vehicle_id from leg l where l.from_depot_id = $1 and l.departed_at is null and l.planned_departure < '2026-11-02' order by l.planned_departure limit 100;

-- name: arrivals of a depot
-- rate: 48/s
select l.id, l.shipment_id, l.vehicle_id from leg l where l.to_depot_id = $1 and l.departed_at is not null and l.arrived_at is null;

-- name: held at a depot
-- rate: 15/s
select id, reference, booked_at from shipment where destination_depot_id = $1 and status = 'held' order by booked_at;

-- name: booked from a depot
-- rate: 33/s
select id, reference, weight_kg from shipment where origin_depot_id = $1 and status = 'booked' order by promised_on limit 200;

-- name: due at a depot
-- rate: 24/s
select id, reference, status from shipment where destination_depot_id = $1 and promised_on = $2 and status in ('in_transit', 'booked');

-- name: scans of a depot, last hour
-- rate: 18/s
select kind, count(*) from scan_event where depot_id = $1 and scanned_at >= '2026-10-31 23:00+00' group by kind;

-- name: damage at a depot
-- rate: 1.8/s
select parcel_id, scanned_at from scan_event where depot_id = $1 and kind = 'damage' and scanned_at >= '2026-10-01';

-- name: missing parcels to a depot
-- rate: 1.2/s
select p.id, p.barcode from parcel p join shipment s on s.id = p.shipment_id where p.state = 'missing' and s.destination_depot_id = $1 and s.booked_at >= '2026-09-01';

-- name: load of a depot
-- rate: 3/s
select sum(s.weight_kg) from leg l join shipment s on s.id = l.shipment_id where l.from_depot_id = $1 and l.planned_departure >= '2026-11-01' and l.planned_departure < '2026-11-02';

-- name: route of a vehicle
-- rate: 50/s
select id, shipment_id, from_depot_id, to_depot_id, planned_departure from leg where vehicle_id = $1 and planned_departure >= '2026-11-01' and planned_departure < '2026-11-02' order by planned_departure;

-- name: last leg of a vehicle
-- rate: 36/s
select id, to_depot_id, arrived_at from leg where vehicle_id = $1 and departed_at is not null order by planned_departure desc limit 1;

-- name: open legs of a vehicle
-- rate: 28/s
select id, to_depot_id from leg where vehicle_id = $1 and arrived_at is null;

-- name: mileage of a vehicle
-- rate: 0.6/s
select date_trunc('month', planned_departure), count(*) from leg where vehicle_id = $1 and planned_departure >= '2026-01-01' group by 1;

-- name: vehicles of a depot
-- rate: 12/s
select id, kind from vehicle where depot_id = $1 and retired_on is null;

-- name: vehicles by kind
-- rate: 0.5/s
select depot_id, count(*) from vehicle where kind = 'trailer' and retired_on is null group by depot_id;

-- name: legs of a shipment
-- rate: 420/s
select * from leg where shipment_id = $1 order by position;

-- name: parcels of a shipment
-- rate: 510/s
select id, barcode, state from parcel where shipment_id = $1;

-- name: parcel by barcode
-- rate: 1300/s
select id, shipment_id, state from parcel where barcode = $1;

-- name: scans of a parcel
-- rate: 380/s
select kind, depot_id, scanned_at from scan_event where parcel_id = $1 order by scanned_at;

-- name: last scan of a parcel
-- rate: 640/s
select kind, depot_id, scanned_at from scan_event where parcel_id = $1 order by scanned_at desc limit 1;

-- name: scans of a shipment
-- rate: 44/s
select p.barcode, e.kind, e.scanned_at from parcel p join scan_event e on e.parcel_id = p.id where p.shipment_id = $1 order by e.scanned_at;

-- name: was a parcel damaged
-- rate: 20/s
select 1 from scan_event where parcel_id = $1 and kind = 'damage' limit 1;

-- name: track a reference
-- rate: 150/s
select s.id, s.status, l.from_depot_id, l.departed_at, l.arrived_at from shipment s join leg l on l.shipment_id = s.id where s.reference = $1 order by l.position;

-- name: scans of a device
-- rate: 2/s
select kind, parcel_id, scanned_at from scan_event where device_id = $1 and scanned_at >= '2026-10-31' order by scanned_at desc limit 50;

-- name: device silent since
-- rate: 0.1/s
select max(scanned_at) from scan_event where device_id = $1;

-- name: reroutes of a day
-- rate: 0.05/s
select depot_id, count(*) from scan_event where kind = 'reroute' and scanned_at >= '2026-10-31' and scanned_at < '2026-11-01' group by depot_id;

-- name: lost shipments
-- rate: 0.3/s
select id, reference, customer_id from shipment where status = 'lost' and booked_at >= '2026-09-01' order by booked_at desc limit 200;

-- name: late express
-- rate: 2/s
select id, reference, destination_depot_id from shipment where priority = 2 and status in ('in_transit', 'booked') and promised_on < '2026-11-01';

-- name: hazardous in transit
-- rate: 1.5/s
select id, hazard_class, destination_depot_id from shipment where hazard_class is not null and status = 'in_transit';

-- name: hazardous of a class, month
-- rate: 0.02/s
select origin_depot_id, count(*) from shipment where hazard_class = $1 and booked_at >= '2026-10-01' group by 1;

-- name: promised today
-- rate: 0.5/s
select destination_depot_id, count(*) from shipment where promised_on = $1 and status <> 'delivered' group by 1;

-- name: booked last hour
-- rate: 0.5/s
select count(*), sum(weight_kg) from shipment where booked_at >= '2026-10-31 23:00+00';

-- name: delivered on a day
-- rate: 0.02/s
select destination_depot_id, count(*) from shipment where delivered_at >= '2026-10-31' and delivered_at < '2026-11-01' group by 1;

-- name: on-time share of a month
-- rate: 0.003/s
select destination_depot_id, avg((delivered_at < promised_on + 1)::int) from shipment where promised_on between '2026-10-01' and '2026-10-31' and status = 'delivered' group by 1;

-- name: heavy shipments of a lane
-- rate: 0.2/s
select id, weight_kg from shipment where origin_depot_id = $1 and destination_depot_id = $2 and booked_at >= '2026-10-01' and weight_kg > 800;

-- name: lane volume
-- rate: 0.1/s
select date_trunc('week', booked_at), count(*) from shipment where origin_depot_id = $1 and destination_depot_id = $2 and booked_at >= '2026-07-01' group by 1;

-- name: legs without a vehicle
-- rate: 1/s
select id, from_depot_id, planned_departure from leg where vehicle_id is null and planned_departure < '2026-11-03' and departed_at is null order by planned_departure limit 500;

-- name: late departures
-- rate: 0.7/s
select from_depot_id, count(*) from leg where departed_at is null and planned_departure < '2026-10-31 12:00+00' group by 1;

-- name: lane legs of a day
-- rate: 0.4/s
select count(*) from leg where from_depot_id = $1 and to_depot_id = $2 and planned_departure >= '2026-11-01' and planned_departure < '2026-11-02';

-- name: claims of a shipment
-- rate: 22/s
select * from claim where shipment_id = $1;

-- name: claims of an assignee
-- rate: 7/s
select id, kind, amount, opened_at from claim where assignee_id = $1 and status <> 'closed' order by opened_at;

-- name: unassigned claims
-- rate: 0.6/s
select id, opened_at from claim where assignee_id is null and status = 'open' order by opened_at;

-- name: claims of a month by kind
-- rate: 0.01/s
select kind, count(*), sum(amount) from claim where opened_at >= '2026-10-01' group by kind;

-- name: old open claims
-- rate: 0.1/s
select c.id, s.customer_id, c.amount from claim c join shipment s on s.id = c.shipment_id where c.status = 'waiting' and c.opened_at < '2026-08-01';

-- name: claims of a lane
-- rate: 0.05/s
select count(*), sum(c.amount) from claim c join shipment s on s.id = c.shipment_id where s.origin_depot_id = $1 and s.destination_depot_id = $2 and c.opened_at >= '2026-01-01';
