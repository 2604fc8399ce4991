-- name: day sheet
select a.id, p.name, to_char(a.starts_at, 'HH24:MI')
from appointment a join patient p on p.id = a.patient_id
where a.practitioner_id = $1 and a.starts_at::date = $2 and a.status <> 'cancelled'
order by a.starts_at;
