-- The helpdesk's tables, with the indexes that keys need.

create table account (
  id integer primary key,
  subdomain text not null unique,
  plan text not null,
  created_at timestamptz not null,
  closed_at timestamptz
);

create table agent (
  id bigint primary key,
  account_id integer not null references account,
  email text not null,
  role text not null,
  disabled_at timestamptz
);

create table contact (
  id bigint primary key,
  account_id integer not null references account,
  email text,
  phone text,
  name text not null,
  created_at timestamptz not null,
  merged_into bigint
);

create table ticket (
  id bigint primary key,
  account_id integer not null references account,
  number integer not null,
  requester_id bigint not null references contact,
  assignee_id bigint,
  team_id integer,
  status text not null,
  priority smallint not null,
  channel text not null,
  subject text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  due_at timestamptz,
  solved_at timestamptz,
  deleted_at timestamptz,
  spam boolean not null
);

create table message (
  id bigint primary key,
  ticket_id bigint not null references ticket,
  author_id bigint not null,
  kind text not null,
  message_id text,
  size integer not null,
  created_at timestamptz not null,
  delivery text not null
);

create table attachment (
  id bigint primary key,
  message_id bigint not null references message,
  sha256 text not null,
  bytes bigint not null,
  scanned_at timestamptz,
  verdict text not null
);

create table tagging (
  ticket_id bigint not null references ticket,
  tag_id integer not null,
  account_id integer not null,
  primary key (ticket_id, tag_id)
);

create table rating (
  id bigint primary key,
  ticket_id bigint not null references ticket,
  agent_id bigint not null,
  score smallint not null,
  comment text,
  created_at timestamptz not null
);

create table webhook_call (
  id bigint primary key,
  account_id integer not null references account,
  ticket_id bigint not null,
  state text not null,
  attempts smallint not null,
  next_attempt_at timestamptz,
  created_at timestamptz not null
);
