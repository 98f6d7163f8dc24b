import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc/browser';

/** The part of a WebSocket that a peer needs. One text frame is one JSON-RPC message. */
export interface MessageSocket {
  send(text: string): void;
  close(code?: number): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  removeEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}

export class SocketReader extends AbstractMessageReader implements MessageReader {
  #socket: MessageSocket;

  constructor(socket: MessageSocket) {
    super();
    this.#socket = socket;
  }

  listen(callback: DataCallback): Disposable {
    const read = (event: { data: unknown }): void => {
      if (typeof event.data !== 'string') return;
      try {
        callback(JSON.parse(event.data) as Message);
      } catch (error) {
        this.fireError(error);
      }
    };
    this.#socket.addEventListener('message', read);
    return { dispose: () => this.#socket.removeEventListener('message', read) };
  }
}

export class SocketWriter extends AbstractMessageWriter implements MessageWriter {
  #socket: MessageSocket;

  constructor(socket: MessageSocket) {
    super();
    this.#socket = socket;
  }

  write(message: Message): Promise<void> {
    // A closed WebSocket swallows what is sent; pending requests are settled by the peer's own close.
    this.#socket.send(JSON.stringify(message));
    return Promise.resolve();
  }

  end(): void {
    // The link closes the socket.
  }
}
