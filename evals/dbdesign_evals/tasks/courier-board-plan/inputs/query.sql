with late as (
  select courier_id, count(*) as jobs, avg(minutes) as minutes, count(*) filter (where late) as late, string_agg(note, ',' order by ended_at) as notes
  from job where ended_at >= '2025-01-01' and ended_at < '2026-11-01' group by courier_id
)
select o.id, o.weight, c.id, c.name, l.cell, l.at, r.stars, late.late, next.courier_id as asked, next.expires_at
from parcel_order o
join courier c on c.city_id = o.city_id and c.active and c.id % 100 = o.id % 100
join late on late.courier_id = c.id
left join lateral (
  select cell, at from location where courier_id = c.id and at >= '2026-10-02' and at < '2026-11-02' order by at desc limit 1
) l on true
left join lateral (
  select avg(stars) as stars from rating where courier_id = c.id and given_at >= '2024-01-01'
) r on true
left join lateral (
  select courier_id, expires_at from offer f
  where f.shop_id = o.shop_id and f.state = 'pending' and f.courier_id <> c.id
  order by f.expires_at limit 1
) next on true
where o.city_id = 7 and o.state = 'open' and o.id % 4 = 2
order by o.placed_at, r.stars desc;
