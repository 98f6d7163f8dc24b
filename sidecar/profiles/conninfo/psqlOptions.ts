/** A long option of psql: one that names the connection, one with a value of its own, or a switch. */
export type PsqlOption = { name: string } & (
  { kind: 'connection'; keyword: string } | { kind: 'value' } | { kind: 'flag' }
);

const connecting = { host: 'host', port: 'port', username: 'user', dbname: 'dbname' };
const withValue =
  'command file field-separator log-file output pset record-separator table-attr set variable'.split(' ');
const flags = (
  'echo-all no-align echo-queries echo-errors echo-hidden field-separator-zero html list no-readline ' +
  'single-transaction quiet record-separator-zero single-step single-line tuples-only version no-password ' +
  'password expanded no-psqlrc help csv'
).split(' ');

const options = new Map<string, PsqlOption>([
  ...Object.entries(connecting).map(
    ([name, keyword]) => [name, { name, kind: 'connection', keyword }] as const,
  ),
  ...withValue.map((name) => [name, { name, kind: 'value' }] as const),
  ...flags.map((name) => [name, { name, kind: 'flag' }] as const),
]);

/** The short options that take a value, as the long ones that they stand for. */
export const shortOptions = new Map(
  Object.entries({
    h: 'host',
    p: 'port',
    U: 'username',
    d: 'dbname',
    c: 'command',
    f: 'file',
    F: 'field-separator',
    L: 'log-file',
    o: 'output',
    P: 'pset',
    R: 'record-separator',
    T: 'table-attr',
    v: 'variable',
  }),
);

/** By its name, which may be cut short as far as no other begins so. Undefined where psql would refuse it. */
export function psqlOption(typed: string): PsqlOption | undefined {
  const exact = options.get(typed);
  if (exact) return exact;
  const [first, ...others] = [...options.values()].filter(({ name }) => name.startsWith(typed));
  return others.length === 0 ? first : undefined;
}
