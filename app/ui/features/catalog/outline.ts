import type { CatalogObject, CatalogSchema, ObjectKind } from '#shared/catalog/objects.ts';
import { objectKinds } from '#shared/catalog/objects.ts';
import { known, type CatalogPlace, type CatalogStore, type KnownObject } from '../../stores/catalog.ts';
import type { Aged, CatalogLevel } from '../../stores/catalogLevel.ts';
import { bytesWords, countWords, roundWords } from './amounts.ts';
import { CatalogRow, type CatalogNode, type Note, type ObjectPlace, type RowFacts } from './catalogRow.ts';
import { canBeRead, kindWords, listed, partKinds, partWords } from './kinds.ts';

/** Where answers come from; the builder reads them, and tells which ones are to be seen. */
export type CatalogReader = Pick<CatalogStore, 'databases' | 'schemas' | 'objects' | 'describe'>;

export interface OutlineStart {
  readonly reader: CatalogReader;
  /** Whether the user has a row open; where nothing was said, `otherwise`. */
  readonly isOpen: (key: string, otherwise: boolean) => boolean;
  readonly isLive: boolean;
  readonly connectionId: string;
  /** What connections of this definition are in. */
  readonly database: string;
}

/** What a row says, and what stands under it; those are made only where it is open. */
interface Item {
  readonly name: string;
  /** Unique among its siblings. */
  readonly id: string;
  readonly node: CatalogNode;
  readonly facts?: Partial<RowFacts>;
  readonly opensByItself?: boolean;
  readonly inner?: (at: Under) => void;
  /** Where what is under it comes from, once it is open. */
  readonly source?: () => CatalogLevel;
}

interface Under {
  readonly key: string;
  readonly level: number;
}

/** A schema with more tables than that shows them only when they are asked for: what stands beneath would be far away. */
const opensUpTo = 400;

/** The rows under a connection that is open, from top to bottom, and the levels that they are made from. */
export class Outline {
  readonly rows: CatalogRow[] = [];
  readonly wanted: CatalogLevel[] = [];
  readonly #start: OutlineStart;

  constructor(start: OutlineStart, under: Under) {
    this.#start = start;
    const { connectionId, database } = start;
    this.#schemas({ connectionId, database }, under, true);
  }

