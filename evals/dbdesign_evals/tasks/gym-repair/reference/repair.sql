-- Members: spelling first, then persons.
update member set email = nullif(lower(trim(email)), ''), status = lower(trim(status));
alter table member
  alter column joined type date using case when joined like '%/%' then to_date(joined, 'DD/MM/YYYY') else joined::date end,
  alter column joined set not null,
  alter column name set not null,
  alter column status set not null,
  add constraint member_status_check check (status in ('active', 'frozen', 'left')),
  add primary key (id);

create temporary table same_person as
select id, min(id) over (partition by email) as kept from member where email is not null;
delete from same_person where id = kept;
update membership x set member_id = s.kept from same_person s where x.member_id = s.id;
update payment x set member_id = s.kept from same_person s where x.member_id = s.id;
update visit x set member_id = s.kept from same_person s where x.member_id = s.id;
delete from member m using same_person s where m.id = s.id;
alter table member add constraint member_email_trimmed check (email = trim(email) and email <> '');
create unique index member_email_key on member (lower(email));

alter table plan
  add primary key (id),
  alter column name set not null,
  alter column price type numeric(10, 2),
  alter column price set not null,
  add constraint plan_price_check check (price > 0);

-- Memberships: dates, then what overlaps is shortened.
create extension if not exists btree_gist;
alter table membership
  alter column from_date type date using from_date::date,
  alter column to_date type date using to_date::date,
  alter column from_date set not null,
  alter column member_id set not null,
  alter column plan_id set not null,
  add primary key (id);
update membership m set to_date = n.next_begins - 1
from (select id, lead(from_date) over (partition by member_id order by from_date, id) as next_begins from membership) n
where n.id = m.id and n.next_begins <= coalesce(m.to_date, 'infinity');
alter table membership
  add constraint membership_member_fkey foreign key (member_id) references member,
  add constraint membership_plan_fkey foreign key (plan_id) references plan,
  add constraint membership_ends_after_it_begins check (to_date >= from_date),
  add constraint membership_no_overlap exclude using gist (member_id with =, daterange(from_date, to_date, '[]') with &&);
create index membership_plan_idx on membership (plan_id);

-- Payments: what came twice goes, then what belongs to nobody moves.
update payment set reference = null where trim(reference) = '';
delete from payment p using payment first where first.reference = p.reference and first.id < p.id;
alter table payment
  alter column amount type numeric(10, 2),
  alter column amount set not null,
  alter column member_id set not null,
  alter column paid_at set not null,
  add primary key (id),
  add constraint payment_amount_check check (amount > 0);
create table orphan_payment (like payment including all);
with moved as (
  delete from payment p where not exists (select from member m where m.id = p.member_id) returning *
)
insert into orphan_payment select * from moved;
alter table payment
  add constraint payment_member_fkey foreign key (member_id) references member,
  add constraint payment_reference_key unique (reference),
  add constraint payment_reference_not_empty check (trim(reference) <> '');
create index payment_member_idx on payment (member_id);

create function payment_reference_not_of_an_orphan() returns trigger language plpgsql as $$
begin
  if exists (select from orphan_payment where reference = new.reference) then
    raise exception 'reference % is an orphan''s', new.reference using errcode = 'unique_violation';
  end if;
  return new;
end
$$;
create trigger payment_reference_not_of_an_orphan before insert or update of reference on payment
  for each row execute function payment_reference_not_of_an_orphan();

-- Visits.
update visit set went = went + interval '1 day' where went < came;
alter table visit
  add primary key (id),
  alter column member_id set not null,
  alter column came set not null,
  add constraint visit_member_fkey foreign key (member_id) references member,
  add constraint visit_ends_after_it_came check (went >= came);
create index visit_member_idx on visit (member_id, came);
