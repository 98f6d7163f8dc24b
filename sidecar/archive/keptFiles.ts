import { stat } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeptEntry, KeptSession } from '#shared/session/kept.ts';
import { delay } from '../lib/deadline.ts';
import { readPrivately } from '../storage/atomicWrite.ts';
import { setAside } from '../storage/loadStore.ts';
import { isAbsent } from '../storage/storeErrors.ts';
import { decode, fileOf, type StoreFormat } from '../storage/storeFormat.ts';

/** What is written; older ones would be migrated, newer ones are left alone. */
const version = 1;

let schemas: ReturnType<typeof makeSchemas> | undefined;
/** Made once something is read, for no start must wait for them. */
async function makeSchemas() {
  const { keptEntrySchema, keptSessionSchema } = await import('#shared/session/kept.ts');
  const format: StoreFormat<KeptSession> = { schema: fileOf(keptSessionSchema.shape), version };
  return { entry: keptEntrySchema, format };
}

/** Names of our own: whatever else lies in the folder, which may be the user's, is not touched. */
const ownName = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json$/;
const ownLeftover = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json\.tmp$/;
/** What a killed process left of a write is no other sidecar's present one after this time. */
const leftoverMs = 3_600_000;
/** The first line, which holds what a list shows, is shorter than this. */
const headBytes = 8 * 1024;
/** The system reads four files at a time; texts that are saved meanwhile must not wait behind a thousand others. */
const together = 8;
/** To ask when a file was written takes the system no time to speak of; to wait for each few of thousands does. */
const askedTogether = 256;

export interface KeptFile {
  readonly sessionId: string;
  readonly path: string;
  /** When it was written, in whole milliseconds. */
  readonly at: number;
}

export const keptName = (sessionId: string): string => `${sessionId}.json`;

/** Calls for each, some at a time; where `pauseMs` is given, so slowly that nobody notices. */
export async function forEachFile<T>(
  items: readonly T[],
  visit: (item: T) => Promise<void>,
  { pauseMs, signal, atOnce = together }: { pauseMs?: number; signal?: AbortSignal; atOnce?: number } = {},
): Promise<void> {
  for (let from = 0; from < items.length; from += atOnce) {
    if (signal?.aborted) return;
    await Promise.all(items.slice(from, from + atOnce).map(visit));
    if (pauseMs !== undefined) await delay(pauseMs);
  }
}

/** All files of the folders, the one that was written last first. A folder that cannot be read has none. */
export async function keptFiles(folders: readonly string[], now: number): Promise<KeptFile[]> {
  const files: KeptFile[] = [];
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    const look = async (name: string) => {
      const path = join(folder, name);
      const sessionId = ownName.exec(name)?.[1];
      if (sessionId === undefined && !ownLeftover.test(name)) return;
      const at = await writtenAt(path);
      if (at !== undefined && sessionId !== undefined) files.push({ sessionId, path, at });
      else if (at !== undefined && now - at > leftoverMs) await rm(path, { force: true }).catch(() => {});
    };
    await forEachFile(names, look, { atOnce: askedTogether });
  }
  return files.sort(newestFirst);
}

/** Undefined where it is gone. Of thousands, a callback for each is much sooner there than a promise of the system. */
const writtenAt = (path: string): Promise<number | undefined> =>
  new Promise((resolve) =>
    stat(path, (error, facts) => resolve(error ? undefined : Math.floor(facts.mtimeMs))),
  );

export const newestFirst = (one: Pick<KeptFile, 'at' | 'sessionId'>, other: typeof one): number =>
  other.at - one.at || (one.sessionId < other.sessionId ? -1 : 1);

/** `gone`: deleted meanwhile, of a newer version, or not to be read. */
export type Read<T> = { kind: 'good'; value: T } | { kind: 'damaged'; why: string } | { kind: 'gone' };

/** What a list shows, from the beginning of the file alone where that is as we write it. */
export async function readEntry({ path, sessionId }: KeptFile): Promise<Read<KeptEntry>> {
  const head = await readHead(path).catch(() => undefined);
  if (head === undefined) return { kind: 'gone' };
  const line = /^(\{.*),\n/.exec(head)?.[1];
  const entry = line === undefined ? undefined : await parseEntry(`${line}}`);
  if (entry?.sessionId === sessionId) return { kind: 'good', value: entry };
  // Somebody has formatted it, it is of another version, or it is damaged.
  const whole = await readSession({ path, sessionId });
  return whole.kind === 'good' ? { kind: 'good', value: entryOf(whole.value) } : whole;
}

async function parseEntry(line: string): Promise<KeptEntry | undefined> {
  const { entry } = await (schemas ??= makeSchemas());
  try {
    const { version: written, ...facts } = JSON.parse(line) as Record<string, unknown>;
    return written === version ? entry.safeParse(facts).data : undefined;
  } catch {
    return undefined;
  }
}

const entryOf = ({
  sessionId,
  windowId,
  startedAt,
  savedAt,
  persistedUntil,
  summary,
}: KeptSession): KeptEntry => ({
  sessionId,
  windowId,
  startedAt,
  savedAt,
  persistedUntil,
  summary,
});

async function readHead(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

export async function readSession({
  path,
  sessionId,
}: Pick<KeptFile, 'path' | 'sessionId'>): Promise<Read<KeptSession>> {
  const { format } = await (schemas ??= makeSchemas());
  try {
    const decoded = decode(await readPrivately(path), format);
    if (decoded.kind === 'newer') return { kind: 'gone' };
    if (decoded.kind === 'good' && decoded.value.sessionId !== sessionId)
      return { kind: 'damaged', why: 'It holds another session than its name says.' };
    return decoded;
  } catch {
    return { kind: 'gone' };
  }
}

/** Puts a damaged file aside; its new name, undefined where it could not be. */
export const putAside = (path: string, now: number): Promise<string | undefined> =>
  setAside(path, now).catch(() => undefined);

/** True where it was there. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await rm(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
