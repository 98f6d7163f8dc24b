import { isScattered, matcherOf, type Match } from '#shared/catalog/match.ts';
import type { SearchHit, SearchKind } from '#shared/catalog/search.ts';
import type { Names, Relation, Schema } from './names.ts';

export interface SearchOptions {
  text: string;
  kinds?: readonly SearchKind[] | undefined;
  limit: number;
}

type Bare = Omit<SearchHit, 'match'>;

/** Among what fits equally well: what people look for first. */
const weights: Readonly<Record<SearchKind, number>> = {
  table: 90,
  view: 80,
  materializedView: 80,
  foreignTable: 80,
  schema: 70,
  function: 60,
  type: 30,
  sequence: 20,
  column: 0,
  index: -20,
  constraint: -20,
  trigger: -20,
  policy: -20,
};
const systemWeight = -400;
const partitionWeight = -60;

/** Everything whose name fits to a text; `total` counts also what the limit leaves out. */
export function searchNames(
  names: Names,
  { text, kinds, limit }: SearchOptions,
): { hits: SearchHit[]; total: number } {
  const search = new Search(text, kinds);
  if (search.isEmpty) return { hits: [], total: 0 };
  for (const schema of names.schemas)
    search.add('schema', schema, schema.name, () => ({ oid: Number(schema.oid) }));
  for (const relation of names.relations) search.addRelation(relation);
  for (const { name, schema, oid, arguments: detail } of names.functions)
    search.add('function', schema, name, () => ({ oid: Number(oid), detail: `(${detail})` }));
  for (const { name, schema, oid, kind } of names.types)
    search.add('type', schema, name, () => ({ oid: Number(oid), detail: kind }));
  return search.best(limit);
}

const within = (relation: Relation) => ({
  oid: Number(relation.oid),
  parent: relation.name,
  parentKind: relation.kind,
});

class Search {
  readonly #wanted: string;
  /** What must stand in the text of columns and parts, if one of them fits. */
  readonly #inText: RegExp;
  readonly #match: ReturnType<typeof matcherOf>;
  readonly #matchJoined: ReturnType<typeof matcherOf>;
  /** In front of the last dot: a schema, or the table of a column. */
  readonly #qualifier: string | undefined;
  readonly #kinds: ReadonlySet<SearchKind> | undefined;
  readonly #found: { rank: number; isScattered: boolean; make: () => SearchHit }[] = [];

  constructor(text: string, kinds: readonly SearchKind[] | undefined) {
    const trimmed = text.trim();
    const dot = trimmed.lastIndexOf('.');
    this.#qualifier = dot > 0 ? trimmed.slice(0, dot).toLowerCase() : undefined;
    this.#wanted = trimmed.slice(dot + 1);
    const joined = this.#wanted.replaceAll(' ', '_');
    this.#match = matcherOf(this.#wanted);
    this.#matchJoined = joined === this.#wanted ? () => undefined : matcherOf(joined);
    this.#inText = namesThatFit(joined);
    this.#kinds = kinds && new Set(kinds);
  }

  get isEmpty(): boolean {
    return this.#wanted === '' && this.#qualifier === undefined;
  }

  add(
    kind: SearchKind,
    schema: Schema,
    name: string,
    more: () => Omit<Bare, 'kind' | 'schema' | 'name'>,
    { parent, weight = 0 }: { parent?: string; weight?: number } = {},
  ): void {
    if (!this.#wants(kind)) return;
    if (this.#qualifier !== undefined && !this.#isIn(kind, schema.name, parent)) return;
    // People write "order items" and mean order_items.
    const match = better(this.#match(name), this.#matchJoined(name));
    // Letters here and there are found in half of all columns.
    if (!match || (parent !== undefined && isScattered(match))) return;
    const ranges = match.ranges.map(([from, to]): [number, number] => [from, to]);
    this.#found.push({
      rank: match.score + weights[kind] + weight + (schema.isSystem ? systemWeight : 0),
      isScattered: isScattered(match),
      make: () => ({ kind, schema: schema.name, name, ...more(), match: ranges }),
    });
  }

  addRelation(relation: Relation): void {
    const { kind, schema, name } = relation;
    const weight = relation.isPartition ? partitionWeight : 0;
    const detail = relation.isPartition ? { detail: 'partition' } : {};
    this.add(kind, schema, name, () => ({ oid: Number(relation.oid), ...detail }), { weight });
    // Columns of the server's own tables are looked for by those who name the table.
    if (schema.isSystem && this.#qualifier === undefined) return;
    // Most tables have no such column, and their columns need not be looked at one by one.
    if (this.#wants('column') && this.#inText.test(relation.columnText))
      for (const column of relation.columns)
        this.add('column', schema, column.name, () => ({ ...within(relation), detail: column.type }), {
          parent: name,
          weight,
        });
    if (relation.partText === undefined || !this.#inText.test(relation.partText)) return;
    for (const [part, partKind] of relation.parts)
      this.add(partKind, schema, part, () => within(relation), { parent: name, weight });
  }

  best(limit: number): { hits: SearchHit[]; total: number } {
    const sure = this.#found.filter((each) => !each.isScattered);
    const sorted = (sure.length > 0 ? sure : this.#found).sort((a, b) => b.rank - a.rank);
    return { hits: sorted.slice(0, limit).map(({ make }) => make()), total: sorted.length };
  }

  #wants(kind: SearchKind): boolean {
    return this.#kinds?.has(kind) ?? true;
  }

  #isIn(kind: SearchKind, schema: string, parent: string | undefined): boolean {
    if (kind === 'schema') return false;
    const [inner = '', outer] = (this.#qualifier ?? '').split('.').toReversed();
    if (parent === undefined) return outer === undefined && schema.toLowerCase().includes(inner);
    if (outer !== undefined && !schema.toLowerCase().includes(outer)) return false;
    // Behind a dot with nothing after it a schema's tables are listed, and a table's columns if it is named in full.
    return this.#wanted === '' ? parent.toLowerCase() === inner : parent.toLowerCase().includes(inner);
  }
}

const better = (one: Match | undefined, other: Match | undefined): Match | undefined =>
  !one || (other && other.score > one.score) ? other : one;

/** Longer texts are no beginnings of words. */
const maxLoose = 24;

/** Among names in quotes: the text in one of them, or its letters in order from the beginning of one. */
function namesThatFit(text: string): RegExp {
  const letters = Array.from(text, (letter) => letter.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&'));
  const whole = letters.join('');
  const isLoose = letters.length > 1 && letters.length <= maxLoose;
  return new RegExp(isLoose ? `${whole}|"${letters.join('[^"]*')}` : whole, 'iu');
}
