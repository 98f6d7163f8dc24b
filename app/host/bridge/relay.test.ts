import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxFrameBytes } from '#shared/contract/protocol.ts';
import { Host } from '../host.ts';
import { createWorkshop, type Workshop } from '../test/childSidecar.ts';
import { askAgain, enter, openSocket, PageClient, type Pass } from '../test/pageClient.ts';

let workshop: Workshop;
let host: Host;
let pass: Pass;

beforeAll(async () => {
  workshop = await createWorkshop();
  host = await Host.start({ ...workshop, sidecarArgs: [], port: 0 });
  pass = await enter(host);
});

afterAll(async () => {
  await host.end();
  await workshop.remove();
});

const connect = (): Promise<PageClient> => PageClient.connect(host, pass);

describe('several windows on one pipe', () => {
  it('use the same ids and get their own answers, with their ids and without the channel', async () => {
    const [left, right] = [await connect(), await connect()];
    const ask = (page: PageClient, id: string | number, say: string) =>
      page.send({ jsonrpc: '2.0', id, method: 'echo', params: { say } });
    const answers = await Promise.all([
      ask(left, 1, 'a'),
      ask(right, 1, 'b'),
      ask(left, '1', 'c'),
      ask(right, 'x', 'd'),
    ]);
    expect(answers.map(({ id }) => id)).toEqual([1, 1, '1', 'x']);
    expect(answers.map(({ result }) => result?.params)).toEqual(['a', 'b', 'c', 'd'].map((say) => ({ say })));
    const [first, second] = answers.map(({ result }) => result?.channel);
    expect(first).not.toBe(second);
    expect(answers.map(({ result }) => result?.channel)).toEqual([first, second, first, second]);
    expect(new Set(answers.map(({ result }) => result?.id)).size).toBe(4);
    expect(answers.every((answer) => !('channel' in answer))).toBe(true);
  });

  it('cannot speak for another channel', async () => {
    const page = await connect();
    const own = (await page.request('echo')).result?.channel;
    const forged = await page.send({ jsonrpc: '2.0', id: 'f', method: 'echo', params: {}, channel: 9999 });
    expect(forged.result?.channel).toBe(own);
  });

  it('hear the notifications of their channel only', async () => {
    const [left, right] = [await connect(), await connect()];
    const channel = (await left.request('echo')).result?.channel;
    await right.request('tell', { channel, say: { news: 1 } });
    await left.request('echo');
    expect(left.notifications).toEqual([{ jsonrpc: '2.0', method: 'told', params: { news: 1 } }]);
    expect(right.notifications).toEqual([]);
  });

  it('cancel their own requests, whose ids are translated', async () => {
    const [left, right] = [await connect(), await connect()];
    const pending = left.send({ jsonrpc: '2.0', id: 'slow', method: 'later', params: {} });
    const cancel = { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 'slow' } };
    right.socket.send(JSON.stringify(cancel));
    await right.request('echo');
    left.socket.send(JSON.stringify(cancel));
    expect((await pending).error?.code).toBe(-32800);
  });

  it('are detached in the sidecar when their socket closes', async () => {
    const [left, right] = [await connect(), await connect()];
    const channel = (await left.request('echo')).result?.channel;
    left.socket.terminate();
    await expect
      .poll(async () => (await right.request('detached')).result?.detached)
      .toEqual(expect.arrayContaining([channel]));
  });
});

