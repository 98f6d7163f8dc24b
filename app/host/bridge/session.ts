import type { IncomingMessage } from 'node:http';
import type { AppError } from '#shared/error/appError.ts';
import type { Door } from './door.ts';
import { refusal, type Reply } from './reply.ts';

const maxBodyBytes = 4096;

export interface SessionOptions {
  door: Door;
  /** Why there is no sidecar any more, where that is so. */
  failure: () => AppError | undefined;
  /** A page has used the code or come back by its cookie. */
  onAdmitted: () => void;
}

/**
 * `POST /session`: `{code}` gives the cookie, the key and a first-frame token, `{key}` with the cookie gives a fresh token.
 * The caller has made sure that the request says to come from our own page.
 */
export async function openSession(
  request: IncomingMessage,
  { door, failure, onAdmitted }: SessionOptions,
): Promise<Reply> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) return refusal(415, 'The request must be JSON.');
  const body = await readBody(request);
  if (body === undefined) return refusal(413, 'The request is too large.');
  const asked = parseBody(body);
  if (asked === undefined)
    return refusal(400, 'The request must be an object with nothing but a code or a key in it.');

  const { code, key = '' } = asked;
  const known = code === undefined ? door.knowsPage(request.headers.cookie, key) : door.redeemCode(code);
  if (!known) return refusal(403, code === undefined ? unknownPage : deadCode, 'UNAUTHENTICATED');
  onAdmitted();
  const failed = failure();
  // The code is used up in either case, so the page is given what brings it back.
  const first = code !== undefined;
  const handedOut = first ? { key: door.key } : {};
  return {
    ...(failed
      ? { status: 503, body: { error: failed.toEnvelope(), ...handedOut } }
      : { status: 200, body: { token: door.issueToken(), ...handedOut } }),
    ...(first && { setCookie: door.setCookie }),
  };
}

const deadCode =
  'This address has been used already, or it was not used in time. Close this page and start Hawser again.';
const unknownPage = 'This page does not belong to the Hawser that runs now. Close it and start Hawser again.';

/** The whole body, or undefined where it is over the limit. Its deadline is the server's `requestTimeout`. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  // The loop would destroy the connection when left early, and with it the way for the refusal.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBodyBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The code or the key of a body, neither for an empty object, undefined for everything else. */
function parseBody(body: string): { code?: string; key?: string } | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const [[name, secret] = ['key', ''], ...others] = Object.entries(value as Record<string, unknown>);
    if (others.length > 0 || typeof secret !== 'string') return undefined;
    return name === 'code' ? { code: secret } : name === 'key' ? { key: secret } : undefined;
  } catch {
    return undefined;
  }
}
