import { connect, type Socket } from 'node:net';

/**
 * What the proxy does. `refuse` closes the port for new links and leaves the others; all else acts on new and living links.
 * - `stall`: takes no bytes; the kernel's buffers fill, and everything goes on where it stopped once the mode changes.
 * - `blackhole`: takes every byte and drops it; a link that was in it stays dead for ever.
 * - `latency`: each byte arrives `ms` later, each way, in order; with `jitterMs` up to so much later still.
 * - `chop`: hands every byte on alone.
 * - `corrupt`: flips one bit of each byte with this probability, in the direction named or both. A new link is not spared.
 * - `cut`: lets `afterBytes` more through in that direction (counted per link from now on), then ends the link, by a reset if so asked.
 * - `garbage`: never asks the server, answers the first bytes of a new link with `bytes`.
 */
export type ProxyMode =
  | { kind: 'pass' }
  | { kind: 'refuse' }
  | { kind: 'stall' }
  | { kind: 'blackhole' }
  | { kind: 'latency'; ms: number; jitterMs?: number; random?: () => number }
  | { kind: 'chop' }
  | { kind: 'corrupt'; rate: number; random: () => number; from?: Side }
  | { kind: 'cut'; from: 'server' | 'client'; afterBytes: number; reset?: boolean }
  | { kind: 'garbage'; bytes: Buffer };

export interface ProxyTarget {
  host: string;
  port: number;
}

/** Who speaks. */
export type Side = 'client' | 'server';

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
  /** A byte was just handed on, and the next one waits. */
  chopping: boolean;
  /** The end of the stream was taken: nothing comes after it. */
  finished: boolean;
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

  /** Tells the other side that this one will say no more (a FIN); what the other says still passes. */
  finish(side: Side): void {
    this.#push(this.#lanes[side], null);
  }

  reset(): void {
    this.#close((socket) => socket.resetAndDestroy());
  }

  #wire(each: Lane): void {
    each.from.on('data', (data: Buffer) => this.#push(each, data));
    each.from.on('end', () => this.#push(each, null));
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

  #push(each: Lane, data: Buffer | null): void {
    if (this.#swallows || each.finished) return;
    each.finished = data === null;
    const dueAt = performance.now() + delayOf(this.#mode);
    each.queue.push({ data: data && garbled(this.#mode, each.side, data), dueAt });
    each.queuedBytes += data?.length ?? 0;
    this.#drain(each);
    this.#steer(each);
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
      !each.chopping &&
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
      const chops = this.#mode.kind === 'chop' && next.data !== null && next.data.length > 1;
      if (!chops) each.queue.shift();
      if (next.data === null) each.to.end();
      else this.#write(each, chops ? next.data.subarray(0, 1) : next.data);
      if (chops) next.data = next.data?.subarray(1) ?? null;
    }
  }

  #write(each: Lane, data: Buffer): void {
    each.queuedBytes -= data.length;
    if (data.length < each.allowance) {
      each.allowance -= data.length;
      each.to.write(data);
      if (this.#mode.kind === 'chop') this.#rest(each);
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

  /** Until the receiver had its chance to read: bytes that wait together travel together. */
  #rest(each: Lane): void {
    each.chopping = true;
    setImmediate(() => {
      each.chopping = false;
      this.#drain(each);
      this.#steer(each);
    });
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
  chopping: false,
  finished: false,
});

const delayOf = (mode: ProxyMode): number =>
  mode.kind === 'latency' ? mode.ms + (mode.jitterMs ?? 0) * (mode.random ?? Math.random)() : 0;

function garbled(mode: ProxyMode, side: Side, data: Buffer): Buffer {
  if (mode.kind !== 'corrupt' || (mode.from ?? side) !== side) return data;
  const flip = (byte: number) => (mode.random() < mode.rate ? byte ^ (1 << (mode.random() * 8)) : byte);
  return Buffer.from(data.map(flip));
}
