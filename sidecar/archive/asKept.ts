import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import type { LedgerEntry, LostItem } from '#shared/query/ledger.ts';
import type { SessionRecord } from '#shared/session/record.ts';

/** Takes secrets out of what a server or we say. */
export type Said = (words: string) => string;

/** An error as it may be kept. Details in a server's own words may quote rows, which are never kept. */
export function errorAsKept({ detail, ...error }: ErrorEnvelope, said: Said): ErrorEnvelope {
  const isQuoted = typeof detail === 'string' && error.sqlstate !== undefined;
  const { message, reason, hint } = error;
  return {
    ...error,
    message: said(message),
    ...(reason === undefined ? {} : { reason: said(reason) }),
    ...(hint === undefined ? {} : { hint: said(hint) }),
    ...(detail === undefined || isQuoted
      ? {}
      : { detail: typeof detail === 'string' ? said(detail) : detail }),
  };
}

/** A loss as it may be kept: by the names of what was lost, for a setting may hold anything. */
export const lossAsKept = (entry: LedgerEntry, said: Said): LedgerEntry => ({
  ...entry,
  error: errorAsKept(entry.error, said),
  lost: entry.lost.map(withoutValue),
  replayed: entry.replayed.map(withoutValue),
});

export function recordAsKept(record: SessionRecord, said: Said): SessionRecord {
  const { lastError } = record;
  return lastError ? { ...record, lastError: errorAsKept(lastError, said) } : record;
}

const withoutValue = (item: LostItem): LostItem => {
  const { value: _, ...named } = item;
  return item.kind === 'transaction' ? item : named;
};
