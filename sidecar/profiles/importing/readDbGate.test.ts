import { describe, expect, it } from 'vitest';
import { named } from '../../test/readings.ts';
import { readDbGate } from './readDbGate.ts';

describe('DbGate’s connections', () => {
  const lines = [
    { _id: '1', engine: 'postgres@dbgate-plugin-postgres', server: 'old', displayName: 'billing' },
    {
      _id: '1',
      engine: 'postgres@dbgate-plugin-postgres',
      server: 'db.example',
      port: '5433',
      user: 'app',
      password: 'crypt:abcdef',
      passwordMode: 'saveEncrypted',
      defaultDatabase: 'bills',
      displayName: 'billing',
      parent: 'Production',
      isReadOnly: true,
      useSsl: true,
      sslRejectUnauthorized: true,
      sslCaFile: '/certs/ca.pem',
      useSshTunnel: true,
      sshMode: 'keyFile',
      sshKeyfile: '/keys/id',
      sshHost: 'inner',
      sshLogin: 'jump',
      sshPort: '22',
      sshBastionHost: 'outer',
    },
    { _id: '2', engine: 'mysql@dbgate-plugin-mysql', server: 'm', displayName: 'shop' },
    {
      _id: '3',
      engine: 'postgres@dbgate-plugin-postgres',
      server: 'raw.example',
      user: 'u',
      password: 'hunter2',
      useSsl: 1,
    },
    { _id: '4', engine: 'postgres@dbgate-plugin-postgres', server: 'ask', passwordMode: 'askPassword' },
  ];
  const reading = readDbGate(lines.map((line) => JSON.stringify(line)).join('\n'));

  it('are a connection a line, of which the last of an id counts', () => {
    const { config, group, secrets, warnings } = named(reading, 'billing');
    expect(config).toEqual({
      name: 'billing',
      host: 'db.example',
      port: 5433,
      database: 'bills',
      username: 'app',
      tls: { mode: 'verify-full', caFile: '/certs/ca.pem' },
      ssh: {
        enabled: true,
        hops: [
          { host: 'outer', port: 22, username: 'jump', auth: 'key', keyFile: '/keys/id' },
          { host: 'inner', port: 22, username: 'jump', auth: 'key', keyFile: '/keys/id' },
        ],
      },
      options: { readOnly: 'guarded' },
    });
    expect([group, secrets]).toEqual([['Production'], {}]);
    expect(warnings.join()).toMatch(/encrypted by DbGate/);
    expect(reading.leftOut).toEqual([{ name: 'shop', why: 'It is no PostgreSQL (mysql)' }]);
  });

  it('that check no certificate there are not said to check it here', () => {
    expect(named(reading, 'raw.example')).toMatchObject({
      config: { tls: { mode: 'require' } },
      secrets: { password: 'hunter2' },
    });
    expect(named(reading, 'ask').config).toMatchObject({
      credential: { source: 'prompt' },
      tls: { mode: 'prefer' },
    });
  });

  it('may be a URL', () => {
    const row = {
      engine: 'postgres@x',
      displayName: 'a',
      useDatabaseUrl: '1',
      databaseUrl: 'postgres://u:p@h:1/d',
    };
    const { config, secrets } = named(readDbGate(JSON.stringify(row)), 'a');
    expect(config).toMatchObject({ host: 'h', port: 1, database: 'd', username: 'u' });
    expect(secrets).toEqual({ password: 'p' });
  });
});
