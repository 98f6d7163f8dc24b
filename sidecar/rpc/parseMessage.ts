import { maxNesting, rpcErrorCodes, type WireMessage } from '#shared/contract/protocol.ts';

export type Parsed =
  { message: WireMessage } | { refused: { code: number; reason: string; id: string | number | null } };

const refusedKeys = new Set(['__proto__', 'constructor', 'prototype']);
const maxChannel = 0x7fff_ffff;

/** A frame's body as a JSON-RPC message, or why it is none. Nothing hostile passes this point. */
export function parseMessage(body: Buffer): Parsed {
  if (nestingOf(body) > maxNesting) return refuse(rpcErrorCodes.invalidRequest, `nesting over ${maxNesting}`);
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return refuse(rpcErrorCodes.parse, 'this is no JSON');
  }
  if (!isRecord(value)) return refuse(rpcErrorCodes.invalidRequest, 'a message is one object');
  const id = typeof value.id === 'string' || typeof value.id === 'number' ? value.id : null;
  if (hasRefusedKey(value)) return refuse(rpcErrorCodes.invalidRequest, 'a key that is not allowed', id);
  const wrong = wrongEnvelope(value);
  return wrong
    ? refuse(rpcErrorCodes.invalidRequest, wrong, id)
    : { message: value as unknown as WireMessage };
}

const refuse = (code: number, reason: string, id: string | number | null = null): Parsed => ({
  refused: { code, reason, id },
});

function wrongEnvelope(value: Record<string, unknown>): string | undefined {
  if (value.jsonrpc !== '2.0') return 'jsonrpc is not "2.0"';
  const { id, method, channel, params } = value;
  if (method !== undefined && typeof method !== 'string') return 'method is no text';
  if (method === undefined && !('result' in value) && !('error' in value))
    return 'neither a request nor an answer';
  if (id !== undefined && typeof id !== 'string' && !Number.isFinite(id))
    return 'id is neither text nor number';
  if (params !== undefined && (typeof params !== 'object' || params === null)) return 'params is no object';
  if (channel === undefined) return undefined;
  const fits = Number.isInteger(channel) && (channel as number) >= 0 && (channel as number) <= maxChannel;
  return fits ? undefined : 'channel is no number of a socket';
}

/** How deep the braces and brackets go outside of strings; JSON.parse itself would follow them without end. */
function nestingOf(body: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (inString) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, (depth += 1));
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return deepest;
}

function hasRefusedKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasRefusedKey);
  return Object.entries(value).some(([key, inner]) => refusedKeys.has(key) || hasRefusedKey(inner));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
