create domain year_no as integer check (value <> 0);
create domain amount as numeric(18, 3) check (value >= 0);
create domain currency as text check (value ~ '^[A-Z]{3}$');

create table museum (id bigint primary key, name text not null check (trim(name) <> ''), country text not null, founded_year year_no);
create table institution (id bigint primary key, name text not null check (trim(name) <> ''), country text not null);
create table person (
  id bigint primary key,
  name text not null check (trim(name) <> ''),
  email text,
  born year_no,
  died year_no,
  check (born <= died)
);
create table location (
  id bigint primary key,
  museum_id bigint not null references museum,
  parent_id bigint references location,
  code text not null,
  kind text not null,
  constraint location_code unique nulls not distinct (museum_id, parent_id, code),
  check (parent_id <> id)
);
create table material (id bigint primary key, name text not null unique check (trim(name) <> ''));
create table object (
  id bigint primary key,
  museum_id bigint not null references museum,
  accession_no text not null,
  title text,
  year_from year_no,
  year_to year_no,
  part_of_id bigint references object,
  weight_g numeric check (weight_g >= 0),
  status text not null check (status in ('held', 'missing', 'destroyed', 'deaccessioned')),
  constraint object_accession_no unique (museum_id, accession_no),
  check (year_from <= year_to),
  check (part_of_id <> id)
);
create index object_part_idx on object (part_of_id);
create table object_maker (
  object_id bigint not null references object on delete cascade,
  person_id bigint not null references person,
  role text not null check (role in ('maker', 'painter', 'publisher', 'previous owner')),
  position integer not null check (position >= 1),
  primary key (object_id, person_id, role)
);
create index object_maker_person_idx on object_maker (person_id);
create table object_material (
  object_id bigint not null references object on delete cascade,
  material_id bigint not null references material,
  share numeric check (share > 0 and share <= 100),
  primary key (object_id, material_id)
);
create index object_material_material_idx on object_material (material_id);
create table movement (
  id bigint primary key,
  object_id bigint not null references object,
  from_location_id bigint references location,
  to_location_id bigint not null references location,
  moved_at timestamptz not null,
  seq integer not null,
  constraint movement_once unique (object_id, moved_at, seq)
);
create index movement_from_idx on movement (from_location_id);
create index movement_to_idx on movement (to_location_id);
create table exhibition (
  id bigint primary key,
  museum_id bigint not null references museum,
  title text not null,
  opens_on date not null,
  closes_on date,
  constraint closes_after_it_opens check (opens_on <= closes_on)
);
create index exhibition_museum_idx on exhibition (museum_id);
create table exhibition_object (
  exhibition_id bigint not null references exhibition,
  object_id bigint not null references object,
  installed_on date not null,
  removed_on date,
  id bigint generated always as identity primary key,
  check (installed_on < removed_on)
);
create index exhibition_object_exhibition_idx on exhibition_object (exhibition_id);
create table loan (
  id bigint primary key,
  museum_id bigint not null references museum,
  institution_id bigint not null references institution,
  number text not null,
  direction text not null check (direction in ('in', 'out')),
  starts_on date not null,
  due_on date,
  ended_on date,
  constraint loan_number unique (museum_id, direction, number),
  constraint due_after_it_starts check (starts_on <= due_on)
);
create index loan_institution_idx on loan (institution_id);
create table loan_object (
  loan_id bigint not null references loan,
  object_id bigint not null references object,
  insured_value amount not null,
  currency currency not null,
  constraint loan_object_once primary key (loan_id, object_id)
);
create index loan_object_object_idx on loan_object (object_id);
create table valuation (
  id bigint primary key,
  object_id bigint not null references object,
  amount amount,
  currency currency,
  priceless boolean not null,
  valued_on date not null,
  valued_by bigint references person,
  constraint priceless_or_amount check (priceless = (amount is null) and priceless = (currency is null))
);
create index valuation_object_idx on valuation (object_id);
create index valuation_person_idx on valuation (valued_by);
create table treatment (
  id bigint primary key,
  object_id bigint not null references object,
  conservator_id bigint not null references person,
  started_on date,
  ended_on date,
  cost amount,
  constraint ends_after_it_starts check (started_on <= ended_on),
  constraint ends_when_started check (started_on is not null or ended_on is null)
);
create index treatment_object_idx on treatment (object_id);
create index treatment_person_idx on treatment (conservator_id);
create table photograph (
  id bigint primary key,
  object_id bigint not null references object on delete cascade,
  file_name text not null,
  position integer not null check (position >= 1),
  sha256 text not null check (sha256 ~* '^[0-9a-f]{64}$'),
  constraint photograph_position unique (object_id, position)
);
create table reading (
  location_id bigint not null references location,
  at timestamptz not null,
  temperature_c numeric check (temperature_c > -273.15),
  humidity_percent numeric check (humidity_percent between 0 and 100),
  primary key (location_id, at)
);

create function one_exhibition() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(1907, new.object_id::integer);
  if exists (
    select from exhibition_object x
    where x.object_id = new.object_id and x.id <> new.id
      and x.installed_on < coalesce(new.removed_on, 'infinity') and new.installed_on < coalesce(x.removed_on, 'infinity')
  ) then
    raise exclusion_violation using message = 'object ' || new.object_id || ' is in an exhibition then';
  end if;
  return new;
end
$$;
create trigger one_exhibition after insert or update on exhibition_object for each row execute function one_exhibition();
create index exhibition_object_object_idx on exhibition_object (object_id, installed_on);

-- Parts and places are compared when the statement is over: the whole may come after its parts.
create function within_museum() returns trigger language plpgsql as $$
declare
  wrong boolean;
begin
  execute format('select exists (select from %1$I x join %1$I y on y.id = x.%2$I where x.museum_id <> y.museum_id and $1 in (x.id, y.id))', tg_table_name, tg_argv[0])
    into wrong using new.id;
  if wrong then
    raise foreign_key_violation using message = tg_table_name || ' ' || new.id || ' is not within one museum';
  end if;
  return null;
end
$$;
create constraint trigger within_museum after insert or update on location for each row execute function within_museum('parent_id');
create constraint trigger within_museum after insert or update on object for each row execute function within_museum('part_of_id');
create index location_parent_idx on location (parent_id);
