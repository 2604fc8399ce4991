update guest set email = null where email = '';
update guest g set merged_into = (select min(o.id) from guest o where lower(o.email) = lower(g.email))
where exists (select 1 from guest o where lower(o.email) = lower(g.email) and o.id < g.id);
update stay s set guest_id = g.merged_into from guest g where g.id = s.guest_id and g.merged_into is not null;
create unique index concurrently guest_email_key on guest (lower(email)) where merged_into is null;
update guest set country = 'ZZ' where country is null;
alter table guest alter column country set not null;
update guest set member_no = nextval('member_no_seq') where member_no is null;
update guest g set member_no = nextval('member_no_seq') where exists (select 1 from guest o where o.member_no = g.member_no and o.id < g.id);
alter table guest alter column member_no set default nextval('member_no_seq');
alter table guest alter column member_no set not null;
alter table guest add unique (member_no);
