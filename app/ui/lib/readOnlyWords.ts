import type { RolePower } from '#shared/connection/rolePowers.ts';
import type { ConnectionInfo } from '#shared/connection/status.ts';

type Mode = ConnectionInfo['readOnly'];

/** What a mode of writing is called, and what it promises and does not. */
export interface ModeWords {
  readonly word: string;
  readonly promise: string;
  readonly limits: string;
}

export const modeWords: Record<Mode, ModeWords> = {
  off: {
    word: 'Writable',
    promise: 'Statements may write.',
    limits: '',
  },
  guarded: {
    word: 'Read-only, guarded',
    promise:
      'Each statement runs in a read-only transaction of its own that is always rolled back. Only statements that read are let through, and no function that is known to have effects.',
    limits:
      'Not covered: functions of the server’s own that work beyond their transaction, for example by dblink, called by name or hidden in views, operators, casts, domains, row policies and foreign tables.',
  },
  strict: {
    word: 'Read-only, strict',
    promise:
      'As guarded; moreover every function and operator outside of a safe list is refused where it may change something, and so are views that rest on one, and foreign tables.',
    limits:
      'Not covered: functions that are falsely marked stable, and code in row policies, casts and domain checks.',
  },
};

/** What a role could do at the server by itself, whatever Hawser refuses. */
const powerWords: Record<RolePower, string> = {
  superuser: 'it is a superuser: no rule of the server holds it back',
  owner: 'it owns the database, or something in it',
  createsRoles: 'it may create and change roles',
  createsDatabases: 'it may create databases',
  bypassesRowSecurity: 'row policies do not hold for it',
  replication: 'it may replicate, and so read everything',
  writesTables: 'it may change rows of tables',
  createsObjects: 'it may create tables and functions',
  writesServerFiles: 'it may write files of the server',
  runsServerPrograms: 'it may run programs on the server',
  signalsBackends: 'it may end what others run',
};

export interface RoleWords {
  readonly text: string;
  readonly powers: readonly string[];
}

/** Whether the role itself is harmless; undefined where that is not known. */
export function roleWords({
  currentUser,
  rolePowers,
}: Pick<ConnectionInfo, 'currentUser' | 'rolePowers'>): RoleWords | undefined {
  if (!rolePowers) return undefined;
  if (rolePowers.length === 0) return { text: 'This role can write nothing by itself.', powers: [] };
  return {
    text: `The role ${currentUser} is not harmless by itself:`,
    powers: rolePowers.map((power) => powerWords[power]),
  };
}
