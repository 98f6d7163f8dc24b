import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { createConnection } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Host } from '../host.ts';
import { createWorkshop, type Workshop } from '../test/childSidecar.ts';
import { askAgain, codeIn, enter, postSession } from '../test/pageClient.ts';

let workshop: Workshop;
let host: Host;
let port: number;

beforeAll(async () => {
  workshop = await createWorkshop();
  host = await Host.start({ ...workshop, sidecarArgs: [], port: 0 });
  port = Number(new URL(host.address.origin).port);
});

afterAll(async () => {
  await host.end();
  await workshop.remove();
});

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
}

/** A request with exactly these headers: what `fetch` would not let us forge. An upgrade that is taken answers 101. */
function send(method: string, path: string, headers: OutgoingHttpHeaders, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, setHost: false });
    request.once('error', reject);
    request.once('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: 101, headers: response.headers, text: '' });
    });
    request.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    request.end(body);
  });
}

const get = (path: string): Promise<Answer> => send('GET', path, { Host: `127.0.0.1:${port}` });

describe('the door', () => {
  it('lets exactly one of 30 askers for a session in', async () => {
    const own = `http://127.0.0.1:${port}`;
    const host0 = `127.0.0.1:${port}`;
    const right = { Host: host0, Origin: own, 'Content-Type': 'application/json' };
    const code = codeIn(host.entrance());
    const body = JSON.stringify({ code });
    const other: [string, OutgoingHttpHeaders, string?][] = [
      ['POST', { ...right, Host: `localhost:${port}` }],
      ['POST', { ...right, Host: '127.0.0.1' }],
      ['POST', { ...right, Host: `127.0.0.1:${port + 1}` }],
      ['POST', { ...right, Host: `127.0.0.1.evil.example:${port}` }],
      ['POST', { ...right, Host: `0.0.0.0:${port}` }],
      ['POST', { ...right, Host: `[::1]:${port}` }],
      ['POST', { ...right, Host: `127.1:${port}` }],
      ['POST', { ...right, Host: `evil.example:${port}`, Origin: `http://evil.example:${port}` }],
      ['POST', { ...right, Host: `localhost:${port}`, Origin: `http://localhost:${port}` }],
      ['POST', { Host: host0, 'Content-Type': 'application/json' }],
      ['POST', { ...right, Origin: 'null' }],
      ['POST', { ...right, Origin: '' }],
      ['POST', { ...right, Origin: `http://127.0.0.1:${port + 1}` }],
      ['POST', { ...right, Origin: 'http://127.0.0.1' }],
      ['POST', { ...right, Origin: `https://127.0.0.1:${port}` }],
      ['POST', { ...right, Origin: `http://localhost:${port}` }],
      ['POST', { ...right, Origin: `${own}/` }],
      ['POST', { ...right, Origin: `${own}.evil.example` }],
      ['POST', { ...right, Origin: 'https://evil.example' }],
      ['POST', { ...right, 'Sec-Fetch-Site': 'cross-site' }],
      ['POST', { ...right, 'Sec-Fetch-Site': 'same-site' }],
      ['POST', { ...right, 'Sec-Fetch-Site': 'none' }],
      ['POST', { ...right, 'Content-Type': 'text/plain' }],
      ['POST', { ...right, 'Content-Type': 'application/x-www-form-urlencoded' }],
      ['GET', right],
      ['PUT', right],
      ['DELETE', right],
      ['OPTIONS', { ...right, 'Access-Control-Request-Method': 'POST' }],
      ['POST', right, JSON.stringify({ code: `${code.slice(0, -1)}_` })],
    ];
    expect(other).toHaveLength(29);
    for (const [method, headers, wrongBody] of other) {
      const { status, headers: answered } = await send(method, '/session', headers, wrongBody ?? body);
      expect([403, 405, 415], JSON.stringify([method, headers])).toContain(status);
      expect(answered['set-cookie']).toBeUndefined();
      expect(Object.keys(answered).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    const admitted = await send('POST', '/session', { ...right, 'Sec-Fetch-Site': 'same-origin' }, body);
    expect(admitted.status).toBe(200);
    expect(admitted.headers['set-cookie']).toHaveLength(1);
    const secret = expect.stringMatching(/^[\w-]{43}$/) as string;
    expect(JSON.parse(admitted.text)).toEqual({ token: secret, key: secret });
  });

  it('lets exactly one of the askers for a socket in', async () => {
    const { cookie } = await enter(host);
    const right = {
      Host: `127.0.0.1:${port}`,
      Origin: `http://127.0.0.1:${port}`,
      Cookie: cookie,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
    };
    const { Origin: _origin, ...withoutOrigin } = right;
    const { Cookie: _cookie, ...withoutCookie } = right;
    const wrong: [string, OutgoingHttpHeaders][] = [
      ['/rpc', withoutOrigin],
      ['/rpc', withoutCookie],
      ['/rpc', { ...right, Origin: `http://127.0.0.1:${port + 1}` }],
      ['/rpc', { ...right, Origin: 'null' }],
      ['/rpc', { ...right, Host: `localhost:${port}` }],
      ['/rpc', { ...right, Host: `evil.example:${port}`, Origin: `http://evil.example:${port}` }],
      ['/rpc', { ...right, Cookie: cookie.replace(String(port), String(port + 1)) }],
      ['/rpc', { ...right, Cookie: `${cookie}x` }],
      ['/rpc', { ...right, 'Sec-Fetch-Site': 'cross-site' }],
      ['/', right],
      ['/session', right],
      ['http://evil.example/rpc', right],
    ];
    for (const [path, headers] of wrong) {
      expect((await send('GET', path, headers)).status, JSON.stringify([path, headers])).toBe(403);
    }
    expect((await send('GET', '/rpc', right)).status).toBe(101);
  });

  it('takes no code twice', async () => {
    const code = codeIn(host.entrance());
    expect((await postSession(host, { code })).status).toBe(200);
    const replayed = await postSession(host, { code });
    expect(replayed.status).toBe(403);
    expect(replayed.error?.code).toBe('UNAUTHENTICATED');
    expect(replayed.cookie).toBeUndefined();
  });

  it('knows a page again by its cookie and its key together, and nobody by one of them', async () => {
    const pass = await enter(host);
    const again = await askAgain(host, pass);
    expect(again).toEqual({ status: 200, token: expect.any(String) as string });
    const { cookie, key } = pass;
    for (const [body, sent] of [
      [{}, cookie],
      [{ key: '' }, cookie],
      [{ key: `${key}x` }, cookie],
      [{ key: cookie.split('=')[1] }, cookie],
      [{ key }, undefined],
      [{ key }, `${cookie}x`],
      [{}, undefined],
      [{ code: 'x' }, cookie],
      [{ code: key }, cookie],
    ] as const) {
      const refused = await postSession(host, body, sent);
      expect(refused, JSON.stringify([body, sent])).toMatchObject({
        status: 403,
        error: { code: 'UNAUTHENTICATED' },
      });
      expect(refused).not.toHaveProperty('token');
    }
  });

  it.each([
    ['no JSON', '{', 400],
    ['a list', '[]', 400],
    ['a code that is no text', '{"code":1}', 400],
    ['more than a code', '{"code":"x","key":"x"}', 400],
    ['something else', '{"token":"x"}', 400],
    ['too much', JSON.stringify({ code: 'x'.repeat(5000) }), 413],
  ])('refuses %s with a word about it', async (_what, body, status) => {
    const headers = {
      Host: `127.0.0.1:${port}`,
      Origin: `http://127.0.0.1:${port}`,
      'Content-Type': 'application/json',
    };
    const answer = await send('POST', '/session', headers, body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'INTERNAL' } });
  });

  it('stands on the loopback address only', async () => {
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((entry) => entry?.family === 'IPv4' && !entry.internal)
      .map((entry) => entry?.address ?? '');
    for (const address of [...others, '127.0.0.2']) {
      const reached = await new Promise<boolean>((resolve) => {
        const socket = createConnection({ host: address, port }, () => resolve(true));
        socket.once('error', () => resolve(false));
        socket.once('connect', () => socket.destroy());
      });
      expect(reached, address).toBe(false);
    }
  });
});

