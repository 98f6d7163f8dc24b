/** Elements whose text is a JSON value as it is. */
const bare = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/u;
const numberTypes = /^(?:smallint|integer|bigint|numeric|real|double precision|oid)\b/u;

/**
 * An array or a row in PostgreSQL's text form as JSON, so that the tree shows it: lists of lists for arrays of several
 * dimensions, texts as strings, NULL as null. Undefined: it is neither.
 */
export function literalAsJson(text: string, typeName: string): string | undefined {
  const reader = new LiteralReader(text, numberTypes.test(typeName));
  return reader.read();
}

class LiteralReader {
  readonly #text: string;
  readonly #numbers: boolean;
  #at = 0;

  constructor(text: string, numbers: boolean) {
    // `[0:2]={...}`: bounds that are not the usual ones stand before it.
    this.#text = text.replace(/^(?:\[-?\d+:-?\d+\])+=/u, '');
    this.#numbers = numbers;
  }

  read(): string | undefined {
    const first = this.#text[0];
    const json = first === '{' ? this.#list('}', (end) => this.#element(end)) : this.#row();
    return json !== undefined && this.#at === this.#text.length ? json : undefined;
  }

  #row(): string | undefined {
    return this.#text.startsWith('(') ? this.#list(')', () => this.#field()) : undefined;
  }

  #list(end: string, item: (end: string) => string | undefined): string | undefined {
    this.#at += 1;
    const items: string[] = [];
    if (this.#text[this.#at] === end && end === '}') {
      this.#at += 1;
      return '[]';
    }
    for (;;) {
      const found = item(end);
      if (found === undefined) return undefined;
      items.push(found);
      const sign = this.#text[this.#at];
      this.#at += 1;
      if (sign === end) return `[${items.join(', ')}]`;
      if (sign !== ',' && sign !== ';') return undefined;
    }
  }

  #element(end: string): string | undefined {
    if (this.#text[this.#at] === '{') return this.#list(end, (inner) => this.#element(inner));
    if (this.#text[this.#at] === '"') return this.#quoted();
    const word = this.#word(/[^,;{}"]*/uy);
    if (word === '') return undefined;
    if (word === 'NULL') return 'null';
    return this.#numbers && bare.test(word) ? word : JSON.stringify(word);
  }

  /** A field of a row; an empty one is NULL. */
  #field(): string | undefined {
    if (this.#text[this.#at] === '"') return this.#quoted();
    const word = this.#word(/[^,()"]*/uy);
    return word === '' ? 'null' : JSON.stringify(word);
  }

  #word(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  /** In an array a backslash keeps the next character, in a row also a doubled quote does. */
  #quoted(): string | undefined {
    const pattern = /"((?:[^"\\]|\\.|"")*)"/suy;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return undefined;
    this.#at += found[0].length;
    return JSON.stringify((found[1] ?? '').replace(/\\(.)|""/gsu, (_, kept?: string) => kept ?? '"'));
  }
}
