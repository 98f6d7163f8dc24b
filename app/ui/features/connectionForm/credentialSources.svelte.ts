import type { MethodResult } from '#shared/contract/derive.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import type { KeychainState } from './credentialWords.ts';

type Found = MethodResult<'credential.sources'>;

/** What this computer can keep a password in, and which secrets of a definition are kept already: never what they are. */
export class CredentialSources {
  #found = $state.raw<Found>();
  #rpc: Rpc;

  /** Until the keychain has answered nothing is said against it. */
  readonly keychain = $derived(keychainOf(this.#found));

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
  }

  /** Where an answer cannot be had, the form goes on without: what was said before still holds. */
  async load(id: string | undefined): Promise<void> {
    this.#found = await this.#rpc.call('credential.sources', { id }).catch(() => this.#found);
  }

  /** `path`: as issues name it. Undefined while that is not known. */
  isKept(path: string): boolean | undefined {
    return this.#found?.kept.some(({ field }) => `secrets.${field}` === path);
  }
}

function keychainOf(found: Found | undefined): KeychainState {
  const keychain = found?.sources.find(({ source }) => source === 'keychain');
  if (!keychain || keychain.available) return { available: true, known: keychain !== undefined };
  const { message } = keychain.problem ?? {};
  return { available: false, known: true, ...(message !== undefined && { reason: message }) };
}
