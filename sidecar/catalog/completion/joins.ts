import { quoted } from '#shared/sql/identifiers.ts';
import type { ForeignKey, Names, Relation } from '../names/names.ts';
import type { Collector } from './collector.ts';
import { relationInfo } from './words.ts';
import type { Scope, ScopeSource } from './scope.ts';

/** Joins along the foreign keys of what stands in FROM already, both ways: `orders o on o.customer_id = c.id`. */
export function addJoins(into: Collector, scope: Scope, names: Names, at: number): void {
  const sources = scope.sources.filter(({ depth, source }) => depth === 0 && source.at < at);
  const aliased = sources.some(({ source }) => source.alias !== undefined);
  const taken = new Set(scope.sources.map(({ name }) => name));
  for (const source of sources.toReversed()) {
    if (!source.relation) continue;
    for (const key of names.foreignKeys(source.relation)) {
      for (const outward of key.from === key.to ? [true, false] : [key.from === source.relation]) {
        const other = outward ? key.to : key.from;
        into.add(other.name, joinWeight(other), () => {
          const alias = aliased || taken.has(other.name) ? freeAlias(other.name, taken) : undefined;
          const name = alias ?? other.name;
          const on = condition(key, outward ? [source.name, name] : [name, source.name]);
          const text = `${relationName(other, names)}${alias === undefined ? '' : ` ${quoted(alias)}`} on ${on}`;
          return { kind: 'join', label: text, apply: text, info: relationInfo(other) };
        });
      }
    }
  }
}

const joinWeight = ({ isPartition, schema }: Relation): number =>
  160 - (isPartition ? 40 : 0) - (schema.pathIndex === undefined ? 20 : 0);

/** Conditions between the source that was joined last and those before it, along foreign keys, else by equal names. */
export function addConditions(into: Collector, scope: Scope, names: Names, at: number): void {
  const sources = scope.sources.filter(({ depth, source }) => depth === 0 && source.at < at);
  const last = sources.at(-1);
  if (!last) return;
  for (const other of sources.slice(0, -1).toReversed()) {
    const texts = keyConditions(last, other, names);
    for (const text of texts.length > 0 ? texts : sameNames(last, other, scope))
      into.add(text, 240, () => ({ kind: 'join', label: text, apply: text }));
  }
}

function keyConditions(last: ScopeSource, other: ScopeSource, names: Names): string[] {
  const { relation } = last;
  if (!relation || !other.relation) return [];
  return names.foreignKeys(relation).flatMap((key) => {
    const found: string[] = [];
    if (key.from === relation && key.to === other.relation)
      found.push(condition(key, [last.name, other.name]));
    if (key.to === relation && key.from === other.relation)
      found.push(condition(key, [other.name, last.name]));
    return found;
  });
}

/** `customer_id` on both sides, or `id` on the one and `customer_id` on the other. */
function sameNames(last: ScopeSource, other: ScopeSource, scope: Scope): string[] {
  const [left, right] = [scope.columns(last), scope.columns(other)];
  const equal = (a: string, b: string) =>
    `${quoted(last.name)}.${quoted(a)} = ${quoted(other.name)}.${quoted(b)}`;
  const shared = left.flatMap(({ name }) =>
    /.(_id|id)$/i.test(name) && right.some((each) => each.name === name) ? [equal(name, name)] : [],
  );
  if (shared.length > 0) return shared;
  const singular = (source: ScopeSource) => (source.source.name ?? source.name).replace(/s$/, '');
  const has = (columns: typeof left, name: string) => columns.some((each) => each.name === name);
  const [toOther, toLast] = [`${singular(other)}_id`, `${singular(last)}_id`];
  if (has(left, toOther) && has(right, 'id')) return [equal(toOther, 'id')];
  return has(right, toLast) && has(left, 'id') ? [equal('id', toLast)] : [];
}

function condition({ fromColumns, toColumns }: ForeignKey, [from, to]: readonly [string, string]): string {
  const pairs = fromColumns.map(
    (column, index) => `${quoted(from)}.${quoted(column)} = ${quoted(to)}.${quoted(toColumns[index] ?? '')}`,
  );
  return pairs.join(' and ');
}

/** A relation as it has to be written: with its schema where the search path does not lead to it. */
export function relationName(relation: Relation, names: Names): string {
  const reached = relation.schema.pathIndex !== undefined && names.relation(relation.name) === relation;
  return reached ? quoted(relation.name) : `${quoted(relation.schema.name)}.${quoted(relation.name)}`;
}

/** The first letters of its words, with a number where that is taken: `order_items` is `oi`. */
export function freeAlias(name: string, taken: ReadonlySet<string>): string {
  const words = name.split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u).filter((word) => /^\p{L}/u.test(word));
  const initials = words.map((word) => word.charAt(0).toLowerCase()).join('') || 't';
  const usable = (alias: string) => !taken.has(alias) && quoted(alias) === alias;
  const base = usable(initials) || initials.length === 1 ? initials : initials.charAt(0);
  if (usable(initials)) return initials;
  for (let number = 2; ; number += 1)
    if (usable(`${initials}${number}`) || number > 99) return `${base}${number}`;
}
