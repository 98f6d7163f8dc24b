import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redactor } from './redactor.ts';

const knowing = (...secrets: string[]): Redactor => {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor;
};

const textsOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : Object.entries(value as object).flatMap(([key, field]) => [key, ...textsOf(field)]);

describe('a secret that is known', () => {
  it('is replaced wherever it stands, within words too', () => {
    expect(knowing('hunter2').clean('hunter2, xhunter2x and hunter2')).toBe(
      '[redacted], x[redacted]x and [redacted]',
    );
  });

  it('is replaced as it is quoted in JSON, URLs, connection strings and SQL', () => {
    const secret = `p"a'ß\\s/w ö@`;
    for (const form of [
      secret,
      JSON.stringify(secret),
      encodeURIComponent(secret),
      `'${secret.replace(/['\\]/g, '\\$&')}'`,
      `'${secret.replaceAll("'", "''")}'`,
    ])
      expect(knowing(secret).clean(`before ${form} after`)).toMatch(/^before .?\[redacted\].? after$/);
  });

  it('never remains, whatever it is and stands in', () => {
    // The surroundings share no character with the secrets, so that what is found is one.
    const secret = fc.string({
      minLength: 4,
      maxLength: 20,
      unit: fc.constantFrom(...Array.from('XYZ01"\'\\$&/@%:ß😀')),
    });
    const around = fc.string({ unit: fc.constantFrom(...Array.from('abc \n\t\0\x1b[]{}')) });
    const between = fc.constantFrom('', '\0', '\x1b[0m');
    fc.assert(
      fc.property(secret, secret, around, around, between, (one, two, before, after, cut) => {
        const redactor = knowing(one, two);
        const pieces = `${one.slice(0, 2)}${cut}${one.slice(2)}`;
        const text = redactor.clean(`${before}${pieces}${two}${after}`);
        const value = redactor.cleanValue({ [`${before}${one}`]: [two, { deep: pieces }] });
        for (const out of [text, ...textsOf(value)])
          expect([out.includes(one), out.includes(two)]).toEqual([false, false]);
      }),
      { numRuns: 500 },
    );
  });

  it('that is part of another leaves nothing of the longer one', () => {
    expect(knowing('hunter', 'hunter2-long').clean('hunter2-long hunter')).toBe('[redacted] [redacted]');
  });

  it('that is very short is replaced where it stands alone, so that other words stay readable', () => {
    expect(knowing('a1').clean('a1 "a1" a12 ba1 (a1)')).toBe('[redacted] "[redacted]" a12 ba1 ([redacted])');
    expect(knowing('').clean('nothing to hide')).toBe('nothing to hide');
  });
});

describe('a text', () => {
  const clean = (text: string): string => new Redactor().clean(text);

  it.each([
    ['postgres://ada:s3cret@db.example:5432/shop', 'postgres://ada:[redacted]@db.example:5432/shop'],
    ['at postgresql://ada:p@ss:w@db/shop?x=1 now', 'at postgresql://ada:[redacted]@db/shop?x=1 now'],
    ['postgres://ada@db/shop', 'postgres://ada@db/shop'],
    ['http://127.0.0.1:8080/a@b', 'http://127.0.0.1:8080/a@b'],
    ["host=db password='p w\\'x' user=ada", 'host=db password=[redacted] user=ada'],
    ['PGPASSWORD=s3cret psql', 'PGPASSWORD=[redacted] psql'],
    ['?sslpassword=abc&sslmode=require', '?sslpassword=[redacted]&sslmode=require'],
    ['the password is wrong', 'the password is wrong'],
  ])('loses what looks like a password: %s', (text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  it('loses what a terminal would obey, and keeps its lines', () => {
    expect(clean('a\x1b[31mred\x1b[0m\x1b]0;title\x07b\rc\nd\te\x00\x9b\x7f')).toBe('aredbc\nd\te');
    expect(clean('admin\u202egnp.exe\u2066')).toBe('admingnp.exe');
    expect(clean('ä€😀')).toBe('ä€😀');
  });
});

describe('a value', () => {
  it('loses what stands under the name of a secret, however deep', () => {
    const value = {
      user: 'ada',
      password: 'one',
      nested: [{ ssh: { keyPassphrase: 'two', secrets: { ref: 'three' } }, sessionToken: 'four' }],
      hasPassword: true,
      tokenCount: 3,
      secret: null,
    };
    expect(new Redactor().cleanValue(value)).toEqual({
      user: 'ada',
      password: '[redacted]',
      nested: [{ ssh: { keyPassphrase: '[redacted]', secrets: '[redacted]' }, sessionToken: '[redacted]' }],
      hasPassword: true,
      tokenCount: 3,
      secret: null,
    });
    expect(value.password).toBe('one');
  });

  it('may be nested without end, or hold a key of the language', () => {
    let deep: unknown = 'hunter2';
    for (let level = 0; level < 100; level++) deep = { deep };
    expect(JSON.stringify(new Redactor().cleanValue(deep))).toContain('[deeper]');
    const proto = JSON.parse('{"__proto__":{"password":"one"}}') as unknown;
    expect(JSON.stringify(new Redactor().cleanValue(proto))).not.toContain('one');
    expect(({} as Record<string, unknown>).password).toBeUndefined();
  });
});
