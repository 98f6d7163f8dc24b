import { once } from 'node:events';
import { withDeadline } from '../lib/deadline.ts';
import type { Dial } from './backendClient.ts';

const cancelRequestCode = 80877102;
/** The server answers a cancel by closing the socket; longer than this it is not waited for. */
const cancelDeadlineMs = 2_000;

/**
 * Asks the server to stop what a backend is doing, on a socket of its own that takes the same way (TLS, tunnel). Resolves
 * once the server has closed it: then the signal has been sent. Rejects where the server could not be reached.
 */
export async function sendCancelRequest(
  dial: Dial,
  { pid, secretKey }: { pid: number; secretKey: number },
  given?: AbortSignal,
): Promise<void> {
  await withDeadline(
    cancelDeadlineMs,
    async (signal) => {
      const stream = await dial(signal);
      stream.on('error', () => {});
      try {
        const closed = once(stream, 'close', { signal });
        stream.resume();
        stream.write(cancelRequest(pid, secretKey));
        await closed;
      } finally {
        stream.destroy();
      }
    },
    { signal: given, onTimeout: () => new Error('The server did not close the cancel request') },
  );
}

function cancelRequest(pid: number, secretKey: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32BE(16, 0);
  bytes.writeInt32BE(cancelRequestCode, 4);
  bytes.writeInt32BE(pid, 8);
  bytes.writeInt32BE(secretKey, 12);
  return bytes;
}
