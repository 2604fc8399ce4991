set lock_timeout = '2s';

alter table guest alter column country set default 'ZZ', alter column member_no set default nextval('member_no_seq');

-- 1. Addresses.
do $$
declare
  low bigint := 0;
  high bigint;
begin
  loop
    select max(id) into high from (select id from guest where id > low order by id limit 1000) batch;
    exit when high is null;
    update guest set email = nullif(btrim(email), '')
    where id > low and id <= high and email is distinct from nullif(btrim(email), '');
    commit;
    low := high;
  end loop;
end
$$;

-- 2. Who goes into whom, told beforehand in a table of its own: every guest that is not live afterwards, with the end of its chain.
create table guest_survivor as
with recursive live as (
  select id, min(id) over (partition by lower(email)) as survivor from guest where merged_into is null and email is not null
),
chain as (
  select id, merged_into as up from guest where merged_into is not null
  union all
  select id, survivor from live where id <> survivor
),
climb as (
  select id, up from chain
  union all
  select climb.id, chain.up from climb join chain on chain.id = climb.up
)
select id, up as survivor from climb where not exists (select from chain where chain.id = climb.up);
alter table guest_survivor add primary key (id);
create procedure guest_merge(step integer) language plpgsql as $$
declare
  from_id bigint := 0;
  to_id bigint;
begin
  loop
    select max(id) into to_id from (select id from guest_survivor where id > from_id order by id limit step) batch;
    exit when to_id is null;
    update guest g set merged_into = m.survivor from guest_survivor m
    where m.id = g.id and m.id > from_id and m.id <= to_id and g.merged_into is distinct from m.survivor;
    commit;
    update stay s set guest_id = m.survivor from guest_survivor m where m.id = s.guest_id and m.id > from_id and m.id <= to_id;
    commit;
    from_id := to_id;
  end loop;
end
$$;
call guest_merge(200);
drop procedure guest_merge(integer);
drop table guest_survivor;

-- 3. One live guest an address.
create unique index concurrently guest_live_email_key on guest (lower(email)) where merged_into is null;

-- 4. and 5. Countries and numbers.
do $$
declare
  low bigint := 0;
  high bigint;
begin
  loop
    select max(id) into high from (select id from guest where id > low order by id limit 1000) batch;
    exit when high is null;
    update guest g
    set country = coalesce(g.country, (select h.country from stay s join hotel h on h.id = s.hotel_id where s.guest_id = g.id order by s.arrived_on desc, s.id desc limit 1), 'ZZ'),
        member_no = coalesce(g.member_no, nextval('member_no_seq'))
    where g.id > low and g.id <= high and (g.country is null or g.member_no is null);
    commit;
    low := high;
  end loop;
end
$$;
update guest g set member_no = nextval('member_no_seq')
from (select id, row_number() over (partition by member_no order by id) as place from guest) d
where d.id = g.id and d.place > 1;
create unique index concurrently guest_member_no_key on guest (member_no);
alter table guest add constraint guest_member_no_key unique using index guest_member_no_key;

alter table guest add constraint guest_filled check (country is not null and member_no is not null) not valid;
alter table guest validate constraint guest_filled;
alter table guest alter column country set not null, alter column member_no set not null;
alter table guest drop constraint guest_filled;
