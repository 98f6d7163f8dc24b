import type { Backend } from '../../postgres/backend.ts';
import { strictSql } from './strictSql.ts';
import type { TreeFacts } from './treeFacts.ts';
import { allowWriting, violation } from './violations.ts';

/** The catalog may be locked by somebody; then the statement is not sent. */
const lookLimitMs = 5_000;

/**
 * Asks the catalog whether anything that a statement names, or that hides behind it, may have effects. Runs in the
 * transaction of the statement, with its search path. Rejects with READ_ONLY_VIOLATION, or as `Backend.query` does.
 */
export async function strictCheck(backend: Backend, facts: TreeFacts): Promise<void> {
  const found = await backend.query(strictSql(facts), lookLimitMs);
  const [first] = found;
  if (!first) return;
  const [kind, name] = first;
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : '';
  const why =
    kind === 'foreignTable'
      ? `it reads the foreign table ${name ?? ''}${more}, which is another server's`
      : `it reaches the function ${name ?? ''}${more}, which is marked as one that may change something`;
  throw violation('strict', `The statement is refused: ${why}.`, {
    hint: `This connection is strictly read-only, so the statement was not sent. Guarded mode lets it through in a read-only transaction. ${allowWriting}`,
  });
}
