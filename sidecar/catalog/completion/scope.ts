import type { Column, Names, Relation } from '../names/names.ts';
import { coreAt, type Core, type Cte, type Output, type Query, type Source } from './queryTree.ts';

/** Queries that refer to each other are followed this deep. */
const maxDepth = 12;

/** A column that can be named, and the type where it is known. */
export interface ScopeColumn {
  readonly name: string;
  readonly type: string | undefined;
  /** Of the table that it comes from unchanged. */
  readonly column?: Column;
  readonly relation?: Relation;
}

/** What stands in a FROM that is visible, by the name by which its columns are called. */
export interface ScopeSource {
  readonly name: string;
  readonly source: Source;
  /** 0 is the innermost query. */
  readonly depth: number;
  readonly relation: Relation | undefined;
}

/** What can be named within a query, from the inside out. */
export class Scope {
  readonly sources: readonly ScopeSource[];
  readonly ctes: readonly Cte[];
  readonly #names: Names | undefined;
  readonly #columns = new Map<Source, ScopeColumn[]>();

  constructor(query: Query | undefined, at: number, names: Names | undefined) {
    this.#names = names;
    this.ctes = query ? ctesOf(query) : [];
    this.sources = query ? this.#visible(query, at) : [];
  }

  columns({ source }: ScopeSource): ScopeColumn[] {
    const known = this.#columns.get(source);
    if (known) return known;
    const found = this.#columnsOf(source, this.ctes, 0);
    this.#columns.set(source, found);
    return found;
  }

  /** `o` or `shop.orders` in front of a dot. */
  named(path: readonly string[]): ScopeSource | undefined {
    const [name, schema] = [path.at(-1), path.at(-2)];
    return this.sources.find(
      (each) =>
        each.name === name &&
        (schema === undefined || (each.source.alias === undefined && each.relation?.schema.name === schema)),
    );
  }

  relationOf(source: Source): Relation | undefined {
    if (source.kind !== 'relation' || source.name === undefined) return undefined;
    const isCte = source.schema === undefined && this.ctes.some(({ name }) => name === source.name);
    return isCte ? undefined : this.#names?.relation(source.name, source.schema);
  }

  #visible(query: Query, at: number): ScopeSource[] {
    const found: ScopeSource[] = [];
    let inner: Query | undefined = query;
    let place = at;
    for (let depth = 0; inner; depth += 1) {
      const core = coreAt(inner, place);
      for (const source of core ? seen(core, place) : [])
        found.push({ name: nameOf(source), source, depth, relation: this.relationOf(source) });
      place = inner.from;
      inner = inner.role === 'expression' || inner.role === 'lateral' ? inner.parent : undefined;
    }
    return found;
  }

  #columnsOf(source: Source, ctes: readonly Cte[], depth: number): ScopeColumn[] {
    const columns = this.#bareColumns(source, ctes, depth);
    const { aliasColumns } = source;
    if (!aliasColumns) return columns;
    return aliasColumns
      .map((name, index): ScopeColumn => ({ name, type: columns[index]?.type }))
      .concat(columns.slice(aliasColumns.length));
  }

  #bareColumns(source: Source, ctes: readonly Cte[], depth: number): ScopeColumn[] {
    if (depth > maxDepth) return [];
    if (source.kind === 'query') return this.#outputs(source.query, depth + 1);
    if (source.kind === 'function') return this.#functionColumns(source);
    const cte = source.schema === undefined ? ctes.find(({ name }) => name === source.name) : undefined;
    if (cte) {
      const columns = this.#outputs(cte.query, depth + 1);
      return cte.columns ? cte.columns.map((name, index) => ({ name, type: columns[index]?.type })) : columns;
    }
    const relation =
      source.name === undefined ? undefined : this.#names?.relation(source.name, source.schema);
    return (
      relation?.columns.map((column) => ({ name: column.name, type: column.type, column, relation })) ?? []
    );
  }

  /** The columns of a query are those of its first part. */
  #outputs(query: Query | undefined, depth: number): ScopeColumn[] {
    const core = query?.cores[0];
    if (!query || !core || depth > maxDepth) return [];
    const ctes = ctesOf(query);
    const isReturning = core.marks.some(({ clause }) => clause === 'returning');
    if (core.kind !== 'select' && !isReturning) return [];
    return core.outputs.flatMap((output) => this.#outputColumns(output, core, ctes, depth));
  }

  #outputColumns(output: Output, core: Core, ctes: readonly Cte[], depth: number): ScopeColumn[] {
    const { path, star, name } = output;
    if (star) {
      const wanted = path?.at(-1);
      const all = core.kind === 'insert' && core.target ? [core.target] : core.sources;
      const sources = all.filter((source) => wanted === undefined || nameOf(source) === wanted);
      return sources.flatMap((source) => this.#columnsOf(source, ctes, depth + 1));
    }
    if (!path) return [{ name: name ?? '', type: undefined }];
    const [column, qualifier] = [path.at(-1), path.at(-2)];
    for (const source of core.sources) {
      if (qualifier !== undefined && nameOf(source) !== qualifier) continue;
      const found = this.#columnsOf(source, ctes, depth + 1).find((each) => each.name === column);
      if (found) return [name === undefined ? found : { ...found, name }];
    }
    return [{ name: name ?? column ?? '', type: undefined }];
  }

  #functionColumns({ name, schema, alias }: Source): ScopeColumn[] {
    const found = this.#names?.functions.find(
      (each) => each.name === name && (schema === undefined || each.schema.name === schema),
    );
    const table = /^TABLE\((.*)\)$/s.exec(found?.result ?? '')?.[1];
    if (table === undefined) {
      const type = found?.result?.replace(/^SETOF /, '');
      const composite = type === undefined ? undefined : this.#names?.relation(type);
      if (composite)
        return composite.columns.map((column) => ({ name: column.name, type: column.type, column }));
      return [{ name: alias ?? name ?? '', type }];
    }
    return splitArguments(table).map((argument) => {
      const [, column = '', type] = /^("(?:[^"]|"")+"|\S+)\s+(.*)$/s.exec(argument) ?? [];
      return { name: column.replace(/^"|"$/g, '').replaceAll('""', '"'), type };
    });
  }
}

/** At the commas that stand in no parentheses. */
export function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character !== ',' || depth > 0) continue;
    parts.push(text.slice(from, at).trim());
    from = at + 1;
  }
  const last = text.slice(from).trim();
  return last === '' ? parts : [...parts, last];
}

export const nameOf = ({ alias, name }: Source): string => alias ?? name ?? '';

/** Those of the query itself and of all around it, the nearest first. */
function ctesOf(query: Query): Cte[] {
  const found: Cte[] = [];
  for (let inner: Query | undefined = query; inner; inner = inner.parent) found.push(...inner.ctes);
  return found;
}

/**
 * Where an INSERT takes its rows from, the table that it writes to is not seen; where it updates what was there already,
 * the row that it could not insert is, too.
 */
function seen(core: Core, at: number): Source[] {
  const { kind, target, sources, marks } = core;
  if (kind !== 'insert' || !target) return sources;
  const before = marks.filter((mark) => mark.at < at).map((mark) => mark.clause);
  const clause = before.at(-1);
  if (before.includes('set') && clause !== 'returning') return [target, { ...target, alias: 'excluded' }];
  const isTargets = clause === 'returning' || clause === 'conflict' || clause === 'into';
  return isTargets ? [target] : sources.filter((source) => source !== target);
}
