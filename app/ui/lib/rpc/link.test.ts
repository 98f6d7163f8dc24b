import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { Link, type LinkOptions } from './link.ts';
import type { LinkState } from './linkMachine.ts';
import { HostGone } from './socket.ts';
import type { MessageSocket } from './socketMessages.ts';

/** One end of a socket in the same process: what the page sends is recorded, what `receive` gets reaches the page. */
class PairedSocket implements MessageSocket {
  readonly sent: { id?: number; method?: string; params?: unknown }[] = [];
  #message: ((event: { data: unknown }) => void)[] = [];
  #close: ((event: { code: number; reason: string }) => void)[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text) as { id?: number });
  }
  close(): void {
    this.#message = [];
  }
  addEventListener(type: 'message' | 'close', listener: never): void {
    (type === 'message' ? this.#message : this.#close).push(listener);
  }
  removeEventListener(_: 'message', listener: (event: { data: unknown }) => void): void {
    this.#message = this.#message.filter((each) => each !== listener);
  }
  receive(message: object): void {
    for (const each of this.#message) each({ data: JSON.stringify({ jsonrpc: '2.0', ...message }) });
  }
  drop(code: number): void {
    for (const each of this.#close) each({ code, reason: '' });
  }
}

function setUp(more: Partial<LinkOptions> = {}) {
  const sockets: PairedSocket[] = [];
  const states: LinkState['kind'][] = [];
  const heard: string[] = [];
  const link = new Link({
    open: () => {
      const socket = new PairedSocket();
      sockets.push(socket);
      return Promise.resolve(socket);
    },
    attach: () => Promise.resolve(() => undefined),
    notified: (method) => heard.push(method),
    changed: (state) => states.push(state.kind),
    ...more,
  });
  link.start();
  return { link, sockets, states, heard };
}

const settle = () => vi.advanceTimersByTimeAsync(0);
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('a call over the link', () => {
  it('gets its result', async () => {
    const { link, sockets } = setUp();
    await settle();
    const answer = link.call('host.ping', {});
    await settle();
    const [request] = sockets[0]?.sent ?? [];
    expect(request).toMatchObject({ method: 'host.ping', params: {} });
    sockets[0]?.receive({ id: request?.id, result: { at: 7 } });
    expect(await answer).toEqual({ at: 7 });
  });

  it('ends with another error when a time-out aborts it: nobody wished that', async () => {
    const { link } = setUp();
    await settle();
    const abort = new AbortController();
    const rejected = expect(link.call('host.ping', {}, abort.signal)).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    abort.abort(new DOMException('Too late', 'TimeoutError'));
    await rejected;
  });

  it('rejects with the error that the sidecar sent, with all that it says', async () => {
    const { link, sockets } = setUp();
    await settle();
    const answer = link.call('connection.disconnect', { id: 'x' });
    const rejected = expect(answer).rejects.toMatchObject({
      code: 'NOT_FOUND',
      facts: { hint: 'Look again.' },
    });
    await settle();
    const data = new AppError('NOT_FOUND', 'It is gone.', { hint: 'Look again.' }).toEnvelope();
    sockets[0]?.receive({
      id: sockets[0].sent[0]?.id,
      error: { code: -32000, message: 'It is gone.', data },
    });
    await rejected;
  });

  it('ends at once when it is aborted, and tells the sidecar', async () => {
    const { link, sockets } = setUp();
    await settle();
    const abort = new AbortController();
    const rejected = expect(link.call('host.ping', {}, abort.signal)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    await settle();
    abort.abort();
    await rejected;
    expect(sockets[0]?.sent.at(-1)).toMatchObject({ method: '$/cancelRequest' });
  });

  it('rejects when the socket is lost under it, and while there is none', async () => {
    const { link, sockets } = setUp();
    await settle();
    const rejected = expect(link.call('host.ping', {})).rejects.toMatchObject({ code: 'SIDECAR_RESTARTED' });
    await settle();
    sockets[0]?.drop(4001);
    await rejected;
    await expect(link.call('host.ping', {})).rejects.toMatchObject({ code: 'SIDECAR_RESTARTED' });
  });
});

describe('a host that hangs', () => {
  it('is asked after some seconds of silence, and counts as away after eight', async () => {
    const { sockets, states } = setUp();
    await vi.advanceTimersByTimeAsync(2_500);
    expect(sockets[0]?.sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sockets[0]?.sent).toMatchObject([{ method: 'host.ping' }]);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(states).toEqual(['attached']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(states).toEqual(['attached', 'silent']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states, 'said once, and tried nothing').toEqual(['attached', 'silent']);
    expect(sockets).toHaveLength(1);
  });

  it('is back with the first thing that comes, and what was asked meanwhile is answered', async () => {
    const { link, sockets, states } = setUp();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(states.at(-1)).toBe('silent');
    const answer = link.call('host.online', {});
    await settle();
    const request = sockets[0]?.sent.at(-1);
    sockets[0]?.receive({ method: 'any', params: {} });
    expect(states.at(-1)).toBe('attached');
    sockets[0]?.receive({ id: request?.id, result: { at: 7 } });
    expect(await answer).toEqual({ at: 7 });
  });

  it('is not suspected while anything comes, or only answers', async () => {
    const { sockets, states } = setUp();
    for (let second = 0; second < 30; second += 1) {
      const before = sockets[0]?.sent.length ?? 0;
      await vi.advanceTimersByTimeAsync(1_000);
      for (const { id } of sockets[0]?.sent.slice(before) ?? [])
        sockets[0]?.receive({ id, result: { at: 1 } });
    }
    expect(states).toEqual(['attached']);
    expect(sockets[0]?.sent.length).toBeGreaterThan(3);
  });

  it('is not suspected by a page that slept, or whose timers are held back', async () => {
    const { states } = setUp();
    await settle();
    for (let times = 0; times < 20; times += 1) {
      // The clock goes on, and only then the timer comes.
      vi.setSystemTime(Date.now() + 60_000);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(states).toEqual(['attached']);
  });
});

describe('the link', () => {
  it('comes back by itself after a loss, and hears only its newest socket', async () => {
    const { sockets, states, heard } = setUp();
    await settle();
    sockets[0]?.drop(4001);
    await vi.advanceTimersByTimeAsync(200);
    expect(states).toEqual(['attached', 'lost', 'lost', 'attached']);
    sockets[0]?.receive({ method: 'old', params: {} });
    sockets[1]?.receive({ method: 'new', params: {} });
    await settle();
    expect(heard).toEqual(['new']);
  });

  it('goes on trying while the host is gone, and says that it is', async () => {
    let gone = true;
    const socket = new PairedSocket();
    const states: LinkState[] = [];
    setUp({
      open: () => (gone ? Promise.reject(new HostGone('no')) : Promise.resolve(socket)),
      changed: (state) => states.push(state),
    });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(states.at(-1)).toMatchObject({ kind: 'lost', missing: 'host' });
    gone = false;
    await vi.advanceTimersByTimeAsync(6_000);
    expect(states.at(-1)?.kind).toBe('attached');
  });

  it('gives up on an error that no waiting mends, until the user asks', async () => {
    let refuse = true;
    const refused = new AppError('UNAUTHENTICATED', 'This code was used before.');
    const { link, states } = setUp({
      attach: () => (refuse ? Promise.reject(refused) : Promise.resolve(() => undefined)),
    });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(link.state).toMatchObject({ kind: 'givenUp', error: { message: 'This code was used before.' } });
    refuse = false;
    link.retryNow();
    await settle();
    expect(states.at(-1)).toBe('attached');
  });

  it('goes on trying where the engine does not let it in yet, and says why', async () => {
    const refused = new AppError('DRAINING', 'It is about to end.', { reason: 'attach' });
    const { link } = setUp({ attach: () => Promise.reject(refused) });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(link.state).toMatchObject({ kind: 'lost', refused: { code: 'DRAINING' } });
  });

  it('does not wait for an attach for ever', async () => {
    const { link } = setUp({
      attach: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new AppError('CANCELLED', 'Cancelled.')));
        }),
    });
    await vi.advanceTimersByTimeAsync(12_500);
    expect(link.state.kind).toBe('lost');
  });

  it('leaves nothing behind when it is closed', async () => {
    const { link, sockets } = setUp();
    await settle();
    sockets[0]?.drop(1006);
    link.close();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(sockets).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
