import type { LedgerEntry, LostItem } from '#shared/query/ledger.ts';
import type { StateItem } from '../sessionState.ts';

/** More is not listed, and longer values are cut: an entry is there to be read. */
const maxItems = 50;
const maxValueLength = 200;

/** An item by what it is, whatever its value. */
export const keyOf = ({ kind, name }: { kind: string; name?: string | undefined }): string =>
  JSON.stringify([kind, name]);

type KnownItem = Omit<StateItem, 'value'> & { value?: string | undefined };

export const shown = ({ kind, name, value }: KnownItem): LostItem => ({
  kind,
  name,
  // Which schema of the server's own a temporary table stood in says nothing.
  ...(value && kind !== 'tempTable' ? { value: cut(value) } : {}),
});

/** What is gone, as an entry of the ledger lists it. */
export function listed({
  items,
  transaction,
}: {
  items: KnownItem[];
  transaction?: 'open' | 'failed' | undefined;
}): Pick<LedgerEntry, 'lost' | 'omitted'> {
  const lost: LostItem[] = [
    ...(transaction ? [{ kind: 'transaction' as const, value: transaction }] : []),
    ...items.map(shown),
  ];
  const omitted = lost.length - maxItems;
  return { lost: lost.slice(0, maxItems), ...(omitted > 0 ? { omitted } : {}) };
}

const cut = (value: string): string =>
  value.length > maxValueLength ? `${value.slice(0, maxValueLength)}…` : value;
