import type { Duplex } from 'node:stream';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import { places, type Place } from '#shared/connection/places.ts';
import { AppError } from '#shared/error/appError.ts';
import type { LoginSecrets } from '../credentials/loginSecrets.ts';
import { withDeadline } from '../lib/deadline.ts';
import { upgrade, type TlsFacts } from '../tls/upgrade.ts';
import { openTcp, resolve } from './endpoint.ts';
import type { Stages } from './stages.ts';

export interface RouteRequest {
  config: ConnectionConfig;
  secrets: LoginSecrets;
}

export interface OpenedStream {
  stream: Duplex;
  encrypted: boolean;
}

/**
 * The way to the server, made once for the life of a connection or for a test: its control connection, its pool and its
 * cancel requests all take it, so that none of them ends up at another server or goes in plain text by itself.
 */
export class Route {
  readonly #config: ConnectionConfig;
  readonly #secrets: LoginSecrets;

  constructor({ config, secrets }: RouteRequest) {
    this.#config = config;
    this.#secrets = secrets;
  }

  /**
   * Opens a stream stage by stage: resolve, TCP, TLS, each with the connection's time limit. Several hosts are tried in
   * their order; the last one's failure is what is told.
   */
  async open(stages: Stages, signal: AbortSignal): Promise<OpenedStream> {
    refuseUnbuilt(this.#config);
    let failure: unknown;
    for (const place of places(this.#config)) {
      try {
        return await this.#openPlace(place, stages, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        failure = error;
      }
    }
    throw failure;
  }

  /** Ends what the streams share. Idempotent; streams that are open are closed by those who opened them. */
  close(): void {}

  async #openPlace(place: Place, stages: Stages, signal: AbortSignal): Promise<OpenedStream> {
    const { tls } = this.#config;
    const socket = await this.#reach(place, stages, signal);
    try {
      const { stream, facts } = await stages.run('tls', async () => {
        const upgraded = await this.#limited(place, 'tls', signal, (inner) =>
          upgrade(socket, {
            tls,
            host: place.host,
            keyPassphrase: () => this.#secrets.keyPassphrase(),
            signal: inner,
          }),
        );
        return { value: upgraded, facts: upgraded.facts, skipped: skipsTls(this.#config, upgraded.facts) };
      });
      return { stream, encrypted: facts.encrypted };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  /** A stream to the port itself, on which the server waits for the first word. */
  async #reach(place: Place, stages: Stages, signal: AbortSignal): Promise<Duplex> {
    const addresses = await stages.run('resolve', async () => {
      const found = await this.#limited(place, 'resolve', signal, () =>
        resolve(place, this.#config.hostaddr),
      );
      return { value: found, facts: { addresses: found } };
    });
    return stages.run('tcp', async () => {
      const opened = await this.#limited(place, 'tcp', signal, (inner) => openTcp(place, addresses, inner));
      return { value: opened, facts: { address: opened.remoteAddress ?? place.host, port: place.port } };
    });
  }

  #limited<T>(
    { host, port }: Place,
    stage: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const limitSec = this.#config.options.connectTimeoutSec;
    const onTimeout = () =>
      new AppError('TIMEOUT', `No answer from ${host}:${port} within ${limitSec} s.`, {
        stage,
        hint: 'Usually a VPN that is off, or a firewall.',
        actions: [
          { id: 'retry', label: 'Try again' },
          { id: 'edit', label: 'Edit connection' },
        ],
      });
    return withDeadline(limitSec * 1_000, work, { signal, onTimeout });
  }
}

const skipsTls = (config: ConnectionConfig, facts: TlsFacts): boolean =>
  !facts.encrypted && (config.tls.mode === 'disable' || config.tls.mode === 'allow');

/** What can be saved already but not be used yet must never be passed over in silence. */
function refuseUnbuilt(config: ConnectionConfig): void {
  const issue = (path: string, message: string) => ({ path, message });
  const issues = [
    ...(config.ssh?.enabled ? [issue('ssh.enabled', 'This version cannot connect through SSH yet')] : []),
    ...(config.engine === 'postgres'
      ? []
      : [issue('engine', `This version cannot connect to ${config.engine} yet`)]),
    ...(config.tls.pinnedSpkiSha256
      ? [issue('tls.pinnedSpkiSha256', 'This version cannot pin keys yet')]
      : []),
  ];
  if (issues.length > 0)
    throw new AppError('INVALID_CONFIG', `${issues.map(({ message }) => message).join('. ')}.`, {
      issues,
      actions: [{ id: 'edit', label: 'Edit connection' }],
    });
}
