-- What is read and written (at the end), with rates over a working day, from pg_stat_statements; constants are those of the application at noon on 1 November 2026.

-- name: stay by id
-- rate: 700/s
select * from stay where id = $1;

-- name: running stay of a plate
-- rate: 420/s
select id, zone_id, paid_until from stay where plate = $1 and state = 'running';

-- name: running stay of a plate in a zone
-- rate: 260/s
select id, paid_until from stay where plate = $1 and zone_id = $2 and ended_at is null;

-- name: last stays of a driver
-- rate: 85/s
select id, zone_id, plate, started_at, fee_cents from stay where driver_id = $1 order by started_at desc limit 20;

-- name: running stays of a driver
-- rate: 310/s
select id, plate, paid_until from stay where driver_id = $1 and state = 'running';

-- name: stays to end
-- rate: 2/s
select id from stay where state = 'running' and paid_until < $1 order by paid_until limit 500;

-- name: running in a zone
-- rate: 40/s
select count(*) from stay where zone_id = $1 and state = 'running';

-- name: running at a meter
-- rate: 14/s
select id, plate from stay where meter_id = $1 and state = 'running';

-- name: stays of a plate
-- rate: 0.06/s
select id, zone_id, started_at, ended_at from stay where plate = $1 order by started_at desc;

-- name: disputed stays of a zone
-- rate: 0.05/s
select id, plate, fee_cents from stay where zone_id = $1 and state = 'disputed';

-- name: income of a zone, a day
-- rate: 0.002/s
select sum(fee_cents) from stay where zone_id = $1 and started_at >= $2 and started_at < $2 + interval '1 day';

-- name: stays of a meter, a month
-- rate: 0.0006/s
select count(*), sum(fee_cents) from stay where meter_id = $1 and started_at >= '2026-10-01';

-- name: stays per tariff, yesterday
-- rate: 0.0001/s
select z.tariff, count(*), sum(s.fee_cents) from stay s join zone z on z.id = s.zone_id where s.started_at >= '2026-10-31' and s.started_at < '2026-11-01' group by z.tariff;

-- name: stays of the last hour per city
-- rate: 0.004/s
select z.city, count(*) from stay s join zone z on z.id = s.zone_id where s.started_at >= '2026-11-01 11:00+00' group by z.city;

-- name: long stays
-- rate: 0.0003/s
select id, plate from stay where state = 'running' and started_at < '2026-10-30';

-- name: fees of a year
-- rate: 0.00002/s
select zone_id, sum(fee_cents) from stay where ended_at >= '2026-01-01' group by zone_id;

-- name: payment by id
-- rate: 280/s
select * from payment where id = $1;

-- name: payment by reference
-- rate: 190/s
select id, state, amount_cents from payment where reference = $1;

-- name: payments of a stay
-- rate: 240/s
select id, method, state, amount_cents from payment where stay_id = $1;

-- name: payments of a driver
-- rate: 26/s
select id, method, amount_cents, created_at from payment where driver_id = $1 order by created_at desc limit 25;

-- name: authorised too long
-- rate: 0.0005/s
select id from payment where state = 'authorised' and created_at < $1;

-- name: failed payments of a driver
-- rate: 3/s
select id, created_at from payment where driver_id = $1 and state = 'failed';

-- name: failed payments of the day
-- rate: 0.02/s
select method, count(*) from payment where state = 'failed' and created_at >= '2026-11-01' group by method;

-- name: to settle
-- rate: 0.0006/s
select id, amount_cents from payment where settled_on is null and state = 'authorised' order by created_at limit 1000;

-- name: settled on a day
-- rate: 0.0001/s
select method, sum(amount_cents) from payment where settled_on = $1 group by method;

-- name: refunds of a month
-- rate: 0.0002/s
select count(*), sum(amount_cents) from payment where state = 'refunded' and created_at >= '2026-10-01';

