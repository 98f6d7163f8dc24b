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

const detach = (channel: number) => sidecar.request({ method: 'session.detach', params: {}, channel });
const codeOf = async (channel: number, method: string, params: object = {}) =>
  (await sidecar.request({ method, params, channel })).error?.data as { code: string } | undefined;
const failed = (reason: string) => ({ outcome: 'failed', reason });

describe('an attach', () => {
  it('of another version learns that, whatever else it sends, however often', async () => {
    const refused = failed('VERSION_MISMATCH');
    for (let count = 0; count < 6; count += 1)
      expect(await attach(1, { protocolVersion: 2, something: 'new' })).toEqual(refused);
    const { result } = await sidecar.request({ method: 'session.attach', params: { protocolVersion: 99 } });
    expect(result).toEqual(refused);
    expect(await codeOf(1, 'connection.list')).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await attach(1, {})).toMatchObject({ outcome: 'admitted' });
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

  it('finds a session that is in use only where it asks to replace; the one before is told, and its token is void', async () => {
    const windowId = 'duplicated';
    const first = await attach(1, { windowId });
    const { token } = first;
    for (const way of [{ windowId, token }, { windowId }])
      expect(await attach(2, way)).toEqual(failed('ALREADY_ATTACHED'));
    expect(await codeOf(2, 'connection.list')).toMatchObject({ code: 'UNAUTHENTICATED' });
    const taken = await attach(2, { windowId, token, replace: true });
    expect(taken.snapshot?.session.id).toBe(first.snapshot?.session.id);
    await sidecar.heard('session.replaced');
    expect(await codeOf(1, 'connection.list')).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await attach(1, { windowId, token })).toEqual(failed('TOKEN_EXPIRED'));
    // The window that was replaced takes it back, and only because it was told to.
    expect(await attach(1, { windowId })).toEqual(failed('ALREADY_ATTACHED'));
    expect(await attach(1, { windowId, replace: true })).toMatchObject({ outcome: 'admitted' });
    expect(await attach(2, { windowId, token: taken.token })).toEqual(failed('TOKEN_EXPIRED'));
  });

  it('comes back by its token, which is of no use to another window', async () => {
    const { token, snapshot } = await attach(1, { windowId: 'mine' });
    await detach(1);
    expect(await attach(2, { windowId: 'not mine', token })).toEqual(failed('INVALID_INSTANCE'));
    const back = await attach(3, { windowId: 'mine', token });
    expect(back).toMatchObject({ outcome: 'admitted', token });
    expect(back.snapshot?.session.id).toBe(snapshot?.session.id);
    const answer = await sidecar.request({ method: 'query.cancel', params: { runId: 'no' }, channel: 3 });
    expect(answer.error).toBeUndefined();
  });

  it('that failed five times has to wait, whatever it shows then, while others come in', async () => {
    const { token } = await attach(1, {});
    for (let count = 0; count < 5; count += 1)
      expect(await attach(2, { windowId: 'window 1', token: `guess ${count}` })).toEqual(
        failed('TOKEN_EXPIRED'),
      );
    const limited = await attach(2, { windowId: 'window 1', token });
    expect(limited).toMatchObject(failed('RATE_LIMITED'));
    expect(limited.retryAfterMs).toBeGreaterThan(30_000);
    expect(limited.retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(await attach(3, {})).toMatchObject({ outcome: 'admitted' });
    expect(await codeOf(1, 'connection.list'), 'who is in stays in').toBeUndefined();
  });
});
