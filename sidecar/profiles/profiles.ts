import { randomUUID } from 'node:crypto';
import { connectionConfigSchema, type ConnectionConfig, type Secrets } from '#shared/connection/config.ts';
import type { GroupLook } from '#shared/connection/definitions.ts';
import { groupSchema, type Group } from '#shared/connection/group.ts';
import { validateConfig, validateSecrets } from '#shared/connection/validate.ts';
import { AppError } from '#shared/error/appError.ts';
import type { ErrorEnvelope, FieldIssue } from '#shared/error/envelope.ts';
import { withKeychain, type SecretName } from '../credentials/secretNames.ts';
import { systemClock, type Clock } from '../lib/clock.ts';
import { Emitter } from '../lib/emitter.ts';
import type { DataFolder } from '../storage/dataFolder.ts';
import { JsonFile } from '../storage/jsonFile.ts';
import { fileOf } from '../storage/storeFormat.ts';
import {
  connectionsIn,
  connectionsMoved,
  groupDissolved,
  groupRestored,
  groupsIn,
  groupsMoved,
  isWithin,
  tidied,
  withRows,
  type Catalogue,
  type Content,
} from './catalogue.ts';
import { fileIssues, placeIssues } from './configIssues.ts';
import { gettingStarted } from './gettingStarted.ts';
import { merged } from './importing/merge.ts';
import { copyName } from './names.ts';
import { atIndex, inOrder, lastPlace } from './order.ts';
import { changesOf, type ProfileEvent } from './profileEvents.ts';

export type { ProfileEvent } from './profileEvents.ts';

/** A group as it is saved: without id it is made. */
export type GroupDraft = Omit<Group, 'id'> & { id?: string | undefined };

interface Placed {
  ids: readonly string[];
  /** Among those of the kind that are not moved. */
  index: number;
}

/** Rows that are moved together. */
export interface Gathered {
  connections?: Placed | undefined;
  groups?: Placed | undefined;
}

/** A definition from elsewhere, as it was given, and the names of its groups from the top level down. */
export interface ImportedItem {
  config?: unknown;
  secrets?: unknown;
  group: readonly string[];
}

interface Imported {
  config: ConnectionConfig;
  secrets: Secrets;
}

interface Options {
  clock?: Clock;
  newId?: () => string;
}

/** The definitions of connections and groups, in `connections.json`. Holds no secret and no live connection. */
export class Profiles {
  /** What was added, changed or removed, row by row; told before the call that did it resolves. */
  readonly events = new Emitter<ProfileEvent>();
  readonly #file: JsonFile<Catalogue>;
  readonly #clock: Clock;
  readonly #newId: () => string;
  #catalogue: Catalogue;

  private constructor(file: JsonFile<Catalogue>, clock: Clock, newId: () => string) {
    this.#file = file;
    this.#clock = clock;
    this.#newId = newId;
    this.#catalogue = tidied(file.read());
  }

  /** A data folder that never had any gets the sample. */
  static async open(folder: DataFolder, options: Options = {}): Promise<Profiles> {
    const { clock = systemClock, newId = randomUUID } = options;
    const file = await JsonFile.open<Catalogue>({
      path: folder.paths.connections,
      schema: fileOf({ connections: connectionConfigSchema.array(), groups: groupSchema.array() }),
      version: 1,
      initial: { connections: [], groups: [] },
      onProblem: folder.problems.reporter('connections.json'),
      clock,
    });
    if (file.fresh) void file.write(gettingStarted(clock, newId));
    return new Profiles(file, clock, newId);
  }

