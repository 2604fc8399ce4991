create table member (
  id bigint primary key,
  joined_on date not null
);

create table entry (
  id serial primary key,
  member_id bigint not null references member,
  points integer not null,
  reverses integer constraint entry_reverses_fkey references entry,
  booked_at timestamptz not null
);
create index entry_member_id_idx on entry (member_id);

create table settlement_line (
  settlement_id integer not null,
  entry_id integer not null constraint settlement_line_entry_id_fkey references entry,
  amount numeric(10, 2) not null,
  primary key (settlement_id, entry_id)
);
create unique index settlement_line_entry_id_key on settlement_line (entry_id);

-- What a member may still spend.
create view open_entry as
select e.id, e.member_id, e.points, e.booked_at
from entry e
where not exists (select from settlement_line l where l.entry_id = e.id);

create function settle(settlement integer, entry integer, amount numeric) returns void language sql as $$
  insert into settlement_line (settlement_id, entry_id, amount) values (settlement, entry, amount)
$$;
