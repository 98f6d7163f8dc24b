import type { HostKeyFacts, HostKeyTrust } from '#shared/connection/hostKey.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Hop } from './hops.ts';
import { fingerprint, keyType, preferring } from './hostKey.ts';
import { appendKnownHost, judge, knownKeys, type KnownHostsPlace, type KnownKeys } from './knownHosts.ts';
import { hostKeyChanged, hostKeyUnknown } from './sshErrors.ts';

/** Whether the key that a hop shows is the one that belongs to it; ssh2 by itself would take any. */
export class HostKeyCheck {
  readonly #hop: Hop;
  readonly #place: KnownHostsPlace;
  readonly #keys: KnownKeys;
  readonly #trust: HostKeyTrust[string] | undefined;
  #accepted: Buffer | undefined;
  #toRemember = false;
  /** Why the key was refused. */
  failure: AppError | undefined;

  private constructor(hop: Hop, place: KnownHostsPlace, keys: KnownKeys, trust: HostKeyTrust) {
    this.#hop = hop;
    this.#place = place;
    this.#keys = keys;
    this.#trust = trust[hop.id] ?? (hop.position === undefined ? undefined : trust[String(hop.position)]);
  }

  /** Reads known_hosts. */
  static async prepare(hop: Hop, trust: HostKeyTrust): Promise<HostKeyCheck> {
    const { settings, host, port } = hop;
    const files = [...settings.userKnownHosts, ...settings.globalKnownHosts];
    const place = { host, port, alias: settings.hostKeyAlias, files };
    const keys = await knownKeys(place).catch((error: unknown) => {
      throw new AppError('FILE_NOT_FOUND', 'known_hosts cannot be read.', {
        detail: String(error),
        cause: error,
      });
    });
    return new HostKeyCheck(hop, place, keys, trust);
  }

  /** In the order in which they are to be offered. */
  get algorithms(): string[] {
    const { own, ofHost } = this.#keys;
    const known = own.length > 0 ? own : ofHost;
    return preferring(known.map(({ type }) => type));
  }

  /** Also each time that new session keys are agreed: then it must be the same one. */
  accepts(blob: Buffer): boolean {
    if (this.#accepted) return this.#accepted.equals(blob);
    const verdict = judge(blob, this.#keys);
    const trusted = this.#trust?.fingerprint === fingerprint(blob);
    if (verdict.kind === 'known' || (verdict.kind === 'unknown' && trusted)) {
      this.#accepted = blob;
      this.#toRemember = verdict.kind === 'unknown' && this.#trust?.remember === true;
      return true;
    }
    const facts = this.#facts(blob, verdict.kind === 'unknown' ? undefined : verdict.keys);
    this.failure =
      verdict.kind === 'unknown'
        ? hostKeyUnknown(facts, this.#hop.name)
        : hostKeyChanged(facts, this.#hop.name, verdict.kind);
    return false;
  }

  /** To be called once the hop has proved that the key is its own. */
  async remember(): Promise<void> {
    const file = this.#hop.settings.userKnownHosts[0];
    if (!this.#toRemember || !this.#accepted || file === undefined) return;
    this.#toRemember = false;
    const { hashKnownHosts: hashed } = this.#hop.settings;
    await appendKnownHost(file, { place: this.#place, blob: this.#accepted, hashed }).catch(
      (error: unknown) => {
        throw new AppError('FILE_NOT_WRITABLE', `The host key cannot be written to ${file}.`, {
          detail: String(error),
          hint: 'Trust it once, or mend the file.',
          cause: error,
        });
      },
    );
  }

  /** For the report of a stage. */
  get facts(): Record<string, unknown> {
    if (!this.#accepted) return {};
    return {
      hostKey: fingerprint(this.#accepted),
      hostKeyAlgorithm: keyType(this.#accepted),
      ...(this.#keys.authorities ? { notFollowedInKnownHosts: ['@cert-authority'] } : {}),
    };
  }

  #facts(blob: Buffer, known: KnownKeys['own'] | undefined): HostKeyFacts {
    const { id: hop, host, port } = this.#hop;
    return {
      hop,
      host,
      port,
      algorithm: keyType(blob),
      fingerprint: fingerprint(blob),
      ...(known
        ? {
            known: known.map((key) => ({
              algorithm: key.type,
              fingerprint: fingerprint(key.blob),
              file: key.file,
              line: key.line,
            })),
          }
        : {}),
    };
  }
}
