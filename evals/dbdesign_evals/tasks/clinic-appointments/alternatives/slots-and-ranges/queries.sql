-- name: day sheet
select a.id, p.name, to_char(a.starts_at at time zone c.time_zone, 'HH24:MI') as local_time
from appointment a
join clinic c on c.id = a.clinic_id
join patient p on p.id = a.patient_id
where a.practitioner_id = $1
  and a.status <> 'cancelled'
  and a.starts_at between $2::date - interval '1 day' and $2::date + interval '2 days'
  and (a.starts_at at time zone c.time_zone)::date = $2::date
order by a.starts_at;
