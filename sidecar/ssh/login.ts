import type { AuthenticationType, AuthHandlerMiddleware, BaseAgent, ParsedKey } from 'ssh2';
import { AppError } from '#shared/error/appError.ts';
import { asError } from '../lib/asError.ts';
import { agentKeys } from './agent.ts';
import type { Hop } from './hops.ts';
import { readKey } from './keys.ts';
import { authFailed, passwordMissing } from './sshErrors.ts';

/** What a hop may ask for; each is fetched when the hop asks and not before. */
export interface HopSecrets {
  password(): Promise<string | undefined>;
  passphrase(): Promise<string | undefined>;
}

type Next = Parameters<AuthHandlerMiddleware>[2];
type KeyTry = { words: string } & ({ agent: BaseAgent } | { key: ParsedKey });

/**
 * Logs in at one hop: first it is asked what it takes, then it is offered what the definition names and nothing else. A
 * password is sent once.
 */
export class HopLogin {
  readonly #hop: Hop;
  readonly #secrets: HopSecrets;
  readonly #keys: KeyTry[];
  readonly #tried: string[] = [];
  #allowed: string[] = [];
  #asked: string | undefined;
  #begun = false;
  #passwordSent = false;
  #failure: AppError | undefined;
  /** How it got in. */
  method = 'none';

  private constructor(hop: Hop, secrets: HopSecrets, keys: KeyTry[]) {
    this.#hop = hop;
    this.#secrets = secrets;
    this.#keys = keys;
  }

  /** Reads the keys. Rejects where there is none to log in with. */
  static async prepare(hop: Hop, secrets: HopSecrets, signal: AbortSignal): Promise<HopLogin> {
    return new HopLogin(hop, secrets, await keysOf(hop, secrets, signal));
  }

  /** What ssh2 asks after each refusal. */
  readonly handler = (left: AuthenticationType[] | null, partial: boolean | null, next: Next): void => {
    if (left) this.#allowed = left;
    this.#next(partial === true).then(
      (method) => next(method as Parameters<Next>[0]),
      (error: unknown) => {
        this.#failure = error instanceof AppError ? error : undefined;
        next(false as unknown as Parameters<Next>[0]);
      },
    );
  };

  get sentPassword(): boolean {
    return this.#passwordSent;
  }

  /** Why nobody was let in. */
  failure(): AppError {
    if (this.#failure) return this.#failure;
    const asked = this.#asked === undefined ? {} : { asked: this.#asked };
    return authFailed(this.#hop, { tried: this.#tried, allowed: this.#allowed, ...asked });
  }

  async #next(partial: boolean): Promise<object | false> {
    const { username } = this.#hop;
    if (!this.#begun) {
      this.#begun = true;
      return { type: 'none', username };
    }
    const key = this.#allowed.includes('publickey') ? this.#keys.shift() : undefined;
    if (key) {
      const { words, ...how } = key;
      this.#tries(words);
      return 'agent' in how
        ? { type: 'agent', username, agent: how.agent }
        : { type: 'publickey', username, key: how.key };
    }
    // A server that wants a key and a password says so by taking the key first.
    return this.#hop.auth === 'password' || partial ? this.#password() : false;
  }

  async #password(): Promise<object | false> {
    const { username } = this.#hop;
    const type = (['password', 'keyboard-interactive'] as const).find((each) => this.#allowed.includes(each));
    if (type === undefined || this.#passwordSent) return false;
    const password = await this.#secrets.password();
    if (!password) throw passwordMissing(this.#hop);
    this.#passwordSent = true;
    this.#tries(type);
    return type === 'password'
      ? { type, username, password }
      : { type, username, prompt: this.#answering(password) };
  }

  #tries(words: string): void {
    this.#tried.push(words);
    this.method = words;
  }

  /** Answers one hidden question with the password. Whatever else is asked is not for us to answer. */
  #answering(password: string) {
    let answered = false;
    return (
      _name: string,
      _instructions: string,
      _language: string,
      prompts: { prompt: string; echo?: boolean }[],
      finish: (answers: string[]) => void,
    ): void => {
      const [first] = prompts;
      if (!answered && prompts.length === 1 && first?.echo !== true) {
        answered = true;
        finish([password]);
        return;
      }
      // The same question again is a refusal.
      if (prompts.length > 1 || first?.echo === true || !/password/i.test(first?.prompt ?? ''))
        this.#asked = prompts.map(({ prompt }) => prompt.trim()).join(' ');
      finish(prompts.map(() => ''));
    };
  }
}

async function keysOf(hop: Hop, secrets: HopSecrets, signal: AbortSignal): Promise<KeyTry[]> {
  const opening = { passphrase: () => secrets.passphrase(), signal };
  if (hop.auth === 'password') return [];
  if (hop.auth === 'key' && hop.keyFile !== undefined) {
    const key = await readKey(hop, hop.keyFile, opening);
    return [{ words: 'publickey', key }];
  }
  const [agent, files] = await Promise.allSettled([agentKeys(hop), namedFiles(hop, opening)]);
  const ofAgent: KeyTry[] =
    agent.status === 'fulfilled'
      ? [{ words: `publickey (agent, ${agent.value.count} keys)`, agent: agent.value.agent }]
      : [];
  const ofFiles = files.status === 'fulfilled' ? files.value : [];
  if (ofAgent.length + ofFiles.length > 0) return [...ofAgent, ...ofFiles];
  if (files.status === 'rejected') throw asError(files.reason);
  if (agent.status === 'rejected') throw asError(agent.reason);
  throw authFailed(hop, { tried: [], allowed: [] });
}

/**
 * Keys that ~/.ssh/config names for a host are offered after those of the agent. Without one of those, a locked file is
 * what the passphrase is asked for.
 */
async function namedFiles(hop: Hop, opening: Parameters<typeof readKey>[2]): Promise<KeyTry[]> {
  const found: KeyTry[] = [];
  let locked: AppError | undefined;
  for (const file of hop.settings.identityFiles) {
    try {
      const key = await readKey(hop, file, opening);
      found.push({ words: `publickey (${file})`, key });
    } catch (error) {
      // A file that is not there is passed over, as by OpenSSH.
      if (error instanceof AppError && error.code.startsWith('SSH_PASSPHRASE')) locked ??= error;
    }
  }
  if (found.length === 0 && locked !== undefined) throw locked;
  return found;
}
