import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MethodResult } from '#shared/contract/derive.ts';
import { SidecarProcess } from '../test/sidecarProcess.ts';
import { tempFolder } from '../test/tempFolder.ts';

let folder: Awaited<ReturnType<typeof tempFolder>>;
let sidecar: SidecarProcess;

beforeEach(async () => {
  folder = await tempFolder();
  sidecar = new SidecarProcess(folder.path);
});
afterEach(async () => {
  await sidecar.end();
  await folder.remove();
});

/** An attach of the window behind one socket. */
async function attach(channel: number, params: object): Promise<MethodResult<'session.attach'>> {
  const whole = { protocolVersion: 1, windowId: `window ${channel}`, ...params };
  const answer = await sidecar.request({ method: 'session.attach', params: whole, channel });
  return answer.result as MethodResult<'session.attach'>;
}

describe('an attach', () => {
  it('of another version learns that, whatever else it sends', async () => {
    const refused = { outcome: 'failed', reason: 'VERSION_MISMATCH' };
    expect(await attach(1, { protocolVersion: 2, something: 'new' })).toEqual(refused);
    const { result } = await sidecar.request({ method: 'session.attach', params: { protocolVersion: 99 } });
    expect(result).toEqual(refused);
  });

  it('gives each socket a session of its own, and news to all of them', async () => {
    const [first, second] = [await attach(1, {}), await attach(2, {})];
    expect(first.snapshot?.session.id).not.toBe(second.snapshot?.session.id);
    await sidecar.request({ method: 'settings.update', params: { patch: { theme: 'dark' } }, channel: 1 });
    await sidecar.until(
      () =>
        sidecar.notifications.filter(({ method }) => method === 'settings.changed').length >= 2 || undefined,
      'the change in both windows',
    );
  });

  it('by the token of a session that is in use takes it over; the one before is told, and its token is void', async () => {
    const { token } = await attach(1, {});
    const taken = await attach(2, { token });
    expect(taken.outcome).toBe('admitted');
    await sidecar.heard('session.replaced');
    const refused = await sidecar.request({ method: 'connection.list', params: {}, channel: 1 });
    expect(refused.error?.data).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await attach(1, { token })).toMatchObject({ outcome: 'failed', reason: 'TOKEN_EXPIRED' });
    expect((await attach(3, { token: taken.token })).outcome).toBe('admitted');
  });
});
