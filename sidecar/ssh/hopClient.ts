import type { Duplex } from 'node:stream';
import type { Client, ServerHostKeyAlgorithm } from 'ssh2';
import type { HostKeyTrust } from '#shared/connection/hostKey.ts';
import type { AppError } from '#shared/error/appError.ts';
import { Emitter } from '../lib/emitter.ts';
import { withDeadline } from '../lib/deadline.ts';
import { ChannelStream } from './channelStream.ts';
import { Greeting } from './greeting.ts';
import type { Hop } from './hops.ts';
import { HostKeyCheck } from './hostKeyCheck.ts';
import { loadSsh2 } from './library.ts';
import { HopLogin, type HopSecrets } from './login.ts';
import { watchSilence } from './silence.ts';
import { forwardError, forwardTimedOut, hopError, hopLost, hopTimedOut, notSsh } from './sshErrors.ts';

/** A stream that counts what comes in: a socket, or a channel of the hop before. */
export type HopStream = Duplex & { readonly bytesRead: number };

export interface HopRequest {
  hop: Hop;
  stream: HopStream;
  secrets: HopSecrets;
  trust: HostKeyTrust;
  limitMs: number;
  signal: AbortSignal;
}

/** A question each 4 s; three that stay without an answer are the end. */
const keepaliveMs = 4_000;
const silenceMs = 3 * keepaliveMs;

/** What is read and asked for before the first word is on this computer. */
const prepareLimitMs = 60_000;

/** One SSH connection, logged in. */
export class HopClient {
  readonly hop: Hop;
  /** It broke, or nothing was heard of it for too long. Told once. */
  readonly lost = new Emitter<AppError>();
  readonly facts: Record<string, unknown>;
  readonly #client: Client;
  readonly #stream: HopStream;
  readonly #stopWatching: () => void;
  #over: AppError | undefined;

  private constructor(
    { hop, stream }: HopRequest,
    { client, facts }: { client: Client; facts: Record<string, unknown> },
  ) {
    this.hop = hop;
    this.facts = facts;
    this.#client = client;
    this.#stream = stream;
    client.on('error', (error) => this.#lose(hopLost(hop, error.message)));
    client.on('close', () => this.#lose(hopLost(hop)));
    this.#stopWatching = watchSilence(stream, silenceMs, () =>
      this.#lose(hopLost(hop, `Nothing was heard for ${silenceMs / 1_000} s.`)),
    );
  }

  /** Agrees on keys, checks who answers, and logs in. The stream is destroyed where that fails. */
  static async open(request: HopRequest): Promise<HopClient> {
    const { hop, stream, secrets, trust, limitMs, signal } = request;
    const greeting = new Greeting();
    const onTimeout = () => (greeting.isForeign ? notSsh(hop) : hopTimedOut(hop, limitMs));
    try {
      // A keychain, a command or a key that takes its time is not the hop's silence.
      const [login, check] = await withDeadline(
        prepareLimitMs,
        (inner) => Promise.all([HopLogin.prepare(hop, secrets, inner), HostKeyCheck.prepare(hop, trust)]),
        { signal, onTimeout: () => hopTimedOut(hop, prepareLimitMs) },
      );
      return await withDeadline(
        limitMs,
        async (inner) => {
          const opened = await handshake(request, { login, check, greeting, signal: inner });
          return new HopClient(request, opened);
        },
        { signal, onTimeout },
      );
    } catch (error) {
      stream.destroy();
      throw signal.aborted ? signal.reason : hopError(error, hop);
    }
  }

  /** A stream to what this hop can reach: a host and port, or a socket's path. */
  async forward(
    target: { host: string; port: number } | { path: string },
    limitMs: number,
    signal: AbortSignal,
  ): Promise<ChannelStream> {
    const words = 'path' in target ? target.path : `${target.host}:${target.port}`;
    const over = this.#over;
    if (over) throw over;
    return withDeadline(limitMs, (inner) => this.#openChannel(target, words, inner), {
      signal,
      onTimeout: () => forwardTimedOut(this.hop, words, limitMs),
    });
  }

