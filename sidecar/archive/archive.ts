import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StatusReport } from '#shared/connection/status.ts';
import type { MethodParams, MethodResult, Notification } from '#shared/contract/derive.ts';
import type { Document } from '#shared/documents/document.ts';
import { AppError } from '#shared/error/appError.ts';
import type { KeptSession } from '#shared/session/kept.ts';
import type { SessionRecord } from '#shared/session/record.ts';
import type { Settings } from '#shared/settings/settings.ts';
import type { Clock } from '../lib/clock.ts';
import { atMost } from '../lib/deadline.ts';
import { writeTextFile } from '../query/exporting/textFile.ts';
import { writeAtomically } from '../storage/atomicWrite.ts';
import type { DataFolder } from '../storage/dataFolder.ts';
import { changeError } from '../storage/storeErrors.ts';
import { Janitor } from './janitor.ts';
import { keptError } from './keptErrors.ts';
import { keptFiles, keptName, readSession, removeFile } from './keptFiles.ts';
import { KeptList } from './keptList.ts';
import type { KeepDeps } from './liveRun.ts';
import { LiveSession, type AskedRun } from './liveSession.ts';
import { WriteQueue } from './writeQueue.ts';

const dayMs = 24 * 3_600_000;
const closeLimitMs = 900;

type KeepSettings = Pick<Settings, 'enablePersistence' | 'retentionDays' | 'persistenceFolder'>;

export interface ArchiveDeps extends KeepDeps {
  clock: Clock;
  folder: Pick<DataFolder, 'path' | 'paths' | 'problems'>;
  settings: () => KeepSettings;
  recordOf: (sessionId: string) => SessionRecord | undefined;
  /** So long what is asked for waits for what has just changed to be on disk. */
  freshMs?: number;
}

interface Live {
  session: LiveSession;
  record: SessionRecord;
  ended: boolean;
  /** Where it lies; it moves with the folder. */
  path?: string;
}

/**
 * The memory of windows: what each session did, one file a session, to be found again for as long as the settings say. Nobody
 * waits for it; the texts of open tabs are safe without it.
 */
export class Archive {
  readonly #live = new Map<string, Live>();
  readonly #queue: WriteQueue;
  readonly #list: KeptList;
  readonly #janitor: Janitor;
  readonly #tell: (problem: AppError | undefined) => void;
  readonly #deps: ArchiveDeps;
  #trouble: string | undefined;
  /** What decides over what is there already. */
  #swept: Pick<KeepSettings, 'retentionDays' | 'persistenceFolder'>;

