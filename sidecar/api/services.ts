import type { Archive } from '../archive/archive.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Connections } from '../connection/connections.ts';
import type { HeldSecrets } from '../credentials/heldSecrets.ts';
import type { Diagnostics } from '../diagnostics/diagnostics.ts';
import type { Documents } from '../documents/documents.ts';
import type { History } from '../history/history.ts';
import type { Clock } from '../lib/clock.ts';
import type { Importing } from '../profiles/importing/importing.ts';
import type { Profiles } from '../profiles/profiles.ts';
import type { Runs } from '../query/runs.ts';
import type { Session, WindowLink } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import type { SnapshotSource } from '../session/snapshot.ts';
import type { Switcher } from '../session/switcher.ts';
import type { Settings } from '../settings/settings.ts';

/** What the handlers reach; made once in main. */
export interface Services {
  clock: Clock;
  connections: Connections;
  profiles: Profiles;
  held: HeldSecrets;
  importing: Importing;
  documents: Documents;
  settings: Settings;
  history: History;
  runs: Runs;
  catalog: Catalog;
  archive: Archive;
  diagnostics: Diagnostics;
  sessions: Sessions;
  snapshots: SnapshotSource;
  switcher: Switcher;
  keepCertificate: (pem: string) => Promise<{ caFile: string; sha256: string }>;
}

/** Who asks: the window's link, an abort that `$/cancelRequest` fires, and its session. */
export interface RequestContext {
  link: WindowLink;
  signal: AbortSignal;
  /** Throws UNAUTHENTICATED before attach. */
  session: () => Session;
}
