import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { Place } from '#shared/connection/places.ts';
import type { HostKeyTrust } from '#shared/connection/hostKey.ts';
import type { ConnectionInfo } from '#shared/connection/status.ts';
import { AppError } from '#shared/error/appError.ts';
import type { LoginSecrets } from '../credentials/loginSecrets.ts';
import { withDeadline } from '../lib/deadline.ts';
import { TlsUpgrade, type TlsFacts } from '../tls/upgrade.ts';
import { labelOf, openTcp, resolve, targetOf } from './endpoint.ts';
import { SharedTunnel } from './sharedTunnel.ts';
import { Stages } from './stages.ts';
import type { Way } from './ways.ts';

export interface RouteRequest {
  config: ConnectionConfig;
  secrets: LoginSecrets;
  /** Host keys of SSH hops that the user has accepted. */
  trust?: HostKeyTrust | undefined;
}

type LinkFacts = Pick<ConnectionInfo, 'encrypted' | 'reached' | 'tls' | 'plainBecause'>;

export interface OpenedStream {
  stream: Duplex;
  /** The way that it took: its one address, encrypted or not. */
  way: Way;
  facts: TlsFacts;
}

/**
 * The way to the server, made once for the life of a connection or for a test: its control connection, its pool and its
 * cancel requests all take it, so that none of them ends up at another server or goes in plain text by itself.
 */
export class Route {
  readonly #config: ConnectionConfig;
  readonly #upgrade: TlsUpgrade;
  readonly #tunnel: SharedTunnel | undefined;
  #settled: Way | undefined;

  constructor({ config, secrets, trust = {} }: RouteRequest) {
    this.#config = config;
    this.#upgrade = new TlsUpgrade(config.tls, () => secrets.keyPassphrase());
    const dial = (place: Place, stages: Stages, signal: AbortSignal) => this.#dialHop(place, stages, signal);
    if (config.ssh?.enabled) this.#tunnel = new SharedTunnel({ config, secrets, trust, dial });
  }

  /**
   * The addresses of a host, as a stage of its own, with the connection's time limit. Through a tunnel the last hop is the one
   * who looks it up; then the tunnel is what is opened here.
   */
  async resolve(place: Place, stages: Stages, signal: AbortSignal): Promise<string[]> {
    refuseUnbuilt(this.#config);
    if (!this.#tunnel) return this.#lookUp(place, stages, signal);
    await this.#tunnel.open(stages, signal);
    return [place.hostaddr ?? place.host];
  }

  #lookUp(place: Place, stages: Stages, signal: AbortSignal): Promise<string[]> {
    return stages.run('resolve', async () => {
      const found = await this.#limited(place, 'resolve', signal, () => resolve(place));
      return { value: found, facts: { addresses: found } };
    });
  }

  /**
   * Opens a stream stage by stage: TCP and TLS, each with the connection's time limit. `onReached` is told which address it
   * was, should what comes after it fail.
   */
  async dial(
    way: Way,
    stages: Stages,
    signal: AbortSignal,
    onReached?: (reached: Way) => void,
  ): Promise<OpenedStream> {
    const { place, encryption, plainBecause } = way;
    const { socket, address } = await this.#reach(way, stages, signal);
    onReached?.({ place, addresses: [address], encryption: 'never' });
    try {
      const { stream, facts } = await stages.run('tls', async () => {
        const upgraded = await this.#limited(place, 'tls', signal, (inner) =>
          this.#upgrade.run(socket, { encryption, host: place.host, signal: inner }),
        );
        if (!upgraded.facts.encrypted && plainBecause) upgraded.facts.plainBecause = plainBecause;
        return { value: upgraded, facts: upgraded.facts, skipped: encryption === 'never' && !plainBecause };
      });
      const taken: Way = { place, addresses: [address], encryption: facts.encrypted ? 'always' : 'never' };
      return { stream, way: taken, facts };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  /** From now on every stream goes this way: the control connection has got through here. */
  settle(way: Way): void {
    this.#settled = way;
  }

  /** Where the control connection is, once it is anywhere. */
  get place(): Place | undefined {
    return this.#settled?.place;
  }

  /** A stream for the pool or a cancel, there where the control connection is. */
  async open(signal: AbortSignal): Promise<Duplex> {
    if (!this.#settled) throw new Error('No way to the server has been found yet');
    const { stream } = await this.dial(this.#settled, new Stages(targetOf(this.#config)), signal);
    return stream;
  }

  /** Ends what the streams share, and them with it. Idempotent. */
  async close(): Promise<void> {
    await this.#tunnel?.close();
  }

  /** A stream to the port itself, on which the server waits for the first word. */
  async #reach(
    { place, addresses }: Way,
    stages: Stages,
    signal: AbortSignal,
  ): Promise<{ socket: Duplex; address: string }> {
    if (!this.#tunnel) return this.#connect(place, addresses, stages, signal);
    const [address = place.host] = addresses;
    const socket = await this.#tunnel.reach({ host: address, port: place.port }, stages, signal);
    return { socket, address };
  }

  async #dialHop(place: Place, stages: Stages, signal: AbortSignal): Promise<Socket> {
    const addresses = await this.#lookUp(place, stages, signal);
    return (await this.#connect(place, addresses, stages, signal)).socket;
  }

  #connect(
    place: Place,
    addresses: string[],
    stages: Stages,
    signal: AbortSignal,
  ): Promise<{ socket: Socket; address: string }> {
    return stages.run('tcp', async () => {
      const opened = await this.#limited(place, 'tcp', signal, (inner) => openTcp(place, addresses, inner));
      return { value: opened, facts: { address: opened.address, port: place.port } };
    });
  }

  #limited<T>(
    place: Place,
    stage: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const limitSec = this.#config.options.connectTimeoutSec;
    const onTimeout = () =>
      new AppError('TIMEOUT', `No answer from ${labelOf(place)} within ${limitSec} s.`, {
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

/** What can be saved already but not be used yet must never be passed over in silence. */
function refuseUnbuilt(config: ConnectionConfig): void {
  const issue = (path: string, message: string) => ({ path, message });
  const issues = [
    ...(config.engine === 'postgres'
      ? []
      : [issue('engine', `This version cannot connect to ${config.engine} yet`)]),
  ];
  if (issues.length > 0)
    throw new AppError('INVALID_CONFIG', `${issues.map(({ message }) => message).join('. ')}.`, {
      issues,
      actions: [{ id: 'edit', label: 'Edit connection' }],
    });
}

/** The way as it is told. */
export function linkFacts({ way, facts }: Pick<OpenedStream, 'way' | 'facts'>): LinkFacts {
  const { host, port } = way.place;
  const [address = host] = way.addresses;
  const { encrypted, ...more } = facts;
  return { encrypted, reached: { host, port, address }, ...('version' in more ? { tls: more } : more) };
}
