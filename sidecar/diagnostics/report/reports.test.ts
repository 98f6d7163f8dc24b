import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Redactor } from '../redactor.ts';
import { Screen } from '../screen.ts';
import { hostMask } from './maskHosts.ts';
import { Reports, type ReportSources } from './reports.ts';

const at = Date.UTC(2026, 0, 2, 3, 4, 5);

function reports(more: Partial<ReportSources> = {}) {
  const redactor = new Redactor();
  redactor.add('canary-one');
  const made = new Reports({
    screen: new Screen(redactor),
    settings: () => ({ theme: 'dark', text: 'canary-one' }),
    connections: () => [
      {
        name: 'billing',
        host: 'db.example.org:5433,replica',
        credential: { source: 'command', command: ['vault', 'read', 'canary-two'] },
        ssh: { hops: [{ host: 'bastion', keyFile: `${homedir()}/.ssh/id` }] },
        options: { startupSql: "set app.key = 'canary-three'" },
      },
    ],
    state: () => [{ status: 'error', error: { message: 'db.example.org at 10.1.2.3 said canary-one' } }],
    events: () => [
      { id: 1, at, type: 'connection', event: 'error', source: 'service', payload: { address: '10.1.2.3' } },
    ],
    log: () => ['{"msg":"bastion and 127.0.0.1"}'],
    metrics: () => Promise.resolve('# HELP a A.\n# TYPE a counter\na 1\n'),
    ...more,
  });
  return made;
}

const texts = async (maskHosts = false) =>
  (await reports().make({ maskHosts })).lines.map(({ text }) => text).join('\n');

describe('a report', () => {
  it('says what there is, and no secret', async () => {
    const text = await texts();
    expect(text).not.toMatch(/canary/);
    expect(text).not.toContain(homedir());
    for (const part of [
      'theme = "dark"',
      '"host":"db.example.org:5433,replica"',
      '"command":"[left out]"',
      '"startupSql":"[left out]"',
      '"keyFile":"~/.ssh/id"',
      '2026-01-02T03:04:05.000Z connection error by service {"address":"10.1.2.3"}',
      'a 1',
    ])
      expect(text).toContain(part);
  });

  it('names no server where hosts are masked, and the same one alike everywhere', async () => {
    const text = await texts(true);
    expect(text).not.toMatch(/example|replica|bastion|10\.1\.2\.3/);
    expect(text).toContain('127.0.0.1');
    const [, host, address] = /"message":"(host-\d+) at (host-\d+) said/.exec(text) ?? [];
    expect(text).toContain(`"host":"${host}:5433,`);
    expect(text).toContain(`{"address":"${address}"}`);
  });

  it('is written as it was shown, without what was struck out', async () => {
    const made = reports();
    const { reportId, lines } = await made.make({ maskHosts: false });
    const struck = lines.flatMap(({ section, text }, index) =>
      section === 'Connections' || text.startsWith('theme') ? [index] : [],
    );
    const text = made.text(reportId, struck);
    expect(text).not.toMatch(/# Connections|theme|billing/);
    expect(text).toMatch(/^# Versions\nHawser /);
    expect(text).toContain('\n\n# Metrics\n# HELP a A.\n# TYPE a counter\na 1\n');
    const { reportId: next } = await made.make({ maskHosts: false });
    expect(() => made.text(reportId, [])).toThrow(/newer report/);
    expect(made.text(next, [])).toContain('billing');
  });
});

describe('the mask of hosts', () => {
  it.each([
    ['at 10.20.30.40:5432', 'at host-1:5432'],
    ['[2001:db8::1]:5432 and fe80::1ff:fe23', '[host-1]:5432 and host-2'],
    ['DB.local, db.local; mydb.locale', 'host-1, host-1; mydb.locale'],
    ['localhost ::1 127.0.0.2 /var/run', 'localhost ::1 127.0.0.2 /var/run'],
    ['2026-01-02T03:04:05.678Z took 12:34:56', '2026-01-02T03:04:05.678Z took 12:34:56'],
    ['PostgreSQL 18.4, OpenSSL 3.0.15', 'PostgreSQL 18.4, OpenSSL 3.0.15'],
    ['select a::text, b::date', 'select a::text, b::date'],
  ])('makes of %s: %s', (text, expected) => {
    expect(hostMask(['db.local', ''])(text)).toBe(expected);
  });
});
