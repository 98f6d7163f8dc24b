import { isNode, textOf, type TreeNode } from './treeFacts.ts';

/** What a tab may set while it is read-only: how things are found and shown, nothing that changes what may be done. */
const settable = new Set([
  'search_path',
  'timezone',
  'datestyle',
  'intervalstyle',
  'bytea_output',
  'client_min_messages',
]);
export const settableNames =
  'search_path, TimeZone, DateStyle, IntervalStyle, bytea_output, client_min_messages';

/** A SET or RESET: the value as SQL, undefined for the connection's own. `local` ends with the transaction. */
export interface SettingChange {
  name: string;
  value: string | undefined;
  local: boolean;
}

/** Undefined where the setting, or the way in which it is set, is none that a read-only tab may use. */
export function settingChange(node: TreeNode): SettingChange | undefined {
  const name = textOf(node.name).toLowerCase();
  if (!settable.has(name)) return undefined;
  const local = node.is_local === true;
  switch (node.kind) {
    case 'VAR_SET_DEFAULT':
    case 'VAR_RESET':
      return { name, value: undefined, local };
    case 'VAR_SET_VALUE': {
      const values = Array.isArray(node.args) ? (node.args as unknown[]).map(constant) : [];
      if (values.length === 0 || values.includes(undefined)) return undefined;
      return { name, value: values.join(', '), local };
    }
    default:
      return undefined;
  }
}

/** The settings of one tab on one connection, set anew in each of its transactions. */
export class KeptSettings {
  #connectionId = '';
  readonly #values = new Map<string, string>();

  /** Settings of one connection mean nothing on another. */
  use(connectionId: string): void {
    if (connectionId !== this.#connectionId) this.clear();
    this.#connectionId = connectionId;
  }

  keep({ name, value, local }: SettingChange): void {
    if (local) return;
    if (value === undefined) this.#values.delete(name);
    else this.#values.set(name, value);
  }

  /** The names in it; undefined where nobody has set it. */
  get searchPath(): string[] | undefined {
    const constants = this.#values.get('search_path')?.split(/, (?=E')/);
    return constants?.map((each) => each.slice(2, -1).replace(/(['\\])\1/g, '$1'));
  }

  clear(): void {
    this.#values.clear();
  }

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  /** SET LOCAL for each, as one text for the simple protocol, which may be read with backslashes as escapes or not. */
  get sql(): string {
    return [...this.#values].map(([name, value]) => `set local ${name} to ${value}; `).join('');
  }
}

/** A constant as SQL. E'' with both marks doubled means the same whatever standard_conforming_strings says. */
function constant(node: unknown): string | undefined {
  if (!isNode(node) || !isNode(node.A_Const)) return undefined;
  const { sval, ival, fval } = node.A_Const;
  if (isNode(sval)) return `E'${textOf(sval.sval).replace(/['\\]/g, '$&$&')}'`;
  if (isNode(ival)) return typeof ival.ival === 'number' ? String(ival.ival) : '0';
  // The parser's own rule: digits, a point, an exponent. Anything else is no number.
  if (isNode(fval) && /^-?[\d.]+(e[+-]?\d+)?$/i.test(textOf(fval.fval))) return textOf(fval.fval);
  return undefined;
}
