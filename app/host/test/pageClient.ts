import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Host } from '../host.ts';

/** A message as a page sees it. */
export interface PageAnswer {
  id?: string | number | null;
  method?: string;
  params?: unknown;
  result?: Record<string, unknown>;
  error?: { code: number; message: string; data?: { code: string; message: string } };
  channel?: number;
}

/** What a page that was let in comes back with: the browser sends its cookie, the page shows its key. */
export interface Pass {
  cookie: string;
  key: string;
}

/** Asks for a session as the page does; `cookie` is what the browser would send. */
export async function postSession(
  host: Host,
  body: unknown,
  cookie?: string,
): Promise<{
  status: number;
  token?: string;
  key?: string;
  error?: { code: string; detail?: string };
  cookie?: string;
}> {
  const { origin } = host.address;
  const headers: Record<string, string> = { 'Content-Type': 'application/json', Origin: origin };
  if (cookie !== undefined) headers.Cookie = cookie;
  const response = await fetch(`${origin}/session`, { method: 'POST', headers, body: JSON.stringify(body) });
  const set = response.headers.get('set-cookie')?.split(';', 1)[0];
  const answer = (await response.json()) as { token?: string; key?: string; error?: { code: string } };
  return { status: response.status, ...answer, ...(set === undefined ? {} : { cookie: set }) };
}

export const codeIn = (entrance: string): string => new URL(entrance).hash.slice('#code='.length);

/** Comes in by a code. */
export async function enter(host: Host): Promise<Pass> {
  const { cookie, key } = await postSession(host, { code: codeIn(host.entrance()) });
  if (cookie === undefined || key === undefined) throw new Error('The code was not taken.');
  return { cookie, key };
}

/** Comes back, as after a reload. */
export const askAgain = (host: Host, { cookie, key }: Pass): ReturnType<typeof postSession> =>
  postSession(host, { key }, cookie);

export function openSocket(host: Host, { cookie }: Pass): WebSocket {
  const { origin } = host.address;
  return new WebSocket(`${origin.replace('http', 'ws')}/rpc`, { origin, headers: { Cookie: cookie } });
}

/** A page that has come through the door and speaks JSON-RPC. */
export class PageClient {
  readonly socket: WebSocket;
  readonly notifications: PageAnswer[] = [];
  readonly #waiting = new Map<string | number | null, (answer: PageAnswer) => void>();
  #ids = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString('utf8')) as PageAnswer));
  }

  static async connect(host: Host, pass: Pass): Promise<PageClient> {
    const { token } = await askAgain(host, pass);
    const socket = openSocket(host, pass);
    await once(socket, 'open');
    socket.send(JSON.stringify({ token }));
    const [answer] = (await once(socket, 'message')) as [Buffer];
    if (answer.toString('utf8') !== '{"ok":true}')
      throw new Error(`Not admitted: ${answer.toString('utf8')}`);
    return new PageClient(socket);
  }

  /** Sends one request and waits for its answer, whatever it is. */
  async request(method: string, params: object = {}): Promise<PageAnswer> {
    this.#ids += 1;
    return this.send({ jsonrpc: '2.0', id: this.#ids, method, params });
  }

  /** Sends an object as it is and waits for the answer with its id. */
  send(message: { id: string | number } & Record<string, unknown>): Promise<PageAnswer> {
    const answer = this.nextAnswer(message.id);
    this.socket.send(JSON.stringify(message));
    return answer;
  }

  /** The next answer with this id; null for answers to what could not be read. */
  nextAnswer(id: string | number | null): Promise<PageAnswer> {
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** The code with which the host closes this socket. */
  async closeCode(): Promise<number> {
    const [code] = (await once(this.socket, 'close')) as [number];
    return code;
  }

  #take(message: PageAnswer): void {
    if (message.method !== undefined) {
      this.notifications.push(message);
      return;
    }
    const id = message.id ?? null;
    this.#waiting.get(id)?.(message);
    this.#waiting.delete(id);
  }
}
