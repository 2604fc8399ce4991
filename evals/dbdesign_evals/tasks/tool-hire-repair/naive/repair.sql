create extension if not exists btree_gist;
alter table customer add primary key (id);
alter table customer add constraint phone_form check (phone ~ '^\+[0-9]{8,15}$') not valid;

alter table tool add primary key (id), add column duplicate_of integer references tool, alter column daily_rate type numeric(10, 2);
update tool t set duplicate_of = (select min(id) from tool o where lower(o.serial) = lower(t.serial) and o.id < t.id);
create unique index on tool (lower(serial)) where duplicate_of is null;

alter table hire add column was_id integer, add column was_customer_id integer, add column disputed boolean not null default false;
update hire h set was_id = id, id = 100000 + d.n
from (select ctid c, row_number() over (order by id, tool_id) n from (select ctid, id, tool_id, row_number() over (partition by id order by tool_id) k from hire) x where k > 1) d
where h.ctid = d.c;
alter table hire add primary key (id);
update hire set out_at = back_at, back_at = out_at where back_at < out_at;
update hire set deposit = abs(deposit);
update hire set was_customer_id = customer_id, customer_id = null where customer_id not in (select id from customer);
update hire h set disputed = true where exists (
  select 1 from hire e where e.tool_id = h.tool_id and (e.out_at, e.id) < (h.out_at, h.id) and tsrange(e.out_at, e.back_at) && tsrange(h.out_at, h.back_at));
alter table hire
  alter column out_at set not null,
  add foreign key (customer_id) references customer,
  add foreign key (tool_id) references tool,
  add check (back_at >= out_at),
  add check (deposit >= 0),
  alter column deposit type numeric(10, 2),
  add exclude using gist (tool_id with =, tsrange(out_at, back_at) with &&) where (not disputed);

alter table charge add primary key (id), add column was_hire_id integer;
update charge set kind = lower(trim(kind));
update charge set was_hire_id = hire_id, hire_id = null where hire_id not in (select id from hire);
alter table charge add foreign key (hire_id) references hire, add check (kind in ('rent', 'damage', 'late', 'cleaning'));
