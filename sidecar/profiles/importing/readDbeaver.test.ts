import { describe, expect, it } from 'vitest';
import { named } from '../../test/readings.ts';
import { readDbeaver } from './readDbeaver.ts';

describe('DBeaver’s data sources', () => {
  const sources = {
    folders: { Production: {}, 'Production/EU': { parent: 'Production' }, Lone: { parent: 'Production' } },
    connections: {
      'postgres-jdbc-1': {
        provider: 'postgresql',
        driver: 'postgres-jdbc',
        name: 'billing',
        folder: 'Production/EU',
        'save-password': true,
        'read-only': true,
        configuration: {
          host: 'db.example',
          port: '5433',
          database: 'bills',
          url: 'jdbc:postgresql://db.example:5433/bills',
          configurationType: 'MANUAL',
          type: 'prod',
          color: '255,0,16',
          bootstrap: { autocommit: false, initQueries: ['set x = 1', 'set y = 2'], defaultSchema: 'app' },
          handlers: {
            postgre_ssl: {
              type: 'CONFIG',
              enabled: true,
              properties: { sslMode: 'verify-full', 'ssl.ca.cert': '/certs/ca.pem' },
            },
            ssh_tunnel: {
              type: 'TUNNEL',
              enabled: true,
              user: 'jump',
              properties: {
                host: 'inner.example',
                port: 22,
                authType: 'PUBLIC_KEY',
                keyPath: '/keys/id',
                'jumpServer0.enabled': true,
                'jumpServer0.host': 'outer.example',
                'jumpServer0.port': 2222,
                'jumpServer0.user': 'first',
                'jumpServer0.authType': 'AGENT',
              },
            },
          },
        },
      },
      mysql: { provider: 'mysql', driver: 'mysql8', name: 'shop', configuration: { host: 'm' } },
      redshift: {
        provider: 'postgresql',
        driver: 'postgres-redshift-jdbc',
        name: 'lake',
        configuration: { host: 'r' },
      },
      plain: {
        provider: 'postgresql',
        driver: 'postgres-jdbc',
        name: 'plain',
        folder: 'Lone',
        configuration: { host: 'h', user: 'ana', password: 'hunter2', 'auth-model': 'postgres_pgpass' },
      },
    },
  };
  const reading = readDbeaver(sources);

  it('come with folders, TLS, every SSH hop in its order, and habits', () => {
    const { config, group } = named(reading, 'billing');
    expect(group).toEqual(['Production', 'EU']);
    expect(config).toEqual({
      name: 'billing',
      host: 'db.example',
      port: 5433,
      database: 'bills',
      environment: 'production',
      color: '#ff0010',
      tls: { mode: 'verify-full', caFile: '/certs/ca.pem' },
      ssh: {
        enabled: true,
        hops: [
          { host: 'outer.example', port: 2222, username: 'first', auth: 'agent' },
          { host: 'inner.example', port: 22, username: 'jump', auth: 'key', keyFile: '/keys/id' },
        ],
      },
      options: {
        readOnly: 'guarded',
        autoCommit: false,
        searchPath: 'app',
        startupSql: 'set x = 1;\nset y = 2',
      },
    });
  });

  it('say that users and passwords are elsewhere, and name what is no PostgreSQL', () => {
    expect(reading.warnings.join()).toMatch(/encrypted file/);
    expect(reading.leftOut).toEqual([
      { name: 'shop', why: 'It is no PostgreSQL (mysql)' },
      { name: 'lake', why: 'It is no PostgreSQL (postgres-redshift-jdbc)' },
    ]);
  });

  it('have a password apart from the definition, where it stands there in plain', () => {
    const { config, group, secrets, provenance } = named(reading, 'plain');
    expect([secrets, group]).toEqual([{ password: 'hunter2' }, ['Production', 'Lone']]);
    expect(config).toMatchObject({
      username: 'ana',
      credential: { source: 'pgpass' },
      tls: { mode: 'prefer' },
    });
    expect(JSON.stringify([config, provenance])).not.toContain('hunter2');
  });

  it('whose folders stand within themselves end all the same', () => {
    const configuration = { host: 'h' };
    const connections = { a: { provider: 'postgresql', name: 'a', folder: 'A', configuration } };
    const { group } = named(
      readDbeaver({ folders: { A: { parent: 'B' }, B: { parent: 'A' } }, connections }),
      'a',
    );
    expect(group.length).toBeLessThanOrEqual(32);
  });

  it('may be a URL alone, as the Java driver reads it', () => {
    const url =
      'jdbc:postgresql://db.example:5433/bills?user=app&password=hunter2&sslmode=verify-ca&prepareThreshold=0';
    const configuration = { configurationType: 'URL', url };
    const { config, secrets } = named(
      readDbeaver({ connections: { a: { provider: 'postgresql', name: 'a', configuration } } }),
      'a',
    );
    expect(config).toEqual({
      name: 'a',
      host: 'db.example',
      port: 5433,
      database: 'bills',
      username: 'app',
      tls: { mode: 'verify-ca' },
    });
    expect(secrets).toEqual({ password: 'hunter2' });
    const broken = { configurationType: 'URL', url: 'jdbc:postgresql://h:x/' };
    const { found, leftOut } = readDbeaver({
      connections: { a: { provider: 'postgresql', name: 'a', configuration: broken } },
    });
    expect([found, leftOut.map(({ name }) => name)]).toEqual([[], ['a']]);
  });
});
