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
