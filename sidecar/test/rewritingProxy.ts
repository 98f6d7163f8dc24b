import { connect, createServer } from 'node:net';
import type { ProxyTarget } from './proxiedLink.ts';

/** Something before a server that changes words on their way there, each for one of as many bytes. */
export async function startRewritingProxy(
  target: ProxyTarget,
  words: Record<string, string>,
): Promise<{ port: number; close: () => void }> {
  const listener = createServer((client) => {
    const upstream = connect(target.port, target.host);
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.on('data', (bytes) => {
      let text = bytes.toString('latin1');
      for (const [from, to] of Object.entries(words)) text = text.replaceAll(from, to);
      upstream.write(Buffer.from(text, 'latin1'));
    });
    client.on('close', () => upstream.destroy());
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return { port: (listener.address() as { port: number }).port, close: () => listener.close() };
}
