import type { ConnectionConfig, CredentialSource } from '#shared/connection/config.ts';
import type { MethodResult } from '#shared/contract/derive.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import type { CommandStores } from './commandStores.ts';

/** A dozen servers that are all slow to answer must not keep each other waiting, nor be asked all at once. */
const atOnce = 3;
/** The built-in server recovers its data first, which takes seconds; a server that is down is given up much sooner. */
const connectMs = 60_000;

/** Brings connections back that ended with an engine that was restarted: once each, and only where nobody is to be asked. */
export class ComeBackCommands {
  #rpc: Rpc;
  #stores: Pick<CommandStores, 'connections' | 'toasts'>;

  constructor(rpc: Rpc, stores: Pick<CommandStores, 'connections' | 'toasts'>) {
    this.#rpc = rpc;
    this.#stores = stores;
  }

  /** `ids` were live before the restart. What cannot come back keeps its banner with Connect. */
  async start(ids: readonly string[]): Promise<void> {
    const lost = ids.flatMap((id) => this.#stores.connections.get(id)?.config ?? []);
    const free = await Promise.all(lost.map((config) => this.#needsNobody(config)));
    const waiting = lost.filter((_, index) => free[index]);
    const back: string[] = [];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift())
        if (await this.#connect(next.id)) back.push(next.name);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    if (back.length > 0) this.#stores.toasts.show(backWords(back));
  }

  /** No password that only a person knows; those given for a session are gone with the engine that held them. */
  async #needsNobody(config: ConnectionConfig): Promise<boolean> {
    if (config.mode === 'embedded') return true;
    const secrets = secretsOf(config);
    if (secrets.some(({ source }) => source === 'session' || source === 'prompt')) return false;
    const stored = secrets.filter(({ source }) => source === 'keychain');
    if (stored.length === 0) return true;
    const { kept } = await this.#rpc
      .call('credential.sources', { id: config.id })
      .catch((): Pick<MethodResult<'credential.sources'>, 'kept'> => ({ kept: [] }));
    return stored.every(({ field }) =>
      kept.some((each) => each.field === field && each.where === 'keychain'),
    );
  }

  async #connect(id: string): Promise<boolean> {
    try {
      await this.#rpc.call('connection.connect', { id, secrets: {} }, AbortSignal.timeout(connectMs));
      return true;
    } catch {
      // Why it failed is told by its status, in its row and in the banner.
      return false;
    }
  }
}

interface Secret {
  source: CredentialSource;
  /** As `credential.sources` names it. */
  field: string;
}

/** The passwords on the way to a server; an agent asks for none, and a key file most often neither. */
function secretsOf({ credential, ssh }: ConnectionConfig): Secret[] {
  const hops = ssh?.enabled ? ssh.hops.filter(({ auth }) => auth === 'password') : [];
  return [
    { source: credential.source, field: 'password' },
    ...hops.map((hop) => ({ source: hop.credential.source, field: `ssh.${hop.id}.password` })),
  ];
}

const backWords = (names: readonly string[]): string =>
  names.length === 1
    ? `The engine was restarted; “${names[0] ?? ''}” is connected again.`
    : `The engine was restarted; ${names.length} connections are connected again.`;
