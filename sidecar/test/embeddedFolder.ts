import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { EmbeddedServer, type EmbeddedAddress } from '../embedded/server.ts';
import type { Caller } from '../embedded/sharedTask.ts';
import { systemClock } from '../lib/clock.ts';

const quietLog = { info: () => {}, warn: () => {} };

export const embeddedServer = (dataDir: string): EmbeddedServer =>
  new EmbeddedServer({ dataDir, log: quietLog, clock: systemClock });

/** A signal that never fires and no ear for progress. */
export const patient: Caller = { signal: new AbortController().signal, onActivity: () => {} };

/** Folders of built-in servers for one test file; the sample is made once and copied for those who do not ask for an empty one. */
export class EmbeddedFolders {
  readonly #folders: string[] = [];
  #made: Promise<string> | undefined;

  async empty(): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), 'hawser-test-embedded-'));
    this.#folders.push(folder);
    return path.join(folder, 'embedded');
  }

  async withSample(): Promise<string> {
    this.#made ??= this.#make();
    const folder = await this.empty();
    await cp(await this.#made, folder, { recursive: true });
    return folder;
  }

  /** Lets a folder that a test has filled and stopped be the one to copy, for making the sample takes seconds. */
  useAsSample(folder: string): void {
    this.#made = Promise.resolve(folder);
  }

  async #make(): Promise<string> {
    const folder = await this.empty();
    const server = embeddedServer(folder);
    await server.start(patient);
    await server.stop();
    return folder;
  }

  async remove(): Promise<void> {
    for (const folder of this.#folders.splice(0)) await rm(folder, { recursive: true, force: true });
    this.#made = undefined;
  }
}

/** A client of the built-in server. Its own errors are swallowed: tests end servers under it on purpose. */
export async function clientOf({
  host,
  port,
  username: user,
  password,
  database,
}: EmbeddedAddress): Promise<pg.Client> {
  const client = new pg.Client({ host, port, user, password, database });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** The rows of one query on a connection of its own. */
export async function ask(address: EmbeddedAddress, sql: string): Promise<Record<string, unknown>[]> {
  const client = await clientOf(address);
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
