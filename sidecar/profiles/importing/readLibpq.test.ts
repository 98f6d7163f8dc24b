import { describe, expect, it } from 'vitest';
import { named, namesIn } from '../../test/readings.ts';
import { readEnvironment, readServiceFile } from './readLibpq.ts';

const osUser = 'me';
const service = (text: string) => readServiceFile(text, { fileName: 'pg_service.conf', osUser });

describe('pg_service.conf', () => {
  const reading = service(
    [
      '# the services of the house',
      'host=before any section',
      '[billing]',
      'host=db.example',
      '  port=5433  ',
      'dbname=bills',
      'user=app',
      "password='hunter2 with quotes'",
      'sslmode=verify-ca',
      'host=a second one counts for nothing',
      'options=-c statement_timeout=5s',
      'nonsense',
      'unknown=1',
      'service=other',
      '',
      '[bare]',
      '[billing]',
      'host=a second section counts for nothing',
      '[broken]',
      'port=hunter2',
    ].join('\r\n'),
  );

  it('gives each section with where each field stood, as libpq reads it', () => {
    const { config, provenance, secrets } = named(reading, 'billing');
    expect(namesIn(reading)).toEqual(['billing', 'bare']);
    expect(config).toEqual({
      name: 'billing',
      host: 'db.example',
      port: 5433,
      database: 'bills',
      username: 'app',
      tls: { mode: 'verify-ca' },
      options: { statementTimeoutMs: 5_000 },
    });
    expect(provenance).toMatchObject({
      host: 'host in [billing] of pg_service.conf',
      'tls.mode': 'sslmode in [billing] of pg_service.conf',
    });
    expect(secrets).toEqual({ password: "'hunter2 with quotes'" });
  });

  it('names lines that are no settings by their place, and sections that cannot be used', () => {
    expect(named(reading, 'billing').warnings).toEqual([
      'There is no setting in line 12 of pg_service.conf.',
      'There is no setting in line 13 of pg_service.conf.',
      'A service within a service (line 14 of pg_service.conf) is not read.',
    ]);
    expect(reading.leftOut).toEqual([{ name: 'broken', why: expect.stringContaining('port') as string }]);
    expect(JSON.stringify([reading.leftOut, reading.found.map(({ config }) => config)])).not.toContain(
      'hunter2',
    );
  });

  it('says of a section that names no host what libpq would have done', () => {
    const { config, warnings } = named(reading, 'bare');
    expect(config).toMatchObject({ host: 'localhost', username: 'me', database: 'me' });
    expect(warnings.join()).toMatch(/No host is named/);
  });
});

describe('the PG variables of the environment', () => {
  const environment = (env: Record<string, string>, ...serviceFiles: string[]) =>
    readEnvironment(env, { osUser, serviceFiles });

  it('are one connection, with each variable named', () => {
    const { found } = environment({
      PGHOST: 'h1,h2',
      PGPORT: '5433,5434',
      PGUSER: 'app',
      PGDATABASE: 'bills',
      PGPASSWORD: 'hunter2',
      PGSSLMODE: 'require',
      PGTARGETSESSIONATTRS: 'read-write',
      PATH: '/bin',
      PGDATA: '/data',
    });
    expect(found).toHaveLength(1);
    expect(found[0]?.config).toMatchObject({
      name: 'app@h1,h2/bills',
      host: 'h1:5433,h2:5434',
      tls: { mode: 'require' },
      targetSessionAttrs: 'read-write',
    });
    expect(found[0]?.provenance.host).toBe('PGHOST in the environment');
    expect(found[0]?.secrets).toEqual({ password: 'hunter2' });
  });

  it('fill in what their service leaves open, and go behind what it says', () => {
    const { found } = environment(
      { PGSERVICE: 'billing', PGHOST: 'other', PGUSER: 'app' },
      '[x]\nhost=x',
      '[billing]\nhost=db.example',
    );
    expect(found[0]?.config).toMatchObject({ name: 'billing', host: 'db.example', username: 'app' });
    const missing = environment({ PGSERVICE: 'nowhere' }).found[0];
    expect(missing?.warnings.join()).toContain('The service nowhere is in no pg_service.conf');
  });

  it('are nothing where none says with whom to connect', () => {
    expect(environment({ PGSSLMODE: 'require', PGPASSFILE: '/x', PGAPPNAME: 'a', PGHOST: '' }).found).toEqual(
      [],
    );
  });
});