-- name: payments per method, last hour
-- rate: 0.004/s
select method, count(*) from payment where created_at >= '2026-11-01 11:00+00' group by method;

-- name: sms payments of a month
-- rate: 0.00004/s
select sum(amount_cents) from payment where method = 'sms' and created_at >= '2026-10-01';

-- name: coins of a week
-- rate: 0.00004/s
select sum(amount_cents) from payment where method = 'coins' and created_at >= '2026-10-25';

-- name: last sightings of a plate
-- rate: 1.1/s
select camera_id, zone_id, seen_at from sighting where plate = $1 and seen_at >= '2026-10-25' order by seen_at desc limit 20;

-- name: unmatched sightings of a zone
-- rate: 9/s
select id, plate, seen_at from sighting where zone_id = $1 and not matched and seen_at >= '2026-11-01 11:30+00';

-- name: unmatched to check
-- rate: 4/s
select id, plate from sighting where not matched and confidence < 60 and seen_at >= '2026-11-01 11:45+00' limit 200;

-- name: sightings of a camera, last hour
-- rate: 0.002/s
select count(*), avg(confidence) from sighting where camera_id = $1 and seen_at >= '2026-11-01 11:00+00';

-- name: cameras that see badly
-- rate: 0.0006/s
select camera_id, avg(confidence) from sighting where seen_at >= '2026-11-01 06:00+00' group by camera_id having avg(confidence) < 70;

-- name: sightings of a day per zone
-- rate: 0.00005/s
select zone_id, count(*) from sighting where seen_at >= '2026-10-31' and seen_at < '2026-11-01' group by zone_id;

-- name: sightings to purge
-- rate: 0.001/s
select id from sighting where seen_at < '2026-08-02' limit 5000;

-- name: police request
-- rate: 0.0002/s
select camera_id, seen_at from sighting where plate = $1;

-- name: meter by id
-- rate: 500/s
select * from meter where id = $1;

-- name: meter by serial
-- rate: 130/s
select id, zone_id, state from meter where serial = $1;

-- name: meters of a zone
-- rate: 6/s
select id, state, battery from meter where zone_id = $1;

-- name: meters that are silent
-- rate: 0.03/s
select id, zone_id from meter where last_seen < $1 and state = 'ok';

-- name: low batteries
-- rate: 0.02/s
select id, zone_id, battery from meter where battery < 15 order by battery;

-- name: meters with cash
-- rate: 0.01/s
select id, zone_id, cash_cents from meter where cash_cents > 30000;

-- name: meters that are jammed
-- rate: 0.5/s
select id, zone_id from meter where state = 'jammed';

-- name: meters by firmware
-- rate: 0.002/s
select firmware, count(*) from meter group by firmware;

-- name: states of meters of a city
-- rate: 0.2/s
select m.state, count(*) from meter m join zone z on z.id = m.zone_id where z.city = $1 group by m.state;

-- name: driver by id
-- rate: 900/s
select email, phone, balance_cents from driver where id = $1;

-- name: driver by e-mail
-- rate: 75/s
select id from driver where email = $1;

-- name: driver by phone
-- rate: 48/s
select id, email from driver where phone = $1;

-- name: drivers who sleep
-- rate: 0.0005/s
select count(*) from driver where last_login < '2025-11-01';

-- name: drivers in debt
-- rate: 0.002/s
select id, email, balance_cents from driver where balance_cents < -2000;

-- name: new drivers of a day
-- rate: 0.0005/s
select count(*) from driver where created_at >= '2026-10-31';

-- name: permits of a plate in a zone
-- rate: 340/s
select id, valid_to from permit where plate = $1 and zone_id = $2 and valid_to >= '2026-11-01';

-- name: permits of a driver
-- rate: 22/s
select id, zone_id, plate, valid_to from permit where driver_id = $1;

-- name: permits that end
-- rate: 0.001/s
select id, driver_id from permit where valid_to between '2026-11-01' and '2026-11-14';

