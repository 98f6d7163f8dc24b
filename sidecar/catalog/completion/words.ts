import type { Column, Relation, Routine } from '../names/names.ts';

/** So many columns of a table are listed beside it. */
const maxColumns = 14;
const maxOverloads = 8;

/** Making one takes longer than all else of an item, and than a tenth of the start of the process. */
let numbers: Intl.NumberFormat | undefined;
const inDigits = (count: number): string => (numbers ??= new Intl.NumberFormat('en-US')).format(count);

const kindWords = {
  table: 'table',
  view: 'view',
  materializedView: 'materialized view',
  foreignTable: 'foreign table',
  sequence: 'sequence',
} as const;

const lines = (...all: (string | undefined)[]): string => all.filter((line) => line !== undefined).join('\n');

export function relationDetail({ kind, schema, isPartition }: Relation): string {
  if (schema.name.startsWith('pg_temp_')) return 'temporary';
  const what = isPartition ? 'partition' : kindWords[kind];
  return what === 'table' ? schema.name : `${what} · ${schema.name}`;
}

export function relationInfo(relation: Relation): string {
  const { columns, comment, estimatedRows, kind, name, schema } = relation;
  const shown = columns.slice(0, maxColumns).map((column) => `  ${columnLine(column)}`);
  const rest = columns.length - shown.length;
  const rows = estimatedRows === undefined ? '' : `, about ${inDigits(estimatedRows)} rows`;
  return lines(
    `${schema.name}.${name}`,
    `${kindWords[kind]}${rows}`,
    comment,
    ...shown,
    rest > 0 ? `  and ${rest} more` : undefined,
  );
}

const columnLine = ({ name, type, notNull, isKey }: Column): string =>
  `${name} ${type}${isKey ? ' primary key' : notNull ? ' not null' : ''}`;

export function columnInfo(column: Column, relation: Relation, refersTo: string | undefined): string {
  const to = refersTo === undefined ? undefined : `references ${refersTo}`;
  return lines(columnLine(column), `${relation.schema.name}.${relation.name}`, to, column.comment);
}

export function routineDetail(overloads: readonly Routine[]): string {
  const first = overloads[0];
  if (!first) return '';
  const others = overloads.length > 1 ? ` +${overloads.length - 1}` : '';
  return `(${first.arguments})${others}`;
}

export function routineInfo(overloads: readonly Routine[]): string {
  const shown = overloads
    .slice(0, maxOverloads)
    .map((each, index) => (index === 0 ? '' : '  ') + signature(each));
  const rest = overloads.length - shown.length;
  const first = overloads[0];
  const comment = overloads.find((each) => each.comment !== undefined)?.comment;
  return lines(
    ...shown,
    rest > 0 ? `and ${rest} more` : undefined,
    first && `${first.kind} · ${first.schema.name}`,
    comment,
  );
}

function signature(routine: Routine): string {
  const result = routine.result === undefined ? '' : ` → ${routine.result}`;
  return `${routine.name}(${routine.arguments})${result}`;
}