  constructor(deps: ArchiveDeps) {
    const { clock, folder } = deps;
    this.#deps = deps;
    this.#swept = deps.settings();
    this.#tell = folder.problems.reporter('sessions');
    this.#queue = new WriteQueue(clock, (sessionId) => this.#write(sessionId));
    const folders = () => this.#folders();
    const retentionMs = () => deps.settings().retentionDays * dayMs;
    this.#janitor = new Janitor({
      clock,
      folders,
      retentionMs,
      report: folder.problems.reporter('sessions that were damaged'),
    });
    this.#list = new KeptList({
      clock,
      folders,
      retentionMs,
      isLive: (sessionId) => this.#live.has(sessionId),
      damaged: (path, why) => this.#janitor.damaged(path, why),
    });
  }

  begin(sessionId: string, windowId: string): void {
    const { clock, recordOf } = this.#deps;
    const record = recordOf(sessionId);
    if (!record) return;
    const session = new LiveSession({ sessionId, windowId, startedAt: clock.now() }, this.#deps);
    this.#live.set(sessionId, { session, record, ended: false });
    this.#janitor.start();
  }

  end(sessionId: string): void {
    const live = this.#live.get(sessionId);
    if (!live) return;
    live.ended = true;
    live.session.event({ at: this.#deps.clock.now(), event: 'ended' });
    this.#queue.changed(sessionId, { soon: true });
  }

  saved(sessionId: string, document: Document, before: Document | undefined): void {
    this.#change(sessionId, (session, at) => session.saved(document, before, at));
  }

  /** Its text is nowhere else any more. */
  closed(sessionId: string, document: Document): void {
    this.#change(sessionId, (session, at) => session.closed(document, at), { soon: true });
  }

  ran(sessionId: string, params: Parameters<LiveSession['ran']>[0], asked: AskedRun): void {
    this.#change(sessionId, (session) => {
      session.ran(params, asked);
      return true;
    });
  }

  heard(sessionId: string, notification: Notification): void {
    this.#change(sessionId, (session, at) => session.heard(notification, at));
  }

  /** What became of the connection that the session follows. */
  status(sessionId: string, connectionId: string, { status, error }: StatusReport): void {
    const connectionName = this.#deps.nameOf(connectionId);
    const facts = { event: 'status', connectionName, status, ...(error && { code: error.code }) } as const;
    this.#change(sessionId, (session, at) => {
      session.event({ at, ...facts });
      return !session.isEmpty;
    });
  }

  /**
   * They act at once: in another folder all is written again. Switched off, nothing more is taken in; what there is stays,
   * and is what a session goes on from where it is switched on again.
   */
  settingsChanged(): void {
    for (const [sessionId, live] of this.#live)
      if (live.path !== this.#pathOf(sessionId)) this.#queue.changed(sessionId, { soon: true });
    const before = this.#swept;
    const now = (this.#swept = this.#deps.settings());
    const isOther = now.retentionDays !== before.retentionDays;
    // To go through thousands of files for a splitter that was moved would be too much.
    if (isOther || now.persistenceFolder !== before.persistenceFolder) this.#janitor.sweep();
  }

  async list(params: MethodParams<'sessions.list'>): Promise<MethodResult<'sessions.list'>> {
    if (params.before === undefined) await this.#freshen();
    return this.#list.page(params);
  }

  /** NOT_FOUND. */
  async get(sessionId: string): Promise<KeptSession> {
    if (this.#live.has(sessionId)) await this.#freshen();
    for (const folder of this.#folders()) {
      const path = join(folder, keptName(sessionId));
      const read = await readSession({ path, sessionId });
      if (read.kind === 'good') return read.value;
      if (read.kind === 'damaged') await this.#janitor.damaged(path, read.why);
    }
    // The disk is slow or takes nothing: what is to be written is there all the same.
    const live = this.#live.get(sessionId);
    if (!live || live.session.isEmpty) throw new AppError('NOT_FOUND', 'This session is not kept any more.');
    const { version: _, ...session } = JSON.parse(this.#encode(live)) as KeptSession & { version: number };
    return session;
  }

  /** STORE_READ_ONLY. */
  async remove(params: MethodParams<'sessions.remove'>): Promise<MethodResult<'sessions.remove'>> {
    const files = await keptFiles(this.#folders(), this.#deps.clock.now());
    const wanted = 'all' in params ? undefined : new Set(params.sessionIds);
    let removed = 0;
    for (const { sessionId, path } of files) {
      if (wanted && !wanted.has(sessionId)) continue;
      await this.#queue.drop(sessionId);
      const live = this.#live.get(sessionId);
      if (live) live.session = live.session.emptied();
      const isRemoved = await removeFile(path).catch((error: unknown) => {
        throw changeError('A kept session', path, error);
      });
      if (isRemoved) removed += 1;
    }
    return { removed };
  }

  /** NOT_FOUND, FILE_NOT_WRITABLE. */
  async export({ sessionId, path }: MethodParams<'sessions.export'>): Promise<{ bytes: number }> {
    const session = await this.get(sessionId);
    const text = `${JSON.stringify({ version: 1, ...session }, null, 2)}\n`;
    const { bytes } = await writeTextFile(path, text, this.#deps.folder.path);
    return { bytes };
  }

  async close(): Promise<void> {
    this.#janitor.close();
    await atMost(closeLimitMs, this.#queue.flush());
    this.#queue.close();
  }

  #freshen(): Promise<void> {
    return atMost(this.#deps.freshMs ?? 500, this.#queue.flush());
  }

  #change(
    sessionId: string,
    change: (session: LiveSession, at: number) => boolean,
    how: { soon?: boolean } = {},
  ): void {
    const live = this.#live.get(sessionId);
    const { clock, settings, recordOf } = this.#deps;
    if (!live || !settings().enablePersistence || !change(live.session, clock.now())) return;
    live.record = recordOf(sessionId) ?? live.record;
    this.#queue.changed(sessionId, how);
  }

  /** Where new ones go, and where they go without the user's choice: what lies there is listed and expires as well. */
  #folders(): readonly string[] {
    return [...new Set([this.#folder(), this.#deps.folder.paths.sessions])];
  }

  #folder(): string {
    return this.#deps.settings().persistenceFolder ?? this.#deps.folder.paths.sessions;
  }

  #pathOf(sessionId: string): string {
    return join(this.#folder(), keptName(sessionId));
  }

  async #write(sessionId: string): Promise<boolean> {
    const live = this.#live.get(sessionId);
    if (!live) return true;
    const path = this.#pathOf(sessionId);
    if (this.#deps.settings().enablePersistence && !live.session.isEmpty) {
      const problem = await this.#put(path, () => this.#encode(live));
      this.#say(problem);
      if (problem) return false;
      if (live.path !== undefined && live.path !== path) await removeFile(live.path).catch(() => false);
      live.path = path;
    }
    if (live.ended) this.#live.delete(sessionId);
    return true;
  }

  #encode({ session, record }: Live): string {
    const savedAt = this.#deps.clock.now();
    const persistedUntil = savedAt + this.#deps.settings().retentionDays * dayMs;
    return session.encode({ savedAt, persistedUntil }, record);
  }

  async #put(path: string, encode: () => string): Promise<AppError | undefined> {
    try {
      await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
      await writeAtomically(path, encode(), { backup: false });
      return undefined;
    } catch (error) {
      return keptError(path, error);
    }
  }

  /** Once, not at each try, and its end. */
  #say(problem: AppError | undefined): void {
    if (problem?.code === this.#trouble) return;
    this.#trouble = problem?.code;
    this.#tell(problem);
  }
}
