import { readFile } from 'node:fs/promises';
import type { MethodParams, MethodResult } from '#shared/contract/derive.ts';
import type { KeptSession } from '#shared/session/kept.ts';
import type { Clock } from '../lib/clock.ts';
import { keptFiles, newestFirst, readEntry, readSession, type KeptFile, type Read } from './keptFiles.ts';

/** What is found in less is given whole; who looks through more gets it in parts. */
const partMs = 250;
/** Read side by side; more would keep texts that are saved meanwhile waiting. */
const together = 8;
const excerptLength = 200;

type ListResult = MethodResult<'sessions.list'>;
type ListEntry = ListResult['entries'][number];

export interface KeptListDeps {
  clock: Clock;
  folders: () => readonly string[];
  /** What the settings say now counts, whatever they said when it was written. */
  retentionMs: () => number;
  isLive: (sessionId: string) => boolean;
  damaged: (path: string, why: string) => Promise<void>;
}

/** Pages of kept sessions, newest first, with no index that could be wrong: names and times, then only what a page shows. */
export class KeptList {
  #files: readonly KeptFile[] = [];
  readonly #deps: KeptListDeps;

  constructor(deps: KeptListDeps) {
    this.#deps = deps;
  }

  async page({ text, limit, before }: MethodParams<'sessions.list'>): Promise<ListResult> {
    const { clock, folders } = this.#deps;
    const cursor = before === undefined ? undefined : parseCursor(before);
    if (!cursor || this.#files.length === 0) this.#files = await keptFiles(folders(), clock.now());
    const files = this.#files;
    const from = cursor ? files.findIndex((file) => newestFirst(cursor, file) < 0) : 0;
    const sought = text?.trim() ? text.trim().toLowerCase() : undefined;
    const entries: ListEntry[] = [];
    const startedAt = clock.monotonic();
    let at = from < 0 ? files.length : from;
    while (at < files.length && entries.length < limit) {
      // A page is never more than was asked for, so that the next begins where this one ends.
      const part = files.slice(at, at + Math.min(together, limit - entries.length));
      const found = await Promise.all(part.map((file) => this.#look(file, sought)));
      entries.push(...found.filter((entry) => entry !== undefined));
      at += part.length;
      if (sought !== undefined && clock.monotonic() - startedAt > partMs) break;
    }
    const last = files[at - 1];
    const next = at < files.length && last ? { next: cursorOf(last) } : {};
    return { entries, ...next, total: files.length, seen: at };
  }

  async #look(file: KeptFile, sought: string | undefined): Promise<ListEntry | undefined> {
    const excerpt = sought === undefined ? '' : await this.#excerptOf(file, sought);
    if (excerpt === undefined) return undefined;
    const entry = await this.#good(file, await readEntry(file));
    if (!entry) return undefined;
    const { isLive, retentionMs } = this.#deps;
    const facts = { persistedUntil: entry.savedAt + retentionMs(), live: isLive(file.sessionId) };
    return { ...entry, ...facts, ...(excerpt === '' ? {} : { excerpt }) };
  }

  /** The line that holds what is sought; undefined where nothing does. */
  async #excerptOf(file: KeptFile, sought: string): Promise<string | undefined> {
    const whole = await readFile(file.path, 'utf8').catch(() => '');
    // Most files do not hold it in any form, and need not be parsed.
    if (!whole.toLowerCase().includes(JSON.stringify(sought).slice(1, -1))) return undefined;
    const session = await this.#good(file, await readSession(file));
    return session && excerptIn(session, sought);
  }

  async #good<T>({ path }: KeptFile, read: Read<T>): Promise<T | undefined> {
    if (read.kind === 'damaged') await this.#deps.damaged(path, read.why);
    return read.kind === 'good' ? read.value : undefined;
  }
}

function excerptIn({ tabs }: KeptSession, sought: string): string | undefined {
  for (const { title, text, connectionName = '', runs } of tabs) {
    const statements = runs.flatMap((run) => [
      run.connectionName,
      ...run.statements.map((each) => each.text),
    ]);
    for (const where of [text, title, connectionName, ...statements]) {
      const at = where.toLowerCase().indexOf(sought);
      if (at >= 0) return lineAt(where, at);
    }
  }
  return undefined;
}

/** Around what was found, where the line is long. */
function lineAt(text: string, at: number): string {
  const from = Math.max(text.lastIndexOf('\n', at) + 1, at - excerptLength / 4);
  const end = text.indexOf('\n', at);
  return text.slice(from, Math.min(end < 0 ? text.length : end, from + excerptLength)).trim();
}

const cursorOf = ({ at, sessionId }: KeptFile): string => `${at}.${sessionId}`;

function parseCursor(cursor: string): Pick<KeptFile, 'at' | 'sessionId'> | undefined {
  const [at, sessionId] = cursor.split('.');
  return sessionId === undefined || !Number.isSafeInteger(Number(at))
    ? undefined
    : { at: Number(at), sessionId };
}