  /** Both in their order within their group. */
  list(): Catalogue {
    return { connections: inOrder(this.#catalogue.connections), groups: inOrder(this.#catalogue.groups) };
  }

  find(id: string): ConnectionConfig | undefined {
    return this.#catalogue.connections.find((config) => config.id === id);
  }

  /** Throws NOT_FOUND. */
  get(id: string): ConnectionConfig {
    return found(this.#catalogue.connections, id, 'connection');
  }

  /**
   * Checks a config and the secrets beside it, as they were typed; throws INVALID_CONFIG, which names every wrong field.
   * @param options `draft`: what is only tried out needs no name and no place.
   */
  validate(
    config: unknown,
    secrets: unknown,
    { draft }: { draft: boolean },
  ): { config: ConnectionConfig; secrets: Secrets } {
    const checked = validateConfig(config, {
      nameRequired: !draft,
      newId: this.#newId,
      now: this.#clock.now(),
    });
    const checkedSecrets = validateSecrets(secrets, config);
    const issues = [
      ...(checked.ok ? [] : checked.issues),
      ...fileIssues(config),
      ...(draft ? [] : placeIssues(config, this.#catalogue)),
      ...(checkedSecrets.ok ? [] : checkedSecrets.issues),
    ];
    if (!checked.ok || !checkedSecrets.ok || issues.length > 0) throw invalid(issues);
    return { config: checked.value, secrets: checkedSecrets.value };
  }

  /**
   * Makes a connection, or changes the one whose `id` is given (NOT_FOUND where there is none). What the sidecar itself
   * noted of its life stays as it is, however old the form. Rejects with INVALID_CONFIG.
   */
  async save(input: unknown, secrets?: unknown): Promise<ConnectionConfig> {
    const { config } = this.validate(input, secrets, { draft: false });
    const given = input as Partial<ConnectionConfig>;
    const before = given.id === undefined ? undefined : this.get(given.id);
    const now = this.#clock.now();
    const { lastConnectedAt: _, lastError: __, ...typed } = config;
    const { lastConnectedAt, lastError } = before ?? {};
    const saved: ConnectionConfig = {
      ...typed,
      sortOrder: this.#placeOf(config, given.sortOrder, before),
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
      ...(lastConnectedAt !== undefined && { lastConnectedAt }),
      ...(lastError && { lastError }),
    };
    await this.#commit(withRows(this.#catalogue, { connections: [saved] }));
    return saved;
  }

  /**
   * Takes in definitions with the groups that they stand in, with one write for all; gives them with the secrets that are
   * beside them. Their files may be missing here: they come from elsewhere. Rejects with INVALID_CONFIG, and then nothing is
   * made.
   */
  async import(items: readonly ImportedItem[], looks: readonly GroupLook[]): Promise<Imported[]> {
    const now = this.#clock.now();
    const given = items.map(({ config, secrets, group }, index) => {
      const checked = validateConfig(withoutPlace(config), { nameRequired: true, newId: this.#newId, now });
      const beside = validateSecrets(secrets, config);
      if (checked.ok && beside.ok) return { config: checked.value, group, secrets: beside.value };
      const issues = [checked, beside].flatMap((each) => (each.ok ? [] : each.issues));
      throw invalid(issues.map(({ path, message }) => ({ path: `items.${index}.${path}`, message })));
    });
    const { catalogue, created } = merged(this.#catalogue, given, { looks, newId: this.#newId });
    await this.#commit(catalogue);
    return created.map((config, index) => ({ config, secrets: given[index]?.secrets ?? {} }));
  }

  /** A copy right behind the original, without what was noted of the original's life. */
  async duplicate(id: string): Promise<ConnectionConfig> {
    const { lastConnectedAt: _, lastError: __, ...original } = this.get(id);
    const siblings = connectionsIn(this.#catalogue, original.groupId);
    const now = this.#clock.now();
    const names = siblings.map(({ name }) => name);
    const copy = {
      ...original,
      id: this.#newId(),
      name: copyName(original.name, names),
      createdAt: now,
      updatedAt: now,
    };
    const index = siblings.findIndex((sibling) => sibling.id === id) + 1;
    await this.#commit(withRows(this.#catalogue, { connections: atIndex(siblings, [copy], index) }));
    return this.get(copy.id);
  }

  /** Rejects with NOT_FOUND. */
  async delete(id: string): Promise<void> {
    this.get(id);
    const connections = this.#catalogue.connections.filter((config) => config.id !== id);
    await this.#commit({ ...this.#catalogue, connections });
  }

  /**
   * Puts connections and groups into a group, or to the top level, a group never into itself. Where one of them cannot be
   * moved none is: rejects with NOT_FOUND or INVALID_CONFIG.
   */
  async gather(parent: string | null | undefined, { connections, groups }: Gathered): Promise<void> {
    const parentId = parent ?? undefined;
    const movedGroups = (groups?.ids ?? []).map((id) => this.#group(id));
    const movedConnections = (connections?.ids ?? []).map((id) => this.get(id));
    this.#checkParent(undefined, parentId);
    for (const { id } of movedGroups) this.#checkParent(id, parentId);
    const next = groupsMoved(this.#catalogue, movedGroups, parentId, groups?.index ?? 0);
    await this.#commit(connectionsMoved(next, movedConnections, parentId, connections?.index ?? 0));
  }

  /** Makes a group, or changes the one whose `id` is given; a new one, and one in a new parent, comes last. */
  async saveGroup({ id, ...draft }: GroupDraft): Promise<Group> {
    const before = id === undefined ? undefined : this.#group(id);
    this.#checkParent(id, draft.parentId);
    const last = lastPlace(groupsIn(this.#catalogue, draft.parentId));
    const stays = before && before.parentId === draft.parentId;
    const sortOrder = stays ? before.sortOrder : before ? last : draft.sortOrder || last;
    const saved = { ...draft, id: id ?? this.#newId(), sortOrder };
    await this.#commit(withRows(this.#catalogue, { groups: [saved] }));
    return saved;
  }

  /** Its connections and groups move to its parent. Rejects with NOT_FOUND. */
  async deleteGroup(id: string): Promise<void> {
    await this.#commit(groupDissolved(this.#catalogue, this.#group(id)));
  }

  /** Takes the deleting of a group back, as far as what it held has not been moved on since. */
  async restoreGroup(group: Group, content: Content): Promise<void> {
    if (this.#catalogue.groups.some(({ id }) => id === group.id)) return;
    await this.#commit(groupRestored(this.#catalogue, group, content));
  }

  /** Notes what happened to a connection; null takes the last error back. One that was deleted meanwhile is no fault. */
  record(id: string, facts: { lastConnectedAt?: number; lastError?: ErrorEnvelope | null }): void {
    const before = this.find(id);
    if (!before) return;
    const { lastError, ...rest } = { ...before, ...facts };
    // A prompt lives for minutes and in this process only.
    const { promptId: _, ...kept } = lastError ?? {};
    const noted = { ...rest, ...(lastError && { lastError: kept as ErrorEnvelope }) };
    void this.#commit(withRows(this.#catalogue, { connections: [noted] }));
  }

  /** These secrets lie in the keychain from now on, wherever they came from before. */
  useKeychain(id: string, names: readonly SecretName[]): void {
    const before = this.find(id);
    if (!before) return;
    const config = withKeychain(before, names);
    if (config !== before) void this.#commit(withRows(this.#catalogue, { connections: [config] }));
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #placeOf(
    config: ConnectionConfig,
    given: number | undefined,
    before: ConnectionConfig | undefined,
  ): number {
    const last = lastPlace(connectionsIn(this.#catalogue, config.groupId));
    if (before && before.groupId !== config.groupId && (given ?? before.sortOrder) === before.sortOrder)
      return last;
    return given ?? before?.sortOrder ?? last;
  }

  #group(id: string): Group {
    return found(this.#catalogue.groups, id, 'group');
  }

  #checkParent(id: string | undefined, parentId: string | undefined): void {
    if (parentId === undefined) return;
    if (!this.#catalogue.groups.some((group) => group.id === parentId))
      throw invalid([{ path: 'parentId', message: 'There is no such group' }]);
    if (id !== undefined && isWithin(this.#catalogue, parentId, id))
      throw invalid([{ path: 'parentId', message: 'A group cannot stand within itself' }]);
  }

  /** Resolves when the change is on disk, or its not being there was told as a problem of the file. */
  #commit(next: Catalogue): Promise<void> {
    const before = this.#catalogue;
    this.#catalogue = next;
    const written = this.#file.write(next);
    for (const event of changesOf(before, next)) this.events.emit(event);
    return written;
  }
}

function found<Row extends { id: string }>(rows: readonly Row[], id: string, kind: string): Row {
  const row = rows.find((each) => each.id === id);
  if (!row) throw new AppError('NOT_FOUND', `This ${kind} is not there any more.`, { detail: { id } });
  return row;
}

/** A definition from elsewhere has no place and no life here. */
function withoutPlace(config: unknown): unknown {
  if (typeof config !== 'object' || config === null) return config;
  const own = new Set([
    'id',
    'groupId',
    'sortOrder',
    'createdAt',
    'updatedAt',
    'lastConnectedAt',
    'lastError',
  ]);
  return Object.fromEntries(Object.entries(config).filter(([field]) => !own.has(field)));
}

/** One issue a field, the first that was found. */
function invalid(all: FieldIssue[]): AppError {
  const issues = all.filter(({ path }, index) => all.findIndex((issue) => issue.path === path) === index);
  const [first] = issues;
  const message =
    issues.length === 1 && first ? `${first.message}.` : `${issues.length} fields are not right yet.`;
  return new AppError('INVALID_CONFIG', message, { issues });
}
