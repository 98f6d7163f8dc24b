const longest = 200;

/** Two names are the same to a reader where only case, outer spaces or the composition of letters differ. */
export const sameName = (one: string, other: string): boolean => key(one) === key(other);
const key = (name: string): string => name.trim().normalize('NFC').toLocaleLowerCase('en');

/** `x (copy)`, then `x (copy 2)` and so on; the copy of a copy counts on. */
export function copyName(name: string, taken: readonly string[]): string {
  const original = name.replace(/ \(copy(?: \d+)?\)$/, '');
  return firstFree(original, (count) => (count === 1 ? ' (copy)' : ` (copy ${count})`), taken);
}

/** The name itself where it is free, else `x (2)` and so on. */
export const freeName = (name: string, taken: readonly string[]): string =>
  firstFree(name, (count) => (count === 1 ? '' : ` (${count})`), taken);

function firstFree(name: string, ending: (count: number) => string, taken: readonly string[]): string {
  for (let count = 1; ; count++) {
    const end = ending(count);
    const candidate = `${name.slice(0, longest - end.length)}${end}`;
    if (!taken.some((other) => sameName(other, candidate))) return candidate;
  }
}
