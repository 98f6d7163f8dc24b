import { maxNesting, rpcErrorCodes } from '#shared/contract/protocol.ts';

export type RequestId = string | number;

/** What a page sent, as far as the host has to understand it. */
export type PageMessage =
  | { kind: 'request'; id: RequestId; method: string; params: unknown }
  | { kind: 'notification'; method: string; params: unknown }
  /** `$/cancelRequest`: the one notification whose params name an id, which must be translated. */
  | { kind: 'cancel'; id: RequestId }
  | { kind: 'refused'; id: RequestId | null; code: number; message: string };

const maxNameLength = 200;

/** Reads the envelope of one text frame. Never throws: what is wrong with it comes back as a refusal. */
export function parsePageMessage(text: string): PageMessage {
  // Before parsing, because a text of nothing but brackets costs fifty times its size once it is parsed.
  if (nestingOver(text, maxNesting)) return refused(null, `Messages nest at most ${maxNesting} deep.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'refused', id: null, code: rpcErrorCodes.parse, message: 'The message is not JSON.' };
  }
  if (!isObject(value)) return refused(null, 'A message is one object.');
  const { jsonrpc, id, method, params } = value;
  const answerTo = isRequestId(id) ? id : null;
  if (jsonrpc !== '2.0') return refused(answerTo, 'A message says "jsonrpc": "2.0".');
  if (id !== undefined && !isRequestId(id)) return refused(null, 'An id is a string or an integer.');
  if (typeof method !== 'string' || method === '' || method.length > maxNameLength) {
    return refused(answerTo, 'A message names its method.');
  }
  if (params !== undefined && !isObject(params)) return refused(answerTo, 'Params are one object.');
  if (hasProtoKey(params)) return refused(answerTo, 'A member named __proto__ is not accepted.');
  if (id !== undefined) return { kind: 'request', id, method, params };
  if (method !== '$/cancelRequest') return { kind: 'notification', method, params };
  const cancelled = params?.['id'];
  return isRequestId(cancelled)
    ? { kind: 'cancel', id: cancelled }
    : refused(null, 'A cancellation names the id of a request.');
}

const refused = (id: RequestId | null, message: string): PageMessage => ({
  kind: 'refused',
  id,
  code: rpcErrorCodes.invalidRequest,
  message,
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isRequestId = (id: unknown): id is RequestId =>
  typeof id === 'string' ? id.length <= maxNameLength : Number.isSafeInteger(id);

const quote = 0x22;
const backslash = 0x5c;
// `[` and `{`, `]` and `}` differ in one bit only.
const isOpening = (unit: number): boolean => (unit | 0x20) === 0x7b;
const isClosing = (unit: number): boolean => (unit | 0x20) === 0x7d;

/** Whether brackets outside of strings nest deeper than `limit`, told without parsing. */
export function nestingOver(text: string, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === quote) at = endOfString(text, at);
    else if (isOpening(unit) && ++depth > limit) return true;
    else if (isClosing(unit)) depth -= 1;
  }
  return false;
}

/** Where the string that begins at `start` ends; the end of the text for one that never does. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}

/** The depth is bounded by now, so that calling itself is safe. */
function hasProtoKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProtoKey);
}
