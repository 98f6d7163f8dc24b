export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/** A value of a JSON text, by where it stands there. */
export interface JsonNode {
  /** Its name in an object, its place in an array; undefined: the whole text. */
  readonly key: string | number | undefined;
  readonly kind: JsonKind;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Some of the children of a node, and where to go on for more. */
export interface JsonChildren {
  readonly nodes: readonly JsonNode[];
  /** Undefined: these were the last. */
  readonly next: { readonly position: number; readonly index: number } | undefined;
}

const quote = 34;
const backslash = 92;
const blank = /[^\s]/gu;
const scalarEnd = /[\s,\]}]/gu;

/**
 * JSON looked at where it lies: only what is opened is read, and nothing is turned into values. So numbers of any length,
 * repeated keys and their order stay as the server sent them. What is no JSON ends in fewer nodes, never in an error.
 */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  root(): JsonNode | undefined {
    return this.#node(this.#skipBlanks(0), undefined);
  }

  /** At most `limit` of them, from the beginning or from where the last ones ended. */
  children(parent: JsonNode, limit: number, from?: JsonChildren['next']): JsonChildren {
    const nodes: JsonNode[] = [];
    let position = from?.position ?? this.#skipBlanks(parent.from + 1);
    let index = from?.index ?? 0;
    while (position < parent.to - 1) {
      if (nodes.length >= limit) return { nodes, next: { position, index } };
      const found = this.#child(parent, position, index);
      if (!found) break;
      nodes.push(found);
      index += 1;
      position = this.#skipBlanks(found.to);
      if (this.text[position] === ',') position = this.#skipBlanks(position + 1);
    }
    return { nodes, next: undefined };
  }

  /** The text of a value; of a string what it means. */
  valueOf({ kind, from, to }: JsonNode): string {
    const raw = this.text.slice(from, to);
    return kind === 'string' ? unquoted(raw) : raw;
  }

  #child({ kind }: JsonNode, position: number, index: number): JsonNode | undefined {
    if (kind === 'array') return this.#node(position, index);
    if (this.text.charCodeAt(position) !== quote) return undefined;
    const end = this.#stringEnd(position);
    const colon = this.#skipBlanks(end);
    return this.#node(this.#skipBlanks(colon + 1), unquoted(this.text.slice(position, end)));
  }

  #node(from: number, key: JsonNode['key']): JsonNode | undefined {
    const kind = kindOf(this.text[from]);
    if (!kind) return undefined;
    if (kind === 'string') return { key, kind, from, to: this.#stringEnd(from) };
    if (kind === 'object' || kind === 'array') return { key, kind, from, to: this.#containerEnd(from) };
    return { key, kind, from, to: this.#find(scalarEnd, from) };
  }

  #skipBlanks(from: number): number {
    return this.#find(blank, from);
  }

  #find(pattern: RegExp, from: number): number {
    pattern.lastIndex = from;
    return pattern.exec(this.text)?.index ?? this.text.length;
  }

  /** Behind the closing quote of the string that begins here. */
  #stringEnd(from: number): number {
    for (let at = from + 1; ;) {
      const end = this.text.indexOf('"', at);
      if (end < 0) return this.text.length;
      let slashes = 0;
      while (this.text.charCodeAt(end - 1 - slashes) === backslash) slashes += 1;
      if (slashes % 2 === 0) return end + 1;
      at = end + 1;
    }
  }

  #containerEnd(from: number): number {
    let depth = 0;
    for (let at = from; at < this.text.length; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code === quote) at = this.#stringEnd(at) - 1;
      else if (code === 91 || code === 123) depth += 1;
      else if ((code === 93 || code === 125) && (depth -= 1) === 0) return at + 1;
    }
    return this.text.length;
  }
}

function kindOf(first: string | undefined): JsonKind | undefined {
  if (first === undefined) return undefined;
  if (first === '{') return 'object';
  if (first === '[') return 'array';
  if (first === '"') return 'string';
  if (first === 't' || first === 'f') return 'boolean';
  if (first === 'n') return 'null';
  return /[-\dNI]/u.test(first) ? 'number' : undefined;
}

function unquoted(raw: string): string {
  try {
    return String(JSON.parse(raw));
  } catch {
    return raw;
  }
}

/** The way to a value as PostgreSQL's jsonpath writes it: `$.a[0]."odd key"`. */
export const jsonPath = (keys: readonly (string | number)[]): string =>
  keys.reduce<string>(
    (path, key) =>
      typeof key === 'number'
        ? `${path}[${key}]`
        : `${path}.${/^[A-Za-z_][A-Za-z0-9_]*$/u.test(key) ? key : JSON.stringify(key)}`,
    '$',
  );
