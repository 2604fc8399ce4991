select d.id, d.model, e.events, e.last_event, r.readings, r.mean, x.alarms
from device d
join lateral (
  select count(*) as events, max(at) as last_event
  from event where device_id = d.id and at >= '2019-01-01' and at < '2026-01-01'
) e on true
join lateral (
  select count(*) as readings, avg(value) as mean
  from reading where device_id = d.id and at >= '2019-01-01' and at < '2026-01-01'
) r on true
left join (
  select device_id, count(*) as alarms, string_agg(payload, ',' order by payload) as texts
  from event where kind = 'alarm' and at >= '2024-06-01' and at < '2025-01-01' group by device_id
) x on x.device_id = d.id
where d.fleet_id = 17 and d.active
order by e.events desc, d.id;
