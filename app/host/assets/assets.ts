import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';
import { strictHeaders } from './policy.ts';
import type { OwnAddress } from '../bridge/address.ts';

/** Stands in index.html where the page finds the nonce for the styles that its editor makes. */
const noncePlaceholder = '%CSP_NONCE%';

export type AssetHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
) => Promise<void>;

/** Serves the built page from `folder`, which must exist. Only files that were there at the start are ever served. */
export function createAssets(folder: string, address: OwnAddress): AssetHandler {
  const files = sirv(folder, { etag: true, extensions: [] });

  return async (request, response, path) => {
    if (path === '/' || path === '/index.html') return serveIndex(folder, address, request, response);
    if (path === openingPath) {
      sendHtml(request, response, openingPage);
      return;
    }
    response.setHeader('Cache-Control', 'no-cache');
    files(request, response, () => {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found');
    });
  };
}

async function serveIndex(
  folder: string,
  address: OwnAddress,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const template = await readFile(join(folder, 'index.html'), 'utf8');
  // Fresh for each load: a nonce that were told twice would be a password that everyone knows.
  const nonce = randomBytes(16).toString('base64');
  for (const [name, value] of Object.entries(strictHeaders(address, nonce))) response.setHeader(name, value);
  sendHtml(request, response, template.replaceAll(noncePlaceholder, nonce));
}

/** Where an app window waits until it is told its address, which must not stand on its command line. */
export const openingPath = '/opening';
const openingPage = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Hawser</title></html>\n';

function sendHtml(request: IncomingMessage, response: ServerResponse, html: string): void {
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(html),
    'Cache-Control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : html);
}
