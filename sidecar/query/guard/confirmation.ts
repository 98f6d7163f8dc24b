import type { ConnectionConfig } from '#shared/connection/config.ts';
import { AppError } from '#shared/error/appError.ts';
import type { Backend } from '../../postgres/backend.ts';
import { volatileFunctions } from './volatileFunctions.ts';
import { writingStatements, type WritingStatement } from './writes.ts';

/** Where a text is to run. */
interface Place {
  config: ConnectionConfig;
  live: { control: Backend };
}

/** Holds texts that write back: on production, and where another server answers, until the user has given his word. */
export class WriteGate {
  /** Texts are looked at in the order in which they came, so that they also run in it. */
  #turn: Promise<unknown> = Promise.resolve();

  /** Rejects with CONFIRMATION_REQUIRED, which names server, database and the statements. */
  async confirmed(text: string, { config, live, database }: Place & { database: string }): Promise<void> {
    const statements = await this.#writing(text, live);
    if (statements.length > 0) throw confirmationRequired(statements, config, database);
  }

  /** Rejects with SERVER_IDENTITY_CHANGED where the text may write. */
  async acknowledged(text: string, { config: { name }, live }: Place): Promise<void> {
    const [first] = await this.#writing(text, live);
    if (!first) return;
    throw new AppError(
      'SERVER_IDENTITY_CHANGED',
      `Another server answers as ${name}, so nothing is written to it yet.`,
      {
        hint: 'Look at what has changed in the banner. Nothing was sent.',
        detail: { statement: first },
        outcome: 'none',
        actions: [{ id: 'acknowledgeIdentity', label: 'Allow writes' }],
      },
    );
  }

  async #writing(text: string, { control }: Place['live']): Promise<WritingStatement[]> {
    const findVolatile = (names: readonly string[]) => volatileFunctions(control, names);
    const looking = this.#turn.then(() => writingStatements(text, findVolatile));
    this.#turn = looking.catch(() => {});
    return await looking;
  }
}

function confirmationRequired(
  statements: WritingStatement[],
  { name, mode, host, port }: ConnectionConfig,
  database: string,
): AppError {
  const server = mode === 'embedded' ? 'embedded' : `${host}:${port}`;
  const [first] = statements;
  const what =
    statements.length === 1
      ? `${first?.kind ?? ''}${first?.missingWhere ? ' without WHERE' : ''}`
      : `${statements.length} statements that may write`;
  const everyRow = statements.some(({ missingWhere }) => missingWhere)
    ? ' One without WHERE changes every row of its table.'
    : '';
  return new AppError(
    'CONFIRMATION_REQUIRED',
    `${what} on production: ${name}, database ${database} at ${server}.`,
    {
      hint: `Nothing was sent. Run it on production only if it is meant for there.${everyRow}`,
      detail: { statements, server, database, connection: name },
      outcome: 'none',
      actions: [{ id: 'runOnProduction', label: 'Run on production' }],
    },
  );
}