  #schemas(place: CatalogPlace, under: Under, isMain: boolean): void {
    const level = this.#want(this.#start.reader.schemas(place));
    const notes = this.#notes(level, true);
    const { schemas = [], extensions = [] } = level.answer ?? {};
    const own = schemas.filter(({ isSystem }) => !isSystem);
    const system = schemas.filter(({ isSystem }) => isSystem);
    this.#add(under, [
      ...notes,
      ...own.map((schema) => this.#schema(place, schema, own.length === 1)),
      ...(extensions.length === 0
        ? []
        : [
            folder('extensions', 'Extensions', { type: 'extensions', place }, extensions.length, (at) =>
              this.#add(
                at,
                extensions.map((facts) => ({
                  id: facts.name,
                  name: facts.name,
                  node: { type: 'extension', place, facts } as const,
                  facts: { aside: facts.comment, detail: facts.version, tip: [facts.comment] },
                })),
              ),
            ),
          ]),
      ...(system.length === 0
        ? []
        : [
            folder('system', 'System schemas', { type: 'systemSchemas' }, system.length, (at) =>
              this.#add(
                at,
                system.map((schema) => this.#schema(place, schema, false)),
              ),
            ),
          ]),
      ...(isMain && level.answer?.fetchedAt ? [this.#otherDatabases()] : []),
    ]);
  }

  #otherDatabases(): Item {
    const { connectionId, database, reader } = this.#start;
    return folder('databases', 'Other databases', { type: 'databases' }, undefined, (at) => {
      const level = this.#want(reader.databases(connectionId));
      const others = (level.answer?.databases ?? []).filter(
        ({ name, isTemplate }) => name !== database && !isTemplate,
      );
      this.#add(at, [
        ...this.#notes(level),
        ...others.map((facts): Item => {
          const place = { connectionId, database: facts.name };
          return {
            id: facts.name,
            name: facts.name,
            node: { type: 'database', place, facts },
            facts: {
              shut: !facts.allowConnections,
              aside: facts.comment,
              detail: facts.bytes === undefined ? undefined : bytesWords(facts.bytes),
              tip: [facts.comment, facts.allowConnections ? undefined : 'This user may not connect to it'],
            },
            ...(facts.allowConnections
              ? { inner: (inner: Under) => this.#schemas(place, inner, false) }
              : {}),
          };
        }),
        ...(others.length === 0 && level.answer?.fetchedAt ? [note('none', 'No other databases')] : []),
      ]);
    });
  }

  #schema(place: CatalogPlace, schema: CatalogSchema, isOnly: boolean): Item {
    const { name, counts, comment, usable } = schema;
    const known = objectKinds.filter((kind) => counts[kindWords[kind].count] !== 0);
    return {
      id: `schema ${name}`,
      name,
      node: { type: 'schema', place, facts: schema },
      facts: {
        aside: comment,
        tip: [
          comment,
          `Owner ${schema.owner}`,
          usable ? undefined : 'This user may not look things up in it',
        ],
      },
      opensByItself: isOnly,
      inner: (at) =>
        this.#add(
          at,
          known.length === 0
            ? [note('none', 'Nothing in this schema')]
            : known.map((kind) => this.#kind(place, schema, kind)),
        ),
    };
  }

  #kind(place: CatalogPlace, { name: schema, counts }: CatalogSchema, kind: ObjectKind): Item {
    const words = kindWords[kind];
    const source = () => this.#start.reader.objects(place, schema, kind);
    const count = counts[words.count];
    return {
      ...folder(kind, words.many, { type: 'kind', place, schema, kind }, count ?? undefined, (at) => {
        const level = this.#want(source());
        const shown = listed(level.answer?.objects ?? []);
        const hidden = (level.answer?.total ?? 0) - (level.answer?.objects.length ?? 0);
        this.#add(at, [
          ...this.#notes(level),
          ...shown.map((object) => this.#object({ place, schema, object })),
          ...(shown.length === 0 && level.answer?.fetchedAt
            ? [note('none', `No ${words.many.toLowerCase()}`)]
            : []),
          ...(hidden > 0 ? [note('more', `${hidden.toLocaleString()} more; the search finds them`)] : []),
        ]);
      }),
      opensByItself: kind === 'table' && (count ?? 0) <= opensUpTo,
      facts: { detail: count === null ? 'not known' : count.toLocaleString() },
      source,
    };
  }

  #object(at: ObjectPlace): Item {
    const { object } = at;
    const { name, signature, returns, comment, rows, bytes, ownedBy } = object;
    return {
      id: String(object.oid),
      name: signature === undefined ? name : `${name}(${signature})`,
      node: { type: 'object', ...at },
      facts: {
        aside: comment ?? returns ?? ownedBy,
        detail: rows === undefined ? undefined : roundWords(rows),
        tip: [
          comment,
          returns === undefined ? undefined : `Returns ${returns}`,
          ownedBy === undefined ? undefined : `Belongs to ${ownedBy}`,
          rows === undefined ? undefined : `About ${countWords(rows, 'row')}`,
          bytes === undefined ? undefined : bytesWords(bytes),
        ],
      },
      ...(canBeRead(object.kind)
        ? {
            inner: (inner) => this.#described(at, inner),
            source: () => this.#start.reader.describe(at.place, at.schema, object),
          }
        : {}),
    };
  }

  #described(at: ObjectPlace, under: Under): void {
    const level = this.#want(this.#start.reader.describe(at.place, at.schema, at.object));
    const description = known(level.answer);
    this.#add(under, [
      ...this.#notes(level),
      ...(description?.columns ?? []).map((column): Item => {
        const { references, name, type } = column;
        const target = references && `${references.table}.${references.column}`;
        return {
          id: `column ${name}`,
          name,
          node: { type: 'column', column, ...at },
          facts: {
            aside: target === undefined ? type : `${type} → ${target}`,
            tip: [
              column.comment,
              `${type}${column.notNull ? ', not null' : ''}`,
              column.isPrimaryKey ? 'Primary key' : undefined,
              references && `Points at ${references.schema}.${target}`,
              column.default === undefined ? undefined : `Default ${column.default}`,
              column.generated === undefined ? undefined : `Generated as ${column.generated}`,
            ],
          },
        };
      }),
      ...(description ? this.#parts(at, description) : []),
    ]);
  }

  #parts(at: ObjectPlace, description: KnownObject): Item[] {
    const failed = new Map(description.unreadable?.map(({ part, error }) => [part, error]));
    const lists = partKinds.flatMap((part): Item[] => {
      const found = description[part];
      const error = failed.get(part);
      if (found.length === 0 && !error) return [];
      return [
        folder(
          part,
          partWords[part],
          { type: 'parts', part, ...at },
          error ? undefined : found.length,
          (inner) =>
            this.#add(
              inner,
              error
                ? [note('unread', `Could not be read: ${error.message}`)]
                : found.map((facts) => ({
                    id: facts.name,
                    name: facts.name,
                    node: { type: 'part', part, facts, ...at } as const,
                    facts: { aside: facts.comment, tip: [facts.comment, facts.definition] },
                  })),
            ),
        ),
      ];
    });
    return description.partitions.length === 0 ? lists : [...lists, this.#partitions(at, description)];
  }

  #partitions(at: ObjectPlace, { partitions, partitionCount = partitions.length }: KnownObject): Item {
    const hidden = partitionCount - partitions.length;
    const node = { type: 'parts', part: 'partitions', ...at } as const;
    return folder('partitions', partWords.partitions, node, partitionCount, (inner) =>
      this.#add(inner, [
        ...partitions.map(({ oid, name, schema, isPartitioned, rows, definition }): Item => {
          const object: CatalogObject = {
            oid,
            name,
            kind: 'table',
            isPartitioned,
            rows,
            comment: definition,
          };
          return this.#object({ place: at.place, schema, object });
        }),
        ...(hidden > 0 ? [note('more', `${hidden.toLocaleString()} more`)] : []),
      ]),
    );
  }

  /** Why a level shows nothing, or something old. */
  #notes(level: CatalogLevel, isTop = false): Item[] {
    const { answer, error } = level;
    const { isLive } = this.#start;
    const of = (about: Note['about'], words: string): Item[] => [note(about, words, level)];
    if (!answer?.fetchedAt) {
      if (!isLive) return of('offline', 'Not connected, and not kept from before');
      return error ? of('unread', `Could not be read: ${error.message}`) : of('reading', 'Reading…');
    }
    if (!isLive) return isTop ? of('offline', 'Not connected') : [];
    return error ? of('old', `Could not be read again: ${error.message}`) : [];
  }

  #want<Answer extends Aged>(level: CatalogLevel<Answer>): CatalogLevel<Answer> {
    this.wanted.push(level);
    return level;
  }

  #add({ key: parentKey, level }: Under, items: readonly Item[]): void {
    const { connectionId, isOpen } = this.#start;
    for (const [index, { name, id, node, facts, opensByItself = false, inner, source }] of items.entries()) {
      const key = `${parentKey}/${encodeURIComponent(id)}`;
      const expanded = inner && isOpen(key, opensByItself);
      this.rows.push(
        new CatalogRow(
          {
            ...facts,
            key,
            parentKey,
            connectionId,
            name,
            node,
            expanded,
            ...(expanded && source ? { level: source() } : {}),
          },
          { level, position: index + 1, setSize: items.length },
        ),
      );
      if (expanded) inner({ key, level: level + 1 });
    }
  }
}

const folder = (
  id: string,
  name: string,
  node: CatalogNode,
  count: number | undefined,
  inner: (at: Under) => void,
): Item => ({ id, name, node, facts: { detail: count?.toLocaleString() }, inner });

const note = (about: Note['about'], words: string, level?: CatalogLevel): Item => ({
  id: `note ${about}`,
  name: words,
  node: { type: 'note', note: { about, words } },
  facts: { level },
});
