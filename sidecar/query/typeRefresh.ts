import type { Backend } from '../postgres/backend.ts';
import type { TypeNames } from '../postgres/typeNames.ts';
import { firstWord } from '#shared/sql/lexer.ts';

/** Tags of statements that make or rename types. A SCHEMA may come with all that is in it. */
const makesTypes = /^(CREATE|ALTER) (TYPE|DOMAIN|EXTENSION|SCHEMA)$/;
/** First words of statements that have columns, so that a script of hundreds of CREATE TYPE reads the names once. */
const mayHaveColumns = new Set('select with table values fetch execute call explain'.split(' '));

/** Types that no reading has named, for example those of tables' rows: reading again would not help. */
const nameless = new WeakMap<TypeNames, Set<number>>();

/** The type's name, or `oid 12345` for one that was not known yet; then the names are read again before they are next used. */
export function typeName(names: TypeNames, oid: number): string {
  const name = names.name(oid);
  if (name !== undefined) return name;
  const known = nameless.get(names) ?? new Set();
  if (!known.has(oid)) names.markStale();
  nameless.set(names, known.add(oid));
  return `oid ${oid}`;
}

/** After a statement with this tag. */
export function noteTag(names: TypeNames, commandTag: string): void {
  if (makesTypes.test(commandTag)) names.markStale();
}

/** Before a statement: reads the names where they are stale and the statement may need them. Failing is no harm. */
export async function refreshTypes(names: TypeNames, backend: Backend, text: string): Promise<void> {
  if (!names.stale || backend.transactionStatus === 'E') return;
  if (mayHaveColumns.has(firstWord(text))) await names.learn(backend).catch(() => {});
}
