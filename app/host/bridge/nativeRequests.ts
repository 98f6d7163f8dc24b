import { rpcErrorCodes } from '#shared/contract/protocol.ts';
import { AppError, toEnvelope } from '#shared/error/appError.ts';
import { BadRequest, type NativeCalls } from '../native/nativeCalls.ts';
import type { RequestId } from './envelope.ts';

/** The socket that asks. */
export interface Asker {
  send(text: string): void;
  fail(id: RequestId, error: AppError): void;
  refuse(id: RequestId, code: number, message: string): void;
}

/** Enough for a person; a page gone mad is stopped. */
const maxPending = 8;

/** The requests of one socket that the host answers by itself. They end with that socket. */
export class NativeRequests {
  readonly #calls: NativeCalls;
  readonly #asker: Asker;
  readonly #pending = new Map<RequestId, AbortController>();

  constructor(calls: NativeCalls, asker: Asker) {
    this.#calls = calls;
    this.#asker = asker;
  }

  has(id: RequestId): boolean {
    return this.#pending.has(id);
  }

  async answer(id: RequestId, method: string, params: unknown): Promise<void> {
    const { size } = this.#pending;
    if (size >= maxPending)
      return this.#asker.fail(id, new AppError('RATE_LIMITED', 'Too many requests are pending.'));
    const abort = new AbortController();
    this.#pending.set(id, abort);
    try {
      const result = await this.#calls.call(method, params, abort.signal);
      if (abort.signal.aborted) this.#asker.refuse(id, rpcErrorCodes.cancelled, 'The request was cancelled.');
      else this.#asker.send(JSON.stringify({ jsonrpc: '2.0', id, result }));
    } catch (error) {
      this.#failed(id, error);
    } finally {
      this.#pending.delete(id);
    }
  }

  cancel(id: RequestId): void {
    this.#pending.get(id)?.abort();
  }

  close(): void {
    for (const abort of this.#pending.values()) abort.abort();
  }

  #failed(id: RequestId, error: unknown): void {
    if (error instanceof BadRequest) return this.#asker.refuse(id, error.code, error.message);
    const { code, message, ...facts } = toEnvelope(error);
    this.#asker.fail(id, new AppError(code, message, facts));
  }
}
