import type { ConnectionConfig } from '#shared/connection/config.ts';
import type { Prompt } from '#shared/connection/prompt.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Credentials, Remember } from '../credentials/credentials.ts';
import type { Prompts } from '../credentials/prompts.ts';
import { secretName, type SecretName } from '../credentials/secretNames.ts';
import type { Profiles } from '../profiles/profiles.ts';
import { hostKeyQuestion, type TrustedHostKeys } from './trustedHostKeys.ts';

interface Deps {
  prompts: Prompts;
  profiles: Profiles;
  secrets: Credentials;
  trusted: TrustedHostKeys;
}

export interface Answer {
  promptId: string;
  secret?: string | undefined;
  remember: Remember;
  /** How long a host key is accepted. */
  trust?: 'once' | 'remember' | undefined;
}

/** What a failed attempt asks the user, and what becomes of the answer. */
export class Questions {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** A missing or refused secret and an unknown host key open a question; a refused secret is not tried again by itself. */
  asked(id: string, error: AppError): AppError {
    const { prompts, profiles, secrets } = this.#deps;
    const hostKey = hostKeyQuestion(error);
    if (hostKey) return error.with({ promptId: prompts.ask({ connectionId: id, ...hostKey }).promptId });
    const config = profiles.find(id);
    const question = config && questionOf(error, config);
    if (!config || !question) return error;
    const { kind, hop, name, refused } = question;
    if (refused) secrets.refuse(id, name);
    const open = prompts
      .list()
      .find((prompt) => prompt.connectionId === id && prompt.kind === kind && prompt.hop === hop);
    if (open) return error.with({ promptId: open.promptId });
    const { promptId } = prompts.ask({
      connectionId: id,
      kind,
      ...(hop !== undefined && { hop }),
      ...((refused || secrets.isRefused(id, name)) && { facts: { refused: true } }),
      remember: secrets.choices(config, name),
    });
    // Nobody may have needed the keychain so far: whether there is one is known a moment later.
    void secrets.keychainKnown().then(() => prompts.offer(promptId, secrets.choices(config, name)));
    return error.with({ promptId });
  }

  /** Keeps the answer as the user wants it kept, and gives the connection that it is for. */
  answer({ promptId, secret, remember, trust }: Answer): string {
    const { prompts, profiles, secrets, trusted } = this.#deps;
    const prompt = prompts.get(promptId);
    if (prompt.kind === 'hostKey') trusted.answer(prompt, trust);
    else {
      const name = secretOf(prompt);
      if (!secret || !name) throw new AppError('CREDENTIAL_REQUIRED', 'No password was given.', { promptId });
      secrets.keep(profiles.get(prompt.connectionId), name, secret, remember);
    }
    prompts.settle(promptId);
    return prompt.connectionId;
  }
}

/** Which secret a person could give so that the next attempt goes further. */
interface SecretQuestion {
  kind: Exclude<Prompt['kind'], 'hostKey'>;
  hop?: string;
  name: SecretName;
  /** One was sent, and it was wrong. */
  refused: boolean;
}

/** The question that a failed attempt leads to; undefined where no secret would help. */
function questionOf(error: AppError, config: ConnectionConfig): SecretQuestion | undefined {
  const { code } = error;
  const hop = hopOf(error, config);
  const refused = code === 'AUTH_FAILED' || code === 'SSH_AUTH_FAILED' || code === 'SSH_PASSPHRASE_WRONG';
  if (code === 'SSH_PASSPHRASE_REQUIRED' || code === 'SSH_PASSPHRASE_WRONG')
    return hop && { ...hopPassphrase(hop.id), refused };
  if (code === 'SSH_AUTH_FAILED')
    return hop?.auth === 'password' ? { ...hopPassword(hop.id), refused } : undefined;
  if (code === 'TLS_CLIENT_KEY')
    return error.facts.reason?.startsWith('passphrase')
      ? { ...keyPassphrase, refused: error.facts.reason !== 'passphrase_required' }
      : undefined;
  if (code === 'AUTH_FAILED') return { ...password, refused };
  if (code !== 'CREDENTIAL_REQUIRED' && code !== 'PASSWORD_COMMAND_FAILED' && !code.startsWith('KEYCHAIN_'))
    return undefined;
  if (hop) return { ...(hop.auth === 'password' ? hopPassword(hop.id) : hopPassphrase(hop.id)), refused };
  return { ...(error.facts.stage === 'tls' ? keyPassphrase : password), refused };
}

/** What an answer to this prompt is; undefined where it is no secret. */
function secretOf({ kind, hop = '' }: Pick<Prompt, 'kind' | 'hop'>): SecretName | undefined {
  if (kind === 'password') return secretName.password;
  if (kind === 'clientKeyPassphrase') return secretName.keyPassphrase;
  if (kind === 'sshPassword') return secretName.hopPassword(hop);
  return kind === 'passphrase' ? secretName.hopPassphrase(hop) : undefined;
}

const password = { kind: 'password', name: secretName.password } as const;
const keyPassphrase = { kind: 'clientKeyPassphrase', name: secretName.keyPassphrase } as const;
const hopPassword = (hop: string) =>
  ({ kind: 'sshPassword', hop, name: secretName.hopPassword(hop) }) as const;
const hopPassphrase = (hop: string) =>
  ({ kind: 'passphrase', hop, name: secretName.hopPassphrase(hop) }) as const;

/** Errors of SSH name their hop, by its id in the detail or by its place in the stage. */
function hopOf({ facts: { detail, stage } }: AppError, { ssh }: ConnectionConfig) {
  const named = typeof detail === 'object' ? detail.hop : undefined;
  // One that ~/.ssh/config has put before them is none of the definition's, and shifts their places.
  if (named !== undefined) return ssh?.hops.find(({ id }) => id === named);
  const place = /^ssh\[(\d+)\]$/.exec(stage ?? '')?.[1];
  return place === undefined ? undefined : ssh?.hops[Number(place)];
}
