import type { ConnectionConfig } from '#shared/connection/config.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Backend } from '../postgres/backend.ts';
import type { StartupSetting } from '../postgres/startup.ts';

/** What one round through the hosts looks for; `prefer-standby` looks twice. */
export type WantedServer = Exclude<ConnectionConfig['targetSessionAttrs'], 'prefer-standby'>;

export const roundsOf = (wanted: ConnectionConfig['targetSessionAttrs']): WantedServer[] =>
  wanted === 'prefer-standby' ? ['standby', 'any'] : [wanted];

/** The reason of an error that says: a good server, but not of the kind that is looked for. */
const otherKind = 'session_attrs';

export const isOtherKind = (error: AppError): boolean => error.facts.reason === otherKind;

interface Kind {
  standby: boolean;
  readOnly: boolean;
}

const fits: Record<WantedServer, (kind: Kind) => boolean> = {
  any: () => true,
  'read-write': ({ standby, readOnly }) => !standby && !readOnly,
  'read-only': ({ standby, readOnly }) => standby || readOnly,
  primary: ({ standby }) => !standby,
  standby: ({ standby }) => standby,
};

/** Rejects where this is not the server that is looked for. Its link is good all the same. */
export async function requireKind(
  backend: Backend,
  wanted: WantedServer,
  settings: StartupSetting[],
): Promise<void> {
  if (wanted === 'any') return;
  // A session that we ourselves have made read-only tells nothing of the server's own default.
  const isOwn = settings.some(({ name }) => name === 'default_transaction_read_only');
  const kind: Kind = {
    standby: await isOn(backend, 'in_hot_standby', 'select pg_catalog.pg_is_in_recovery()'),
    readOnly:
      !isOwn && (await isOn(backend, 'default_transaction_read_only', 'show default_transaction_read_only')),
  };
  if (fits[wanted](kind)) return;
  const found = kind.standby
    ? 'a standby'
    : kind.readOnly
      ? 'read-only by default'
      : 'a primary that takes writes';
  throw new AppError('CONNECTION_REFUSED', `${backend.target} is ${found}, and ${wanted} is asked for.`, {
    reason: otherKind,
    stage: 'session',
    hint: 'Add the host that is, or change which kind of server this connection looks for.',
    actions: [
      { id: 'retry', label: 'Try again' },
      { id: 'edit', label: 'Edit connection' },
    ],
  });
}

/** From PostgreSQL 14 on the server tells by itself, at login; an older one is asked. */
async function isOn(backend: Backend, parameter: string, question: string): Promise<boolean> {
  const told = backend.parameters.get(parameter);
  if (told !== undefined) return told === 'on';
  const [[answer] = []] = await backend.query(question);
  return answer === 't' || answer === 'on';
}
