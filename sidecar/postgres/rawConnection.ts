import '../lib/libpqEnvironment.ts';
import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { parse } from 'pg-protocol';
import './pgInside.ts';
import { Framer } from './framer.ts';
import { ServerSocket } from './serverSocket.ts';

/** Takes whole messages, back to back, as they came in one read. */
export type RowSink = (bytes: Buffer, count: number) => void;

/** After this many bytes in one turn the reading stands back, so that slices, pings and other connections stay quick. */
const bytesPerTurn = 256 * 1024;

/**
 * pg's connection over a stream that is open already (through TLS or a tunnel), with two things of our own: every
 * message is checked before pg's parser sees it, and rows can be taken as the bytes they are.
 */
export class RawConnection extends pg.Connection {
  rowSink: RowSink | undefined;
  copySink: RowSink | undefined;
  #held = false;
  #resting = false;
  #draining = false;
  #bytesThisTurn = 0;

  constructor() {
    // pg wants a stream at once; the true one comes with `adopt`, and this one is never connected.
    super({ stream: new Socket() } as unknown as pg.ConnectionConfig);
  }

  /** Hands over the open stream, before `connect`. */
  adopt(stream: Duplex): void {
    (this as { stream: Duplex }).stream = stream;
  }

  override connect(): void {
    const { stream } = this;
    this._connecting = true;
    stream.on('error', (error) => this.emit('error', error));
    stream.on('close', () => this.emit('end'));
    this.attachListeners(stream);
    // Asking for TLS has paused it, and a listener alone does not set a paused stream going again.
    stream.resume();
    // pg listens for 'connect' only after this call has returned.
    process.nextTick(() => (stream.destroyed ? this.emit('end') : this.emit('connect')));
  }

  override attachListeners(stream: Duplex): void {
    const parser = new EventEmitter();
    void parse(parser as unknown as NodeJS.ReadableStream, (message) => {
      this.emit(message.name === 'error' ? 'errorMessage' : message.name, message);
    });
    const framer = new Framer({
      message: (bytes) => parser.emit('data', bytes),
      rows: (bytes, count) => this.rowSink?.(bytes, count),
      copyData: (bytes, count) => this.copySink?.(bytes, count),
      wantsRows: () => this.rowSink !== undefined,
      wantsCopyData: () => this.copySink !== undefined,
    });
    const take = (chunk: Buffer) => {
      try {
        framer.push(chunk);
        this.#rest(chunk.length);
      } catch (error) {
        stream.destroy(error as Error);
      }
    };
    stream.on('data', take);
    if (!(stream instanceof ServerSocket)) return;
    stream.lendTo((bytes) => {
      // Sinks copy what they keep; pg's parser keeps parts of some messages, like the salt of a password.
      if (!this.rowSink) return false;
      take(bytes);
      return true;
    });
  }

  /** Back-pressure: nothing is read from the server until `resume`. */
  pause(): void {
    if (this.#draining) return;
    this.#held = true;
    this.stream.pause();
  }

  resume(): void {
    this.#held = false;
    if (!this.#resting) this.stream.resume();
  }

  /**
   * Reads all that comes, whoever asks for a pause: a server that is being stopped ends only once what it has sent was
   * taken, and what it sends behind that is little.
   */
  drain(on: boolean): void {
    this.#draining = on;
    this.resume();
  }

  #rest(bytes: number): void {
    this.#bytesThisTurn += bytes;
    if (this.#bytesThisTurn < bytesPerTurn || this.#resting) return;
    this.#resting = true;
    this.stream.pause();
    setImmediate(() => {
      this.#resting = false;
      this.#bytesThisTurn = 0;
      if (!this.#held) this.stream.resume();
    });
  }
}
