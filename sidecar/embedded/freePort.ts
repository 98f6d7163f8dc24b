import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the range from which systems hand out ports of outgoing connections (from 32768 on Linux, 49152 elsewhere): a port
 * in there can be taken by any client at any moment, and a client that dials its own port is even connected to itself.
 */
const lowestPort = 20_000;
const highestPort = 31_999;
const attempts = 50;

/** A port of 127.0.0.1 that nobody listens on right now. Another may take it before it is used: be ready to ask again. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(lowestPort, highestPort + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port found on 127.0.0.1 between ${lowestPort} and ${highestPort}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
