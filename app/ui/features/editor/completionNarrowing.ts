import { matchName } from '#shared/catalog/match.ts';
import type { CompletionItem } from '#shared/catalog/completion.ts';

/** Fits that differ by less than a class keep the order that they came in. */
const classes = [900, 700, 500];

/** Those of a complete list that fit to a longer text too, with what fits marked anew. */
export function narrowed<T extends { readonly item: CompletionItem }>(
  options: readonly T[],
  typed: string,
): T[] {
  const fitting = options.flatMap((option) => {
    const match = matchItem(option.item, typed);
    return match ? [{ ...match, option }] : [];
  });
  return fitting
    .sort((a, b) => a.rank - b.rank)
    .map(({ option, ranges }) => ({ ...option, item: { ...option.item, match: ranges } }));
}

/** What fits stands there already, and nothing longer begins with it. */
export function isWritten(items: readonly CompletionItem[], typed: string): boolean {
  const text = typed.toLowerCase();
  const beginning = items.filter(({ apply }) => apply.toLowerCase().startsWith(text));
  return beginning.length === 1 && beginning[0]?.apply.toLowerCase() === text;
}

function matchItem(
  item: CompletionItem,
  typed: string,
): { rank: number; ranges: [number, number][] } | undefined {
  // Of `o.id` the column is typed, of `'new'` what stands in the quotes.
  const skipped = /^.*\.|^'/.exec(item.kind === 'join' ? '' : item.label)?.[0].length ?? 0;
  for (const from of skipped > 0 ? [skipped, 0] : [0]) {
    const match = matchName(typed, item.label.slice(from));
    if (!match) continue;
    const rank = classes.findIndex((least) => match.score > least);
    const ranges = match.ranges.map(([start, end]): [number, number] => [start + from, end + from]);
    return { rank: rank < 0 ? classes.length : rank, ranges };
  }
  return undefined;
}
