import type { CredentialSource } from '#shared/connection/config.ts';

/** Whether passwords can be stored on this computer; `reason` is one sentence that says why not. */
export interface KeychainState {
  available: boolean;
  /** The keychain has answered. */
  known: boolean;
  reason?: string;
}

export const sourceWords: Record<CredentialSource, string> = {
  keychain: 'Keychain of this computer',
  session: 'For this session, in memory',
  prompt: 'Ask at each connect',
  pgpass: 'The file .pgpass',
  command: 'A password command',
  none: 'None, the server wants none',
};

export const sourceNotes: Record<CredentialSource, string> = {
  keychain: 'stored by the system, in no file',
  session: 'forgotten when Hawser ends',
  prompt: 'kept until you disconnect',
  pgpass: 'by host, port, database and user',
  command: 'the first line that it prints',
  none: '',
};

/**
 * The sources to choose from. The keychain is not offered where there is none, but stays shown in a definition that
 * has it already.
 */
export function sourceOptions(
  sources: readonly CredentialSource[],
  present: CredentialSource,
  keychain: KeychainState,
): { value: CredentialSource; label: string }[] {
  const offered = sources.filter((source) => source !== 'keychain' || keychain.available);
  const all = offered.includes(present) ? offered : [present, ...offered];
  return all.map((value) => ({
    value,
    label: value === 'keychain' && !keychain.available ? 'Keychain, not available' : sourceWords[value],
  }));
}
