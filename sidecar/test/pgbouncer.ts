import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { findFreePort } from '../embedded/freePort.ts';
import { untilListening } from './listening.ts';
import type { TestServer } from './postgresServer.ts';
import { tempFolder } from './tempFolder.ts';

export interface PoolerOptions {
  mode: 'transaction' | 'session';
  /** Connections to the server; few, so that clients share them. */
  poolSize?: number;
  /** As in pgbouncer.ini; without it everything that the pooler does not know is refused. */
  ignoredParameters?: string[];
}

interface Place {
  host: string;
  port: number;
  database: string;
  username: string;
  password: string;
}

export interface Pooler extends Place {
  /** Runs SQL as somebody else who comes through the same pooler. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

const isRoot = process.getuid?.() === 0;

/** Why the tests that need it are left out; undefined where they are not. What fetches it is `npm run test:pg`. */
export function whyNoPgbouncer(): string | undefined {
  if (process.platform !== 'linux') return 'PgBouncer is looked for on Linux only';
  return isPgbouncerInstalled() ? undefined : 'PgBouncer is not installed';
}

export const isPgbouncerInstalled = (): boolean =>
  spawnSync('pgbouncer', ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;

/** PgBouncer before a server of the tests. It ends with this process, however that ends. */
export async function startPgbouncer(server: TestServer, options: PoolerOptions): Promise<Pooler> {
  const folder = await tempFolder();
  const { host, database, username, password } = server;
  const port = await findFreePort();
  const users = path.join(folder.path, 'users.txt');
  const settings = path.join(folder.path, 'pgbouncer.ini');
  await writeFile(users, `"${username}" "${password}"\n`);
  await writeFile(settings, settingsText(server, users, { port, ...options }));
  const account = isRoot ? accountOf('nobody') : undefined;
  if (account) {
    for (const file of [folder.path, users, settings]) await chown(file, account.uid, account.gid);
  }
  // PgBouncer refuses to run as root.
  const identity = account ? [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'] : [];
  const child = spawn('setpriv', [...identity, '--pdeathsig=KILL', '--', 'pgbouncer', '--quiet', settings], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: '/',
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    await folder.remove();
  };
  try {
    await untilListening(port, child, () => `PgBouncer did not start: ${said}`);
    const place = { host, port, database, username, password };
    return { ...place, query: (sql) => ask(place, sql), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function ask({ username: user, ...place }: Place, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ ...place, user, application_name: 'stranger' });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function settingsText(
  server: TestServer,
  users: string,
  { port, mode, poolSize = 2, ignoredParameters = [] }: PoolerOptions & { port: number },
): string {
  return `[databases]
* = host=${server.host} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = ${mode}
default_pool_size = ${poolSize}
ignore_startup_parameters = ${ignoredParameters.join(', ')}
`;
}

function accountOf(name: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}
