import type { History } from '../history/history.ts';
import type { Profiles } from '../profiles/profiles.ts';
import type { Runs } from '../query/runs.ts';
import type { Settings } from '../settings/settings.ts';

interface KeepDeps {
  runs: Pick<Runs, 'ran'>;
  history: History;
  profiles: Profiles;
  settings: Settings;
}

/** Each statement goes into the history under the name that its connection has by then, for as long as is set. */
export function keepHistory({ runs, history, profiles, settings }: KeepDeps): void {
  let { retentionDays } = settings.get();
  settings.events.on((now) => {
    if (now.retentionDays !== retentionDays) void history.sweep();
    ({ retentionDays } = now);
  });
  runs.ran.on(({ error, database, ...ran }) => {
    const config = profiles.list().connections.find(({ id }) => id === ran.connectionId);
    history.record({
      ...ran,
      connection: config?.name ?? '',
      database: database ?? config?.database ?? '',
      ...(error ? { error: errorFacts(error.toEnvelope()) } : {}),
    });
  });
}

const errorFacts = ({ code, message, sqlstate }: { code: string; message: string; sqlstate?: string }) => ({
  code,
  message,
  ...(sqlstate === undefined ? {} : { sqlstate }),
});
