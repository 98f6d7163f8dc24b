import { describe, expect, it } from 'vitest';
import { namesIn } from '../../test/readings.ts';
import { readPassFile } from './readPassFile.ts';

describe('a password file', () => {
  const text = [
    '# host:port:database:user:password',
    'db.example:5433:bills:app:hunter2',
    'sock\\:et\\\\:*:*:ana:hunter2',
    '*:*:*:postgres:hunter2',
    'h:5432:d:*:hunter2',
    'h:5432:replication:repl:hunter2',
    'just words',
    '',
  ].join('\r\n');
  const reading = readPassFile(text, { fileName: '.pgpass' });

  it('gives definitions that look their password up there, and never the passwords', () => {
    expect(namesIn(reading)).toEqual(['app@db.example/bills', 'ana@sock:et\\']);
    expect(reading.found[0]?.config).toEqual({
      name: 'app@db.example/bills',
      host: 'db.example',
      port: 5433,
      database: 'bills',
      username: 'app',
      credential: { source: 'pgpass' },
    });
    expect(reading.found[0]?.provenance.host).toBe('host in line 2 of .pgpass');
    expect(reading.leftOut.map(({ why }) => why)).toEqual([
      'It is for any host',
      'It is for any user',
      'It is for replication',
      'It is no entry of a password file',
    ]);
    expect(JSON.stringify(reading)).not.toContain('hunter2');
  });

  it('at another place is looked up there, and one that the window has read cannot be', () => {
    const elsewhere = readPassFile(text, { fileName: 'x', path: '/etc/x' }).found[0]?.config.credential;
    expect(elsewhere).toEqual({ source: 'pgpass', passfile: '/etc/x' });
    expect(readPassFile(text, { fileName: 'x', isLoose: true }).warnings.join()).toMatch(
      /your own password file/,
    );
  });
});