  #openChannel(
    target: { host: string; port: number } | { path: string },
    words: string,
    signal: AbortSignal,
  ): Promise<ChannelStream> {
    return new Promise((resolve, reject) => {
      const opened: Parameters<Client['forwardOut']>[4] = (error, channel) => {
        if (error) return reject(this.#over ?? forwardError(error, this.hop, words));
        const stream = new ChannelStream(channel);
        // Between the stages nobody else listens, and an unheard 'error' would end the process.
        stream.on('error', () => {});
        // Whoever waited has gone.
        if (signal.aborted) stream.destroy();
        resolve(stream);
      };
      try {
        if ('path' in target) this.#client.openssh_forwardOutStreamLocal(target.path, opened);
        else this.#client.forwardOut('127.0.0.1', 0, target.host, target.port, opened);
      } catch (error) {
        reject(this.#over ?? hopLost(this.hop, error instanceof Error ? error.message : undefined));
      }
    });
  }

  /** Says goodbye where somebody hears it. */
  close(): void {
    this.#stopWatching();
    this.#over ??= hopLost(this.hop, 'It was closed.');
    this.#client.end();
  }

  /** At once, whatever the network does. */
  destroy(): void {
    this.close();
    this.#stream.destroy();
  }

  #lose(error: AppError): void {
    if (this.#over) return;
    this.#over = error;
    this.#stopWatching();
    this.lost.emit(error);
  }
}

interface Helpers {
  login: HopLogin;
  check: HostKeyCheck;
  greeting: Greeting;
  signal: AbortSignal;
}

async function handshake(
  { hop, stream }: HopRequest,
  { login, check, greeting, signal }: Helpers,
): Promise<{ client: Client; facts: Record<string, unknown> }> {
  const { Client: SshClient } = await loadSsh2();
  const client = new SshClient();
  const facts: Record<string, unknown> = { user: hop.username, host: hop.host, port: hop.port };
  if (stream.destroyed) throw hopError(new Error('closed before the first word'), hop);
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown) => reject(causeOf(error, hop, { login, check, greeting }));
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    client.on('error', (error) => {
      // The agent could not sign: what comes after it is tried.
      if (error.level !== 'agent') fail(error);
    });
    client.once('close', () => fail(new Error('closed before the login')));
    client.once('handshake', ({ kex, cs }) => Object.assign(facts, { kex, cipher: cs.cipher }));
    client.once('ready', resolve);
    client.connect({
      sock: stream,
      username: hop.username,
      hostVerifier: (blob: Buffer) => check.accepts(blob),
      algorithms: { serverHostKey: check.algorithms as ServerHostKeyAlgorithm[] },
      authHandler: login.handler,
      // The deadline is ours.
      readyTimeout: 0,
      keepaliveInterval: keepaliveMs,
      // Its questions alone are wanted. It would give up a slow link on which the answers wait behind data.
      keepaliveCountMax: Number.MAX_SAFE_INTEGER,
    });
    greeting.listen(stream);
  });
  await check.remember();
  const { notFollowed } = hop.settings;
  Object.assign(facts, check.facts, { method: login.method }, notFollowed.length > 0 ? { notFollowed } : {});
  return { client, facts };
}

/** What ssh2 tells is often only what came of it. */
function causeOf(error: unknown, hop: Hop, { login, check, greeting }: Omit<Helpers, 'signal'>): AppError {
  if (check.failure) return check.failure;
  if (greeting.isForeign) return notSsh(hop);
  return isLoginFailure(error, login) ? login.failure() : hopError(error, hop);
}

/** All that there was has been tried. A server may count one wrong password as too many. */
const isLoginFailure = (error: unknown, login: HopLogin): boolean =>
  error instanceof Error &&
  (/All configured authentication methods failed/.test(error.message) ||
    (login.sentPassword && /too many authentication failures/i.test(error.message)));