-- name: permits of a zone
-- rate: 0.02/s
select count(*) from permit where zone_id = $1 and valid_to >= '2026-11-01';

-- name: fines of a plate
-- rate: 35/s
select id, state, amount_cents, issued_at from fine where plate = $1 order by issued_at desc;

-- name: open fines of a plate
-- rate: 120/s
select count(*), sum(amount_cents) from fine where plate = $1 and state = 'open';

-- name: fines of an officer today
-- rate: 5/s
select count(*) from fine where officer_id = $1 and issued_at >= '2026-11-01';

-- name: fines of a zone, a month
-- rate: 0.01/s
select count(*), sum(amount_cents) from fine where zone_id = $1 and issued_at >= '2026-10-01';

-- name: fines to remind
-- rate: 0.0003/s
select id, plate from fine where state = 'open' and issued_at < '2026-10-01';

-- name: fines at court
-- rate: 0.004/s
select id, plate, amount_cents from fine where state = 'court' order by issued_at;

-- name: zones of a city
-- rate: 60/s
select id, tariff from zone where city = $1 and active;

-- name: plate at the kerb
-- rate: 65/s
select s.id, s.paid_until, z.tariff from stay s join zone z on z.id = s.zone_id where s.plate = $1 and s.state = 'running' and z.city = $2;

-- name: receipt
-- rate: 30/s
select s.plate, s.fee_cents, p.method, p.reference from stay s join payment p on p.stay_id = s.id where s.id = $1;

-- name: start a stay
-- rate: 640/s
insert into stay (id, zone_id, meter_id, driver_id, plate, started_at, paid_until, ended_at, state, fee_cents) values ($1, $2, $3, $4, $5, $6, $7, null, 'running', $8);

-- name: prolong a stay
-- rate: 210/s
update stay set paid_until = $2, fee_cents = $3 where id = $1;

-- name: end a stay
-- rate: 630/s
update stay set state = 'ended', ended_at = $2 where id = $1;

-- name: dispute a stay
-- rate: 0.4/s
update stay set state = 'disputed' where id = $1;

-- name: pay
-- rate: 680/s
insert into payment (id, stay_id, driver_id, method, state, reference, amount_cents, created_at, settled_on) values ($1, $2, $3, $4, 'authorised', $5, $6, $7, null);

-- name: settle a payment
-- rate: 660/s
update payment set state = 'settled', settled_on = $2 where id = $1;

-- name: camera sees a plate
-- rate: 5200/s
insert into sighting (id, camera_id, zone_id, plate, seen_at, confidence, matched) values ($1, $2, $3, $4, $5, $6, $7);

-- name: match a sighting
-- rate: 140/s
update sighting set matched = true where id = $1;

-- name: heartbeat of a meter
-- rate: 2900/s
update meter set last_seen = $2, battery = $3 where id = $1;

-- name: coins in a meter
-- rate: 80/s
update meter set cash_cents = $2 where id = $1;

-- name: meter changes its state
-- rate: 0.9/s
update meter set state = $2 where id = $1;

-- name: driver signs in
-- rate: 95/s
update driver set last_login = $2 where id = $1;

-- name: charge a driver
-- rate: 300/s
update driver set balance_cents = $2 where id = $1;

-- name: new driver
-- rate: 0.6/s
insert into driver (id, email, phone, created_at, last_login, balance_cents) values ($1, $2, $3, $4, null, 0);

-- name: new permit
-- rate: 0.4/s
insert into permit (id, driver_id, zone_id, plate, valid_from, valid_to) values ($1, $2, $3, $4, $5, $6);

-- name: new fine
-- rate: 2.1/s
insert into fine (id, plate, zone_id, officer_id, state, issued_at, amount_cents) values ($1, $2, $3, $4, 'open', $5, $6);

-- name: pay a fine
-- rate: 1.9/s
update fine set state = 'paid' where id = $1;
