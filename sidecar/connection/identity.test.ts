import { describe, expect, it } from 'vitest';
import { IdentityWatch, identityChanges, type Identity } from './identity.ts';

const server: Identity = { systemIdentifier: '1', timeline: 1, inRecovery: false, serverVersionNum: 160004 };

describe('the identity of a server', () => {
  it('has not changed where all is as before, or where the server does not tell', () => {
    expect(identityChanges(server, { ...server })).toEqual([]);
    expect(identityChanges(server, { ...server, systemIdentifier: undefined, timeline: undefined })).toEqual(
      [],
    );
  });

  it('names what changed', () => {
    const other = { systemIdentifier: '2', timeline: 3, inRecovery: true, serverVersionNum: 170000 };
    expect(identityChanges(server, other)).toEqual([
      { what: 'systemIdentifier', before: '1', after: '2' },
      { what: 'timeline', before: '1', after: '3' },
      { what: 'role', before: 'primary', after: 'standby' },
      { what: 'version', before: '160004', after: '170000' },
    ]);
  });

  it('holds writes until another server was acknowledged, also through further losses', () => {
    const watch = new IdentityWatch();
    expect(watch.seen('h:1', server)).toBeUndefined();
    const other = { ...server, systemIdentifier: '2' };
    expect(watch.seen('h:1', other)).toMatchObject({ writesHeld: true });
    expect(watch.seen('h:1', other)).toMatchObject({ writesHeld: true, changes: [] });
    watch.acknowledge();
    expect(watch.seen('h:1', other)).toMatchObject({ writesHeld: false });
  });

  it('does not compare servers at different addresses, nor hold for a promoted standby', () => {
    const watch = new IdentityWatch();
    watch.seen('h:1', { ...server, inRecovery: true });
    expect(watch.seen('h:1', { ...server, timeline: 2 })).toMatchObject({ writesHeld: false });
    expect(watch.seen('h:2', { ...server, systemIdentifier: '9' })).toBeUndefined();
  });
});
