import { describe, expect, it } from 'vitest';
import { named } from '../../test/readings.ts';
import { readTablePlus } from './readTablePlus.ts';

describe('TablePlus’s property list', () => {
  const key = (name: string, value: string | boolean | number) =>
    `<key>${name}</key>${typeof value === 'boolean' ? `<${value}/>` : typeof value === 'number' ? `<integer>${value}</integer>` : `<string>${value}</string>`}`;
  const list = (...rows: Record<string, string | boolean | number>[]) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0"><array>${rows
      .map(
        (row) =>
          `<dict>${Object.entries(row)
            .map(([name, value]) => key(name, value))
            .join('')}</dict>`,
      )
      .join('')}</array></plist>`;
  const connections = list(
    {
      ConnectionName: 'billing &amp; more',
      Driver: 'PostgreSQL',
      DatabaseHost: 'db.example',
      DatabasePort: '5433',
      DatabaseName: 'bills',
      DatabaseUser: 'app',
      Enviroment: 'production',
      GroupID: 'g1',
      tLSMode: 2,
      isOverSSH: true,
      ServerAddress: 'bastion',
      ServerPort: '22',
      ServerUser: 'jump',
      isUsePrivateKey: true,
      ServerPrivateKeyName: '~/.ssh/id_rsa',
    },
    { ConnectionName: 'shop', Driver: 'MySQL', DatabaseHost: 'm' },
  );

  it('has its groups in a file of their own', () => {
    const reading = readTablePlus(connections, list({ ID: 'g1', Name: 'Production' }));
    const { config, group } = named(reading, 'billing & more');
    expect(group).toEqual(['Production']);
    expect(config).toEqual({
      name: 'billing & more',
      host: 'db.example',
      port: 5433,
      database: 'bills',
      username: 'app',
      environment: 'production',
      tls: { mode: 'verify-ca' },
      ssh: {
        enabled: true,
        hops: [{ host: 'bastion', port: 22, username: 'jump', auth: 'key', keyFile: '~/.ssh/id_rsa' }],
      },
    });
    expect(reading.leftOut).toEqual([{ name: 'shop', why: 'It is no PostgreSQL (MySQL)' }]);
    expect(readTablePlus(connections).warnings.join()).toMatch(/ConnectionGroups\.plist/);
  });

  it('reads nothing from elsewhere, whatever it declares', () => {
    const hostile = connections.replace(
      /<!DOCTYPE[^>]*>/,
      '<!DOCTYPE plist [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "&x;&x;">]>',
    );
    const text = JSON.stringify(readTablePlus(hostile.replace('db.example', 'a&amp;x;b')));
    expect(text).not.toContain('root:');
  });
});
