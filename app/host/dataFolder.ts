import { homedir } from 'node:os';
import { join } from 'node:path';

/** The platform's application data folder, as the sidecar chooses it too when it is not told one. */
export function defaultDataFolder(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): string {
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Hawser');
  if (platform === 'win32') return join(env.APPDATA || join(homedir(), 'AppData', 'Roaming'), 'Hawser');
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'hawser');
}
