import pg from 'pg';
import type { TestServer } from '../postgresServer.ts';

/** What an attack needs to know of the place. */
export interface AttackPlace {
  /** How dblink reaches the server anew, past every transaction of ours. */
  link: string;
  /** The server's data folder. */
  folder: string;
  /** A backend that somebody may try to end. */
  victimPid: number;
}

/** What another connection sees of the server, one value for each kind of effect. */
export type Sight = Record<string, unknown>;

const sightSql = `
select jsonb_build_object(
  'rows', (select array_agg(x order by x) from victim),
  'rowLocks', (select sum(xmax::text::bigint) from victim),
  'relations', (select count(*) from pg_class),
  'files', (select array_agg(relfilenode order by oid) from pg_class where relname in ('victim', 'victim_pkey', 'frozen')),
  'routines', (select count(*) from pg_proc),
  'roles', (select md5(string_agg(a::text, '' order by a.oid)) from pg_authid a),
  'rights', (select md5(string_agg(relacl::text, '' order by oid)) from pg_class),
  'settings', (select array_agg(s::text order by s::text) from pg_db_role_setting s),
  'serverSettings', (select array_agg(name order by name) from pg_file_settings where sourcefile like '%auto.conf'),
  'comments', (select count(*) from pg_description),
  'sequence', (select row(last_value, is_called)::text from victim_seq),
  'objects', (select md5(string_agg(lo_get(oid)::text, ',' order by oid)) from pg_largeobject_metadata),
  'advisory', (select count(*) from pg_locks where locktype = 'advisory'),
  'locks', (select count(*) from pg_locks where relation = 'held'::regclass
            and mode not in ('AccessShareLock', 'SIReadLock') and pid <> pg_backend_pid()),
  'prepared', (select count(*) from pg_prepared_xacts),
  'slots', (select count(*) from pg_replication_slots),
  'origins', (select count(*) from pg_replication_origin),
  'loadedAt', pg_conf_load_time(),
  'checkpoints', (select num_requested from pg_stat_checkpointer),
  'statistics', (select array_agg(stats_reset) from pg_stat_database where datname = current_database()),
  'sharedStatistics', (select stats_reset from pg_stat_bgwriter),
  'gathered', (select row(analyze_count, vacuum_count)::text from pg_stat_user_tables where relname = 'victim'),
  'extensions', (select count(*) from pg_extension),
  'databases', (select count(*) from pg_database),
  'tablespaces', (select count(*) from pg_tablespace),
  'written', (select array_agg(name order by name) from pg_ls_dir('.') name where name like 'hawser%'),
  'snapshots', (select count(*) from pg_ls_dir('pg_snapshots')),
  'victim', (select count(*) from pg_stat_activity where application_name = 'victim'),
  'wal', pg_current_wal_insert_lsn() - '0/0') as sight`;

/** A second connection that looks for effects, one that can be ended, and one that hears what is notified. */
export class AttackWorld {
  readonly #watcher: pg.Client;
  readonly #victim: pg.Client;
  #heard = 0;

  private constructor(watcher: pg.Client, victim: pg.Client) {
    this.#watcher = watcher;
    this.#victim = victim;
  }

  static async open(server: TestServer): Promise<AttackWorld> {
    const watcher = await connect(server, 'watcher');
    const victim = await connect(server, 'victim');
    const world = new AttackWorld(watcher, victim);
    watcher.on('notification', () => (world.#heard += 1));
    await watcher.query('listen hawser');
    return world;
  }

  async place(server: TestServer): Promise<AttackPlace> {
    const { rows } = await this.#watcher.query<Omit<AttackPlace, 'link'>>(
      `select current_setting('data_directory') as folder,
         (select pid from pg_stat_activity where application_name = 'victim') as "victimPid"`,
    );
    const [row = { folder: '', victimPid: 0 }] = rows;
    return { link: linkTo(server), ...row };
  }

  async look(): Promise<Sight> {
    // What a backend counts is told to all at the latest when it is given back; this makes the watcher read it anew.
    await this.#watcher.query('select pg_stat_clear_snapshot()');
    const { rows } = await this.#watcher.query<{ sight: Sight }>(sightSql);
    return { ...rows[0]?.sight, heard: this.#heard };
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#watcher.end(), this.#victim.end()]);
  }
}

/** How a function on the server reaches it anew. */
export const linkTo = ({ host, port, username, password, database }: TestServer): string =>
  `host=${host} port=${port} user=${username} password='${password}' dbname=${database}`;

/** The server writes a little into its log by itself; an attack that wants to be seen writes more than this. */
const ownWalBytes = 1_000_000;

/** What differs between two looks. */
export const differences = (before: Sight, after: Sight): string[] =>
  Object.keys(after).filter((key) =>
    key === 'wal'
      ? Number(after.wal) - Number(before.wal) > ownWalBytes
      : JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );

async function connect(
  { host, port, username: user, password, database }: TestServer,
  application_name: string,
): Promise<pg.Client> {
  const client = new pg.Client({ host, port, user, password, database, application_name });
  // It may be ended by an attack.
  client.on('error', () => {});
  await client.connect();
  return client;
}
