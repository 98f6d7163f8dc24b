import type { TestServer } from '../postgresServer.ts';
import { linkTo } from './attackWorld.ts';

/** What lies in wait on the server: each of these writes past every transaction, by a connection of its own. */
export function attackObjects(server: TestServer): string {
  const link = linkTo(server).replaceAll("'", "''");
  const leak = `dblink_exec('${link}', 'insert into public.victim values (' || (1000 + floor(random() * 9e7))::int || ')')`;
  return [functionsSql(leak), hidingSql, fartherSql(server, leak)].join('');
}

const functionsSql = (leak: string): string => `
create extension dblink;
create extension postgres_fdw;
create table victim (x int primary key);
insert into victim values (1), (2);
create sequence victim_seq;
create materialized view frozen as select now() as at;
create schema landing;
create table held (x int);
insert into held values (1);
select lo_from_bytea(4711, 'kept');

create function leak() returns int language plpgsql volatile security definer set search_path = public
  as $$ begin perform ${leak}; return 1; end $$;
create function leak(int) returns int language sql volatile as 'select leak()';
create function leak(int, int) returns int language sql volatile as 'select leak()';
create function leak_bool(int) returns boolean language sql volatile as 'select leak() = 1';
create function leak_text(text) returns int language sql volatile as 'select leak()';
create function leak_of_row(held) returns int language sql volatile as 'select leak()';
create function plain_insert() returns int language sql volatile
  as 'insert into victim values (7) returning x';
create function defined_insert() returns int language sql volatile security definer
  as 'insert into victim values (8) returning x';
create function unset_insert() returns int language plpgsql volatile
  as $$ begin set transaction_read_only = off; insert into victim values (9); return 1; end $$;
create function config_insert() returns int language plpgsql volatile set default_transaction_read_only = off
  as $$ begin perform set_config('transaction_read_only', 'off', false); insert into victim values (10); return 1; end $$;
create function caught_insert() returns int language plpgsql volatile
  as $$ begin insert into victim values (11); return 1; exception when others then perform leak(); return 2; end $$;
create function hidden_lock() returns int language plpgsql volatile
  as $$ begin perform pg_advisory_lock(4243); return 1; end $$;
create procedure committing() language plpgsql as $$ begin commit; insert into victim values (12); commit; end $$;
`;

const hidingSql = `
create view leaking as select leak() as x;
create view leaking_deep as select * from (select x from leaking) deep;
create view locking as select pg_try_advisory_lock(4244);
create view counting as select nextval('victim_seq');
create view exporting as select pg_export_snapshot();
create operator ### (leftarg = int, rightarg = int, function = leak);
create operator !### (rightarg = int, function = leak);
create view operating as select 1 ### 2 as x;
create aggregate leak_sum(int) (sfunc = leak, stype = int, initcond = '0');
create view summing as select leak_sum(x) from held;
create view windowing as select leak_sum(x) over () from held;
create domain leaky as int check (leak_bool(value));
create domain leakier as leaky;
create view checking as select 5::leaky as x;
create type wrapped as (x int);
create function to_wrapped(int) returns wrapped language plpgsql volatile
  as $$ begin perform leak(); return row(1)::wrapped; end $$;
create cast (int as wrapped) with function to_wrapped(int);
create view casting as select 1::wrapped as x;
`;

const fartherSql = ({ host, port, username, password }: TestServer, leak: string): string => `
create table guarded_rows (x int);
insert into guarded_rows values (1);
alter table guarded_rows enable row level security;
create policy leaks on guarded_rows using (leak_bool(x));

create server loop foreign data wrapper postgres_fdw
  options (host '${host}', port '${port}', dbname 'postgres');
create user mapping for public server loop
  options (user '${username}', password '${password}');
create foreign table far (x int) server loop options (schema_name 'public', table_name 'leaking');
create view far_view as select * from far;
create table parts (x int) partition by list (x);
create foreign table far_part partition of parts for values in (1) server loop
  options (schema_name 'public', table_name 'leaking');

create function lying() returns int language plpgsql stable security definer set search_path = public
  as $$ begin perform ${leak}; return 1; end $$;
create type unlucky as (x int);
create function to_unlucky(unlucky) returns macaddr language plpgsql volatile
  as $$ begin perform leak(); return '08:00:2b:01:02:03'; end $$;
create cast (unlucky as macaddr) with function to_unlucky(unlucky) as implicit;
create function luck() returns unlucky language sql immutable as 'select row(1)::unlucky';

create role reader login password 'reader' in role pg_read_all_data;
grant create, temporary on database postgres to reader;
grant create on schema public to reader;
grant all on victim, held to reader;
grant all on sequence victim_seq to reader;
grant all on large object 4711 to reader;
grant usage on foreign server loop to reader`;

/** A role that is no superuser and owns everything that is attacked. */
export const ownedByOwner = `
create role owner login password 'owner';
grant create on database postgres to owner;
grant pg_read_all_data to owner;
grant usage on foreign server loop to owner;
alter schema public owner to owner;
alter schema landing owner to owner;
alter large object 4711 owner to owner;
do $$ declare one record; begin
  for one in select oid::regclass as name, relkind from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm', 'p', 'f', 'S')
      and not exists (select from pg_depend d where d.objid = pg_class.oid and d.deptype in ('e', 'a', 'i'))
  loop execute format('alter %s %s owner to owner', case one.relkind when 'v' then 'view' when 'm' then
    'materialized view' when 'f' then 'foreign table' when 'S' then 'sequence' else 'table' end, one.name); end loop;
  for one in select oid::regprocedure as name, prokind from pg_proc
    where pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend d where d.objid = pg_proc.oid and d.deptype = 'e')
  loop execute format('alter %s %s owner to owner', case one.prokind when 'a' then 'aggregate' when 'p' then
    'procedure' else 'function' end, one.name); end loop;
end $$`;
