import type { Notification } from '#shared/contract/derive.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Connections, ConnectionStatusEvent } from '../connection/connections.ts';
import type { Prompts } from '../credentials/prompts.ts';
import type { Diagnostics } from '../diagnostics/diagnostics.ts';
import type { Clock } from '../lib/clock.ts';
import type { Documents } from '../documents/documents.ts';
import type { History } from '../history/history.ts';
import type { Profiles } from '../profiles/profiles.ts';
import type { Runs } from '../query/runs.ts';
import type { Settings } from '../settings/settings.ts';
import type { StoreProblems } from '../storage/problems.ts';
import type { Sessions } from './sessions.ts';
import type { Switcher } from './switcher.ts';

export interface PublishDeps {
  clock: Clock;
  sessions: Sessions;
  switcher: Switcher;
  connections: Connections;
  profiles: Profiles;
  prompts: Prompts;
  settings: Settings;
  history: History;
  runs: Runs;
  catalog: Catalog;
  documents: Documents;
  problems: StoreProblems;
  diagnostics: Pick<Diagnostics, 'events' | 'metrics'>;
}

/** The only listener of the services: turns their events into notifications of the windows that they concern. */
export function publish(deps: PublishDeps): void {
  const { clock, sessions, connections, profiles, prompts, runs, documents } = deps;
  const toAll = (notification: Notification): void => {
    for (const session of sessions.all()) session.deliver(notification);
  };
  connections.events.on((event) => {
    const { connectionId, report, previous, at } = event;
    for (const session of sessions.all()) {
      const seen = connections.readOnly.seenBy(session.id, connectionId, report);
      session.deliver({
        method: 'connection.statusChanged',
        params: { connectionId, previous, at, ...seen },
      });
    }
    mirror(deps, event);
  });
  connections.readOnly.events.on(({ sessionId, connectionId }) => {
    const report = connections.readOnly.seenBy(sessionId, connectionId, connections.status(connectionId));
    const params = { connectionId, previous: report.status, at: clock.now(), ...report };
    sessions.deliver(sessionId, { method: 'connection.statusChanged', params });
  });
  profiles.events.on((event) => {
    if (event.kind === 'group') {
      const { id, group } = event;
      return toAll({ method: 'group.changed', params: { id, ...(group ? { group } : {}) } });
    }
    const { id, config } = event;
    for (const session of sessions.all()) {
      const row = config && connections.readOnly.seenBy(session.id, id, connections.row(config));
      session.deliver({ method: 'connection.changed', params: { id, ...(row ? { row } : {}) } });
    }
    if (config) return;
    for (const session of sessions.all())
      if (session.record.connectionId === id) session.unfollow(clock.now());
  });
  prompts.events.on((event) =>
    toAll(
      event.kind === 'requested'
        ? { method: 'credential.requested', params: event.prompt }
        : { method: 'credential.settled', params: { promptId: event.promptId } },
    ),
  );
  documents.events.on(({ by, before: _, ...params }) => {
    for (const session of sessions.all())
      if (session.id !== by) session.deliver({ method: 'document.changed', params });
  });
  publishToAll(deps, toAll);
  publishRecorded(deps);
  runs.events.on(({ sessionId, notification }) => sessions.deliver(sessionId, notification));
}

/** What concerns every window. */
function publishToAll(
  { settings, history, catalog, problems }: PublishDeps,
  toAll: (notification: Notification) => void,
): void {
  settings.events.on((value) => toAll({ method: 'settings.changed', params: { settings: value } }));
  history.changed.on(() => toAll({ method: 'history.changed', params: {} }));
  catalog.invalidated.on((params) => toAll({ method: 'catalog.invalidated', params }));
  problems.events.on((problem) => toAll({ method: 'store.problem', params: problem }));
}

/** To the windows that want to hear of it. */
function publishRecorded({ sessions, diagnostics: { events } }: PublishDeps): void {
  events.recorded.on((recorded) => {
    for (const session of sessions.all())
      if (events.isWatchedBy(session.link))
        session.deliver({ method: 'diagnostics.recorded', params: { events: recorded } });
  });
}

/** Each session's record mirrors its active connection; while it switches, the switch has the last word. */
function mirror(
  { sessions, switcher }: PublishDeps,
  { connectionId, report, at }: ConnectionStatusEvent,
): void {
  for (const session of sessions.all())
    if (session.record.connectionId === connectionId && !switcher.isSwitching(session))
      session.mirror(report, at);
}
