import { describe, expect, it } from 'vitest';
import { connectionConfigSchema } from '#shared/connection/config.ts';
import type { IdentityReport } from '#shared/connection/identity.ts';
import type { ConnectionRow } from '#shared/connection/status.ts';
import { identityNotice } from './identityWords.ts';

const config = connectionConfigSchema.parse({
  id: '00000000-0000-4000-8000-000000000001',
  name: 'billing',
  tls: { mode: 'prefer' },
  createdAt: 0,
  updatedAt: 0,
});
const row = (identity: IdentityReport | undefined, connectedAt = 1): ConnectionRow => ({
  config,
  status: 'connected',
  info: {
    id: config.id,
    serverVersion: 'PostgreSQL 16.4',
    serverVersionNum: 160_004,
    currentDatabase: 'billing',
    currentUser: 'app',
    backendPid: 1,
    encrypted: false,
    inRecovery: false,
    readOnly: 'off',
    identity,
    connectedAt,
  },
});
const replaced = { what: 'systemIdentifier', before: '7001', after: '7002' } as const;
const promoted = { what: 'role', before: 'standby', after: 'primary' } as const;
const upgraded = { what: 'version', before: '160004', after: '170001' } as const;

describe('what is said of a changed server', () => {
  it('is nothing where the same one answers', () => {
    expect(identityNotice(row(undefined))).toBeUndefined();
    expect(identityNotice(row({ known: true, changes: [], writesHeld: false }))).toBeUndefined();
    expect(identityNotice({ config, status: 'error' })).toBeUndefined();
  });

  it('names what it was and is, and that writes wait, until they are allowed', () => {
    const changes = [replaced, upgraded];
    expect(identityNotice(row({ known: true, changes, writesHeld: true }))).toMatchObject({
      kind: 'held',
      title: 'Another server answers for billing',
      text: 'writes wait · system identifier 7001 before, 7002 now · PostgreSQL 16.4 before, 17.1 now',
    });
    expect(identityNotice(row({ known: true, changes, writesHeld: false }))).toBeUndefined();
  });

  it('still holds writes after a further reconnect to the same new server', () => {
    expect(identityNotice(row({ known: true, changes: [], writesHeld: true }))).toMatchObject({
      kind: 'held',
      text: 'writes wait',
    });
  });

  it('tells a changed role or version once for each connect', () => {
    const report = { known: true, changes: [promoted], writesHeld: false };
    const first = identityNotice(row(report, 1));
    expect(first).toMatchObject({
      kind: 'said',
      title: 'billing is the primary now',
      text: 'role: standby before, primary now',
    });
    expect(identityNotice(row(report, 2))?.key).not.toBe(first?.key);
    expect(identityNotice(row({ ...report, changes: [upgraded] }))?.title).toBe(
      'billing has another version now',
    );
  });
});
