import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { SpoolStore } from '../../query/spool/spoolStore.ts';
import type { PublishDeps } from '../publish.ts';
import { recordConnections } from './connectionEvents.ts';
import { recordRuns } from './runEvents.ts';
import { briefError } from './briefError.ts';

interface Recorded extends PublishDeps {
  spools: Pick<SpoolStore, 'used' | 'memory' | 'taken'>;
}
export type RecordingDeps = Recorded & Pick<Diagnostics, 'events' | 'metrics'>;

/** Listens beside `publish`: what the services say is kept as events without secrets, and counted. */
export function recordEvents(recorded: Recorded): void {
  const { events, metrics } = recorded.diagnostics;
  const deps = { ...recorded, events, metrics };
  recordConnections(deps);
  recordRuns(deps);
  recordCatalog(deps);
  recordSessions(deps);
  recordStores(deps);
  const { spools } = deps;
  metrics.total('hawser_rows_spooled_bytes_total', 'Rows taken in.', () => spools.taken);
  metrics.gauge('hawser_spool_bytes', 'Rows that are kept.', () => spools.used);
  metrics.gauge('hawser_spool_memory_bytes', 'What they take in memory.', () => spools.memory);
}

function recordCatalog({ catalog, events, metrics }: RecordingDeps): void {
  const reads = metrics.histogram('hawser_catalog_read_seconds', 'How long reading of the catalog took.');
  catalog.levels.loaded.on(({ place: { connectionId, database }, key, ms, bytes, error }) => {
    reads.observe(ms / 1_000, { outcome: error ? 'failed' : 'done' });
    // `objects table public`: what is read of which schema; a description has the number of its object.
    const [what = key] = key.split(' ');
    events.record({
      type: 'catalog',
      event: error ? 'readFailed' : 'read',
      connectionId,
      sameAs: JSON.stringify([database, what, error?.code]),
      payload: { database, what, ms: Math.round(ms), bytes, ...briefError(error) },
    });
  });
  catalog.invalidated.on(({ connectionId, database, schema }) =>
    events.record({
      type: 'catalog',
      event: 'invalidated',
      connectionId,
      payload: { database, schema },
    }),
  );
}

/** Windows come and go. */
function recordSessions({ sessions, events, metrics }: RecordingDeps): void {
  const attaches = metrics.histogram('hawser_attach_seconds', 'How long it took to let a window in.');
  metrics.gauge(
    'hawser_windows',
    'Windows that are attached.',
    () => sessions.all().filter(({ link }) => link !== undefined).length,
  );
  sessions.events.on(({ kind, sessionId, windowId, ms, ...payload }) => {
    if (ms !== undefined) attaches.observe(ms / 1_000, { outcome: kind });
    const took = ms === undefined ? {} : { ms: Math.round(ms * 10) / 10 };
    events.record({
      type: 'session',
      event: kind,
      payload: { sessionId, windowId, ...payload, ...took },
      sameAs: JSON.stringify([sessionId, windowId, payload]),
    });
  });
}

function recordStores({ problems, settings, events, metrics }: RecordingDeps): void {
  metrics.gauge(
    'hawser_store_problems',
    'Files that are damaged or cannot be written.',
    () => problems.list().length,
  );
  const ill = new Set<string>();
  const tell = (file: string, error: ErrorEnvelope | undefined) => {
    // Stores say that they are well, also where nobody thought otherwise.
    if (!error && !ill.delete(file)) return;
    if (error) ill.add(file);
    const payload = { file, ...briefError(error) };
    events.record({ type: 'store', event: error ? 'problem' : 'well', payload });
  };
  problems.events.on(({ file, problem }) => tell(file, problem));
  // What was wrong when they were opened, which nobody could hear.
  for (const problem of problems.list()) tell('at start', problem);
  let before: object = settings.get();
  settings.events.on((after) => {
    const changed = changedKeys(before, after);
    before = after;
    events.record({
      type: 'store',
      event: 'settingsChanged',
      source: 'user',
      payload: { changed },
    });
  });
}

function changedKeys(before: object, after: object): string[] {
  const was = new Map(Object.entries(before));
  return Object.entries(after)
    .filter(([key, value]) => JSON.stringify(was.get(key)) !== JSON.stringify(value))
    .map(([key]) => key);
}
