/**
 * One of each kind of object, with what is easily forgotten of it; the round trip reads their statements, runs them in
 * an empty database and compares. In the order of `made`, each finds there what it refers to.
 */
export const everyKind = `
create role reader;
create schema "My shop";
comment on schema "My shop" is 'it''s ours';
grant usage on schema "My shop" to reader;
set search_path = "My shop";
create type mood as enum ('ok', 'it''s', 'sad');
create domain positive as int default 1 not null check (value > 0);
comment on domain positive is 'counts';
create type pair as (a int, "B" text collate "C");
create type span as range (subtype = float8, subtype_diff = float8mi);
revoke usage on type mood from public;
create function add(a int, b int default 2) returns int language sql immutable strict as 'select $1 + $2';
comment on function add(int, int) is 'adds';
revoke execute on function add(int, int) from public;
grant execute on function add(int, int) to reader;
create function noted() returns trigger language plpgsql as $$ begin return new; end $$;
create procedure tidy(inout n int) language plpgsql as $body$ begin n := n + 1; end $body$;
create aggregate total(int) (sfunc = add, stype = int, initcond = '0', parallel = safe);
create sequence tickets as int increment 5 minvalue 5 maxvalue 500 start 10 cache 3 cycle;
grant usage on sequence tickets to reader;
create table customers (
  id int generated always as identity (start 100 increment 10) primary key,
  code serial,
  name text collate "C" not null default 'it''s' check (name <> ''),
  mood mood default 'ok',
  size positive,
  twice int generated always as (add(code, 0)) stored,
  at timestamptz default '2020-01-02 03:04:05+00',
  tags text[] not null default '{}',
  constraint once unique (name, size) include (code) deferrable initially deferred,
  exclude using gist (box(point(code, code), point(code, code)) with &&)
) with (fillfactor = 70, toast.autovacuum_enabled = false);
alter table customers alter name set storage external, alter name set statistics 77, alter code set (n_distinct = 5);
alter table customers add constraint late check (code > 0) not valid;
comment on table customers is E'back\\\\slash and ''quotes''';
comment on column customers.name is 'as on the card';
comment on constraint once on customers is 'no two';
create index "By name" on customers using btree (lower(name) desc nulls last) include (code) with (fillfactor = 80) where code > 3;
comment on index "By name" is 'for the list';
create statistics linked (ndistinct) on code, name from customers;
alter table customers cluster on customers_pkey;
alter index customers_pkey set (fillfactor = 90);
create trigger touched before update of name on customers for each row when (old.name <> new.name) execute function noted();
alter table customers disable trigger touched;
comment on trigger touched on customers is 'off';
alter table customers enable row level security, force row level security;
create policy own on customers as restrictive for select to reader, current_user using (name = current_user);
create policy theirs on customers for insert with check (code > 0);
create rule quiet as on delete to customers where old.code = 0 do instead nothing;
alter table customers replica identity full;
grant select, insert (name) on customers to reader with grant option;
create unlogged table "Orders" (id bigint primary key, customer int references customers on delete cascade deferrable, parent bigint references "Orders");
create table things of pair (a with options primary key, "B" not null);
create table animals (name text not null, legs int default 4 check (legs >= 0));
create table birds (wings int, legs int default 2) inherits (animals);
create table log (at date not null, what text, who int references customers) partition by range (at);
create index log_what on log (what);
alter table log add primary key (at, what);
create table log_2020 partition of log for values from ('2020-01-01') to ('2021-01-01');
create table log_rest partition of log default partition by list (what);
create table log_rest_a partition of log_rest for values in ('a', 'b');
create table empty ();
create view seen with (security_barrier = true) as
  select c.id, c.name as "Name", o.id as order_id from customers c left join "Orders" o on o.customer = c.id where c.code > 0;
create view checked as select id, code from customers where code > 0 with cascaded check option;
create view plain as select id, name from customers;
alter view plain alter name set default 'none';
comment on view plain is 'short';
create materialized view counted with (fillfactor = 60) as select count(*) as n from customers with no data;
create unique index on counted (n);
create foreign data wrapper nowhere;
create server far foreign data wrapper nowhere options (host 'h''1');
create foreign table remote (id int options (column_name 'ID') not null, name text) server far options (table_name 'x y');
`;

/** The kinds in the order in which they need each other; tables are made in the order of their oids. */
export const made = [
  'type',
  'function',
  'sequence',
  'table',
  'view',
  'materializedView',
  'foreignTable',
] as const;
