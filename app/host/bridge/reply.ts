import type { ServerResponse } from 'node:http';
import { AppError } from '#shared/error/appError.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';

/** An answer in JSON, before it is sent. */
export interface Reply {
  status: number;
  body:
    | (({ token: string } | { error: ErrorEnvelope }) & { key?: string })
    | { shown: true }
    | { address: string }
    | { ending: true };
  setCookie?: string;
}

export const refusal = (
  status: number,
  message: string,
  code: 'UNAUTHENTICATED' | 'INTERNAL' = 'INTERNAL',
): Reply => ({ status, body: { error: new AppError(code, message).toEnvelope() } });

export function sendReply(response: ServerResponse, { status, body, setCookie }: Reply): void {
  const text = JSON.stringify(body);
  if (setCookie !== undefined) response.setHeader('Set-Cookie', setCookie);
  // What was refused may have a body under way that nobody will read.
  if (status >= 400) response.setHeader('Connection', 'close');
  response
    .writeHead(status, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
      'Cache-Control': 'no-store',
    })
    .end(text);
}
