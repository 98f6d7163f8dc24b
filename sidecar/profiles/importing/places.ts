import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DefinitionSource } from '#shared/connection/definitions.ts';
import { pgpassPath } from '../../credentials/pgpassFile.ts';
import type { Surroundings } from '../../storage/paths.ts';

/** A file that may be there. */
export interface Place {
  source: DefinitionSource;
  path: string;
}

/** Where the programs of this platform keep their connections; libpq's own files first. */
export async function usualPlaces(surroundings: Surroundings): Promise<Place[]> {
  return [
    ...servicePlaces(surroundings).map((path) => ({ source: 'service' as const, path })),
    { source: 'pgpass', path: pgpassPath(undefined, surroundings.env) },
    ...(await dbeaverPlaces(surroundings)),
    ...otherPlaces(surroundings),
  ];
}

/** libpq's order: a service that is in the first is not looked for in the second. */
export function servicePlaces(surroundings: Surroundings): string[] {
  const { platform, env } = surroundings;
  const own = env.PGSERVICEFILE || ownServiceFile(surroundings);
  const systemFolder = env.PGSYSCONFDIR || (platform === 'linux' ? '/etc/postgresql-common' : undefined);
  return [own, ...(systemFolder === undefined ? [] : [join(systemFolder, 'pg_service.conf')])];
}

function ownServiceFile({ platform, env, home }: Surroundings): string {
  const roaming = env.APPDATA ?? join(home, 'AppData', 'Roaming');
  return join(platform === 'win32' ? join(roaming, 'postgresql') : home, '.pg_service.conf');
}

/** Each project of a workspace has its own files; those that are shared by name end in a number or a word. */
async function dbeaverPlaces(surroundings: Surroundings): Promise<Place[]> {
  const found = await Promise.all(
    dbeaverFolders(surroundings).map(async (folder) => {
      const workspace = join(folder, 'workspace6');
      const projects = await entries(workspace);
      return Promise.all(
        projects.map(async (project) => {
          const settings = join(workspace, project, '.dbeaver');
          const files = await entries(settings);
          return files
            .filter((file) => /^data-sources.*\.json$/.test(file))
            .map((file) => join(settings, file));
        }),
      );
    }),
  );
  return found.flat(2).map((path) => ({ source: 'dbeaver', path }));
}

function dbeaverFolders({ platform, env, home }: Surroundings): string[] {
  if (platform === 'win32') return [join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'DBeaverData')];
  if (platform === 'darwin') return [join(home, 'Library', 'DBeaverData')];
  return [
    join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'DBeaverData'),
    join(home, 'snap', 'dbeaver-ce', 'current', '.local', 'share', 'DBeaverData'),
    join(home, '.var', 'app', 'io.dbeaver.DBeaverCommunity', 'data', 'DBeaverData'),
  ];
}

function otherPlaces({ platform, home }: Surroundings): Place[] {
  const tablePlus = platform === 'darwin' ? ['com.tinyapp.TablePlus', 'com.tinyapp.TablePlus-setapp'] : [];
  return [
    { source: 'dbgate', path: join(home, '.dbgate', 'connections.jsonl') },
    ...tablePlus.map((app) => ({
      source: 'tableplus' as const,
      path: join(home, 'Library', 'Application Support', app, 'Data', 'Connections.plist'),
    })),
  ];
}

/** Sorted; none where there is no such folder. */
const entries = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).sort((one, other) => (one < other ? -1 : 1));
