import type { Description } from '#shared/catalog/description.ts';
import type { CatalogDatabase, CatalogObject } from '#shared/catalog/objects.ts';
import type { MethodParams, MethodResult } from '#shared/contract/derive.ts';
import type { Connections, ConnectionStatusEvent } from '../connection/connections.ts';
import type { Clock } from '../lib/clock.ts';
import { Emitter } from '../lib/emitter.ts';
import type { Profiles } from '../profiles/profiles.ts';
import type { Runs } from '../query/runs.ts';
import { placeDdl } from './ddl/ddl.ts';
import { LevelFiles } from './levelFiles.ts';
import { Levels, type GetOptions, type LevelAnswer } from './levels.ts';
import { namesKey, NameStore } from './names/nameStore.ts';
import { loadDatabases } from './queries/databases.ts';
import { loadDescription } from './queries/describe.ts';
import { loadObjects } from './queries/objects.ts';
import { loadSchemas, type SchemasLevel } from './queries/schemas.ts';
import { Origins } from './origins.ts';
import { pageOf } from './pageOf.ts';
import { CatalogReader, type LevelPlace } from './reader.ts';

export interface CatalogDeps {
  connections: Connections;
  profiles: Profiles;
  runs: Pick<Runs, 'catalogChanged'>;
  /** Where copies outlive this process. */
  folder: string;
  clock: Clock;
  log: { warn: (facts: object, words: string) => void };
}

export interface Invalidated {
  connectionId: string;
  database?: string;
  schema?: string;
}

type Params<M extends 'databases' | 'schemas' | 'objects' | 'describe' | 'ddl' | 'refresh'> = Omit<
  MethodParams<`catalog.${M}`>,
  'connectionId' | 'database'
>;

/** What is in the databases of all connections, read when it is asked for and kept as long as it is right. */
export class Catalog {
  /** What windows show is to be asked for again. */
  readonly invalidated = new Emitter<Invalidated>();
  readonly levels: Levels;
  readonly names: NameStore;
  readonly #files: LevelFiles;
  readonly #origins: Origins;

