import {
  CancellationTokenSource,
  createMessageConnection,
  ParameterStructures,
  ResponseError,
  type CancellationToken,
  type MessageConnection,
} from 'vscode-jsonrpc/browser';
import type { MethodInput, MethodName, MethodResult } from '#shared/contract/derive.ts';
import { rpcErrorCodes } from '#shared/contract/protocol.ts';
import { AppError, fromEnvelope } from '#shared/error/appError.ts';
import { envelopeSchema } from '#shared/error/envelope.ts';
import type { Rpc } from './rpc.ts';
import { SocketReader, SocketWriter, type MessageSocket } from './socketMessages.ts';

export type NotificationListener = (method: string, params: unknown) => void;

/** JSON-RPC over one socket, for as long as that socket lives. */
export class Peer implements Rpc {
  #connection: MessageConnection;

  constructor(socket: MessageSocket, notified: NotificationListener) {
    this.#connection = createMessageConnection(new SocketReader(socket), new SocketWriter(socket));
    this.#connection.onNotification((method, params) => notified(method, params));
    this.#connection.onUnhandledNotification(() => undefined);
    this.#connection.listen();
  }

  async call<M extends MethodName>(
    method: M,
    params: MethodInput<M>,
    signal?: AbortSignal,
  ): Promise<MethodResult<M>> {
    if (signal?.aborted) throw cancelled();
    const source = new CancellationTokenSource();
    // Who cancels does not wait for the other end to agree: the call ends here at once, the sidecar cleans up.
    const aborted = new Promise<never>((_, reject) => {
      const abort = (): void => {
        source.cancel();
        reject(isTimeout(signal?.reason) ? timedOut() : cancelled());
      };
      signal?.addEventListener('abort', abort, { once: true });
    });
    try {
      return await Promise.race([aborted, this.#send(method, params, source.token)]);
    } catch (error) {
      throw asAppError(error);
    } finally {
      source.dispose();
    }
  }

  /** The sidecar validates each result against the contract, so it is trusted here. */
  #send<M extends MethodName>(method: M, params: MethodInput<M>, token: CancellationToken) {
    return this.#connection.sendRequest<MethodResult<M>>(method, ParameterStructures.byName, params, token);
  }

  /** Every pending call rejects; idempotent. */
  close(): void {
    this.#connection.dispose();
  }
}

const isTimeout = (reason: unknown): boolean =>
  reason instanceof DOMException && reason.name === 'TimeoutError';

const timedOut = (): AppError => new AppError('TIMEOUT', 'Hawser did not answer in time.');
const cancelled = (): AppError => new AppError('CANCELLED', 'Cancelled.');

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof ResponseError) {
    if (error.code === rpcErrorCodes.cancelled) return cancelled();
    const envelope = envelopeSchema.safeParse(error.data);
    if (envelope.success) return fromEnvelope(envelope.data);
    if (error.code === pendingRejected) return linkDown();
    return new AppError('INTERNAL', 'Hawser misunderstood itself. What you typed is safe.', {
      detail: `${error.code}: ${error.message}`,
      actions: [{ id: 'copyReport', label: 'Copy report' }],
    });
  }
  return linkDown();
}

/** What vscode-jsonrpc rejects pending requests with when the connection is disposed. */
const pendingRejected = -32097;

export const linkDown = (): AppError =>
  new AppError('SIDECAR_RESTARTED', 'The link to the engine was lost. What you typed is safe.', {
    hint: 'Hawser connects to it again by itself.',
    retry: 'auto',
  });
