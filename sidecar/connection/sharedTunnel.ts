import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { HostKeyTrust } from '#shared/connection/hostKey.ts';
import type { Place } from '#shared/connection/places.ts';
import type { LoginSecrets } from '../credentials/loginSecrets.ts';
import type { Tunnel } from '../ssh/tunnel.ts';
import type { Stages } from './stages.ts';

export interface SharedTunnelRequest {
  config: ConnectionConfig;
  secrets: LoginSecrets;
  trust: HostKeyTrust;
  /** A socket to the first hop, with its stages. */
  dial: (place: Place, stages: Stages, signal: AbortSignal) => Promise<Socket>;
}

/**
 * The tunnel of a route: opened once, shared by every stream. When it is lost the route is at its end, for what comes after
 * is a new attempt, which begins with the first hop. One that could not be opened is not tried again within the same one.
 */
export class SharedTunnel {
  readonly #request: SharedTunnelRequest;
  readonly #closed = new AbortController();
  #opening: Promise<Tunnel> | undefined;

  constructor(request: SharedTunnelRequest) {
    this.#request = request;
  }

  async open(stages: Stages, signal: AbortSignal): Promise<void> {
    await this.#opened(stages, signal);
  }

  /** A stream from the last hop to a place, as a stage of its own. */
  async reach({ host, port }: Place, stages: Stages, signal: AbortSignal): Promise<Duplex> {
    const tunnel = await this.#opened(stages, signal);
    return stages.run('forward', async () => {
      const stream = await tunnel.connect(host, port, signal);
      return { value: stream, facts: { via: tunnel.via, host, port } };
    });
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error('The connection is closed'));
    const tunnel = await this.#opening?.catch(() => undefined);
    await tunnel?.close();
  }

  #opened(stages: Stages, signal: AbortSignal): Promise<Tunnel> {
    this.#opening ??= this.#openNow(stages, AbortSignal.any([signal, this.#closed.signal]));
    return this.#opening;
  }

  async #openNow(stages: Stages, signal: AbortSignal): Promise<Tunnel> {
    const { config, secrets, trust, dial } = this.#request;
    // ssh2 is loaded by those who need it.
    const { openTunnel } = await import('../ssh/tunnel.ts');
    return openTunnel({
      ssh: config.ssh ?? { enabled: true, hops: [], useSshConfig: true },
      secrets: (hop) => secrets.hop(hop),
      trust,
      dial: (host, port) => dial({ host, port }, stages, signal),
      limitMs: config.options.connectTimeoutSec * 1_000,
      signal,
      stages,
    });
  }
}
