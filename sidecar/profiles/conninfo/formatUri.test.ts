import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { targetSessionAttrs, tlsModes } from '#shared/connection/config.ts';
import { formatPsqlCommand, formatUri } from '#shared/connection/formatUri.ts';
import { places } from '#shared/connection/places.ts';
import { validateConfig } from '#shared/connection/validate.ts';
import { parseText } from './parseText.ts';

function configOf(fields: object) {
  const checked = validateConfig(fields, {
    nameRequired: false,
    newId: () => crypto.randomUUID(),
    now: 0,
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
  return checked.value;
}

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((value) => value.trim() === value && !value.includes('\0'));
const port = fc.integer({ min: 1, max: 65_535 });
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}(\.[a-z]{1,3})?$/);
const host = fc.oneof(
  name,
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
  fc.stringMatching(/^\/[a-z][a-z _%]{0,8}[a-z]$/),
);
const hosts = fc.oneof(
  host.map((each) => each.replace(/^\[|\]$/g, '')),
  fc
    .array(fc.tuple(host, fc.option(port, { nil: undefined })), { minLength: 2, maxLength: 4 })
    .map((list) => list.map(([each, own]) => (own === undefined ? each : `${each}:${own}`)).join(',')),
);
const time = fc.integer({ min: 0, max: 2_147_483_647 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const described = fc.record({
  host: hosts,
  port,
  hostaddr: maybe(fc.ipV4()),
  database: text,
  username: text,
  targetSessionAttrs: fc.constantFrom(...targetSessionAttrs),
  tls: fc.record({
    mode: fc.constantFrom(...tlsModes),
    caFile: maybe(text),
    serverName: fc.constant(undefined),
  }),
  options: fc.record({
    applicationName: fc.stringMatching(/^[ -~]{1,63}$/),
    connectTimeoutSec: fc.integer({ min: 1, max: 300 }),
    statementTimeoutMs: maybe(time),
    lockTimeoutMs: maybe(time),
    idleInTransactionTimeoutMs: maybe(time),
    readOnly: fc.constantFrom('off', 'guarded'),
    searchPath: maybe(text),
    role: maybe(text),
    timeZone: maybe(text),
  }),
});

describe('a connection as a URI', () => {
  it('is read back as the same connection', () => {
    fc.assert(
      fc.property(described, (fields) => {
        const { hostaddr } = fields;
        const isList = fields.host.includes(',');
        const config = configOf({ ...fields, hostaddr: isList ? undefined : hostaddr });
        const { config: draft, warnings } = parseText(formatUri(config), { osUser: 'nobody' });
        const read = configOf(draft);
        expect(places(read)).toEqual(places(config));
        for (const field of ['hostaddr', 'database', 'username', 'targetSessionAttrs', 'options'] as const)
          expect(read[field]).toEqual(config[field]);
        expect({ caFile: undefined, serverName: undefined, ...read.tls }).toEqual({
          caFile: undefined,
          ...config.tls,
        });
        expect(warnings).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves out what is usual, and names what a reader would not guess', () => {
    const config = configOf({ host: 'db.example.org', database: 'shop', username: 'me@work' });
    expect(formatUri(config)).toBe(
      'postgresql://me%40work@db.example.org:5432/shop?sslmode=verify-full&sslrootcert=system',
    );
    expect(formatUri(configOf({ host: '/run/pg', username: 'a', database: 'b' }))).toBe(
      'postgresql://a@%2Frun%2Fpg:5432/b?sslmode=prefer',
    );
  });

  it('runs nothing in a shell, whatever an imported host is called', () => {
    for (const host of ['a:$(id)', '::1%`id`', '"$(id)"'])
      expect(formatPsqlCommand(configOf({ host }))).toMatch(/^psql "[^"$`\\]*"$/);
    expect(formatUri(configOf({ host: 'fe80::1%eth0' }))).toContain('@[fe80::1%25eth0]:5432/');
  });

  it('reaches psql whole through a shell', () => {
    const config = configOf({ host: 'h', username: "it's $HOME `id` \\ !x", database: '"a b"' });
    const line = formatPsqlCommand(config).replace(/^psql /, 'printf %s ');
    expect(spawnSync('sh', ['-c', line], { encoding: 'utf8' }).stdout).toBe(formatUri(config));
    expect(parseText(formatPsqlCommand(config), { osUser: 'x' }).config).toMatchObject({
      username: config.username,
      database: config.database,
    });
  });
});
