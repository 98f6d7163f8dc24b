import type { Readable, Writable } from 'node:stream';

interface DevtoolsMessage {
  id?: number;
  method?: string;
  params?: { targetInfo?: { targetId: string; type: string } };
  result?: { sessionId?: string };
  error?: { message: string };
}

/**
 * The little of Chromium's DevTools protocol that is needed to send a window to an address. It runs over two inherited
 * pipes, so that nobody else on the machine can join in.
 */
export class DevtoolsPipe {
  readonly #write: Writable;
  readonly #answers = new Map<number, (message: DevtoolsMessage) => void>();
  #onPage: ((targetId: string) => void) | undefined;
  #target: string | undefined;
  #partial = '';
  #lastId = 0;

  constructor(write: Writable, read: Readable) {
    this.#write = write;
    read.setEncoding('utf8').on('data', (text: string) => this.#read(text));
  }

  /** Sends the first page of the browser to `url`. Waits for that page; the caller sets the deadline. */
  async navigate(url: string): Promise<void> {
    const found = new Promise<string>((resolve) => (this.#onPage = resolve));
    await this.#call('Target.setDiscoverTargets', { discover: true });
    const targetId = await found;
    this.#target = targetId;
    const { result } = await this.#call('Target.attachToTarget', { targetId, flatten: true });
    await this.#call('Page.navigate', { url }, result?.sessionId);
  }

  /** Brings the page's window to the front. */
  raise(): void {
    if (this.#target !== undefined) this.#send('Target.activateTarget', { targetId: this.#target });
  }

  /** Asks the browser to close as a user would. */
  closeBrowser(): void {
    this.#send('Browser.close', {});
  }

  #send(method: string, params: object, sessionId?: string): number {
    this.#lastId += 1;
    this.#write.write(`${JSON.stringify({ id: this.#lastId, method, params, sessionId })}\0`);
    return this.#lastId;
  }

  #call(method: string, params: object, sessionId?: string): Promise<DevtoolsMessage> {
    const id = this.#send(method, params, sessionId);
    return new Promise((resolve, reject) => {
      this.#answers.set(id, (message) => {
        if (message.error) reject(new Error(`${method}: ${message.error.message}`));
        else resolve(message);
      });
    });
  }

  #read(text: string): void {
    const parts = (this.#partial + text).split('\0');
    this.#partial = parts.pop() ?? '';
    for (const part of parts) {
      const message = parse(part);
      if (message !== undefined) this.#take(message);
    }
  }

  #take(message: DevtoolsMessage): void {
    if (message.id !== undefined) {
      this.#answers.get(message.id)?.(message);
      this.#answers.delete(message.id);
    }
    const target = message.params?.targetInfo;
    if (message.method === 'Target.targetCreated' && target?.type === 'page') this.#onPage?.(target.targetId);
  }
}

function parse(text: string): DevtoolsMessage | undefined {
  try {
    return JSON.parse(text) as DevtoolsMessage;
  } catch {
    return undefined;
  }
}
