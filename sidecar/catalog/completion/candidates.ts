import { alwaysQuoted, quoted } from '#shared/sql/identifiers.ts';
import type { Names, Relation, RelationKind, Routine, Schema } from '../names/names.ts';
import type { Collector } from './collector.ts';
import { relationName } from './joins.ts';
import type { Scope, ScopeColumn, ScopeSource } from './scope.ts';
import { columnInfo, relationDetail, relationInfo, routineDetail, routineInfo } from './words.ts';

/** How a name is written where it stands: quoted where it must be, or where the quote is typed already. */
export type Write = (name: string) => string;
export const writer = (inQuotes: boolean): Write => (inQuotes ? alwaysQuoted : quoted);

/** Where names of the server itself are concerned, they come after everybody's own. */
const systemWeight = -180;

function schemaWeight({ isSystem, pathIndex }: Schema): number {
  if (isSystem) return systemWeight;
  return pathIndex === undefined ? -25 : 0;
}

export function addRelations(
  into: Collector,
  names: Names,
  options: { kinds?: readonly RelationKind[] | undefined; schema?: string | undefined; write: Write },
): void {
  const { kinds, schema, write } = options;
  for (const relation of names.relations) {
    if (schema !== undefined && relation.schema.name !== schema) continue;
    if (schema === undefined && into.typed === '' && relation.schema.isSystem) continue;
    if (kinds ? !kinds.includes(relation.kind) : relation.kind === 'sequence') continue;
    const weight =
      (schema === undefined ? schemaWeight(relation.schema) + 50 : 0) - (relation.isPartition ? 40 : 0);
    into.add(relation.name, weight, () => ({
      kind: /view/i.test(relation.kind) ? 'view' : 'table',
      label: relation.name,
      apply:
        schema === undefined
          ? write === alwaysQuoted
            ? write(relation.name)
            : relationName(relation, names)
          : write(relation.name),
      detail: relationDetail(relation),
      info: relationInfo(relation),
    }));
  }
}

export function addSchemas(into: Collector, names: Names, write: Write, weight = 0): void {
  for (const schema of names.schemas)
    into.add(schema.name, weight + (schema.isSystem ? -100 : 0), () => ({
      kind: 'schema',
      label: schema.name,
      apply: write(schema.name),
      detail: 'schema',
      info: schema.comment,
    }));
}

export function addCtes(into: Collector, scope: Scope, write: Write): void {
  for (const { name } of scope.ctes)
    into.add(name, 110, () => ({ kind: 'table', label: name, apply: write(name), detail: 'with' }));
}

/** Columns of everything in scope; where a name is ambiguous, each with the name of its source. */
export function addScopeColumns(into: Collector, scope: Scope, names: Names | undefined, write: Write): void {
  const owners = new Map<string, ScopeSource[]>();
  for (const source of scope.sources)
    for (const name of new Set(scope.columns(source).map((column) => column.name)))
      owners.set(name, [...(owners.get(name) ?? []), source]);
  for (const source of scope.sources) {
    for (const column of scope.columns(source)) {
      const [first, second] = owners.get(column.name) ?? [];
      const isClear = source.name === '' || (first === source && second?.depth !== source.depth);
      const prefix = isClear ? '' : `${source.name}.`;
      const written = isClear ? '' : `${write(source.name)}.`;
      into.add(column.name, source.depth > 0 ? 80 : 140, () =>
        columnItem(column, names, prefix + column.name, written + write(column.name), source.name),
      );
    }
  }
}

/** Columns of one table or query, in their order. */
export function addColumns(
  into: Collector,
  columns: readonly ScopeColumn[],
  names: Names | undefined,
  write: Write,
): void {
  for (const column of columns)
    into.add(column.name, 140, () => columnItem(column, names, column.name, write(column.name), undefined));
}

function columnItem(
  { type, column, relation }: ScopeColumn,
  names: Names | undefined,
  label: string,
  apply: string,
  of: string | undefined,
) {
  const shortType = type === undefined ? undefined : (names?.shortType(type) ?? type);
  const detail = [shortType, of].filter((part) => part !== undefined && part !== '').join(' · ');
  const info =
    column && relation
      ? columnInfo({ ...column, type: shortType ?? '' }, relation, refersTo(column.name, relation, names))
      : undefined;
  return { kind: 'column' as const, label, apply, detail: detail === '' ? undefined : detail, info };
}

