import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import type { Question } from '../questions.svelte.ts';

/** A statement that was held back; its place counts in the text's UTF-16 code units. */
interface HeldStatement {
  readonly from: number;
  readonly to: number;
  readonly kind: string;
  readonly missingWhere: boolean;
}

/** What CONFIRMATION_REQUIRED says of the text that it held back. */
interface Held {
  readonly server: string;
  readonly database: string;
  readonly connection: string;
  readonly statements: readonly HeldStatement[];
}

/** More statements than that are counted only, and a longer one is cut: the question is there to be read. */
const maxShown = 4;
const maxLength = 300;

/** Names server, database and the statements that write; the safe choice comes first and has the focus. */
export function productionQuestion(error: ErrorEnvelope, text: string): Question {
  const choices = { confirm: 'Run on production', cancel: 'Do not run', danger: true } as const;
  const title = 'Run on production?';
  // What the engine does not name is not made up: its own sentence names server and database, too.
  if (!isHeld(error.detail)) return { title, text: error.message, ...choices };
  const { server, database, connection, statements } = error.detail;
  const shown = statements.slice(0, maxShown);
  const hidden = statements.length - shown.length;
  return {
    title,
    text: writesWords(statements),
    facts: [
      { label: 'Connection', value: connection },
      { label: 'Server', value: server },
      { label: 'Database', value: database },
    ],
    code: [
      ...shown.map(({ from, to }) => shortened(text.slice(from, to).trim())),
      ...(hidden > 0 ? [`… and ${hidden} more`] : []),
    ],
    ...choices,
  };
}

function isHeld(detail: unknown): detail is Held {
  if (typeof detail !== 'object' || detail === null) return false;
  const { server, database, connection, statements } = detail as Partial<Record<keyof Held, unknown>>;
  const named = [server, database, connection].every((name) => typeof name === 'string');
  return named && Array.isArray(statements) && statements.every(isHeldStatement);
}

function isHeldStatement(each: unknown): each is HeldStatement {
  if (typeof each !== 'object' || each === null) return false;
  const { from, to, kind, missingWhere } = each as Partial<Record<keyof HeldStatement, unknown>>;
  return (
    typeof from === 'number' &&
    typeof to === 'number' &&
    typeof kind === 'string' &&
    typeof missingWhere === 'boolean'
  );
}

/** What a block or a procedure does is known to the server only. */
const mayOnly: ReadonlySet<string> = new Set(['DO', 'CALL']);

function writesWords(statements: readonly HeldStatement[]): string {
  const [first] = statements;
  const every = statements.filter(({ missingWhere }) => missingWhere).length;
  if (statements.length === 1 && first)
    return first.missingWhere
      ? `${first.kind} without WHERE takes every row of its table.`
      : `${first.kind} ${mayOnly.has(first.kind) ? 'may write' : 'writes'} there.`;
  const rows = every === 0 ? '' : ` ${every} of them without WHERE, which takes every row of a table.`;
  const verb = statements.every(({ kind }) => mayOnly.has(kind)) ? 'may write' : 'write';
  return `${statements.length} statements ${verb} there.${rows}`;
}

const shortened = (text: string): string =>
  text.length > maxLength ? `${text.slice(0, maxLength)} …` : text;
