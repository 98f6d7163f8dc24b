import type { BaseAgent, ParsedKey } from 'ssh2';
import { withDeadline } from '../lib/deadline.ts';
import type { Hop } from './hops.ts';
import { readPublicKey } from './keys.ts';
import { loadSsh2 } from './library.ts';
import { agentUnavailable } from './sshErrors.ts';

/** An agent answers at once when it is asked for its keys; only to sign it may ask its user. */
const agentLimitMs = 4_000;
const windowsPipe = '\\\\.\\pipe\\openssh-ssh-agent';

export interface AgentKeys {
  /** Offers the keys that may be used for this hop, and no others. */
  agent: BaseAgent;
  count: number;
}

/**
 * The keys of the user's agent for a hop: those that ~/.ssh/config names for it come first, and with IdentitiesOnly no
 * others. Rejects with SSH_AGENT_UNAVAILABLE where there are none.
 */
export async function agentKeys(hop: Hop): Promise<AgentKeys> {
  const socket = socketOf(hop);
  if (!socket) throw agentUnavailable(hop, 'missing');
  const { createAgent } = await loadSsh2();
  const agent = createAgent(socket);
  const keys = await identities(agent, hop, socket);
  const named = await namedFirst(keys, hop);
  if (named.length === 0) throw agentUnavailable(hop, 'empty', socket);
  return { agent: await limitedTo(agent, named), count: named.length };
}

function socketOf({ settings: { identityAgent } }: Hop): string | undefined {
  const surroundings = process.env.SSH_AUTH_SOCK ?? (process.platform === 'win32' ? windowsPipe : undefined);
  if (identityAgent === undefined || identityAgent === 'SSH_AUTH_SOCK') return surroundings;
  if (identityAgent.toLowerCase() === 'none') return undefined;
  return identityAgent.startsWith('$') ? process.env[identityAgent.slice(1)] : identityAgent;
}

async function identities(agent: BaseAgent, hop: Hop, socket: string): Promise<ParsedKey[]> {
  const { utils } = await loadSsh2();
  const asked = () =>
    new Promise<unknown[]>((resolve, reject) => {
      agent.getIdentities((error, keys) => (error ? reject(error) : resolve(keys ?? [])));
    });
  const unreachable = () => agentUnavailable(hop, 'unreachable', socket);
  const keys = await withDeadline(agentLimitMs, asked, { onTimeout: unreachable }).catch(() => {
    throw unreachable();
  });
  return keys.flatMap((key) => {
    const parsed = utils.parseKey(key as Buffer) as ParsedKey | ParsedKey[] | Error;
    return parsed instanceof Error ? [] : [parsed].flat();
  });
}

async function namedFirst(keys: ParsedKey[], { settings }: Hop): Promise<ParsedKey[]> {
  const files = await Promise.all(settings.identityFiles.map(readPublicKey));
  const wanted = files.filter((blob) => blob !== undefined);
  const isNamed = (key: ParsedKey) => wanted.some((blob) => blob.equals(key.getPublicSSH()));
  const named = keys.filter(isNamed);
  return settings.identitiesOnly ? named : [...named, ...keys.filter((key) => !isNamed(key))];
}

/** As if the agent had these keys only. */
async function limitedTo(agent: BaseAgent, keys: ParsedKey[]): Promise<BaseAgent> {
  const { BaseAgent: Base } = await loadSsh2();
  class LimitedAgent extends Base {
    override sign = agent.sign.bind(agent);

    getIdentities(callback: (error: undefined, keys: ParsedKey[]) => void): void {
      callback(undefined, keys);
    }
  }
  return new LimitedAgent();
}
