create extension if not exists btree_gist;
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
  parent_id bigint,
  code text not null,
  kind text not null,
  unique (museum_id, id),
  constraint location_code unique nulls not distinct (museum_id, parent_id, code),
  constraint location_parent foreign key (museum_id, parent_id) references location (museum_id, id),
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
  part_of_id bigint,
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
  primary key (object_id, installed_on),
  check (installed_on < removed_on),
  constraint one_exhibition exclude using gist (object_id with =, daterange(installed_on, removed_on, '[)') with &&)
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
