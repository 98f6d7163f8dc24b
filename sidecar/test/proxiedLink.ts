import { connect, type Socket } from 'node:net';

/**
 * What the proxy does. `refuse` closes the port for new links and leaves the others; all else acts on new and living links.
 * - `stall`: takes no bytes; the kernel's buffers fill, and everything goes on where it stopped once the mode changes.
 * - `blackhole`: takes every byte and drops it; a link that was in it stays dead for ever.
 * - `latency`: each byte arrives `ms` later, each way, in order.
 * - `cut`: lets `afterBytes` more through in that direction (counted per link from now on), then ends the link, by a reset if so asked.
 * - `garbage`: never asks the server, answers the first bytes of a new link with `bytes`.
 */
export type ProxyMode =
  | { kind: 'pass' }
  | { kind: 'refuse' }
  | { kind: 'stall' }
  | { kind: 'blackhole' }
  | { kind: 'latency'; ms: number }
  | { kind: 'cut'; from: 'server' | 'client'; afterBytes: number; reset?: boolean }
  | { kind: 'garbage'; bytes: Buffer };

export interface ProxyTarget {
  host: string;
  port: number;
}

type Side = 'client' | 'server';

/** Over this much waiting to be passed on the source is paused, so that a test with a large result stays small. */
const highWaterBytes = 1024 * 1024;
/** Time for the receiver to read the last bytes before a cut that resets. */
const resetDelayMs = 20;

/** One way of a link: what was read on one side and is still to be written to the other. */
interface Lane {
  readonly side: Side;
  readonly from: Socket;
  readonly to: Socket;
  /** `null` stands for the end of the stream. */
  queue: { data: Buffer | null; dueAt: number }[];
  queuedBytes: number;
  timer: NodeJS.Timeout | undefined;
  /** Bytes that may still pass in the mode `cut`. */
  allowance: number;
}

/** One client of the proxy with its own connection to the real server. */
export class ProxiedLink {
  readonly #lanes: Record<Side, Lane>;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #onClosed: () => void;
  #mode: ProxyMode = { kind: 'pass' };
  #swallows = false;
  #closed = false;

  constructor(client: Socket, target: ProxyTarget, mode: ProxyMode, onClosed: () => void) {
    this.#client = client;
    this.#onClosed = onClosed;
    this.#server = connect({ ...target, allowHalfOpen: true, noDelay: true });
    this.#lanes = {
      client: lane('client', client, this.#server),
      server: lane('server', this.#server, client),
    };
    for (const each of [this.#lanes.client, this.#lanes.server]) this.#wire(each);
    this.setMode(mode);
    if (this.#swallows) this.#server.destroy();
    if (mode.kind === 'garbage') client.once('data', () => client.end(mode.bytes));
  }

  setMode(mode: ProxyMode): void {
    this.#mode = mode;
    // A blackhole has lost bytes for good, and a garbled stream would be another fault than the one asked for.
    if (mode.kind === 'blackhole' || mode.kind === 'garbage') this.#swallows = true;
    for (const each of [this.#lanes.client, this.#lanes.server]) {
      each.allowance = mode.kind === 'cut' && mode.from === each.side ? mode.afterBytes : Infinity;
      this.#steer(each);
      this.#drain(each);
    }
  }

  reset(): void {
    this.#close((socket) => socket.resetAndDestroy());
  }

  #wire(each: Lane): void {
    const push = (data: Buffer | null) => {
      if (this.#swallows) return;
      const delayMs = this.#mode.kind === 'latency' ? this.#mode.ms : 0;
      each.queue.push({ data, dueAt: performance.now() + delayMs });
      each.queuedBytes += data?.length ?? 0;
      this.#drain(each);
      this.#steer(each);
    };
    each.from.on('data', push);
    each.from.on('end', () => push(null));
    each.from.on('error', () => {
      // A blackhole tells neither side of the other's end; what is left of it goes with the proxy.
      if (!this.#swallows) this.reset();
    });
    each.from.on('close', () => {
      if (this.#client.destroyed && this.#server.destroyed) this.#close(() => {});
    });
    each.to.on('drain', () => {
      this.#drain(each);
      this.#steer(each);
    });
  }

  /** Reads from the source or leaves it alone. */
  #steer(each: Lane): void {
    const stalled = this.#mode.kind === 'stall' && !this.#swallows;
    const full = each.queuedBytes > highWaterBytes || each.to.writableNeedDrain;
    if (stalled || (full && !this.#swallows)) each.from.pause();
    else each.from.resume();
  }

  /** Writes what is due. The rest waits for its time, for the other side to take more, or for another mode. */
  #drain(each: Lane): void {
    clearTimeout(each.timer);
    each.timer = undefined;
    if (this.#swallows) each.queue = [];
    while (
      each.queue.length > 0 &&
      this.#mode.kind !== 'stall' &&
      !each.to.writableNeedDrain &&
      !this.#closed
    ) {
      const next = each.queue[0] as Lane['queue'][number];
      const waitMs = next.dueAt - performance.now();
      if (waitMs > 0) {
        each.timer = setTimeout(() => {
          this.#drain(each);
          this.#steer(each);
        }, waitMs);
        return;
      }
      each.queue.shift();
      if (next.data === null) each.to.end();
      else this.#write(each, next.data);
    }
  }

  #write(each: Lane, data: Buffer): void {
    each.queuedBytes -= data.length;
    if (data.length < each.allowance) {
      each.allowance -= data.length;
      each.to.write(data);
      return;
    }
    const { reset } = this.#mode as Extract<ProxyMode, { kind: 'cut' }>;
    const last = data.subarray(0, each.allowance);
    each.to.write(last, () => {
      if (!reset) return this.#close((socket) => socket.destroySoon());
      // A reset overtakes what the receiver's kernel still holds, and then Linux reports a plain end instead of the reset.
      each.timer = setTimeout(() => this.reset(), resetDelayMs);
    });
    this.#swallows = true;
  }

  #close(end: (socket: Socket) => void): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const each of [this.#lanes.client, this.#lanes.server]) clearTimeout(each.timer);
    end(this.#client);
    end(this.#server);
    this.#onClosed();
  }
}

const lane = (side: Side, from: Socket, to: Socket): Lane => ({
  side,
  from,
  to,
  queue: [],
  queuedBytes: 0,
  timer: undefined,
  allowance: Infinity,
});
