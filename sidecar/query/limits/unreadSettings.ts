import { isNode, textOf, type TreeNode } from '../guard/treeFacts.ts';
import { firstWord } from '#shared/sql/lexer.ts';
import { loadParser } from '../parser.ts';
import type { StateItem } from '../sessionState.ts';

/** A longer SET is none that a person typed. */
const maxLength = 10_000;
const words = new Set(['set', 'reset', 'discard', 'savepoint', 'rollback']);

type Mark =
  | { kind: 'savepoint'; name: string }
  | { kind: 'set'; name: string; value: string | undefined }
  | { kind: 'resetAll' }
  | { kind: 'discardAll' };

/**
 * What texts have set for their session since its state was read: in an open transaction, where a query would take the
 * snapshot and could make the transaction fail, and before the end of their run. What functions set is seen once it is read.
 */
export class UnreadSettings {
  #marks: Mark[] = [];
  /** How many there were when the transaction began. */
  #before: number | undefined;
  /** Of the transaction that has just ended, one way or the other. */
  #ended: Mark[] = [];

  /** A statement has been executed. */
  async note(text: string): Promise<void> {
    const node = await parsed(text);
    if (!node) return;
    const { VariableSetStmt: set, TransactionStmt: transaction, DiscardStmt: discard } = node;
    if (isNode(set)) this.#noteSet(set);
    else if (isNode(transaction)) this.#noteSavepoint(transaction);
    else if (isNode(discard) && discard.target === 'DISCARD_ALL') this.#marks.push({ kind: 'discardAll' });
  }

  transactionBegan(): void {
    this.#before ??= this.#marks.length;
  }

  /** Rolled back, as long as nobody says that it was committed. */
  transactionEnded(): void {
    this.#ended = this.#before === undefined ? [] : this.#marks.splice(this.#before);
    this.#before = undefined;
  }

  committed(): void {
    this.#marks.push(...this.#ended);
    this.#ended = [];
  }

  /** The state was read. */
  clear(): void {
    this.#marks = [];
    this.#ended = [];
    this.#before = undefined;
  }

  /** What the session held when it was read, with what was set since over it; a transaction that `failed` has set nothing. */
  over(state: StateItem[], failed = false): StateItem[] {
    const marks = failed ? this.#marks.slice(0, this.#before) : this.#marks;
    const items = new Map(state.map((item) => [keyOf(item.name), item]));
    for (const mark of marks) {
      if (mark.kind === 'discardAll') items.clear();
      if (mark.kind === 'resetAll')
        for (const [key, { kind }] of items) if (kind === 'setting') items.delete(key);
      if (mark.kind !== 'set') continue;
      const { name, value } = mark;
      const kind = name === 'role' || name === 'session_authorization' ? 'role' : 'setting';
      items.delete(keyOf(name));
      if (value !== undefined) items.set(keyOf(name), { kind, name, value });
    }
    return [...items.values()];
  }

  #noteSet(node: TreeNode): void {
    const name = textOf(node.name);
    if (node.kind === 'VAR_RESET_ALL') this.#marks.push({ kind: 'resetAll' });
    if (node.is_local === true || name === '') return;
    if (node.kind === 'VAR_RESET' || node.kind === 'VAR_SET_DEFAULT')
      this.#marks.push({ kind: 'set', name, value: undefined });
    else if (node.kind === 'VAR_SET_VALUE') {
      const value = valueOf(name, node.args);
      if (value !== undefined) this.#marks.push({ kind: 'set', name, value });
    }
  }

  #noteSavepoint({ kind, savepoint_name: given }: TreeNode): void {
    const name = textOf(given);
    if (kind === 'TRANS_STMT_SAVEPOINT') this.#marks.push({ kind: 'savepoint', name });
    if (kind !== 'TRANS_STMT_ROLLBACK_TO') return;
    const at = this.#marks.findLastIndex((mark) => mark.kind === 'savepoint' && mark.name === name);
    if (at >= 0) this.#marks.length = at + 1;
  }
}

/** A statement that begins with one of the words. */
async function parsed(text: string): Promise<TreeNode | undefined> {
  if (text.length > maxLength || !words.has(firstWord(text))) return undefined;
  try {
    const { parseSync } = await loadParser();
    const node: unknown = parseSync(text).stmts?.[0]?.stmt;
    return isNode(node) ? node : undefined;
  } catch {
    return undefined;
  }
}

/** As `set_config` takes it; undefined where it is no plain constant. */
function valueOf(name: string, args: unknown): string | undefined {
  const values = Array.isArray(args) ? (args as unknown[]).map(constant) : [];
  if (values.length === 0 || values.includes(undefined)) return undefined;
  // A list of names, one of which may look like two.
  const isList = values.length > 1 || name === 'search_path';
  return isList ? values.map((each) => identifier(each ?? '')).join(', ') : values[0];
}

function constant(node: unknown): string | undefined {
  if (!isNode(node) || !isNode(node.A_Const)) return undefined;
  const { sval, ival, fval } = node.A_Const;
  if (isNode(sval)) return textOf(sval.sval);
  if (isNode(ival)) return typeof ival.ival === 'number' ? String(ival.ival) : '0';
  return isNode(fval) ? textOf(fval.fval) : undefined;
}

const identifier = (name: string): string =>
  /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** The server takes the names of settings in any case. */
const keyOf = (name: string): string => name.toLowerCase();
