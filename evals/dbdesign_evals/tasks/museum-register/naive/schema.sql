create table museum (id int primary key, name varchar(255) not null, country char(2) not null, founded_year smallint check (founded_year > 0));
create table institution (id int primary key, name varchar(255) not null unique, country char(2) not null);
create table person (
  id int primary key,
  name varchar(255) not null,
  email varchar(255) unique,
  born smallint check (born > 0),
  died smallint,
  check (died > born)
);
create table location (
  id int primary key,
  museum_id int not null references museum,
  parent_id int references location,
  code varchar(20) not null,
  kind varchar(20) not null,
  unique (museum_id, code)
);
create table material (id int primary key, name varchar(100) not null unique);
create table object (
  id int primary key,
  museum_id int not null references museum,
  accession_no varchar(50) not null,
  title varchar(255) not null,
  year_from smallint check (year_from > 0),
  year_to smallint,
  part_of_id int references object,
  weight_g numeric(10, 2) check (weight_g > 0),
  status varchar(20) not null check (status in ('held', 'missing', 'destroyed', 'deaccessioned')),
  check (year_to >= year_from)
);
create unique index on object (museum_id, lower(trim(accession_no)));
create table object_maker (
  object_id int references object on delete cascade,
  person_id int references person,
  role varchar(30) not null,
  position int not null,
  primary key (object_id, person_id)
);
create table object_material (
  object_id int references object on delete cascade,
  material_id int references material,
  share numeric(5, 2) not null check (share between 0 and 100),
  primary key (object_id, material_id)
);
create table movement (
  id int primary key,
  object_id int not null references object,
  from_location_id int references location,
  to_location_id int not null references location,
  moved_at timestamp not null,
  seq int not null,
  check (from_location_id <> to_location_id),
  unique (object_id, moved_at)
);
create table exhibition (
  id int primary key,
  museum_id int not null references museum,
  title varchar(255) not null,
  opens_on date not null,
  closes_on date not null,
  check (closes_on > opens_on)
);
create table exhibition_object (
  exhibition_id int references exhibition,
  object_id int references object,
  installed_on date not null,
  removed_on date,
  primary key (exhibition_id, object_id),
  check (removed_on > installed_on)
);
create table loan (
  id int primary key,
  museum_id int not null references museum,
  institution_id int not null references institution,
  number varchar(20) not null,
  direction varchar(3) not null check (direction in ('in', 'out')),
  starts_on date not null,
  due_on date not null,
  ended_on date,
  unique (museum_id, number),
  check (due_on > starts_on),
  check (ended_on >= starts_on)
);
create table loan_object (
  loan_id int references loan,
  object_id int references object,
  insured_value numeric(12, 2) not null check (insured_value > 0),
  currency char(3) not null,
  primary key (loan_id, object_id)
);
create table valuation (
  id int primary key,
  object_id int not null references object,
  amount numeric(12, 2) check (amount > 0),
  currency char(3),
  priceless boolean not null default false,
  valued_on date not null,
  valued_by int references person
);
create table treatment (
  id int primary key,
  object_id int not null references object,
  conservator_id int not null references person,
  started_on date not null,
  ended_on date check (ended_on >= started_on),
  cost numeric(10, 2) check (cost >= 0)
);
create table photograph (
  id int primary key,
  object_id int not null references object on delete cascade,
  file_name varchar(255) not null,
  position int not null,
  sha256 char(64) not null unique check (sha256 ~ '^[0-9a-f]{64}$')
);
create table reading (
  location_id int references location,
  at timestamp not null,
  temperature_c numeric(4, 1) not null check (temperature_c between -10 and 50),
  humidity_percent numeric(4, 1) not null check (humidity_percent > 0 and humidity_percent < 100),
  primary key (location_id, at)
);
