import type { Snapshot } from '#shared/session/snapshot.ts';
import type { Connections } from '../connection/connections.ts';
import type { Prompts } from '../credentials/prompts.ts';
import type { Documents } from '../documents/documents.ts';
import type { Profiles } from '../profiles/profiles.ts';
import type { Runs } from '../query/runs.ts';
import type { Settings } from '../settings/settings.ts';
import type { StoreProblems } from '../storage/problems.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

export interface SnapshotDeps {
  connections: Connections;
  profiles: Profiles;
  documents: Documents;
  settings: Settings;
  runs: Runs;
  prompts: Prompts;
  problems: StoreProblems;
  sessions: Pick<Sessions, 'drainingUntil'>;
}

/** Everything a window needs to draw itself, as it stands at one revision. */
export class SnapshotSource {
  readonly #deps: SnapshotDeps;

  constructor(deps: SnapshotDeps) {
    this.#deps = deps;
  }

  of(session: Session): Snapshot {
    const { connections, profiles, documents, settings, runs, prompts, problems, sessions } = this.#deps;
    const { drainingUntil } = sessions;
    return {
      revision: session.revision,
      session: session.record,
      connections: connections.rowsFor(session.id),
      groups: profiles.list().groups,
      documents: documents.list(),
      settings: settings.get(),
      runs: runs.summaries(session.id),
      prompts: prompts.list(),
      transactions: runs.transactions(session.id),
      ledger: runs.ledger.list(session.id),
      tabs: runs.tabs(session.id),
      searchPaths: runs.searchPaths(session.id),
      ...(drainingUntil === undefined ? {} : { drainingUntil }),
      problems: problems.list(),
    };
  }
}
