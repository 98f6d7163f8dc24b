import { describe, expect, it } from 'vitest';
import { named, namesIn } from '../../test/readings.ts';
import { readPgAdmin } from './readPgAdmin.ts';

describe('pgAdmin’s export of servers', () => {
  const servers = (rows: Record<string, unknown>) => readPgAdmin({ Servers: rows });
  const full = {
    Name: 'billing',
    Group: 'Production',
    Host: 'db.example',
    Port: 5433,
    MaintenanceDB: 'bills',
    Username: 'app',
    Role: 'reader',
    BGColor: '#ff9900',
    UseSSHTunnel: 1,
    TunnelHost: 'bastion.example',
    TunnelPort: '2222',
    TunnelUsername: 'jump',
    TunnelAuthentication: 1,
    TunnelIdentityFile: '/keys/id_ed25519',
    PostConnectionSQL: "set timezone = 'UTC'",
    ConnectionParameters: {
      sslmode: 'verify-ca',
      connect_timeout: 7,
      sslrootcert: '/certs/ca.pem',
      sslcert: '/certs/me.pem',
      sslkey: '/certs/me.key',
    },
  };

  it('brings all that a connection here has a field for, each with where it stood', () => {
    const { config, group, provenance, warnings } = named(servers({ 1: full }), 'billing');
    expect(config).toEqual({
      name: 'billing',
      host: 'db.example',
      port: 5433,
      database: 'bills',
      username: 'app',
      color: '#ff9900',
      tls: {
        mode: 'verify-ca',
        caFile: '/certs/ca.pem',
        certFile: '/certs/me.pem',
        keyFile: '/certs/me.key',
      },
      ssh: {
        enabled: true,
        hops: [
          { host: 'bastion.example', port: 2222, username: 'jump', auth: 'key', keyFile: '/keys/id_ed25519' },
        ],
      },
      options: { role: 'reader', startupSql: "set timezone = 'UTC'", connectTimeoutSec: 7 },
    });
    expect([group, warnings]).toEqual([['Production'], []]);
    expect(provenance).toMatchObject({
      host: 'Host of “billing” in pgAdmin’s export',
      'tls.mode': 'sslmode of “billing” in pgAdmin’s export',
      'ssh.hops.0.host': 'TunnelHost of “billing” in pgAdmin’s export',
    });
  });

  it('of an older version has TLS in fields of its own', () => {
    const old = {
      Name: 'old',
      Host: 'h',
      Port: 1,
      Username: 'u',
      SSLMode: 'require',
      SSLRootCert: '/ca',
      Timeout: 10,
    };
    expect(named(servers({ 1: old }), 'old').config).toMatchObject({
      tls: { mode: 'require', caFile: '/ca' },
      options: { connectTimeoutSec: 10 },
    });
  });

  it.each([
    ['a password command', { PasswordExecCommand: 'pass show x' }, /password command/],
    ['Kerberos', { KerberosAuthentication: true }, /Kerberos/],
    ['an unknown TLS mode', { SSLMode: 'often' }, /TLS mode is not known/],
    ['a certificate without its key', { SSLCert: '/c' }, /Only one of client certificate and key/],
    [
      'a key without its file',
      { UseSSHTunnel: 1, TunnelHost: 'b', TunnelUsername: 'u', TunnelAuthentication: 1 },
      /agent/,
    ],
  ])('says what of %s does not come over', (_, more, words) => {
    const { warnings } = named(servers({ 1: { Name: 'a', Host: 'h', Username: 'u', ...more } }), 'a');
    expect(warnings.join()).toMatch(words);
  });

  it('names those that cannot be used, and keeps the others', () => {
    const reading = servers({
      1: { Name: 'service only', Service: 'billing', Username: 'u' },
      2: 'nonsense',
      3: { Name: 'no port', Host: 'h', Port: 70_000, Username: 'u' },
      4: { Name: 'socket', Username: 'u' },
    });
    expect(namesIn(reading)).toEqual(['socket']);
    expect(reading.found[0]?.config.host).toBe('/var/run/postgresql');
    expect(reading.leftOut.map(({ name }) => name)).toEqual(['service only', 'Server 2', 'no port']);
  });
});