describe('the served files', () => {
  it('carry the strict headers, all of them', async () => {
    for (const path of ['/', '/assets/app.js', '/nothing-here']) {
      const { headers } = await get(path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      const policy = String(headers['content-security-policy']).replace(/ 'nonce-[\w+/=]+'/, '');
      expect(policy.split('; ')).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        `connect-src 'self' ws://127.0.0.1:${port}`,
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        'trusted-types svelte-trusted-html',
      ]);
    }
  });

  it('give each load of the page its own nonce, in the policy and in the page', async () => {
    const nonces = new Set<string>();
    for (const path of ['/', '/index.html', '/?x=1']) {
      const { status, headers, text } = await get(path);
      expect(status).toBe(200);
      expect(headers['cache-control']).toBe('no-store');
      const nonce = /name="csp-nonce" content="([^"]+)"/.exec(text)?.[1] ?? '';
      expect(headers['content-security-policy']).toContain(`'nonce-${nonce}'`);
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(3);
  });

  it('are those of the page and no others', async () => {
    expect((await get('/assets/app.js')).headers['content-type']).toMatch(/javascript/);
    for (const path of [
      '/secret.txt',
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/%',
      '//etc/passwd',
    ]) {
      expect((await get(path)).status, path).toBe(404);
    }
  });

  it('are not given to whoever calls this server by another name', async () => {
    expect((await send('GET', '/', { Host: `localhost:${port}` })).status).toBe(403);
    expect((await send('GET', 'http://evil.example/', { Host: `127.0.0.1:${port}` })).status).toBe(403);
    expect((await send('POST', '/', { Host: `127.0.0.1:${port}` })).status).toBe(405);
  });
});