describe('what the host answers by itself', () => {
  it('are the methods of its own, and none besides', async () => {
    const page = await connect();
    expect((await page.request('native.pickFile')).error?.code).toBe(-32602);
    expect((await page.request('native.openEverything')).error?.code).toBe(-32601);
  });

  it('are messages that are none', async () => {
    const page = await connect();
    const unread = page.nextAnswer(null);
    page.socket.send('{"jsonrpc":');
    expect((await unread).error?.code).toBe(-32700);
    const wrong = page.nextAnswer(4);
    page.socket.send('{"jsonrpc":"2.0","id":4}');
    expect((await wrong).error?.code).toBe(-32600);
    expect((await page.request('echo')).result).toBeDefined();
  });

  it('are ids that are still in use, and requests without end', async () => {
    const page = await connect();
    const later = (id: number) => page.send({ jsonrpc: '2.0', id, method: 'later', params: {} });
    for (let id = 1; id <= 1000; id++) void later(id);
    expect((await later(1)).error?.code).toBe(-32600);
    expect((await later(1001)).error?.data?.code).toBe('RATE_LIMITED');
    page.socket.terminate();
  });

  it('are answers that are larger than a message may be', async () => {
    const page = await connect();
    const large = await page.request('large', { length: maxFrameBytes });
    expect(large.error?.data?.code).toBe('VALUE_TOO_LARGE');
    const fits = await page.request('large', { length: maxFrameBytes - 200 });
    expect(String(fits.result?.text)).toHaveLength(maxFrameBytes - 200);
  });

  it('is a frame over the limit: the socket is closed', async () => {
    const page = await connect();
    const closed = page.closeCode();
    page.socket.send('x'.repeat(maxFrameBytes + 1));
    expect(await closed).toBe(1009);
  });
});

describe('back-pressure', () => {
  it('holds back pages while the sidecar does not read, and loses nothing', async () => {
    const page = await connect();
    const before = Number((await page.request('seen')).result?.seen);
    await page.request('deaf', { forMs: 1500 });
    const text = 'x'.repeat(1024 * 1024);
    const answers = Array.from({ length: 40 }, () => page.request('echo', { text }));
    // Far less than what was sent can have been taken from the socket while nobody reads at the other end.
    expect(page.socket.bufferedAmount).toBeGreaterThan(20 * text.length);
    for (const { result } of await Promise.all(answers)) expect(result?.params).toEqual({ text });
    expect(Number((await page.request('seen')).result?.seen)).toBeGreaterThanOrEqual(before + 41);
  });

  it('closes a page that does not read what it asked for', async () => {
    const [page, other] = [await connect(), await connect()];
    const channel = (await page.request('echo')).result?.channel;
    const closed = page.closeCode();
    page.socket.pause();
    for (let asked = 0; asked < 60; asked++) void page.request('large', { length: 2 * 1024 * 1024 });
    // The other window is served all the while.
    expect((await other.request('echo')).result).toBeDefined();
    await expect
      .poll(async () => (await other.request('detached')).result?.detached, { timeout: 15_000 })
      .toContain(channel);
    page.socket.resume();
    expect([4004, 1006]).toContain(await closed);
  });
});

describe('the first frame', () => {
  it('must be a token that was issued and not yet used', async () => {
    const { token } = await askAgain(host, pass);
    for (const [frame, code] of [
      [JSON.stringify({ token }), undefined],
      [JSON.stringify({ token }), 4003],
      ['{"token":"x"}', 4003],
      ['{"token":5}', 4003],
      ['null', 4003],
      ['{"jsonrpc":"2.0","id":1,"method":"host.ping","params":{}}', 4003],
    ] as const) {
      const socket = openSocket(host, pass);
      await once(socket, 'open');
      socket.send(frame);
      if (code === undefined) {
        const [answer] = (await once(socket, 'message')) as [Buffer];
        expect(answer.toString()).toBe('{"ok":true}');
        socket.close();
      }
      const [closed] = (await once(socket, 'close')) as [number];
      expect(closed, frame).toBe(code ?? 1005);
    }
  });

  it('must come soon', async () => {
    const socket = openSocket(host, pass);
    await once(socket, 'open');
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(4003);
  });

  it('is never binary', async () => {
    const { token } = await askAgain(host, pass);
    const socket = openSocket(host, pass);
    await once(socket, 'open');
    socket.send(Buffer.from(JSON.stringify({ token })));
    expect(((await once(socket, 'close')) as [number])[0]).toBe(1003);
  });
});
