create extension if not exists btree_gist;
create domain amount as numeric check (scale(value) <= 3);

create type booking_status as enum ('held', 'confirmed', 'cancelled', 'no_show');

create table hotel (id bigint primary key, name text not null, time_zone text not null);
create table room_type (id bigint primary key, hotel_id bigint not null references hotel, name text not null, unique (hotel_id, id));
create table room (
  id bigint primary key,
  hotel_id bigint not null references hotel,
  room_type_id bigint not null,
  number text not null,
  unique (hotel_id, number),
  unique (hotel_id, id),
  constraint room_type_fkey foreign key (hotel_id, room_type_id) references room_type (hotel_id, id)
);
create index room_type_idx on room (hotel_id, room_type_id);
create table rate_plan (
  id bigint primary key, hotel_id bigint not null references hotel, code text not null, currency text not null check (currency ~ '^[A-Z]{3}$'), unique (hotel_id, code)
);
create table rate (
  id bigint primary key,
  rate_plan_id bigint not null references rate_plan,
  room_type_id bigint not null references room_type,
  from_date date not null,
  to_date date,
  amount amount not null check (amount >= 0),
  check (from_date < to_date),
  constraint one_rate exclude using gist (rate_plan_id with =, room_type_id with =, daterange(from_date, to_date) with &&)
);
create index rate_room_type_idx on rate (room_type_id);

create table guest (
  id bigint primary key,
  name text,
  email text,
  phone text,
  born date,
  changed_at timestamptz not null,
  erased_at timestamptz,
  constraint named_until_erased check (erased_at is null and name is not null or erased_at is not null and num_nonnulls(name, email, phone, born) = 0)
);
create unique index guest_email_key on guest (lower(email)) where erased_at is null;
create table guest_address (id bigint primary key, guest_id bigint not null references guest, street text, city text, country text);
create index guest_address_guest_idx on guest_address (guest_id);
create table guest_document (id bigint primary key, guest_id bigint not null references guest, kind text not null, number text not null, added_on date not null);
create index guest_document_guest_idx on guest_document (guest_id);
create table guest_preference (guest_id bigint not null references guest, kind text not null, value text not null, primary key (guest_id, kind));
create table consent (
  id bigint primary key, guest_id bigint not null references guest, channel text not null, contact text, given_at timestamptz not null, withdrawn_at timestamptz
);
create index consent_guest_idx on consent (guest_id);
create table loyalty_account (id bigint primary key, guest_id bigint not null references guest, card_name text, closed_on date);
create unique index one_open_account on loyalty_account (guest_id) where closed_on is null;
create index loyalty_account_guest_idx on loyalty_account (guest_id);
create table loyalty_entry (id bigint primary key, loyalty_account_id bigint not null references loyalty_account, points integer not null, booked_on date not null);
create index loyalty_entry_account_idx on loyalty_entry (loyalty_account_id);

create table booking (
  id bigint primary key,
  hotel_id bigint not null references hotel,
  guest_id bigint not null references guest,
  arrives_on date not null,
  departs_on date not null,
  status booking_status not null,
  remark text,
  unique (hotel_id, id),
  check (arrives_on < departs_on)
);
create index booking_guest_idx on booking (guest_id, departs_on);
create table booking_room (
  id bigint primary key,
  booking_id bigint not null references booking,
  room_id bigint not null references room,
  hotel_id bigint not null,
  arrives_on date not null,
  departs_on date not null,
  cancelled boolean not null default false,
  check (arrives_on < departs_on),
  constraint booking_of_hotel foreign key (hotel_id, booking_id) references booking (hotel_id, id),
  constraint room_of_hotel foreign key (hotel_id, room_id) references room (hotel_id, id),
  constraint room_once exclude using gist (room_id with =, daterange(arrives_on, departs_on) with &&) where (not cancelled)
);
create index booking_room_booking_idx on booking_room (booking_id);
create function hotel_of_booking() returns trigger language plpgsql as $$
begin
  new.hotel_id := (select hotel_id from booking where id = new.booking_id);
  return new;
end
$$;
create trigger hotel_of_booking before insert or update on booking_room for each row execute function hotel_of_booking();
create table stay (
  id bigint primary key,
  booking_id bigint not null references booking,
  room_id bigint not null references room,
  checked_in_at timestamptz not null,
  checked_out_at timestamptz check (checked_out_at >= checked_in_at)
);
create index stay_booking_idx on stay (booking_id);
create index stay_room_idx on stay (room_id);
create table stay_guest (stay_id bigint not null references stay, guest_id bigint not null references guest, signature_name text, primary key (stay_id, guest_id));
create index stay_guest_guest_idx on stay_guest (guest_id);

create table folio (id bigint primary key, stay_id bigint not null references stay, currency text not null check (currency ~ '^[A-Z]{3}$'));
create index folio_stay_idx on folio (stay_id);
create table folio_line (id bigint primary key, folio_id bigint not null references folio, text text not null, amount amount not null);
create index folio_line_folio_idx on folio_line (folio_id);
create table payment (id bigint primary key, folio_id bigint not null references folio, amount amount not null, card_holder text, paid_at timestamptz not null);
create index payment_folio_idx on payment (folio_id);
create table invoice (
  id bigint primary key,
  folio_id bigint not null references folio,
  hotel_id bigint not null references hotel,
  number text not null,
  issued_on date not null,
  billing_name text,
  billing_address text,
  total amount not null,
  unique (hotel_id, number)
);
create index invoice_folio_idx on invoice (folio_id);
create index invoice_named_idx on invoice (issued_on) where billing_name is not null or billing_address is not null;

