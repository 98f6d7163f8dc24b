import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  ResponseError,
  type CancellationToken,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { rpcErrorCodes, type WireMessage } from '#shared/contract/protocol.ts';
import { AppError, toEnvelope } from '#shared/error/appError.ts';
import { RequestRefused } from '../api/refusal.ts';

/** Answers a request; throws AppError, or RequestRefused where no handler could see it. */
export type RequestHandler = (
  channel: Channel,
  method: string,
  params: unknown,
  signal: AbortSignal,
) => unknown;

/** One window's socket, as seen through the pipe: a JSON-RPC connection of its own. */
export class Channel {
  readonly number: number;
  readonly #reader = new ChannelReader();
  readonly #connection: MessageConnection;

  constructor(number: number, send: (message: WireMessage) => void, handle: RequestHandler) {
    this.number = number;
    const writer = new ChannelWriter((message) =>
      send(number === 0 ? message : { ...message, channel: number }),
    );
    this.#connection = createMessageConnection(this.#reader, writer, quiet);
    this.#connection.onRequest((method, params, token) => this.#answer(handle, method, params, token));
    this.#connection.onError(() => {});
    this.#connection.listen();
  }

  receive(message: WireMessage): void {
    try {
      this.#reader.deliver(message);
    } catch {
      // vscode-jsonrpc throws here at a `$/cancelRequest` that names nothing; there is nothing to cancel then.
    }
  }

  notify(method: string, params: object): void {
    void this.#connection.sendNotification(method, params).catch(() => {});
  }

  close(): void {
    this.#connection.dispose();
  }

  async #answer(
    handle: RequestHandler,
    method: string,
    params: unknown,
    token: CancellationToken,
  ): Promise<unknown> {
    const abort = new AbortController();
    const cancel = () => abort.abort(new AppError('CANCELLED', 'The request was cancelled.'));
    const listening = token.onCancellationRequested(cancel);
    // A token that was cancelled before its request began never fires.
    if (token.isCancellationRequested) cancel();
    try {
      return await handle(this, method, params, abort.signal);
    } catch (error) {
      if (abort.signal.aborted)
        return new ResponseError(rpcErrorCodes.cancelled, 'The request was cancelled');
      if (error instanceof RequestRefused)
        return new ResponseError(rpcErrorCodes[error.why], error.message, { issues: error.issues });
      const envelope = toEnvelope(error);
      return new ResponseError(rpcErrorCodes.application, envelope.message, envelope);
    } finally {
      listening.dispose();
    }
  }
}

/** vscode-jsonrpc reports what it cannot place; the frames were checked before, so there is nothing to add. */
const quiet = { error: () => {}, warn: () => {}, info: () => {}, log: () => {} };

class ChannelReader extends AbstractMessageReader {
  #callback: DataCallback | undefined;

  listen(callback: DataCallback): Disposable {
    this.#callback = callback;
    return { dispose: () => (this.#callback = undefined) };
  }

  deliver(message: Message): void {
    this.#callback?.(message);
  }
}

class ChannelWriter extends AbstractMessageWriter {
  readonly #send: (message: WireMessage) => void;

  constructor(send: (message: WireMessage) => void) {
    super();
    this.#send = send;
  }

  write(message: Message): Promise<void> {
    this.#send(message as unknown as WireMessage);
    return Promise.resolve();
  }

  end(): void {}
}