  constructor({ connections, profiles, runs, folder, clock, log }: CatalogDeps) {
    this.#origins = new Origins(connections, profiles);
    this.#files = new LevelFiles({ folder, originOf: (id) => this.#origins.of(id), clock, log });
    this.levels = new Levels({
      reader: new CatalogReader(connections),
      copies: this.#files,
      clock,
      isLive: (id) => isLive(connections.status(id).status),
      requireLive: (id) => connections.requireLive(id),
    });
    this.names = new NameStore(this.levels);
    // The names are for who types and who searches; nothing shows a list of them.
    this.levels.renewed.on(({ place, key }) => key !== namesKey && this.#tell(place));
    connections.events.on((event) => this.#statusChanged(event));
    profiles.events.on((event) => {
      if (event.kind === 'connection') this.#definitionChanged(event.id, event.config !== undefined);
    });
    runs.catalogChanged.on((change) => this.#changed(change));
    this.#files.sweep(profiles.list().connections.map(({ id }) => id));
  }

  /** A window has turned to another connection, or on this one to another database: what it comes back to is read anew. */
  left(connectionId: string, database?: string): void {
    this.levels.markStale(connectionId, (at) => database === undefined || at.database === database);
  }

  close(): Promise<void> {
    return this.#files.close();
  }

  async databases(
    { connectionId }: LevelPlace,
    options: GetOptions,
  ): Promise<MethodResult<'catalog.databases'>> {
    const place = { connectionId, database: '' };
    const answer = await this.levels.get<CatalogDatabase[]>(place, 'databases', loadDatabases, options);
    return { ...age(answer), databases: answer.value ?? [] };
  }

  async schemas(place: LevelPlace, options: GetOptions): Promise<MethodResult<'catalog.schemas'>> {
    const answer = await this.levels.get<SchemasLevel>(place, 'schemas', loadSchemas, options);
    return { ...age(answer), ...(answer.value ?? { schemas: [], extensions: [], searchPath: [] }) };
  }

  async objects(
    place: LevelPlace,
    { schema, kind, offset, limit }: Params<'objects'>,
    options: GetOptions,
  ): Promise<MethodResult<'catalog.objects'>> {
    const key = `objects ${kind} ${schema}`;
    const answer = await this.levels.get<CatalogObject[]>(
      place,
      key,
      (ask) => loadObjects(ask, schema, kind),
      options,
    );
    const all = answer.value ?? [];
    return { ...age(answer), objects: pageOf(all, offset, limit), total: all.length };
  }

  async describe(
    place: LevelPlace,
    { oid, kind }: Params<'describe'>,
    options: GetOptions,
  ): Promise<MethodResult<'catalog.describe'>> {
    const answer = await this.levels.get<Description>(
      place,
      `describe ${kind} ${oid}`,
      (ask) => loadDescription(ask, oid, kind),
      options,
    );
    return { ...age(answer), ...(answer.value ?? nothing) };
  }

  async ddl(
    place: LevelPlace,
    { kind, name }: Params<'ddl'>,
    options: GetOptions,
  ): Promise<MethodResult<'catalog.ddl'>> {
    const key = `ddl ${kind} ${name}`;
    const answer = await this.levels.get<string>(place, key, (ask) => placeDdl(ask, kind, name), options);
    return { ...age(answer), ddl: answer.value ?? '' };
  }

  async refresh(
    place: LevelPlace,
    { schema }: Params<'refresh'>,
    options: GetOptions,
  ): Promise<MethodResult<'catalog.refresh'>> {
    const { connectionId, database } = place;
    // What an object is described by does not say its schema.
    const ofSchema = (key: string) =>
      schema === undefined || !key.startsWith('objects ') || key.endsWith(` ${schema}`);
    const fits = (at: LevelPlace, key: string) =>
      (at.database === '' || at.database === database) && ofSchema(key);
    this.levels.markStale(connectionId, fits, { byUser: true });
    const answer = await this.levels.get(place, 'schemas', loadSchemas, { ...options, refresh: true });
    this.#tell(place, schema);
    return age(answer);
  }

  /** Lost, it is shown with its age; disconnected by the user, or coming back as another server, it is forgotten. */
  #statusChanged({ connectionId, report, previous }: ConnectionStatusEvent): void {
    const [was, is] = [isLive(previous), isLive(report.status)];
    if (was === is) return;
    const isOther = is && (report.info?.identity?.changes.length ?? 0) > 0;
    if (isOther || report.status === 'disconnected') this.levels.empty(connectionId);
    else this.levels.markStale(connectionId);
    this.invalidated.emit({ connectionId });
  }

  #definitionChanged(connectionId: string, isThere: boolean): void {
    if (!isThere) return this.levels.remove(connectionId);
    if (!this.#origins.isOther(connectionId)) return;
    this.levels.remove(connectionId);
    this.invalidated.emit({ connectionId });
  }

  /** What is the server's, its databases, may have changed too. */
  #changed({ connectionId, database }: LevelPlace): void {
    this.levels.markStale(connectionId, (at) => at.database === database || at.database === '');
    this.#tell({ connectionId, database });
  }

  #tell({ connectionId, database }: LevelPlace, schema?: string): void {
    this.invalidated.emit({
      connectionId,
      ...(database === '' ? {} : { database }),
      ...(schema === undefined ? {} : { schema }),
    });
  }
}

const isLive = (status: string): boolean => status === 'connected' || status === 'degraded';

const nothing = {
  columns: [],
  indexes: [],
  constraints: [],
  triggers: [],
  policies: [],
  partitions: [],
  facts: [],
  ddl: '',
} satisfies Partial<Description>;

const age = ({ fetchedAt, stale, error }: LevelAnswer<unknown>) => ({
  fetchedAt,
  stale,
  ...(error && { error }),
});
