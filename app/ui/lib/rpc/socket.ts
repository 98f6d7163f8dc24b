import { AppError, fromEnvelope } from '#shared/error/appError.ts';
import { envelopeSchema } from '#shared/error/envelope.ts';

/** The host answers from memory; a longer silence means that it hangs. */
const sessionDeadlineMs = 5_000;
/** The host says ok once the sidecar is up, which it promises within 20 s. */
const readyDeadlineMs = 25_000;

/** The host process cannot be reached at all: it has ended, or is about to come back. */
export class HostGone extends Error {}

/**
 * Takes the one-time code out of the address, at once: it must stay neither in the history nor in a screenshot.
 * Undefined on a reload, where cookie and key speak.
 */
export function takeCode(location: Location, history: History): string | undefined {
  const code = /^#code=([\w-]+)$/.exec(location.hash)?.[1];
  if (location.hash) history.replaceState(null, '', location.pathname);
  return code;
}

/** Where the key is kept between visits. */
const keyName = 'hawser.key';

/**
 * Asks the host to let this page in: by a one-time code, else by the cookie together with the key that came with it. Returns
 * the token for the first frame. `storage` must belong to this very origin, for other servers of this machine share the
 * cookie; and to all its windows, so that a second one comes in by the plain address. The key dies with the host.
 */
export async function openSession(
  code: string | undefined,
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  signal: AbortSignal,
): Promise<string> {
  const key = storage.getItem(keyName) ?? '';
  let response = await post(code === undefined ? { key } : { code }, signal);
  if (response.status === 403 && code !== undefined) {
    // A page may be restored from the history with its old code: then the key of the first time still counts. Where
    // that is refused too, what was said of the code tells the user more.
    const byKey = await post({ key }, signal);
    if (byKey.status !== 403) response = byKey;
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (isRecord(answer) && typeof answer.key === 'string') storage.setItem(keyName, answer.key);
  if (response.ok && isRecord(answer) && typeof answer.token === 'string') return answer.token;
  const envelope = envelopeSchema.safeParse(isRecord(answer) ? answer.error : undefined);
  throw envelope.success
    ? fromEnvelope(envelope.data)
    : new AppError('INTERNAL', 'The host of this window gave an answer that it should not give.', {
        detail: `POST /session: ${response.status}`,
      });
}

async function post(body: { code: string } | { key: string }, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch('/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      credentials: 'same-origin',
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(sessionDeadlineMs)]),
    });
  } catch (cause) {
    throw new HostGone('No answer from the host', { cause });
  }
}

/** Opens the socket and shows the token; resolves once the host said ok and the sidecar listens. */
export function openSocket(token: string, signal: AbortSignal): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${location.host}/rpc`);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(readyDeadlineMs)]);
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void): void => {
      limit.removeEventListener('abort', abort);
      socket.onopen = socket.onmessage = socket.onclose = null;
      outcome();
    };
    const abort = (): void =>
      settle(() => {
        socket.close();
        reject(new HostGone('The host did not open the socket in time'));
      });
    limit.addEventListener('abort', abort, { once: true });
    socket.onopen = () => socket.send(JSON.stringify({ token }));
    socket.onclose = (event) => settle(() => reject(new SocketClosed(event.code)));
    // Whatever else arrives first is no answer of ours; the host sends exactly this one.
    socket.onmessage = () => settle(() => resolve(socket));
  });
}

/** The host closed the socket before it was ready. */
export class SocketClosed extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`The socket was closed with ${code}`);
    this.code = code;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
