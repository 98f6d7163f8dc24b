import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Host } from '../host.ts';
import { createWorkshop, type Workshop } from '../test/childSidecar.ts';
import { enter, openSocket, PageClient, type Pass } from '../test/pageClient.ts';

let workshop: Workshop;
let host: Host;
let pass: Pass;

beforeAll(async () => {
  workshop = await createWorkshop();
  host = await Host.start({ ...workshop, sidecarArgs: [], port: 0 });
  pass = await enter(host);
});

afterAll(async () => {
  await host.end();
  await workshop.remove();
});

/** Things that a page of ours would never send. */
const member = fc.constantFrom(
  'jsonrpc',
  'id',
  'method',
  'params',
  'channel',
  'result',
  'error',
  '__proto__',
);
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    '2.0',
    'echo',
    'later',
    'session.detach',
    'native.x',
    '$/cancelRequest',
    0,
    -1,
    1e308,
    null,
  ),
);
const almost = fc
  .array(fc.tuple(member, value), { maxLength: 8 })
  .map(
    (entries) => `{${entries.map(([name, content]) => `"${name}":${JSON.stringify(content)}`).join(',')}}`,
  );
const valid = fc
  .record({ id: fc.oneof(fc.nat(50), fc.string()), method: fc.constantFrom('echo', 'later', 'nothing') })
  .map((message) => JSON.stringify({ jsonrpc: '2.0', ...message, params: {} }));
const mutated = fc
  .tuple(valid, fc.nat(60), fc.string({ maxLength: 3 }))
  .map(([text, at, inserted]) => text.slice(0, at) + inserted + text.slice(at + inserted.length));
const nested = fc.nat(3000).map((depth) => '['.repeat(depth) + '{"a":'.repeat(depth));
const hostile = fc.oneof(
  { weight: 4, arbitrary: almost },
  { weight: 3, arbitrary: mutated },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 1, arbitrary: valid },
  { weight: 1, arbitrary: nested },
);

describe('hostile frames on the socket', () => {
  it('end neither host nor sidecar: 20,000 of them, and both still answer', async () => {
    const witness = await PageClient.connect(host, pass);
    const pid = (await witness.request('pid')).result?.pid;
    const rounds = 20;
    for (const seed of Array.from({ length: rounds }, (_, round) => 20_260 + round)) {
      const page = await PageClient.connect(host, pass);
      for (const frame of fc.sample(hostile, { numRuns: 1000, seed })) page.socket.send(frame);
      // Frames are handled in order, so the answer says that all before it have been.
      const last = { jsonrpc: '2.0', id: `last of ${seed}`, method: 'echo', params: { seed } };
      expect((await page.send(last)).result?.params).toEqual({ seed });
      page.socket.terminate();
      expect((await witness.request('host.ping')).result).toHaveProperty('at');
    }
    expect((await witness.request('pid')).result?.pid).toBe(pid);
  });

  it('before the token close the socket, one after the other', async () => {
    for (const frame of fc.sample(hostile, { numRuns: 60, seed: 7 })) {
      const socket = openSocket(host, pass);
      await once(socket, 'open');
      socket.send(frame);
      expect(((await once(socket, 'close')) as [number])[0]).toBe(4003);
    }
  });

  it('below the level of WebSockets end that socket only', async () => {
    const witness = await PageClient.connect(host, pass);
    for (const bytes of fc.sample(fc.uint8Array({ minLength: 20, maxLength: 500 }), {
      numRuns: 300,
      seed: 11,
    })) {
      const stream = await upgraded();
      stream.end(bytes);
      await once(stream, 'close');
    }
    expect((await witness.request('host.ping')).result).toHaveProperty('at');
  });

  it('below the level of HTTP end that connection only', async () => {
    for (const bytes of fc.sample(fc.uint8Array({ minLength: 1, maxLength: 500 }), {
      numRuns: 300,
      seed: 13,
    })) {
      const stream = connectTcp({ host: '127.0.0.1', port: port() });
      stream.on('error', () => undefined).resume();
      stream.end(bytes);
      await once(stream, 'close');
    }
    expect((await (await PageClient.connect(host, pass)).request('host.ping')).result).toHaveProperty('at');
  });
});

const port = (): number => Number(new URL(host.address.origin).port);

/** The bare stream of a socket that was let in: the library would not break the protocol for us. */
async function upgraded(): Promise<Socket> {
  const stream = connectTcp({ host: '127.0.0.1', port: port() });
  stream.on('error', () => undefined);
  const lines = [
    'GET /rpc HTTP/1.1',
    `Host: 127.0.0.1:${port()}`,
    `Origin: ${host.address.origin}`,
    `Cookie: ${pass.cookie}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
  ];
  stream.write(`${lines.join('\r\n')}\r\n\r\n`);
  const [answer] = (await once(stream, 'data')) as [Buffer];
  expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /);
  return stream.resume();
}
