import type { Prompt } from '#shared/connection/prompt.ts';

interface Waiting {
  name: string;
  kind: Prompt['kind'];
}

/** What connections wait for beside the one in front. */
export function waitingWords(waiting: readonly Waiting[]): string {
  const names = waiting.map(({ name }) => name);
  const [first, ...others] = new Set(waiting.map(({ kind }) => wantedWords[kind]));
  const wanted = others.length === 0 && first !== undefined ? first : 'an answer';
  return names.length === 1
    ? `${names[0] ?? ''} waits for ${wanted}`
    : `${names.length} connections wait for ${wanted}: ${names.join(', ')}`;
}

const wantedWords: Record<Prompt['kind'], string> = {
  password: 'a password',
  sshPassword: 'an SSH password',
  passphrase: 'a passphrase',
  clientKeyPassphrase: 'a passphrase',
  hostKey: 'a look at its host key',
};
