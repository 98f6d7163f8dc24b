import { Socket, type NetConnectOpts } from 'node:net';

/** As much as a read of Node's own takes at most. */
const bufferBytes = 64 * 1024;

/** Takes a read at once, of which it may keep nothing but copies; false leaves it to the stream's listeners. */
export type Borrower = (bytes: Buffer) => boolean;

/**
 * A socket that reads into one buffer, again and again. A stream makes a new one for each read, and with rows by the
 * gigabyte the garbage collector then works as much as all else. Without a borrower, and for TLS and SSH on top of it, it
 * is a socket like any other.
 */
export class ServerSocket extends Socket {
  #borrower: Borrower | undefined;

  constructor(options: NetConnectOpts) {
    const buffer = Buffer.allocUnsafeSlow(bufferBytes);
    const callback = (size: number) => this.#read(buffer.subarray(0, size));
    // Its types know fewer options than it takes: all those of `connect`.
    super({ ...options, onread: { buffer, callback } } as object);
    this.connect(options);
  }

  /** From now on; one that is paused gives nothing to either. */
  lendTo(borrower: Borrower): void {
    this.#borrower = borrower;
  }

  /** False asks for no more, until the stream is read again. */
  #read(bytes: Buffer): boolean {
    // What waits in the stream came first.
    const isNext = this.readableFlowing === true && this.readableLength === 0;
    return (isNext && this.#borrower?.(bytes) === true) || this.push(Buffer.from(bytes));
  }
}
