import { homedir } from 'node:os';
import { isAbsolute, join, posix, win32 } from 'node:path';
import { libpqEnvironment } from '../lib/libpqEnvironment.ts';

/** Where everything lies within a data folder. */
export const dataPaths = (folder: string) => ({
  lock: join(folder, 'lock'),
  connections: join(folder, 'connections.json'),
  settings: join(folder, 'settings.json'),
  keychain: join(folder, 'keychain.json'),
  documents: join(folder, 'documents.json'),
  lastGood: join(folder, 'lastGood.json'),
  certificates: join(folder, 'certificates'),
  sessions: join(folder, 'sessions'),
  history: join(folder, 'history.jsonl'),
  journal: join(folder, 'journal.jsonl'),
  diagnostics: join(folder, 'diagnostics.jsonl'),
  embedded: join(folder, 'embedded'),
  catalog: join(folder, 'catalog'),
  spool: join(folder, 'spool'),
  // The host's own: how a second start finds it, and what its window keeps.
  host: join(folder, 'host.json'),
  window: join(folder, 'window'),
});

export interface Surroundings {
  platform: NodeJS.Platform;
  env: Record<string, string | undefined>;
  home: string;
}

/** Those of this process, with libpq's variables. */
export const ownSurroundings = (): Surroundings => ({
  platform: process.platform,
  env: { ...process.env, ...libpqEnvironment },
  home: homedir(),
});

/** The platform's folder for application data, used where `--data-dir` names none. */
export function defaultDataFolder({ platform, env, home }: Surroundings = ownSurroundings()): string {
  if (platform === 'win32')
    return win32.join(env.APPDATA ?? win32.join(home, 'AppData', 'Roaming'), 'Hawser');
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Hawser');
  // The XDG specification has relative paths ignored.
  const base = env.XDG_DATA_HOME;
  return posix.join(base && posix.isAbsolute(base) ? base : posix.join(home, '.local', 'share'), 'hawser');
}

/** A path as a user types it: `~` stands for the home folder, as in a shell. Undefined where it is not whole. */
export function wholePath(typed: string, home = homedir()): string | undefined {
  const path = /^~(?=$|[/\\])/.test(typed) ? join(home, typed.slice(1)) : typed;
  return isAbsolute(path) ? path : undefined;
}
