import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** More than the queue of a listener holds that takes one; what comes after these is never answered. */
const queueFillers = 8;

/** Listens, then never takes a connection: it is stopped for good. */
const program = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });`;

/** A port of 127.0.0.1 that does not even answer a request to connect, as behind a firewall that drops. */
export async function openDeafPort(): Promise<{ port: number; close: () => Promise<void> }> {
  const worker = new Worker(program, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  const fillers = Array.from({ length: queueFillers }, (): Socket => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    return socket;
  });
  await once(fillers[0] as Socket, 'connect');
  const close = async () => {
    for (const socket of fillers) socket.destroy();
    await worker.terminate();
  };
  return { port, close };
}
