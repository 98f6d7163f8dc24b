import type { Archive } from '../archive/archive.ts';
import type { Documents } from '../documents/documents.ts';
import type { Connections } from '../connection/connections.ts';
import type { Runs } from '../query/runs.ts';
import type { Settings } from '../settings/settings.ts';
import type { Sessions } from './sessions.ts';

interface KeepingDeps {
  archive: Archive;
  connections: Connections;
  documents: Documents;
  runs: Runs;
  sessions: Sessions;
  settings: Settings;
}

/** Beside `publish`: what the services' events say of a session goes into the memory of windows. */
export function keep({ archive, ...services }: KeepingDeps): void {
  const { connections, documents, runs, sessions, settings } = services;
  settings.events.on(() => archive.settingsChanged());
  documents.events.on(({ document, before, by }) => {
    if (by === undefined) return;
    if (document) archive.saved(by, document, before);
    else if (before) archive.closed(by, before);
  });
  runs.events.on(({ sessionId, notification }) => {
    if (notification.method !== 'query.runStarted') return archive.heard(sessionId, notification);
    const { params } = notification;
    const text = runs.textOf(params.runId) ?? '';
    const document = documents.list().find(({ id }) => id === params.tabId) ?? {
      id: params.tabId,
      title: 'query',
      // What was run may hold secrets, and nobody has typed it into a tab.
      text: '',
    };
    archive.ran(sessionId, params, { text, document });
  });
  connections.events.on(({ connectionId, report, previous }) => {
    if (report.status === previous) return;
    for (const { id, record } of sessions.all())
      if (record.connectionId === connectionId) archive.status(id, connectionId, report);
  });
}