function refersTo(column: string, relation: Relation, names: Names | undefined): string | undefined {
  const key = names
    ?.foreignKeys(relation)
    .find(({ from, fromColumns }) => from === relation && fromColumns[0] === column);
  return key && `${key.to.name} (${key.toColumns.join(', ')})`;
}

export function addAliases(into: Collector, scope: Scope, write: Write): void {
  for (const { name, source, depth } of scope.sources)
    if (name !== '' && (scope.sources.length > 1 || source.alias !== undefined))
      into.add(name, 90 - 40 * Math.min(depth, 1), () => ({
        kind: 'alias',
        label: name,
        apply: write(name),
        detail: source.alias === undefined ? 'in FROM' : (source.name ?? 'query'),
      }));
}

const triggerResult = /^(event_)?trigger$/;

/** Functions by name, all with the same name as one; in an expression neither procedures nor what triggers call. */
export function addRoutines(
  into: Collector,
  names: Names,
  options: {
    wanted: 'expression' | 'any' | 'procedure' | 'trigger';
    schema?: string | undefined;
    write: Write;
    isCalled: boolean;
    weight?: number;
  },
): void {
  const { wanted, schema, write, isCalled, weight = 0 } = options;
  let last: Routine[] = [];
  const flush = () => {
    const [first] = last;
    const overloads = last;
    if (!first) return;
    const own = schema === undefined ? schemaWeight(first.schema) / 3 : 0;
    into.add(first.name, own + weight, () => routineItem(overloads, { schema, write, isCalled }));
  };
  for (const routine of names.functions) {
    if (schema === undefined ? into.typed === '' && routine.schema.isSystem : routine.schema.name !== schema)
      continue;
    const isTrigger = triggerResult.test(routine.result ?? '');
    if (wanted === 'trigger' ? !isTrigger : wanted !== 'any' && isTrigger) continue;
    if (
      wanted === 'procedure'
        ? routine.kind !== 'procedure'
        : wanted === 'expression' && routine.kind === 'procedure'
    )
      continue;
    if (last[0]?.name !== routine.name || last[0].schema !== routine.schema) {
      flush();
      last = [];
    }
    last.push(routine);
  }
  flush();
}

function routineItem(
  overloads: readonly Routine[],
  { schema, write, isCalled }: { schema: string | undefined; write: Write; isCalled: boolean },
) {
  const [first] = overloads;
  const name = first?.name ?? '';
  const isReached = schema !== undefined || first?.schema.pathIndex !== undefined;
  const written = isReached ? write(name) : `${write(first?.schema.name ?? '')}.${write(name)}`;
  const call = overloads.every((each) => each.arguments === '') ? '()' : '(';
  return {
    kind: 'function' as const,
    label: name,
    apply: isCalled ? written : written + call,
    detail: routineDetail(overloads),
    info: routineInfo(overloads),
  };
}

/** Types by the name that SQL has for them, those of the user first. */
export function addTypes(into: Collector, names: Names, schema: string | undefined, write: Write): void {
  for (const type of names.types) {
    if (schema !== undefined && type.schema.name !== schema) continue;
    const isOwn = !type.schema.isSystem;
    const label = isOwn || schema !== undefined ? type.name : type.shown;
    const common = commonTypes.has(label) ? 60 : 0;
    const reached = schema !== undefined || type.schema.pathIndex !== undefined;
    const written = isOwn ? `${reached ? '' : `${write(type.schema.name)}.`}${write(type.name)}` : label;
    const item = () => ({
      kind: 'type' as const,
      label,
      apply: written,
      detail: isOwn ? `${type.kind} · ${type.schema.name}` : undefined,
      info: type.labels.length > 0 ? type.labels.join(', ') : type.comment,
    });
    const weight = (isOwn ? 80 : 0) + common;
    into.add(label, weight, item);
    if (!isOwn && label !== type.name && into.typed !== '')
      into.add(type.name, weight - 20, () => ({
        ...item(),
        label: type.name,
        apply: type.name,
        detail: label,
      }));
  }
}

const commonTypes = new Set(
  [
    'integer,bigint,text,boolean,numeric,date,uuid,jsonb,timestamp with time zone,timestamp without time zone',
    'character varying,double precision,interval,smallint,real,bytea,json,time without time zone',
  ].flatMap((line) => line.split(',')),
);