create table message (id bigint primary key, guest_id bigint not null references guest, sent_at timestamptz not null, body text not null);
create index message_guest_idx on message (guest_id);
create index message_sent_idx on message (sent_at);
create table complaint (
  id bigint primary key, guest_id bigint not null references guest, hotel_id bigint not null references hotel, made_on date not null, text text, outcome text
);
create index complaint_guest_idx on complaint (guest_id);
create table legal_hold (id bigint primary key, guest_id bigint not null references guest, from_date date not null, lifted_on date, note text);
create index legal_hold_guest_idx on legal_hold (guest_id);

create table door_event (
  room_id bigint not null references room, at timestamptz not null, card_no text not null, guest_id bigint references guest, event text not null
) partition by range (at);
create index door_event_room_idx on door_event (room_id, at);
create table guest_change (
  guest_id bigint not null references guest, changed_at timestamptz not null, was jsonb not null
) partition by range (changed_at);
create index guest_change_guest_idx on guest_change (guest_id, changed_at);

create function keep_change() returns trigger language plpgsql as $$
begin
  if new.erased_at is null then
    insert into guest_change values (old.id, new.changed_at, to_jsonb(old));
  end if;
  return null;
end
$$;
create trigger keep_change after update on guest for each row when (old.* is distinct from new.*) execute function keep_change();
create function guests_stay() returns trigger language plpgsql as $$
begin
  raise restrict_violation using message = 'a guest is erased, not deleted';
end
$$;
create trigger guests_stay before delete or truncate on guest for each statement execute function guests_stay();

-- Months are named by their first day and bounded in UTC.
create function ensure_partitions(day date) returns void language plpgsql as $$
declare
  parent text;
  month date;
begin
  foreach parent in array array['door_event', 'guest_change'] loop
    for month in
      select generate_series(
        date_trunc('month', day::timestamp) - case parent when 'door_event' then interval '13 months' else interval '25 months' end,
        date_trunc('month', day::timestamp) + interval '3 months', interval '1 month')::date
    loop
      if to_regclass(parent || to_char(month, '_YYYYMM')) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)', parent || to_char(month, '_YYYYMM'), parent,
          to_char(month, 'YYYY-MM-DD 00:00:00+00'), to_char(month + interval '1 month', 'YYYY-MM-DD 00:00:00+00'));
      end if;
    end loop;
  end loop;
end
$$;

create function is_held(bigint) returns boolean language sql stable as $$
  select exists (select from legal_hold where guest_id = $1 and lifted_on is null)
$$;
create function is_in_house(bigint) returns boolean language sql stable as $$
  select exists (select from stay_guest g join stay s on s.id = g.stay_id where g.guest_id = $1 and s.checked_out_at is null)
$$;

create function may_be_erased(bigint) returns boolean language sql stable as $$
  select exists (select from guest where id = $1 and erased_at is null) and not is_held($1) and not is_in_house($1)
$$;
create function erase_guests(them bigint[]) returns integer language plpgsql as $$
declare
  chosen bigint[] := array(select id from guest where id = any (them) and may_be_erased(id) order by id for update);
begin
  update guest set name = null, email = null, phone = null, born = null, erased_at = changed_at where id = any (chosen);
  delete from guest_change where guest_id = any (chosen);
  with gone as (delete from guest_address where guest_id = any (chosen)),
    papers as (delete from guest_document where guest_id = any (chosen)),
    wishes as (delete from guest_preference where guest_id = any (chosen))
  delete from message where guest_id = any (chosen);
  update consent set contact = null where guest_id = any (chosen) and contact is not null;
  update loyalty_account l set card_name = null, closed_on = coalesce(l.closed_on, (g.erased_at at time zone 'UTC')::date) from guest g where g.id = l.guest_id and g.id = any (chosen);
  update payment p set card_holder = null from folio f join stay s on s.id = f.stay_id join booking b on b.id = s.booking_id where f.id = p.folio_id and b.guest_id = any (chosen);
  update booking set remark = null where guest_id = any (chosen);
  update stay_guest set signature_name = null where guest_id = any (chosen);
  update complaint set text = null where guest_id = any (chosen);
  update legal_hold set note = null where guest_id = any (chosen);
  return cardinality(chosen);
end
$$;
create function erase_guest(bigint) returns boolean language sql as $$
  select erase_guests(array[$1]) = 1
$$;

create function run_retention(day date) returns void language plpgsql as $$
declare
  one record;
begin
  for one in
    select p.parent, c.relname from (values ('door_event', 12), ('guest_change', 24)) p(parent, months)
    join pg_inherits i on i.inhparent = p.parent::regclass join pg_class c on c.oid = i.inhrelid
    where right(c.relname, 6) < to_char(date_trunc('month', day::timestamp) - p.months * interval '1 month', 'YYYYMM')
  loop
    execute format('alter table %I detach partition %I', one.parent, one.relname);
    execute format('drop table %I', one.relname);
  end loop;
  delete from guest_document d
  where not is_held(d.guest_id) and not is_in_house(d.guest_id)
    and coalesce((select max((s.checked_out_at at time zone 'UTC')::date) from stay_guest g join stay s on s.id = g.stay_id where g.guest_id = d.guest_id), d.added_on) < day - 30;
  delete from message where sent_at < (day - interval '24 months') at time zone 'UTC' and not is_held(guest_id);
  update invoice set billing_name = null, billing_address = null
  where issued_on < day - interval '10 years' and (billing_name is not null or billing_address is not null);
  perform erase_guests(array(
    select b.guest_id from booking b group by b.guest_id
    having max(b.departs_on) < day - interval '5 years'
    except
    select l.guest_id from loyalty_account l where l.closed_on is null));
end
$$;
