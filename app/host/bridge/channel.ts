import { rpcErrorCodes } from '#shared/contract/protocol.ts';
import type { AppError } from '#shared/error/appError.ts';
import type { NativeCalls } from '../native/nativeCalls.ts';
import type { RequestId } from './envelope.ts';
import { NativeRequests } from './nativeRequests.ts';

/** What the relay needs of a socket. */
export interface PageSocket {
  send(text: string): void;
  /** Stops and starts the reading of what the page sends. */
  pause(): void;
  resume(): void;
  close(code: number, reason: string): void;
}

/** Enough for any page that does its work; a page gone mad is stopped before it fills the memory. */
const maxPending = 1000;

/** One socket on the pipe: its number and its pending requests, by the page's ids and by ours. */
export class Channel {
  readonly number: number;
  readonly socket: PageSocket;
  /** What the host answers by itself. */
  readonly native: NativeRequests;
  readonly #wireIds = new Map<RequestId, number>();
  readonly #pageIds = new Map<number, RequestId>();

  constructor(number: number, socket: PageSocket, calls: NativeCalls) {
    this.number = number;
    this.socket = socket;
    this.native = new NativeRequests(calls, this);
  }

  get full(): boolean {
    return this.#wireIds.size >= maxPending;
  }

  remember(pageId: RequestId, wireId: number): void {
    this.#wireIds.set(pageId, wireId);
    this.#pageIds.set(wireId, pageId);
  }

  isPending(pageId: RequestId): boolean {
    return this.#wireIds.has(pageId) || this.native.has(pageId);
  }

  wireIdOf(pageId: RequestId): number | undefined {
    return this.#wireIds.get(pageId);
  }

  /** Takes a request off the list of pending ones; gives the page's id for it. */
  settle(wireId: number): RequestId | undefined {
    const pageId = this.#pageIds.get(wireId);
    this.#pageIds.delete(wireId);
    if (pageId !== undefined) this.#wireIds.delete(pageId);
    return pageId;
  }

  pageIds(): IterableIterator<RequestId> {
    return this.#wireIds.keys();
  }

  wireIds(): IterableIterator<number> {
    return this.#pageIds.keys();
  }

  send(text: string): void {
    this.socket.send(text);
  }

  /** Answers with an envelope. */
  fail(id: RequestId, error: AppError): void {
    const { application: code } = rpcErrorCodes;
    const data = error.toEnvelope();
    this.send(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message: error.message, data } }));
  }

  /** Answers with an error of JSON-RPC's own. */
  refuse(id: RequestId | null, code: number, message: string): void {
    this.send(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } }));
  }
}
