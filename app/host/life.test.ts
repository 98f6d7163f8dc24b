import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { Host } from './host.ts';
import { builtModule } from './test/builtModule.ts';
import { createWorkshop, isAlive, type Workshop } from './test/childSidecar.ts';
import {
  askAgain,
  codeIn,
  enter,
  openSocket,
  PageClient,
  postSession,
  type Pass,
} from './test/pageClient.ts';

const endings: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function startHost(...sidecarArgs: string[]): Promise<{ host: Host; workshop: Workshop }> {
  const workshop = await createWorkshop();
  endings.push(workshop.remove);
  const host = await Host.start({ ...workshop, sidecarArgs, port: 0 });
  endings.push(() => host.end());
  return { host, workshop };
}

const pidOf = async (page: PageClient): Promise<number> => Number((await page.request('pid')).result?.pid);

/** Comes back as the page does after a socket was closed. */
async function comeBack(host: Host, pass: Pass): Promise<{ page: PageClient; afterMs: number }> {
  const startedAt = performance.now();
  const page = await PageClient.connect(host, pass);
  return { page, afterMs: performance.now() - startedAt };
}

describe('a sidecar that dies', () => {
  it('has its pending requests answered in every window, which are then told to come back', async () => {
    const { host } = await startHost();
    const pass = await enter(host);
    const pages = [await PageClient.connect(host, pass), await PageClient.connect(host, pass)];
    const pending = pages.map((page) => page.request('later'));
    const closed = pages.map((page) => page.closeCode());
    const first = pages[0];
    if (!first) throw new Error('No page.');
    const pid = await pidOf(first);
    process.kill(pid, 'SIGKILL');
    for (const { error } of await Promise.all(pending)) {
      expect(error).toMatchObject({ code: -32000, data: { code: 'SIDECAR_RESTARTED', retry: 'auto' } });
    }
    expect(await Promise.all(closed)).toEqual([4001, 4001]);
    const { page, afterMs } = await comeBack(host, pass);
    expect(afterMs).toBeLessThan(3000);
    expect(await pidOf(page)).not.toBe(pid);
    // The new one knows nothing of the old channels, so it must not be told of their end.
    expect((await page.request('detached')).result).toEqual({ detached: [] });
  });

  it('is killed when it is frozen, and is back', async () => {
    const { host } = await startHost();
    const pass = await enter(host);
    const page = await PageClient.connect(host, pass);
    const pid = await pidOf(page);
    const pending = page.request('later');
    const closed = page.closeCode();
    const startedAt = performance.now();
    process.kill(pid, 'SIGSTOP');
    expect((await pending).error?.data?.code).toBe('SIDECAR_RESTARTED');
    expect(await closed).toBe(4001);
    const again = await comeBack(host, pass);
    expect(await pidOf(again.page)).not.toBe(pid);
    expect(performance.now() - startedAt).toBeLessThan(8000);
    expect(isAlive(pid)).toBe(false);
  });

  it('is started again when it no longer speaks the protocol', async () => {
    const { host } = await startHost();
    const pass = await enter(host);
    const page = await PageClient.connect(host, pass);
    const closed = page.closeCode();
    const answer = await page.request('garbage');
    expect(answer.error?.data?.code).toBe('SIDECAR_RESTARTED');
    expect(await closed).toBe(4001);
    expect((await (await comeBack(host, pass)).page.request('echo')).result).toBeDefined();
  });

  it('is given up after more than five crashes in a minute, with its last words and without its secrets', async () => {
    const { host } = await startHost('--crash');
    const pass = await enter(host);
    await once(host.supervisor, 'gaveUp');
    const refused = await askAgain(host, pass);
    expect(refused.status).toBe(503);
    expect(refused.error?.code).toBe('INTERNAL');
    expect(refused.error?.detail).toContain('cannot go on: postgres://ada:***@db.example/shop');
    expect(JSON.stringify(refused.error)).not.toContain('hunter2');
    expect((await postSession(host, { code: codeIn(host.entrance()) })).status).toBe(503);
    expect((await postSession(host, {})).status).toBe(403);
  });

  it('closes the sockets for good when it dies once too often', async () => {
    const { host } = await startHost();
    const pass = await enter(host);
    const codes: number[] = [];
    for (let crash = 1; crash <= 6; crash++) {
      const { page } = await comeBack(host, pass);
      const closed = page.closeCode();
      void page.request('die');
      codes.push(await closed);
    }
    expect(codes).toEqual([4001, 4001, 4001, 4001, 4001, 4002]);
    expect((await askAgain(host, pass)).status).toBe(503);
  });

  it('is not started again where another one holds the data folder', async () => {
    const words = JSON.stringify({ code: 'DATA_FOLDER_IN_USE', message: 'Hawser 4711 uses this folder.' });
    const { host } = await startHost('--refuse', '3', words);
    const died: string[] = [];
    host.supervisor.on('died', (how) => died.push(how));
    const [sentence] = (await once(host.supervisor, 'refused')) as [string];
    expect(sentence).toBe('Hawser 4711 uses this folder.');
    expect(died).toEqual([]);
    expect(await host.supervisor.whenReady(AbortSignal.timeout(5000))).toBe(false);
  });

  it('that cannot be started at all is given up too', async () => {
    const { workshop } = await startHost();
    const host = await Host.start({
      ...workshop,
      sidecarFile: `${workshop.folder}/nothing.mjs`,
      sidecarArgs: [],
      port: 0,
    });
    endings.push(() => host.end());
    await once(host.supervisor, 'gaveUp');
    expect(host.supervisor.failure?.message).toMatch(/not started again/);
  });
});

describe('a sidecar that takes its time to start', () => {
  it('keeps a page waiting for its admission, and serves it then', async () => {
    const { host } = await startHost('--slow');
    const page = await PageClient.connect(host, await enter(host));
    expect((await page.request('echo')).result).toBeDefined();
  });

  it('is not sent what came too early: that socket is closed', async () => {
    const { host } = await startHost('--slow');
    const pass = await enter(host);
    const { token } = await askAgain(host, pass);
    const socket = openSocket(host, pass);
    await once(socket, 'open');
    socket.send(JSON.stringify({ token }));
    socket.send('{"jsonrpc":"2.0","id":1,"method":"echo","params":{}}');
    expect(((await once(socket, 'close')) as [number])[0]).toBe(4003);
    expect((await (await PageClient.connect(host, pass)).request('echo')).result).toBeDefined();
  });
});

describe('the end of the host', () => {
  it('ends the sidecar and closes what is open', async () => {
    const { host } = await startHost();
    const page = await PageClient.connect(host, await enter(host));
    const pid = await pidOf(page);
    const closed = page.closeCode();
    await Promise.all([host.end(), host.end()]);
    expect(await closed).toBe(1001);
    expect(isAlive(pid)).toBe(false);
    await expect(fetch(host.address.origin)).rejects.toThrow();
  });

  it('does not wait for ever for a sidecar that will not end', async () => {
    const { host } = await startHost('--stubborn');
    const page = await PageClient.connect(host, await enter(host));
    const pid = await pidOf(page);
    await host.end();
    expect(isAlive(pid)).toBe(false);
  });

  it('leaves no sidecar behind when the host itself is killed', async () => {
    const { workshop } = await startHost();
    const script = `
      const { Host } = await import(${JSON.stringify(builtModule('host'))});
      const host = await Host.start({ ...${JSON.stringify(workshop)}, sidecarArgs: [], port: 0 });
      await host.supervisor.whenReady(new AbortController().signal);
      console.log(host.supervisor.pid);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
  });
});
