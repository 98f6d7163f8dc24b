import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { parseText } from './parseText.ts';

const runs = { numRuns: 1_000 };

/** What is told of a text: a draft, or the refusal; anything else is a fault. */
function told(text: string) {
  try {
    return parseText(text, { osUser: 'me' });
  } catch (error) {
    if (error instanceof AppError && error.code === 'INVALID_CONFIG') return error.toEnvelope();
    throw error;
  }
}

const bits = [
  'postgresql://',
  'postgres://',
  'jdbc:postgresql:',
  'mysql://',
  'psql',
  ' ',
  ' ',
  '=',
  '=',
  '&',
  '?',
  '/',
  '@',
  ':',
  ',',
  '[',
  ']',
  '%',
  '%20',
  '%zz',
  "'",
  '"',
  '\\',
  '\n',
  '$',
  '$(',
  '`',
  '-h',
  '-U',
  '-d',
  '--',
  '--host',
  '--nonsense=',
  '-c',
  'PGPASSWORD=',
  'PGHOST=',
  'export ',
  'host',
  'hostaddr',
  'port',
  'user',
  'password',
  'dbname',
  'options',
  'sslmode',
  'connect_timeout',
  'constructor',
  '__proto__',
  'toString',
  '5432',
  '99999',
  'h',
  'é',
  '\u{1f418}',
  '\ud800',
  '\0',
  ';',
  '|',
];
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.constantFrom(...bits), { maxLength: 16 }).map((list) => list.join('')),
);

it('answers any text at all with a draft or INVALID_CONFIG', () => {
  fc.assert(
    fc.property(anything, (text) => {
      told(text);
    }),
    runs,
  );
});

// A search that grows with the square of the length would take minutes: the limit of the test ends it.
it.each(['?', '/', "'", '=', '&', 'a=\\', '$(', '[', 'a ', '\\\n', 'PGX=', '@'])(
  'reads a long text of %j',
  (piece) => {
    const long = piece.repeat(100_000 / piece.length);
    for (const start of ['', 'postgresql://', 'psql ', 'host=', 'jdbc:postgresql://', 'PGHOST='])
      expect(told(start + long)).toBeDefined();
  },
);

/** Not one that is part of what is said anyway. */
const secret = fc
  .string({
    unit: fc.constantFrom(...Array.from('QXZJ79@:/?#[]%&=+ \'"\\$!,;é{}')),
    minLength: 6,
    maxLength: 14,
  })
  .filter((text) => /[QXZJ79]{2}/.test(text));

/** Every piece of it that is long enough to be worth hiding. */
const pieces = (text: string): string[] => text.match(/[QXZJ79]{2,}/g) ?? [];

const inQuotes = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
const inShell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const written: ((text: string) => string)[] = [
  (text) => `postgresql://u:${encodeURIComponent(text)}@h/d?sslmode=require`,
  (text) => `postgresql://h/d?password=${encodeURIComponent(text)}&sslpassword=${encodeURIComponent(text)}`,
  (text) => `host=h password=${inQuotes(text)} user=u`,
  (text) => `PGPASSWORD=${inShell(text)} psql -h h`,
  (text) => `psql ${inShell(`host=h password=${inQuotes(text)}`)}`,
  (text) => `jdbc:postgresql://h/d?user=u&password=${encodeURIComponent(text)}`,
  (text) => `dbname=${inQuotes(`postgresql://u:${encodeURIComponent(text)}@h/d`)}`,
];

it('finds a password that is written rightly, and has it nowhere else', () => {
  fc.assert(
    fc.property(secret, fc.constantFrom(...written), (text, write) => {
      const answer = told(write(text));
      expect(answer).toMatchObject({ secrets: { password: text } });
      const { secrets: _, ...open } = answer as ReturnType<typeof parseText>;
      for (const piece of pieces(text)) expect(JSON.stringify(open)).not.toContain(piece);
    }),
    runs,
  );
});

const carelessly: ((text: string) => string)[] = [
  (text) => `postgresql://u:${text}@h/d`,
  (text) => `postgresql://u:${text}@h:5432,h2/d?sslmode=require`,
  (text) => `postgresql://h/d?password=${text}&sslmode=require`,
  (text) => `postgresql://h/d?sslpassword=${text}`,
  (text) => `host=h password=${text} user=u`,
  (text) => `password=${text}`,
  (text) => `host=h password='${text}' dbname=d`,
  (text) => `PGPASSWORD=${text} psql -h h`,
  (text) => `PGPASSWORD="${text}" psql -h h d`,
  (text) => `psql "host=h password=${text}"`,
  (text) => `psql postgres://u:${text}@h/d`,
  (text) => `jdbc:postgresql://u:${text}@h/d`,
  (text) => `jdbc:postgresql://h/d?password=${text}&user=u`,
  (text) => `mongodb://u:${text}@h/d`,
  (text) => `DATABASE_URL="postgresql://u:${text}@h/d"`,
  (text) => text,
];

it('says nothing of a password, however carelessly it is written', () => {
  fc.assert(
    fc.property(secret, fc.constantFrom(...carelessly), (text, write) => {
      const answer = told(write(text));
      const said = 'warnings' in answer ? [answer.warnings, answer.provenance] : answer;
      for (const piece of pieces(text)) expect(JSON.stringify(said)).not.toContain(piece);
    }),
    runs,
  );
});
