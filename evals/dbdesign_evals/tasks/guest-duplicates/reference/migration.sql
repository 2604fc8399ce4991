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

-- 2. Merge, live guests first, then chains.
create index concurrently guest_live_email on guest (lower(email)) where merged_into is null;
do $$
declare
  done integer;
begin
  loop
    update guest g set merged_into = s.survivor
    from (
      select id, survivor from (
        select id, first_value(id) over (partition by lower(email) order by id) as survivor
        from guest where merged_into is null and email is not null
      ) ranked where id <> survivor limit 1000
    ) s where s.id = g.id;
    get diagnostics done = row_count;
    commit;
    exit when done = 0;
  end loop;
  loop
    update guest g set merged_into = t.merged_into
    from guest t
    where t.id = g.merged_into and t.merged_into is not null
      and g.id in (select c.id from guest c join guest d on d.id = c.merged_into where d.merged_into is not null limit 1000);
    get diagnostics done = row_count;
    commit;
    exit when done = 0;
  end loop;
  loop
    update stay s set guest_id = g.merged_into
    from guest g
    where g.id = s.guest_id and g.merged_into is not null
      and s.id in (select t.id from stay t join guest m on m.id = t.guest_id where m.merged_into is not null limit 1000);
    get diagnostics done = row_count;
    commit;
    exit when done = 0;
  end loop;
end
$$;

-- 3. One live guest an address.
create unique index concurrently guest_live_email_key on guest (lower(email)) where merged_into is null;
drop index concurrently guest_live_email;

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
