-- name: day sheet
with day as (
  select d.id,
    c.time_zone,
    make_timestamptz(extract(year from $2::date)::int, extract(month from $2::date)::int, extract(day from $2::date)::int, 0, 0, 0, c.time_zone) as begins,
    timezone(c.time_zone, ($2::date + 1)::timestamp) as ends
  from practitioner d join clinic c on c.id = d.clinic_id
  where d.id = $1
)
select a.id, p.name, to_char(timezone(day.time_zone, a.starts_at), 'HH24:MI') as at
from day
join appointment a on a.practitioner_id = $1 and a.starts_at >= day.begins and a.starts_at < day.ends
join patient p on p.clinic_id = a.clinic_id and p.id = a.patient_id
where a.status in ('booked', 'done', 'no_show')
order by a.starts_at, a.id;
