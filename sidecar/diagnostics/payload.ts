/** Of one event, as JSON. */
const maxPayloadChars = 4_000;
const maxTextChars = 1_000;
const maxItems = 50;
const deepest = 6;

export type Payload = Record<string, unknown>;

/** A payload of bounded size: long texts and lists are cut, and where that is not enough the largest fields go. */
export function bounded(payload: Payload): Payload {
  const cut = cutValue(payload, 0) as Payload;
  const sizes = Object.entries(cut).map(([key, value]) => ({ key, size: sizeOf(value) + key.length }));
  let total = sizes.reduce((sum, { size }) => sum + size, 0);
  const omitted: string[] = [];
  for (const { key, size } of sizes.sort((a, b) => b.size - a.size)) {
    if (total <= maxPayloadChars) break;
    total -= size;
    omitted.push(key);
  }
  if (omitted.length === 0) return cut;
  const kept = Object.entries(cut).filter(([key]) => !omitted.includes(key));
  return { ...Object.fromEntries(kept), omitted: omitted.slice(0, maxItems) };
}

const sizeOf = (value: unknown): number => JSON.stringify(value)?.length ?? 0;

function cutValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string')
    return value.length > maxTextChars ? `${value.slice(0, maxTextChars)}…` : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === deepest) return '[deeper]';
  if (Array.isArray(value)) {
    const items = value.slice(0, maxItems).map((item) => cutValue(item, depth + 1));
    return value.length > maxItems ? [...items, `… ${value.length - maxItems} more`] : items;
  }
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    fields.slice(0, maxItems).map(([key, field]: [string, unknown]) => [key, cutValue(field, depth + 1)]),
  );
}
