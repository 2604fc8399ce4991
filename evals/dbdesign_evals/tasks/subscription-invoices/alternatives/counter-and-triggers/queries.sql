-- name: renewals
with zone as (
  select z.name, ($1::timestamptz at time zone z.name)::date as today from (select distinct time_zone as name from account) z
)
select s.id
from subscription s
join account a on a.id = s.account_id
join zone on zone.name = a.time_zone and zone.today = s.renews_on
where s.status = 'active' and s.renews_on in (
  ($1::timestamptz at time zone 'Etc/GMT+12')::date, ($1::timestamptz at time zone 'UTC')::date, ($1::timestamptz at time zone 'Etc/GMT-14')::date)
order by s.id;
