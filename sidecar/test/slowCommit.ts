/** Tables: a COMMIT after an insert into `slow` takes until its number stands in `let_go`, whatever else is busy meanwhile. */
export const slowTables = `create table slow (n int); create table let_go (n int);
  create function wait() returns trigger language plpgsql as $$ begin
    while not exists (select from let_go where n = new.n) loop perform pg_sleep(0.01); end loop;
    return null; end $$;
  create constraint trigger waits after insert on slow deferrable initially deferred
    for each row execute function wait()`;

interface Asked {
  query(text: string): Promise<Record<string, unknown>[]>;
}

/** Whether the server is at one. */
export const isCommitting = async (server: Asked): Promise<boolean> =>
  (await server.query("select from pg_stat_activity where query ilike 'commit%' and state = 'active'"))
    .length === 1;

export const letGo = (server: Asked, n: number): Promise<unknown> =>
  server.query(`insert into let_go values (${n})`);
