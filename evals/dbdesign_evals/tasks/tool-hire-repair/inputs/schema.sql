-- As it is. Times are UTC.
create table customer (id integer, name text, phone text, email text);
create table tool (id integer, serial text, name text, daily_rate double precision);
create table hire (id integer, customer_id integer, tool_id integer, out_at timestamp, due_on date, back_at timestamp, deposit numeric);
create table charge (id integer, hire_id integer, kind text, amount numeric, note text);
