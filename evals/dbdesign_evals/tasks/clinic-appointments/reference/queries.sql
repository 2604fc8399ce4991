-- name: day sheet
select a.id, p.name, to_char(a.starts_at at time zone c.time_zone, 'HH24:MI')
from practitioner d
join clinic c on c.id = d.clinic_id
join appointment a on a.practitioner_id = d.id
  and a.starts_at >= ($2::date::timestamp at time zone c.time_zone)
  and a.starts_at < (($2::date + 1)::timestamp at time zone c.time_zone)
join patient p on p.id = a.patient_id
where d.id = $1 and a.status <> 'cancelled'
order by a.starts_at;
