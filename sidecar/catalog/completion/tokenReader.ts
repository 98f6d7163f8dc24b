import type { Token } from './tokens.ts';

const end: Token = { kind: 'symbol', text: '', from: 0, to: 0 };

/** Tokens and a place among them. Behind the last one stands a symbol that is nothing. */
export class TokenReader {
  at = 0;
  readonly #tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get length(): number {
    return this.#tokens.length;
  }
  get isOver(): boolean {
    return this.at >= this.#tokens.length;
  }
  slice(from: number, to: number): Token[] {
    return this.#tokens.slice(from, to);
  }
  token(at = this.at): Token {
    return this.#tokens[at] ?? end;
  }
  /** The word there in lower case; empty where there is none, or it follows a dot and is a name. */
  word(at = this.at): string {
    const { kind, text } = this.token(at);
    return kind === 'word' && !this.is('.', at - 1) ? text : '';
  }
  is(symbol: string, at = this.at): boolean {
    const { kind, text } = this.token(at);
    return kind !== 'name' && kind !== 'value' && kind !== 'word' && text === symbol;
  }
  isName(at = this.at): boolean {
    const { kind } = this.token(at);
    return kind === 'word' || kind === 'name';
  }
  /** Steps over any of these words. */
  skip(...words: string[]): void {
    while (words.includes(this.word())) this.at += 1;
  }

  /** `a.b.c`, as far as it is there; stands behind it afterwards, and behind a dot at the end. */
  dotted(): string[] {
    const path: string[] = [];
    while (this.isName()) {
      path.push(this.token().text);
      this.at += 1;
      if (!this.is('.')) return path;
      this.at += 1;
    }
    return path;
  }

  /** The first names of `(a, b integer)`: stands behind it afterwards. */
  nameList(): string[] {
    const names: string[] = [];
    let depth = 0;
    for (; !this.isOver; this.at += 1) {
      if (this.is('(')) depth += 1;
      else if (this.is(')')) depth -= 1;
      else if (depth === 1 && this.isName() && (this.is(',', this.at - 1) || this.is('(', this.at - 1)))
        names.push(this.token().text);
      if (depth === 0) break;
    }
    this.at += 1;
    return names;
  }
}
