import type { ErrorEnvelope } from '#shared/error/envelope.ts';

/** Reasons whose hint says in more words that the outcome is open. */
const hintedReasons: ReadonlySet<string> = new Set(['commitLost', 'cancelIgnored', 'cancelUnreached']);

/** That nobody knows whether a statement took effect: the first thing to be read of its error. */
export function unknownWords({
  code,
  hint,
  outcome,
  reason = '',
}: Pick<ErrorEnvelope, 'code' | 'hint' | 'outcome' | 'reason'>): string | undefined {
  if (outcome !== 'unknown') return undefined;
  const isHinted = hintedReasons.has(reason) || code === 'SIDECAR_RESTARTED';
  return (isHinted ? hint : undefined) ?? 'Whether it took effect is not known.';
}

/** The message for one line, where a hint stands beside it. */
export function messageWords(error: ErrorEnvelope): string {
  const unknown = unknownWords(error);
  return unknown === undefined || unknown === error.hint ? error.message : `${error.message} ${unknown}`;
}
