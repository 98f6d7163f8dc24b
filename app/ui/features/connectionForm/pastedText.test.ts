import { describe, expect, it } from 'vitest';
import { fillingOf, readWords, saysWhere } from './pastedText.ts';
import { valuesOf } from './formValues.ts';

const values = valuesOf(undefined, { source: 'session' });

describe('a pasted text', () => {
  it.each([
    'postgresql://app@db/billing',
    ' postgres://db ',
    'postgresql+psycopg2://db',
    'jdbc:postgresql://db/billing',
    'DATABASE_URL="postgres://u@h/d"',
    'psql -h db billing',
    '$ PGSSLMODE=require /usr/bin/psql -d billing',
    'PGHOST=db PGUSER=app',
    'host=db dbname=billing',
    'dbname = billing',
  ])('says where a database is: %s', (text) => {
    expect(saysWhere(text, 'other')).toBe(true);
  });

  it.each([
    'db.internal',
    '10.0.0.1:5432',
    'h1:5433,h2:5434',
    '/var/run/postgresql',
    'correct horse',
    'select 1; -- host=x',
    "set role = 'x'",
    'psql',
    'mysql://db',
    '/home/me/postgres.crt',
  ])('is nothing but the text of a field: %s', (text) => {
    expect(saysWhere(text, 'other')).toBe(false);
  });

  it('is no host where it has a scheme, whatever it is the address of', () => {
    expect([saysWhere('mysql://db', 'host'), saysWhere('db.internal', 'host')]).toEqual([true, false]);
  });
});

const parsed = {
  config: {
    host: 'db.example',
    port: 5433,
    database: 'billing',
    username: 'app',
    tls: { mode: 'require' as const },
  },
  provenance: {
    host: 'the URI',
    port: 'the default',
    'tls.mode': 'the URI',
    database: 'the URI',
    'secrets.password': 'the URI',
    'options.nothing': 'the URI',
  },
  warnings: [],
  secretRef: 'r1',
};

describe('what a pasted text fills in', () => {
  it('is each field that it names, with where that came from', () => {
    const { values: filled, provenance, pasted } = fillingOf(parsed, values);
    expect(filled).toMatchObject({
      host: 'db.example',
      port: '5433',
      database: 'billing',
      tlsMode: 'require',
    });
    expect(filled).not.toHaveProperty('username');
    expect(provenance.get('host')).toBe('from the URI');
    expect(pasted).toEqual({ ref: 'r1', password: true, keyPassphrase: false });
    expect(readWords(parsed.provenance)).toBe('host, TLS mode, database, password, 1 more');
  });

  it('is a name only where there is none', () => {
    expect(fillingOf(parsed, values).values.name).toBe('billing on db.example');
    expect(fillingOf(parsed, { ...values, name: 'mine' }).values).not.toHaveProperty('name');
  });

  it('leaves no address and no TLS mode behind that belonged to another server', () => {
    const { config, ...rest } = parsed;
    const { tls: _, ...plain } = config;
    const { 'tls.mode': _mode, ...provenance } = rest.provenance;
    const { values: filled } = fillingOf({ ...rest, config: plain, provenance }, values);
    expect(filled).toMatchObject({ hostaddr: '', tlsMode: '' });
  });
});
