import { describe, expect, it } from 'vitest';
import type { StageReport } from '#shared/connection/testReport.ts';
import { plainText, stageLine, stageName } from './stageWords.ts';

/** As one that is alone. */
const stageText = (report: StageReport) => stageLine(report, []);

describe('the words of a stage', () => {
  it('tell what it found', () => {
    const ok = (stage: string, facts: Record<string, unknown>) =>
      stageText({ stage, status: 'ok', ms: 1, facts });
    expect(ok('resolve', { addresses: ['10.4.2.17', '10.4.2.18'] })).toBe('10.4.2.17, 10.4.2.18');
    expect(ok('tcp', { address: '10.4.2.17', port: 5432 })).toBe('10.4.2.17:5432 answers');
    expect(ok('tls', { encrypted: false })).toBe('not encrypted');
    expect(ok('tls', { encrypted: true, version: 'TLSv1.3', subject: 'db', verified: 'no' })).toBe(
      'TLSv1.3 · certificate of db · certificate not checked',
    );
    expect(
      ok('session', { serverVersion: '16.4', superuser: true, backendsUsed: 3, backendsAllowed: 97 }),
    ).toBe('PostgreSQL 16.4 · superuser · 3 of 97 connections in use');
  });

  it('say of a stage that was not reached that it was not', () => {
    expect(stageText({ stage: 'database', status: 'skipped', ms: 0 })).toBe('not reached');
  });

  it('tell plain text over a network from what does not leave this computer', () => {
    const to = (address: string, encrypted = false) =>
      plainText([
        { stage: 'tcp', status: 'ok', ms: 1, facts: { address, port: 5432 } },
        { stage: 'tls', status: 'ok', ms: 1, facts: { encrypted } },
      ]);
    expect(['127.0.0.1', '::1', '::ffff:127.0.0.1', '/run/postgresql'].map((address) => to(address))).toEqual(
      ['here', 'here', 'here', 'here'],
    );
    expect(to('10.4.2.17')).toBe('network');
    expect(to('10.4.2.17', true)).toBe('no');
    expect(plainText([])).toBe('no');
  });

  it('tell what is plain behind a tunnel from what is plain all the way, and from what stays in one computer', () => {
    const through = (host: string, encrypted = false): StageReport[] => [
      { stage: 'tcp', status: 'ok', ms: 1, facts: { address: '203.0.113.7', port: 22 } },
      { stage: 'forward', status: 'ok', ms: 1, facts: { via: ['me@a', 'me@b'], host, port: 5432 } },
      { stage: 'tls', status: 'skipped', ms: 1, facts: { encrypted } },
    ];
    expect(plainText(through('db.internal'))).toBe('behind');
    const words = (stages: StageReport[]) =>
      stageLine({ stage: 'tls', status: 'skipped', ms: 1, facts: { encrypted: false } }, stages);
    expect(words(through('db.internal'))).toBe('plain text on the network behind me@b · not encrypted');
    expect(['localhost', '127.0.0.1', '/run/postgresql'].map((host) => plainText(through(host)))).toEqual([
      'here',
      'here',
      'here',
    ]);
    expect(words(through('localhost'))).toBe('not encrypted');
    expect(plainText(through('db.internal', true))).toBe('no');
    expect(words(through('db.internal').filter(({ stage }) => stage !== 'forward'))).toBe(
      'plain text on the network · not encrypted',
    );
  });

  it('count SSH hops from one', () => {
    expect(stageName('ssh[0]')).toBe('SSH 1');
  });

  it('say who was let in by what at a hop, with its key and what was not followed, and what it leads to', () => {
    const hop = { user: 'me', host: 'bastion', port: 22, method: 'publickey', hostKey: 'SHA256:abc' };
    const words = (stage: string, facts: Record<string, unknown>) =>
      stageText({ stage, status: 'ok', ms: 1, facts });
    expect(words('ssh[1]', hop)).toBe('me@bastion by publickey · SHA256:abc');
    expect(words('ssh[0]', { ...hop, notFollowed: ['ProxyCommand', 'Match exec'] })).toContain(
      'not followed: ProxyCommand, Match exec',
    );
    expect(words('forward', { via: ['me@a', 'me@b'], host: 'db', port: 5432 })).toBe(
      'db:5432 through me@a, me@b',
    );
  });
});
