import { draftOf } from '../conninfo/draft.ts';
import { ConninfoError, type Settings } from '../conninfo/settings.ts';
import { keywordOfVariable } from '../conninfo/variables.ts';
import { add, emptyReading, nameFor, type Reading } from './found.ts';
import { serviceSections, type ServiceSection } from './serviceFile.ts';

interface User {
  /** libpq's default for the user. */
  osUser: string;
}

/** Every service of a `pg_service.conf`. */
export function readServiceFile(text: string, { fileName, osUser }: User & { fileName: string }): Reading {
  const reading = emptyReading();
  for (const section of serviceSections(text, fileName))
    addSettings(reading, section, { osUser, name: section.name });
  return reading;
}

/** Variables that say where to look, and not with whom to connect. */
const places = new Set(['PGPASSFILE', 'PGSERVICEFILE', 'PGSYSCONFDIR']);
/** Without one of these, variables only change how libpq works. */
const target = ['PGHOST', 'PGHOSTADDR', 'PGPORT', 'PGDATABASE', 'PGUSER', 'PGSERVICE'];

/**
 * The one connection that libpq would make of this process's PG variables. The service that they name comes before them, as
 * in libpq.
 * @param serviceFiles texts of the service files in libpq's order.
 */
export function readEnvironment(
  env: Record<string, string | undefined>,
  { osUser, serviceFiles }: User & { serviceFiles: readonly string[] },
): Reading {
  const reading = emptyReading();
  if (!target.some((name) => env[name])) return reading;
  const service = env.PGSERVICE;
  const section = serviceFiles
    .flatMap((text) => serviceSections(text, 'pg_service.conf'))
    .find(({ name }) => name === service);
  const settings: Settings = new Map(section?.settings);
  for (const [name, value = ''] of Object.entries(env)) {
    const keyword = places.has(name) ? undefined : keywordOfVariable(name);
    if (keyword === undefined || keyword === 'service' || settings.has(keyword) || value === '') continue;
    settings.set(keyword, { value, source: `${name} in the environment` });
  }
  const warnings = [...(section?.warnings ?? [])];
  if (service && !section) warnings.push(`The service ${service} is in no pg_service.conf.`);
  addSettings(reading, { settings, warnings }, { osUser, name: service ?? nameOf(settings, osUser) });
  return reading;
}

function nameOf(settings: Settings, osUser: string): string {
  const [host, user, database] = ['host', 'user', 'dbname'].map((keyword) => settings.get(keyword)?.value);
  return `${user ?? osUser}@${host ?? 'localhost'}${database === undefined ? '' : `/${database}`}`;
}

function addSettings(
  reading: Reading,
  { settings, warnings }: Pick<ServiceSection, 'settings' | 'warnings'>,
  { osUser, name }: User & { name: string },
): void {
  const kept = nameFor(name, 'Service');
  try {
    const draft = draftOf(settings, { osUser });
    add(reading, {
      group: [],
      config: { ...draft.config, name: kept },
      provenance: draft.provenance,
      warnings: [...warnings, ...draft.warnings],
      secrets: draft.secrets,
    });
  } catch (error) {
    if (!(error instanceof ConninfoError)) throw error;
    reading.leftOut.push({ name: kept, why: error.message });
  }
}
