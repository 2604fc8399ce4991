-- name: renewals
select s.id
from subscription s
join account a on a.id = s.account_id
where s.status = 'active'
  and s.renews_on between ($1::timestamptz at time zone 'UTC')::date - 1 and ($1::timestamptz at time zone 'UTC')::date + 1
  and s.renews_on = ($1::timestamptz at time zone a.time_zone)::date;
