create extension if not exists btree_gist;
create domain year_no as smallint check (value between -9999 and -1 or value between 1 and 9999);
create domain amount as numeric check (value >= 0 and scale(value) <= 3);
create domain currency as text check (value ~ '^[A-Z]{3}$');

create table museum (id integer primary key, name text not null check (trim(name) <> ''), country text not null, founded_year year_no);
create table institution (id integer primary key, name text not null check (trim(name) <> ''), country text not null);
create table person (
  id integer primary key,
  name text not null check (trim(name) <> ''),
  email text,
  born year_no,
  died year_no,
  check (born <= died)
);
create table location (
  id integer primary key,
  museum_id integer not null references museum,
  parent_id integer,
  code text not null,
  kind text not null,
  unique (museum_id, id),
  constraint location_parent foreign key (museum_id, parent_id) references location (museum_id, id),
  check (parent_id <> id)
);
create unique index location_code on location (parent_id, code) where parent_id is not null;
create unique index location_code_at_top on location (museum_id, code) where parent_id is null;
create table material (id integer primary key, name text not null unique check (trim(name) <> ''));
create table object (
  id integer primary key,
  museum_id integer not null references museum,
  accession_no text not null,
  title text,
  year_from year_no,
  year_to year_no,
  part_of_id integer,
  weight_g numeric check (weight_g >= 0),
  status text not null check (status in ('held', 'missing', 'destroyed', 'deaccessioned')),
  unique (museum_id, id),
  constraint object_accession_no unique (museum_id, accession_no),
  constraint object_part_of foreign key (museum_id, part_of_id) references object (museum_id, id),
  check (year_from <= year_to),
  check (part_of_id <> id)
);
create index object_part_idx on object (museum_id, part_of_id);
create table object_maker (
  object_id integer not null references object on delete cascade,
  person_id integer not null references person,
  role text not null check (role in ('maker', 'painter', 'publisher', 'previous owner')),
  position integer not null check (position >= 1),
  primary key (object_id, person_id, role)
);
create index object_maker_person_idx on object_maker (person_id);
create table object_material (
  object_id integer not null references object on delete cascade,
  material_id integer not null references material,
  share numeric check (share > 0 and share <= 100),
  primary key (object_id, material_id)
);
create index object_material_material_idx on object_material (material_id);
create table movement (
  id integer primary key,
  object_id integer not null references object,
  from_location_id integer references location,
  to_location_id integer not null references location,
  moved_at timestamptz not null,
  seq integer not null,
  constraint movement_once unique (object_id, moved_at, seq)
);
create index movement_from_idx on movement (from_location_id);
create index movement_to_idx on movement (to_location_id);
create table exhibition (
  id integer primary key,
  museum_id integer not null references museum,
  title text not null,
  opens_on date not null,
  closes_on date,
  constraint closes_after_it_opens check (opens_on <= closes_on)
);
create index exhibition_museum_idx on exhibition (museum_id);
create table exhibition_object (
  exhibition_id integer not null references exhibition,
  object_id integer not null references object,
  installed_on date not null,
  removed_on date,
  stay daterange generated always as (daterange(installed_on, removed_on)) stored check (not isempty(stay)),
  primary key (object_id, stay without overlaps)
);
create index exhibition_object_exhibition_idx on exhibition_object (exhibition_id);
create table loan (
  id integer primary key,
  museum_id integer not null references museum,
  institution_id integer not null references institution,
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
  loan_id integer not null references loan,
  object_id integer not null references object,
  insured_value amount not null,
  currency currency not null,
  constraint loan_object_once primary key (loan_id, object_id)
);
create index loan_object_object_idx on loan_object (object_id);
create table valuation (
  id integer primary key,
  object_id integer not null references object,
  amount amount,
  currency currency,
  priceless boolean not null,
  valued_on date not null,
  valued_by integer references person,
  constraint priceless_or_amount check (case when priceless then num_nonnulls(amount, currency) = 0 else num_nulls(amount, currency) = 0 end)
);
create index valuation_object_idx on valuation (object_id);
create index valuation_person_idx on valuation (valued_by);
create table treatment (
  id integer primary key,
  object_id integer not null references object,
  conservator_id integer not null references person,
  started_on date,
  ended_on date,
  cost amount,
  constraint ends_after_it_starts check (started_on <= ended_on),
  constraint ends_when_started check (ended_on is null or ended_on >= coalesce(started_on, 'infinity'))
);
create index treatment_object_idx on treatment (object_id);
create index treatment_person_idx on treatment (conservator_id);
create table photograph (
  id integer not null unique,
  object_id integer not null references object on delete cascade,
  file_name text not null,
  position integer not null check (position > 0),
  sha256 varchar(64) not null check (length(decode(sha256, 'hex')) = 32),
  primary key (object_id, position)
);
create table reading (
  location_id integer not null references location,
  at timestamptz not null,
  temperature_c numeric check (temperature_c > -273.15),
  humidity_percent numeric check (humidity_percent between 0 and 100),
  primary key (location_id, at)
);
