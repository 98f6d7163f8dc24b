import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A socket that is connected. */
export async function connectTo(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port });
  await once(socket, 'connect');
  socket.on('error', () => {});
  return socket;
}
