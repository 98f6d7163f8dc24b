import '../lib/libpqEnvironment.ts';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import pg from 'pg';
import { signatureAlgorithmHashFromCertificate } from 'pg/lib/crypto/cert-signatures.js';
import { asError } from '../lib/asError.ts';
import './pgInside.ts';
import { RawConnection } from './rawConnection.ts';

/** Opens a stream to the server, through TLS or a tunnel as the connection wants it. */
export type Dial = (signal: AbortSignal) => Promise<Duplex>;

export interface LoginOptions {
  dial: Dial;
  user: string;
  database: string;
  /** Called when the server asks; what it throws is what the login fails with. */
  password: () => string | Promise<string>;
  applicationName: string;
  /** As `formatOptions` writes them. */
  options: string;
  /** The longest silence of the server while it logs us in. */
  loginTimeoutMs: number;
  onTimeout: () => Error;
  /** Told when the server has accepted the login, before it looks at the database. */
  onAuthenticated?: () => void;
}

/** A closing socket that does not close by itself is destroyed after this time: `end()` hangs on a dead link. */
const endGraceMs = 500;

/**
 * Channel binding ties the password's proof to the server's certificate, so that nobody in between can pass it on; where the
 * server offers it, it is used. The proof needs the hash that the certificate was signed with: with a kind that pg does not
 * know the login goes without, instead of failing.
 */
function canBind(stream: Duplex): boolean {
  if (!(stream instanceof TLSSocket)) return false;
  try {
    signatureAlgorithmHashFromCertificate(stream.getPeerCertificate().raw);
    return true;
  } catch {
    return false;
  }
}

/** pg's client over a stream of our own making; one server process. */
export class BackendClient extends pg.Client {
  readonly login: LoginOptions;
  readonly raw: RawConnection;
  readonly #abort = new AbortController();
  #asking = false;

  constructor(login: LoginOptions) {
    const raw = new RawConnection();
    super({
      connection: raw,
      ssl: false,
      // Set always: pg would read .pgpass and PG* variables where these are missing.
      user: login.user,
      database: login.database,
      password: () => this.#askForPassword(),
      application_name: login.applicationName,
      options: login.options,
      host: 'localhost',
      port: 5432,
    } as unknown as pg.ClientConfig);
    this.login = login;
    this.raw = raw;
    // A client that is lost emits 'error', twice at times; unheard, that would end the process.
    this.on('error', () => {});
  }

  override connect(): Promise<this>;
  override connect(callback: (error: Error | null, client?: this) => void): void;
  override connect(callback?: (error: Error | null, client?: this) => void): Promise<this> | void {
    const opened = this.#open();
    if (!callback) return opened;
    opened.then(
      () => callback(null, this),
      (error: unknown) => callback(asError(error)),
    );
  }

  async #open(): Promise<this> {
    const stream = await this.login.dial(this.#abort.signal);
    this.raw.adopt(stream);
    this.enableChannelBinding = canBind(stream);
    this.raw.once('authenticationOk', () => this.login.onAuthenticated?.());
    let late: Error | undefined;
    // The server may accept the socket and then say nothing for ever; a slow one that goes on talking is waited for.
    const timer = setTimeout(() => {
      // It is the server who waits.
      if (this.#asking) return void timer.refresh();
      late = this.login.onTimeout();
      stream.destroy(late);
    }, this.login.loginTimeoutMs);
    const heard = () => timer.refresh();
    stream.on('data', heard);
    try {
      if (this.#abort.signal.aborted) throw this.#abort.signal.reason;
      await super.connect();
      return this;
    } catch (error) {
      stream.destroy();
      throw late ?? error;
    } finally {
      clearTimeout(timer);
      stream.off('data', heard);
    }
  }

  /** A keychain or a command may take its time, which is not the server's silence. */
  async #askForPassword(): Promise<string> {
    this.#asking = true;
    try {
      return await this.login.password();
    } finally {
      this.#asking = false;
    }
  }

  /** Stops at once, wherever the client is: still dialling, logging in, or in use. */
  destroy(error: Error): void {
    this.#abort.abort(error);
    this.raw.stream.destroy();
  }

  override end(): Promise<void>;
  override end(callback: (error: Error) => void): void;
  override end(callback?: (error: Error) => void): Promise<void> | void {
    const { stream } = this.raw;
    const timer = setTimeout(() => stream.destroy(), endGraceMs);
    stream.once('close', () => clearTimeout(timer));
    return callback ? super.end(callback) : super.end();
  }
}
