/**
 * The settings in libpq's `options`, which the server reads like its command line: `-c name=value`, `-cname=value` or
 * `--name=value`, with a backslash before a space that belongs to a value. `others` counts what is none of these.
 */
export function serverSettings(options: string): {
  settings: { name: string; value: string }[];
  others: number;
} {
  const words = Array.from(options.matchAll(/(?:\\[^]|[^\\\s])+/g), ([word]) =>
    word.replace(/\\([^])/g, '$1'),
  );
  const settings: { name: string; value: string }[] = [];
  let others = 0;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const text = word === '-c' ? words.shift() : /^(?:-c|--)([^]*)$/.exec(word)?.[1];
    const [, name, value] = /^([A-Za-z_][\w.-]*)=([^]*)$/.exec(text ?? '') ?? [];
    if (name === undefined || value === undefined) others += 1;
    else settings.push({ name: name.replaceAll('-', '_').toLowerCase(), value });
  }
  return { settings, others };
}

const units = new Map([
  ['', 1],
  ['us', 0.001],
  ['ms', 1],
  ['s', 1_000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const longestMs = 2_147_483_647;

/** A duration as PostgreSQL takes it, in milliseconds; undefined where it is none. */
export function durationMs(text: string): number | undefined {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/.exec(text) ?? [];
  const ms = Math.round(Number(amount) * (units.get(unit) ?? Number.NaN));
  return ms <= longestMs ? ms : undefined;
}
