import { basename } from 'node:path';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import { maxDefinitions } from '#shared/connection/definitionLimits.ts';
import type {
  DefinitionSource,
  DefinitionsPreview,
  FoundDefinition,
} from '#shared/connection/definitions.ts';
import { isLocalHost } from '#shared/connection/validate.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Surroundings } from '../../storage/paths.ts';
import { fileFault } from '../configIssues.ts';
import type { Settings } from '../conninfo/settings.ts';
import { detect } from './detect.ts';
import type { Found, FoundSecrets, Reading } from './found.ts';
import { servicePlaces, usualPlaces, type Place } from './places.ts';
import { readText } from './readFile.ts';
import { read } from './readers.ts';
import { serviceSections } from './serviceFile.ts';
import { targetKey } from './target.ts';

/** A usual place where something lies. */
export interface ScannedSource {
  source: DefinitionSource;
  path?: string;
  count: number;
  problem?: string;
}

interface PreviewRequest {
  source?: DefinitionSource | undefined;
  path?: string | undefined;
  text?: string | undefined;
  fileName?: string | undefined;
}

interface ImportingOptions {
  surroundings: Surroundings;
  /** The definitions that are there. */
  present: () => readonly ConnectionConfig[];
  /** Keeps secrets in memory and gives a handle to them; undefined where there are none. */
  hold: (secrets: FoundSecrets) => string | undefined;
}

/** Definitions of connections as libpq and other programs keep them. Reads only. */
export class Importing {
  readonly #options: ImportingOptions;

  constructor(options: ImportingOptions) {
    this.#options = options;
  }

  /** What lies at the usual places, with how many connections to PostgreSQL are in it; nothing where there is nothing. */
  async scan(): Promise<ScannedSource[]> {
    const places = await usualPlaces(this.#options.surroundings);
    const files = await Promise.all(places.map((place) => this.#scanFile(place)));
    return [...(await this.#scanEnvironment()), ...files.flat()];
  }

  /** Rejects with FILE_NOT_FOUND or IMPORT_UNREADABLE. */
  async preview({ source, path, text, fileName }: PreviewRequest): Promise<DefinitionsPreview> {
    const content = text ?? (path === undefined ? '' : await readText(path));
    const kind = source ?? detect(content, fileName ?? path);
    const reading = await read(kind, { text: content, path, surroundings: this.#options.surroundings });
    return { source: kind, ...(path !== undefined && { path }), ...this.#offered(reading) };
  }

  /** What the `pg_service.conf` of this user and computer say, by the names of the services. */
  async services(): Promise<ReadonlyMap<string, Settings>> {
    const files = servicePlaces(this.#options.surroundings).map(async (path) =>
      serviceSections(await readText(path).catch(() => ''), basename(path)),
    );
    // The first file goes over the second.
    const sections = (await Promise.all(files)).flat().reverse();
    return new Map(sections.map(({ name, settings }) => [name, settings]));
  }

  async #scanEnvironment(): Promise<ScannedSource[]> {
    const content = { text: '', path: undefined, surroundings: this.#options.surroundings };
    const { length } = (await read('environment', content)).found;
    return length === 0 ? [] : [{ source: 'environment', count: length }];
  }

  async #scanFile({ source, path }: Place): Promise<ScannedSource[]> {
    try {
      const text = await readText(path);
      const { found } = await read(source, { text, path, surroundings: this.#options.surroundings });
      return found.length === 0 ? [] : [{ source, path, count: found.length }];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return error.code === 'FILE_NOT_FOUND' ? [] : [{ source, path, count: 0, problem: error.message }];
    }
  }

  #offered({ found, leftOut, warnings, groups }: Reading): Omit<DefinitionsPreview, 'source' | 'path'> {
    const present = new Map(this.#options.present().map((config) => [targetKey(config), config.id]));
    const more = found.length - maxDefinitions;
    const unverified = found.filter(isUnverified).length;
    return {
      items: found.slice(0, maxDefinitions).map((each, index) => {
        const secretRef = this.#options.hold(usable(each));
        return { ...offered(each, `${index}`, present), ...(secretRef !== undefined && { secretRef }) };
      }),
      groups,
      leftOut: leftOut.slice(0, maxDefinitions),
      warnings: [
        ...warnings,
        ...(unverified > 0 ? [unverifiedWords(unverified, found.length)] : []),
        ...(more > 0 ? [`Only the first ${maxDefinitions} are shown; ${more} more follow.`] : []),
      ],
    };
  }
}

function offered(found: Found, key: string, present: ReadonlyMap<string, string>): FoundDefinition {
  const { config, group, provenance, warnings } = found;
  const duplicateOf = present.get(targetKey(config));
  const runs = runsOf(found);
  return {
    key,
    group,
    config,
    provenance,
    warnings: [
      ...(config.username === undefined ? ['No user is named: it is postgres here.'] : []),
      ...warnings,
      ...missingFiles(found),
    ],
    ...(duplicateOf !== undefined && { duplicateOf }),
    ...(runs.length > 0 && { runs }),
  };
}

/** Over a network, and without a look at who answers. */
const isUnverified = ({ config: { tls, host = 'localhost' } }: Found): boolean =>
  tls?.mode !== undefined && !tls.mode.startsWith('verify') && !isLocalHost(host);

function unverifiedWords(count: number, all: number): string {
  const who = all === 1 ? 'It does' : count === 1 ? 'One of them does' : `${count} of them do`;
  return `${who} not verify the server, as it was there: choose verify-full in the form where you can.`;
}

/** A password beside a source that brings its own would be two. */
const usable = ({ config, secrets = {} }: Found): FoundSecrets =>
  ['pgpass', 'command'].includes(config.credential?.source ?? '') ? {} : secrets;

/** What somebody else's file would make this computer, or the server, do without a further question. */
function runsOf({ config: { credential, ssh, options } }: Found): string[] {
  const commands = [credential, ...(ssh?.hops ?? []).map((hop) => hop.credential)].map(
    (each) => each?.command,
  );
  return [
    ...commands.flatMap((command) => (command ? [`The program for its password: ${command.join(' ')}`] : [])),
    ...(options?.startupSql ? [`SQL at each connect: ${options.startupSql}`] : []),
  ];
}

function missingFiles({ config: { tls, ssh } }: Found): string[] {
  const files = [tls?.caFile, tls?.certFile, tls?.keyFile, ...(ssh?.hops ?? []).map((hop) => hop.keyFile)];
  return files.flatMap((file) => {
    const fault = file === undefined || file === '' ? undefined : fileFault(file);
    return fault === undefined ? [] : [`${fault}: ${file}`];
  });
}
