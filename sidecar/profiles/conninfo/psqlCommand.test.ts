import { describe, expect, it } from 'vitest';
import { isPsqlCommand, parsePsqlCommand } from './psqlCommand.ts';
import { ConninfoError } from './settings.ts';

function read(text: string): Record<string, string> {
  const { settings } = parsePsqlCommand(text);
  return Object.fromEntries(Array.from(settings, ([keyword, { value }]) => [keyword, value]));
}

const lines: [line: string, settings: Record<string, string>][] = [
  ['psql', {}],
  ['psql -h db -p 5433 -U app -d shop', { host: 'db', port: '5433', user: 'app', dbname: 'shop' }],
  ['psql -hdb -p5433 -Uapp shop', { host: 'db', port: '5433', user: 'app', dbname: 'shop' }],
  [
    'psql --host=db --port=5433 --username=app --dbname=shop',
    { host: 'db', port: '5433', user: 'app', dbname: 'shop' },
  ],
  ['psql --host db --username app', { host: 'db', user: 'app' }],
  ['psql --user=app --db shop', { user: 'app', dbname: 'shop' }],
  ['psql shop app', { dbname: 'shop', user: 'app' }],
  ['psql -U app shop ignored', { user: 'app', dbname: 'shop' }],
  ['psql -d shop app', { dbname: 'shop', user: 'app' }],
  ['psql shop -h db app', { dbname: 'shop', user: 'app', host: 'db' }],
  ['psql -- -shop', { dbname: '-shop' }],
  ['psql -qAtXh db', { host: 'db' }],
  ['psql -qAthdb -Wp 5433', { host: 'db', port: '5433' }],
  ['psql -c "select 1" -f x.sql -v ON_ERROR_STOP=1 -o out.txt shop', { dbname: 'shop' }],
  ['psql --set=a=b --command "select 1" -P pager=off shop', { dbname: 'shop' }],
  ['psql -h one -h two', { host: 'two' }],
  [
    'psql postgresql://app:secret@db:5433/shop',
    { user: 'app', password: 'secret', host: 'db', port: '5433', dbname: 'shop' },
  ],
  [
    'psql "postgres://app@db/shop?sslmode=require&connect_timeout=5"',
    { user: 'app', host: 'db', dbname: 'shop', sslmode: 'require', connect_timeout: '5' },
  ],
  // The string in the place of the database goes over the options, wherever they stand.
  ['psql -h other -U me postgres://app@db/shop', { host: 'db', user: 'app', dbname: 'shop' }],
  ['psql -d postgres://db -U me', { host: 'db', user: 'me' }],
  ["psql 'host=db dbname=shop sslmode=verify-full'", { host: 'db', dbname: 'shop', sslmode: 'verify-full' }],
  ['psql "host=db password=\'a b\' user=app"', { host: 'db', password: 'a b', user: 'app' }],
  ['psql service=billing', { service: 'billing' }],
  ['PGPASSWORD=secret psql -h db', { password: 'secret', host: 'db' }],
  ["PGPASSWORD='it'\\''s a $ecret' psql -h db", { password: "it's a $ecret", host: 'db' }],
  [
    'PGPASSWORD="a\\"b\\$c" PGSSLMODE=require psql shop',
    { password: 'a"b$c', sslmode: 'require', dbname: 'shop' },
  ],
  [
    'env PGHOST=db PGUSER=app PGOPTIONS="-c statement_timeout=5s" psql',
    { host: 'db', user: 'app', options: '-c statement_timeout=5s' },
  ],
  ['PGHOST=other psql -h db', { host: 'db' }],
  ['PGREQUIRESSL=1 psql -h db', { sslmode: 'require', host: 'db' }],
  ['psql \\\n  -h db \\\n  -U app \\\n  shop', { host: 'db', user: 'app', dbname: 'shop' }],
  ['psql \\\r\n  -h db \\\r\n  shop', { host: 'db', dbname: 'shop' }],
  ['$ psql -h db', { host: 'db' }],
  ['me@laptop:~/work$ psql -h db', { host: 'db' }],
  ['[me@laptop work]$ PGUSER=app psql -h db', { host: 'db', user: 'app' }],
  ['% psql shop', { dbname: 'shop' }],
  ['# as root\npsql shop', { dbname: 'shop' }],
  ['/usr/lib/postgresql/16/bin/psql -h db', { host: 'db' }],
  ['"C:/Program Files/PostgreSQL/16/bin/psql.exe" -h db', { host: 'db' }],
  ['sudo -u postgres psql -h /run/pg shop', { host: '/run/pg', dbname: 'shop' }],
  ['docker exec -it -e PGPASSWORD=x db psql -U app shop', { password: 'x', user: 'app', dbname: 'shop' }],
  ['psql -h db shop < dump.sql', { host: 'db', dbname: 'shop' }],
  ['psql -h db shop | less', { host: 'db', dbname: 'shop' }],
  ['cat dump.sql | psql -h db shop', { host: 'db', dbname: 'shop' }],
  ['export PGPASSWORD=secret PGUSER=app; psql -h db', { password: 'secret', user: 'app', host: 'db' }],
  ["psql -d 'dbname=a=b'", { dbname: 'a=b' }],
  ['psql -h ""', { host: '' }],
];

describe('a psql command', () => {
  it.each(lines)('%s', (line, settings) => {
    expect(isPsqlCommand(line)).toBe(true);
    expect(read(line)).toEqual(settings);
  });

  it.each([
    'psql -h',
    'psql --port',
    'psql "postgres://h',
    "PGPASSWORD='x psql -h db",
    "psql 'host h='",
    'psql postgres://h/db?nonsense=1',
  ])('%s is refused', (line) => {
    expect(() => parsePsqlCommand(line)).toThrow(ConninfoError);
  });

  it.each(['', 'host=psql', 'host = psql', "password='psql -h'", 'select psql', 'psqlrc', 'mypsql -h db'])(
    '%s is none',
    (text) => {
      expect(isPsqlCommand(text)).toBe(false);
    },
  );
});
