import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import { readPrivately, writeAtomically } from '../storage/atomicWrite.ts';
import { isAbsent } from '../storage/storeErrors.ts';
import type { Loaded } from './level.ts';
import { decodeLevel, encodeLevel, type LevelHeader } from './levelFormat.ts';
import type { LevelCopies } from './levels.ts';
import type { Origin } from './origins.ts';
import type { LevelPlace } from './reader.ts';

/** Of one connection. The oldest go first. */
const maxFiles = 400;
const maxBytes = 32 * 1024 ** 2;
/** What was read within this time goes to disk together. */
const writeDelayMs = 1_000;
/** Closing waits for what is under way, and no longer. */
const closeLimitMs = 300;

export interface LevelFilesDeps {
  folder: string;
  originOf: (connectionId: string) => Origin | undefined;
  clock: Clock;
  log: { warn: (facts: object, words: string) => void };
}

interface Pending {
  connectionId: string;
  header: LevelHeader;
  copy: Loaded;
}

/**
 * The last copy of each level, one file each, in a folder for each connection. Losing one costs nothing but a look at the
 * server: a file that is damaged or cannot be written is told to the log alone.
 */
export class LevelFiles implements LevelCopies {
  readonly #deps: LevelFilesDeps;
  readonly #pending = new Map<string, Pending>();
  #cancelTimer: (() => void) | undefined;
  /** Writing and removing happen one after the other. */
  #work: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(deps: LevelFilesDeps) {
    this.#deps = deps;
  }

  async read(place: LevelPlace, key: string): Promise<Loaded | undefined> {
    const { originOf, log } = this.#deps;
    const path = this.#pathOf(place, key);
    const origin = originOf(place.connectionId);
    if (!origin) return undefined;
    const pending = this.#pending.get(path);
    if (pending) return belongs(pending.header, origin) ? pending.copy : undefined;
    const bytes = await readPrivately(path).catch((error: unknown) => {
      if (!isAbsent(error)) log.warn({ path, error }, 'A copy of a catalog could not be read');
      return undefined;
    });
    if (!bytes) return undefined;
    const decoded = decodeLevel(bytes, { database: place.database, key });
    if (typeof decoded === 'string') {
      log.warn({ path, why: decoded }, 'A copy of a catalog is damaged and left out');
      return undefined;
    }
    const { header, value } = decoded;
    if (!belongs(header, origin)) return undefined;
    return { value, fetchedAt: header.fetchedAt, bytes: bytes.length };
  }

  write(place: LevelPlace, key: string, copy: Loaded): void {
    const origin = this.#deps.originOf(place.connectionId);
    if (!origin || this.#closed || copy.bytes > maxBytes / 2) return;
    const { connectionId, database } = place;
    const header = { ...origin, database, key, fetchedAt: copy.fetchedAt };
    this.#pending.set(this.#pathOf(place, key), { connectionId, header, copy });
    this.#cancelTimer ??= this.#deps.clock.after(writeDelayMs, () => this.#flush());
  }

  remove(connectionId: string): void {
    for (const [path, pending] of this.#pending)
      if (pending.connectionId === connectionId) this.#pending.delete(path);
    this.#then(() => rm(this.#folderOf(connectionId), { recursive: true, force: true }));
  }

  /** Folders of connections that are no more, for example because they were deleted while a file could not be. */
  sweep(connectionIds: string[]): void {
    const kept = new Set(connectionIds.map(folderName));
    this.#then(async () => {
      const names = await readdir(this.#deps.folder).catch(() => []);
      for (const name of names.filter((each) => !kept.has(each)))
        await rm(join(this.#deps.folder, name), { recursive: true, force: true });
    });
  }

  async close(): Promise<void> {
    this.#flush();
    this.#closed = true;
    await Promise.race([
      this.#work,
      new Promise<void>((resolve) => this.#deps.clock.after(closeLimitMs, resolve)),
    ]);
    // What could not be written in that time is read from the server again.
    this.#pending.clear();
  }

  #flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const connectionIds = new Set([...this.#pending.values()].map(({ connectionId }) => connectionId));
    if (connectionIds.size === 0) return;
    this.#then(async () => {
      for (const [path, pending] of [...this.#pending]) {
        await this.#writeOne(path, pending);
        if (this.#pending.get(path) === pending) this.#pending.delete(path);
      }
      for (const connectionId of connectionIds) await makeRoom(this.#folderOf(connectionId));
    });
  }

  /** It may have been removed while others were written. */
  async #writeOne(path: string, pending: Pending): Promise<void> {
    if (this.#pending.get(path) !== pending) return;
    await mkdir(this.#folderOf(pending.connectionId), { recursive: true, mode: 0o700 });
    await writeAtomically(path, encodeLevel(pending.header, pending.copy.value), { backup: false });
  }

  #then(work: () => Promise<void>): void {
    const { log } = this.#deps;
    this.#work = this.#work
      .then(work)
      .catch((error: unknown) => log.warn({ error }, 'Copies of a catalog could not be kept on disk'));
  }

  #folderOf(connectionId: string): string {
    return join(this.#deps.folder, folderName(connectionId));
  }

  #pathOf({ connectionId, database }: LevelPlace, key: string): string {
    return join(this.#folderOf(connectionId), `${digest(JSON.stringify([database, key]))}.json`);
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** An identifier that is no uuid may be anything, a path too. */
const folderName = (connectionId: string): string =>
  /^[\w-]{1,64}$/.test(connectionId) ? connectionId : digest(connectionId);

function belongs(header: LevelHeader, { way, server }: Origin): boolean {
  if (header.way !== way) return false;
  return header.server === undefined || server === undefined || header.server === server;
}

async function makeRoom(folder: string): Promise<void> {
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const path = join(folder, name);
      const { size, mtimeMs } = await stat(path);
      return { path, size, mtimeMs };
    }),
  );
  const newestFirst = files.sort((a, b) => b.mtimeMs - a.mtimeMs);
  let total = 0;
  for (const [index, { path, size }] of newestFirst.entries()) {
    total += size;
    if (index >= maxFiles || total > maxBytes) await rm(path, { force: true });
  }
}
