/** The version that `session.attach` is asked with; anything else is refused before a thing is touched. */
export const protocolVersion = 1;

/** Limits of one message, checked before it is parsed. */
export const maxFrameBytes = 8 * 1024 * 1024;
export const maxHeaderBytes = 4 * 1024;
export const maxNesting = 32;

/** JSON-RPC 2.0 error codes; `application` carries an envelope in `data`. */
export const rpcErrorCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  cancelled: -32800,
  application: -32000,
} as const;

/** A JSON-RPC message as the host and the stdio peer see it: the envelope, and the window's socket it belongs to. */
export interface WireMessage {
  jsonrpc: '2.0';
  id?: string | number | null;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { code: number; message: string; data?: unknown };
  channel?: number;
}
