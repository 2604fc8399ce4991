create domain money_positive as numeric(12, 2) check (value > 0);
create domain email_address as text check (value = lower(trim(value)) and value <> '');

alter table plan add constraint plan_pk primary key (id), alter column price type money_positive using price::numeric;
alter table plan alter column price set not null;
update member set email = nullif(trim(lower(email)), '');
with persons as (select email, min(id) as kept, array_agg(id) as ids from member where email is not null group by email having count(*) > 1),
  a as (update membership set member_id = kept from persons where member_id = any (ids)),
  b as (update payment set member_id = kept from persons where member_id = any (ids)),
  c as (update visit set member_id = kept from persons where member_id = any (ids))
delete from member using persons where id = any (ids) and id <> kept;
alter table member add constraint member_pk primary key (id), add constraint member_email unique (email);
-- Inserts may come in any spelling: they are put into the one that is kept.
create function tidy_member() returns trigger language plpgsql as $$
begin
  new.email := nullif(lower(trim(new.email)), '');
  return new;
end
$$;
create trigger tidy_member before insert or update on member for each row execute function tidy_member();
alter table member alter column joined type date using (case when joined ~ '^\d\d/' then to_date(joined, 'DD/MM/YYYY') else to_date(joined, 'YYYY-MM-DD') end),
  alter column status type text using lower(trim(status));
alter table member alter column joined set not null, alter column status set not null,
  add check (status = any ('{active,frozen,left}'));

alter table membership alter column from_date type date using from_date::date;
alter table membership alter column to_date type date using to_date::date;
update membership e set to_date = (
  select min(l.from_date) - 1 from membership l where l.member_id = e.member_id and l.id <> e.id and l.from_date > e.from_date
)
where exists (
  select from membership l where l.member_id = e.member_id and l.id <> e.id and l.from_date > e.from_date
    and (e.to_date is null or l.from_date <= e.to_date)
);
alter table membership add primary key (id), alter column member_id set not null, alter column plan_id set not null, alter column from_date set not null,
  add foreign key (member_id) references member, add foreign key (plan_id) references plan, add check (to_date is null or from_date <= to_date);
create function one_membership_at_a_time() returns trigger language plpgsql as $$
begin
  perform from member where id = new.member_id for no key update;
  if exists (
    select from membership m where m.member_id = new.member_id and m.id <> new.id
      and m.from_date <= coalesce(new.to_date, 'infinity') and new.from_date <= coalesce(m.to_date, 'infinity')
  ) then
    raise exception 'member % has a membership then', new.member_id using errcode = '23P01';
  end if;
  return null;
end
$$;
create constraint trigger one_membership_at_a_time after insert or update on membership deferrable initially deferred
  for each row execute function one_membership_at_a_time();

update payment set reference = nullif(reference, '');
delete from payment where id in (select id from (select id, row_number() over (partition by reference order by id) n from payment where reference is not null) t where n > 1);
alter table payment alter column amount type money_positive using round(amount::numeric, 2);
create table orphan_payment as select * from payment where member_id not in (select id from member);
alter table orphan_payment add primary key (id);
delete from payment where id in (select id from orphan_payment);
alter table payment add primary key (id), alter column amount set not null, alter column member_id set not null, alter column paid_at set not null,
  add foreign key (member_id) references member, add unique (reference), add check (reference <> '');
create function reference_is_new() returns trigger language plpgsql as $$
begin
  if new.reference in (select reference from orphan_payment) then
    raise unique_violation using message = 'an orphan has this reference';
  end if;
  return new;
end
$$;
create trigger reference_is_new before insert or update on payment for each row execute function reference_is_new();

update visit set went = went + interval '24 hours' where came > went;
alter table visit add primary key (id), alter column member_id set not null, alter column came set not null,
  add foreign key (member_id) references member, add check (not went < came);
create index on visit (member_id);
create index on membership (member_id, from_date);
create index on payment (member_id);
create index on membership (plan_id);
