import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hidePasswords } from './passwords.ts';

describe('a password in a statement', () => {
  it.each([
    ["create user ann password 'hunter2'", "create user ann password '[redacted]'"],
    [
      "ALTER ROLE ann WITH LOGIN ENCRYPTED PASSWORD E'hun\\'ter2' CREATEDB",
      "ALTER ROLE ann WITH LOGIN ENCRYPTED PASSWORD '[redacted]' CREATEDB",
    ],
    ['alter role ann password $$hunter2$$;', 'alter role ann password $$[redacted]$$;'],
    ['alter role ann password $q$hunter2$q$;', 'alter role ann password $q$[redacted]$q$;'],
    ["alter role ann password U&'hunter2' uescape '!'", "alter role ann password U&'[redacted]' uescape '!'"],
    [
      "alter role ann /* new */ password -- it is\n 'hun'\n 'ter2'",
      "alter role ann /* new */ password -- it is\n '[redacted]'\n '[redacted]'",
    ],
    [
      'alter role ann password hun@ter2 valid until now',
      "alter role ann password '[redacted]' valid until now",
    ],
    ['alter role ann password "hunter2"', "alter role ann password '[redacted]'"],
    [
      "create user mapping for ann server s options (user 'ann', password 'hunter2')",
      "create user mapping for ann server s options (user 'ann', password '[redacted]')",
    ],
    [
      "alter user mapping for ann server s options (set password 'hunter2')",
      "alter user mapping for ann server s options (set password '[redacted]')",
    ],
    [
      "create subscription s connection 'host=h password=hunter2 user=u' publication p",
      "create subscription s connection 'host=h password=[redacted] user=u' publication p",
    ],
    [
      "select * from dblink('host=h password=''hunter 2''', 'select 1')",
      "select * from dblink('host=h password=[redacted]', 'select 1')",
    ],
    [
      "select dblink_connect('postgresql://ann:hunter2@h/db')",
      "select dblink_connect('postgresql://ann:[redacted]@h/db')",
    ],
    [
      "update users set password = 'hunter2' where id = 1",
      "update users set password = '[redacted]' where id = 1",
    ],
    [
      "do $$ begin execute 'alter role ann password ''hunter2'''; end $$",
      "do $$ begin execute 'alter role ann password ''[redacted]'''; end $$",
    ],
    ['-- PGPASSWORD=hunter2 psql\nselect 1', '-- PGPASSWORD=[redacted] psql\nselect 1'],
    ["alter role ann password 'hunter2", "alter role ann password '[redacted]'"],
  ])('is taken out of %s', (text, clean) => {
    expect(hidePasswords(text)).toBe(clean);
  });

  it.each([
    'alter role ann password null',
    'create table users (password "char", id int)',
    "select password from users where name = 'ann'",
    "select 'it''s', E'\\n', $$x$$ from password_resets",
    "insert into posts (body) values ('my password is safe')",
    'alter role ann password $1',
  ])('is not seen in %s', (text) => {
    expect(hidePasswords(text)).toBe(text);
  });

  it('never remains behind the word, in whatever string it is written', () => {
    const secret = fc.string({
      minLength: 4,
      maxLength: 20,
      unit: fc.constantFrom(...Array.from("XYZ01\\'$& ")),
    });
    const written = fc.constantFrom(
      (text: string) => `'${text.replaceAll("'", "''")}'`,
      (text: string) => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
      (text: string) => `$t$${text}$t$`,
      (text: string) => `U&'${text.replaceAll("'", "''")}'`,
    );
    fc.assert(
      fc.property(secret, written, (text, quote) => {
        const statement = `alter role a password ${quote(text)} valid until 'infinity'`;
        expect(hidePasswords(statement)).toMatch(
          /^alter role a password (?:U&)?('|\$t\$)\[redacted\]\1 valid until 'infinity'$/,
        );
      }),
    );
  });
});
