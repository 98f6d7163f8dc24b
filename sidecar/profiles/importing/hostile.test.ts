import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { readDbeaver } from './readDbeaver.ts';
import { readDbGate } from './readDbGate.ts';
import { readPgAdmin } from './readPgAdmin.ts';
import { readTablePlus } from './readTablePlus.ts';

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'none';
};

describe('what others have written', () => {
  const hostile = [
    '<img src=x onerror=alert(1)>',
    '\u202Egnp.exe',
    '__proto__',
    'constructor',
    '\0',
    ' ',
    'n'.repeat(5_000),
  ];

  it.each(hostile.map((name) => [name]))('may have any name: %j', (name) => {
    const readings = [
      readPgAdmin({ Servers: { [name]: { Name: name, Group: name, Host: 'h', Username: 'u' } } }),
      readDbeaver({
        connections: { [name]: { provider: 'postgresql', name, folder: name, configuration: { host: 'h' } } },
      }),
      readDbGate(JSON.stringify([{ engine: 'postgres@x', displayName: name, parent: name, server: 'h' }])),
    ];
    for (const { found } of readings) {
      expect(found).toHaveLength(1);
      const kept = found[0]?.config.name ?? '';
      expect(kept.trim()).not.toBe('');
      expect(kept.length).toBeLessThanOrEqual(200);
      expect(kept).not.toContain('\0');
    }
    expect(({} as Record<string, unknown>).host).toBeUndefined();
  });

  it.each([
    ['pgAdmin', () => readPgAdmin({ Server: {} })],
    ['pgAdmin', () => readPgAdmin(null)],
    ['DBeaver', () => readDbeaver({ connections: [] })],
    ['DBeaver', () => readDbeaver([])],
    ['DbGate', () => readDbGate('{"a":1}\n{')],
    ['TablePlus', () => readTablePlus('<plist><dict/></plist>')],
    ['TablePlus', () => readTablePlus('<array>'.repeat(50_000))],
    ['TablePlus', () => readTablePlus('<plist>')],
    ['TablePlus', () => readTablePlus(`<plist>${'<array>'.repeat(100)}${'</array>'.repeat(100)}</plist>`)],
  ])('that is no list of %s is refused in words', (_, work) => {
    expect(refusal(work)).toBe('IMPORT_UNREADABLE');
  });

  it('is any kind of value at any place without a fault', () => {
    for (const value of [null, 7, 'x', [], {}, true, [[]], { host: {} }]) {
      readPgAdmin({
        Servers: {
          a: value,
          b: { Name: value, Host: value, ConnectionParameters: value, UseSSHTunnel: value },
        },
      });
      readDbeaver({
        folders: value,
        connections: { a: value, b: { provider: 'postgresql', configuration: value } },
      });
      readDbeaver({
        connections: {
          a: { provider: 'postgresql', configuration: { host: 'h', handlers: value, bootstrap: value } },
        },
      });
    }
  });
});
