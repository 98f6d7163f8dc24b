import { isNode, textOf, type TreeNode } from './guard/treeFacts.ts';
import { firstWord } from './lexer.ts';
import { loadParser } from './parser.ts';
import type { StateItem } from './sessionState.ts';

/** A longer SET is none that a person typed. */
const maxLength = 10_000;
const words = new Set(['set', 'reset', 'savepoint', 'rollback']);

type Mark = { savepoint: string } | { name: string; value: string | undefined };

/**
 * What the text of an open transaction has set for its session. It is read from the text: a query would take the snapshot,
 * and could make the transaction fail. What functions set in it is seen once it is over.
 */
export class TransactionSettings {
  #marks: Mark[] = [];

  /** A statement of the transaction has been executed. */
  async note(text: string): Promise<void> {
    const node = await parsed(text);
    if (!node) return;
    const { VariableSetStmt: set, TransactionStmt: transaction } = node;
    if (isNode(set)) this.#noteSet(set);
    else if (isNode(transaction)) this.#noteSavepoint(transaction);
  }

  /** The transaction is over, one way or the other. */
  clear(): void {
    this.#marks = [];
  }

  /** What the session held before, with what was set since over it. */
  over(state: StateItem[]): StateItem[] {
    const items = new Map(state.map((item) => [keyOf(item.name), item]));
    for (const mark of this.#marks) {
      if ('savepoint' in mark) continue;
      const { name, value } = mark;
      const kind = name === 'role' || name === 'session_authorization' ? 'role' : 'setting';
      items.delete(keyOf(name));
      if (value !== undefined) items.set(keyOf(name), { kind, name, value });
    }
    return [...items.values()];
  }

  #noteSet(node: TreeNode): void {
    const name = textOf(node.name);
    if (node.is_local === true || name === '') return;
    if (node.kind === 'VAR_RESET' || node.kind === 'VAR_SET_DEFAULT')
      this.#marks.push({ name, value: undefined });
    else if (node.kind === 'VAR_SET_VALUE') {
      const value = valueOf(name, node.args);
      if (value !== undefined) this.#marks.push({ name, value });
    }
  }

  #noteSavepoint({ kind, savepoint_name: given }: TreeNode): void {
    const savepoint = textOf(given);
    if (kind === 'TRANS_STMT_SAVEPOINT') this.#marks.push({ savepoint });
    if (kind !== 'TRANS_STMT_ROLLBACK_TO') return;
    const at = this.#marks.findLastIndex((mark) => 'savepoint' in mark && mark.savepoint === savepoint);
    this.#marks.length = at + 1;
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
