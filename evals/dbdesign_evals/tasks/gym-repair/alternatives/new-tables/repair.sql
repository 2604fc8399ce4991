create extension if not exists citext;
create extension if not exists btree_gist;
begin;
alter table member rename to old_member;
alter table plan rename to old_plan;
alter table membership rename to old_membership;
alter table payment rename to old_payment;
alter table visit rename to old_visit;

create type member_status as enum ('active', 'frozen', 'left');
create table member (
  id integer primary key,
  email citext unique check (email::text = btrim(email::text) and email <> ''),
  name text not null,
  joined date not null,
  status member_status not null
);
create table plan (id integer primary key, name text not null, price numeric(8, 2) not null check (price > 0));
create table membership (
  id integer primary key,
  member_id integer not null references member on delete restrict,
  plan_id integer not null references plan on delete restrict,
  from_date date not null,
  to_date date,
  check (to_date is null or to_date >= from_date),
  exclude using gist (member_id with =, daterange(from_date, coalesce(to_date, 'infinity'), '[]') with &&)
);
create table payment (
  id integer primary key,
  member_id integer not null references member on delete restrict,
  amount numeric(8, 2) not null check (amount > 0),
  paid_at timestamp not null,
  reference text check (reference <> '')
);
create table orphan_payment (
  id integer primary key,
  member_id integer not null,
  amount numeric(8, 2) not null,
  paid_at timestamp not null,
  reference text
);
-- One register of references for both tables.
create table payment_reference (reference text primary key, payment_id integer not null);
create table visit (
  id integer primary key,
  member_id integer not null references member on delete restrict,
  came timestamp not null,
  went timestamp,
  check (went >= came)
);

create temporary table person as
select id, case when btrim(email) <> '' then min(id) over (partition by lower(btrim(email))) else id end as kept from old_member;

insert into member
select m.id, nullif(lower(btrim(m.email)), ''), m.name,
  case when position('/' in m.joined) > 0
    then make_date(split_part(m.joined, '/', 3)::int, split_part(m.joined, '/', 2)::int, split_part(m.joined, '/', 1)::int)
    else m.joined::date end,
  lower(btrim(m.status))::member_status
from old_member m join person p on p.id = m.id and p.kept = m.id;
insert into plan select id, name, round(price::numeric, 2) from old_plan;

insert into membership
select id, member_id, plan_id, from_date, case when next_from <= coalesce(to_date, 'infinity') then next_from - 1 else to_date end
from (
  select x.id, p.kept as member_id, x.plan_id, x.from_date::date, x.to_date::date,
    lead(x.from_date::date) over (partition by p.kept order by x.from_date::date, x.id) as next_from
  from old_membership x join person p on p.id = x.member_id
) s;

create temporary table once as
select distinct on (coalesce(nullif(reference, ''), 'row ' || id)) id, member_id, round(amount::numeric, 2) as amount, paid_at, nullif(reference, '') as reference
from old_payment order by coalesce(nullif(reference, ''), 'row ' || id), id;
insert into payment select o.id, p.kept, o.amount, o.paid_at, o.reference from once o join person p on p.id = o.member_id;
insert into orphan_payment select o.* from once o left join person p on p.id = o.member_id where p.id is null;
insert into payment_reference select reference, id from once where reference is not null;
insert into visit select v.id, p.kept, v.came, case when v.went < v.came then v.went + interval '1 day' else v.went end
from old_visit v join person p on p.id = v.member_id;

create function register_reference() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    delete from payment_reference where payment_id = old.id and reference = old.reference;
  end if;
  if tg_op <> 'DELETE' and new.reference is not null then
    insert into payment_reference values (new.reference, new.id);
  end if;
  return null;
end
$$;
create trigger register_reference after insert or delete or update of reference on payment for each row execute function register_reference();
create index on membership (plan_id);
create index on payment (member_id);
create index on visit (member_id);
drop table old_member, old_plan, old_membership, old_payment, old_visit;
commit;
