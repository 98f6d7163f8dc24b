import type { ConnectionRow } from '#shared/connection/status.ts';
import type { AppError } from '#shared/error/appError.ts';
import type { ServerIdentity } from '../connection/readIdentity.ts';
import type { Gone, HeldBackend } from './heldBackend.ts';

/** A backend of a tab was lost, with all that was in it. */
export interface Loss {
  connectionId: string;
  database: string;
  /** The server that it was on. */
  identity: ServerIdentity;
  /** The server's last checkpoint, as it was noted before. */
  checkpoint?: string | undefined;
  at: number;
  error: AppError;
  gone: Gone;
}

type LossFacts = Pick<Loss, 'identity' | 'checkpoint' | 'at' | 'error'>;

export const identityOf = (row: ConnectionRow | undefined): ServerIdentity => {
  const { systemIdentifier, timeline } = row?.info ?? {};
  return {
    ...(systemIdentifier === undefined ? {} : { systemIdentifier }),
    ...(timeline === undefined ? {} : { timeline }),
  };
};

/**
 * What a tab has lost with its backend, at the moment of the loss. What the user has closed is no loss, but a COMMIT that
 * was on its way then is.
 */
export function lossOf(
  held: HeldBackend,
  { row, ...facts }: LossFacts & { row: ConnectionRow | undefined },
): Loss | undefined {
  const gone = held.gone();
  const isClosed = (row?.status ?? 'disconnected') === 'disconnected';
  if (!gone || (isClosed && !gone.commit)) return undefined;
  return { connectionId: held.connectionId, database: held.backend.database, ...facts, gone };
}
