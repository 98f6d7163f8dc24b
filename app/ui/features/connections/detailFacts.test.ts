import { describe, expect, it } from 'vitest';
import { connectionConfigSchema, type ConnectionDraft } from '#shared/connection/config.ts';
import type { ConnectionInfo, ConnectionRow } from '#shared/connection/status.ts';
import { AppError } from '#shared/error/appError.ts';
import { detailFacts } from './detailFacts.ts';

const row = (draft: ConnectionDraft = {}, more: Partial<ConnectionRow> = {}): ConnectionRow => ({
  config: connectionConfigSchema.parse({
    id: '00000000-0000-4000-8000-000000000001',
    name: 'billing',
    host: 'db.example',
    tls: { mode: 'prefer' },
    createdAt: 0,
    updatedAt: 0,
    ...draft,
  }),
  status: 'connected',
  ...more,
});
const info: ConnectionInfo = {
  id: '00000000-0000-4000-8000-000000000001',
  serverVersion: 'PostgreSQL 16.4 on x86_64-pc-linux-gnu, compiled by gcc',
  serverVersionNum: 160_004,
  currentDatabase: 'shop',
  currentUser: 'app_ro',
  backendPid: 7,
  encrypted: true,
  inRecovery: false,
  readOnly: 'off',
  connectedAt: 1_000,
};
const facts = (given: ConnectionRow) =>
  Object.fromEntries(detailFacts(given, 61_000).map(({ label, ...fact }) => [label, fact]));

describe('the details of a connection', () => {
  it('tell how it is encrypted and what was checked, and warn where nothing was', () => {
    const tls = {
      ...{ version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', subject: 'db', issuer: 'Acme CA' },
      ...{ validFromAt: 0, validToAt: 1, fingerprintSha256: 'f', spkiSha256: 's' },
    };
    const checked = facts(row({}, { info: { ...info, tls: { ...tls, verified: 'name and chain' } } }));
    expect(checked.Encryption).toMatchObject({ value: 'TLS 1.3, TLS_AES_256_GCM_SHA384', warns: false });
    expect(checked.Encryption?.notes?.[0]).toContain('its name and its issuer were checked');
    const blind = facts(row({}, { info: { ...info, tls: { ...tls, verified: 'no' } } }));
    expect(blind.Encryption).toMatchObject({ warns: true });
    const plain = facts(row({}, { info: { ...info, encrypted: false, plainBecause: 'notOffered' } }));
    expect(plain.Encryption).toMatchObject({ value: 'Not encrypted', warns: true });
    expect(plain.Encryption?.notes?.[0]).toBe('The server offers no encryption.');
    const socket = facts(row({ host: '/run/postgresql' }, { info: { ...info, encrypted: false } }));
    expect(socket.Encryption?.warns).toBeUndefined();
    const reached = { host: 'db.example', address: '127.0.0.1', port: 5432 };
    const loopback = facts(row({}, { info: { ...info, encrypted: false, reached } }));
    expect(loopback.Encryption?.value).toBe('None; it does not leave this computer');
    const hop = { id: 'h', host: 'bastion', username: 'ops', auth: 'agent' } as const;
    const ssh = { enabled: true, hops: [hop] };
    const behind = (host: string) =>
      facts(row({ host, ssh }, { info: { ...info, encrypted: false } })).Encryption;
    const notes = ['Plain text on the network behind it.'];
    expect(behind('db.internal')).toMatchObject({ notes, warns: true });
    expect(behind('localhost')).not.toHaveProperty('warns');
  });

  it('tell the way: which of several hosts, and through which hops', () => {
    const hop = { id: 'h', host: 'bastion', username: 'ops', auth: 'agent' } as const;
    const reached = { host: 'b', address: '10.0.0.8', port: 5433 };
    const several = facts(row({ host: 'a,b:5433' }, { info: { ...info, reached } }));
    expect(several.Address).toEqual({ value: 'a,b:5433', notes: ['reached at b:5433'] });
    const resolved = facts(row({}, { info: { ...info, reached } }));
    expect(resolved.Address?.notes).toEqual(['reached at 10.0.0.8:5433']);
    const tunnelled = row({ ssh: { enabled: true, hops: [hop, { ...hop, host: 'gate', port: 2222 }] } });
    expect(facts(tunnelled).Through?.value).toBe('ops@bastion:22 → ops@gate:2222');
    expect(facts(row({ ssh: { enabled: false, hops: [hop] } }))).not.toHaveProperty('Through');
  });

  it('tell what the role could do, and what proves that nothing is written', () => {
    const guarded = facts(row({}, { info: { ...info, readOnly: 'guarded', rolePowers: ['writesTables'] } }));
    expect(guarded.Writing?.value).toBe('Read-only, guarded');
    expect(guarded.Writing?.notes?.[0]).toContain('the server refused a write');
    expect(guarded.Role?.notes).toEqual(['it may change rows of tables']);
    expect(facts(row({}, { info })).Writing?.notes).toBeUndefined();
  });

  it('tell the server and since when, and of one that is not connected only what was', () => {
    const live = facts(row({ lastConnectedAt: 1 }, { info: { ...info, inRecovery: true } }));
    expect([live.Server?.value, live.Connected?.value]).toEqual(['PostgreSQL 16.4, a standby', '1 min ago']);
    const lastError = new AppError('AUTH_FAILED', 'password authentication failed').toEnvelope();
    const idle = facts(row({ lastConnectedAt: 1_000, lastError }, { status: 'disconnected' }));
    expect(idle['Last connected']?.value).toBe('1 min ago');
    expect(idle['Last error']).toMatchObject({ notes: ['password authentication failed'], warns: true });
    expect(idle).not.toHaveProperty('Server');
    expect(live).not.toHaveProperty('Last error');
  });

  it('tell where the password comes from, never more', () => {
    const from = (credential: ConnectionDraft['credential']) => facts(row({ credential })).Password?.value;
    expect(from({ source: 'command', command: ['/usr/bin/pass', 'show', 'secret'] })).toBe(
      'from the command /usr/bin/pass',
    );
    expect(from({ source: 'none' })).toBe('none is sent');
  });
});
