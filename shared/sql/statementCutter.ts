import { inlineData, type InlineData } from './inlineData.ts';
import { type Lexer } from './lexer.ts';

export type StatementKind = 'copyFromStdin' | 'copyToStdout' | 'metaCommand' | 'transaction' | 'other';

/**
 * Where a statement stands, in UTF-16 code units: `to` is exclusive, and stands before the semicolon. A COPY FROM STDIN
 * whose data follow it in the text ends behind them, and its own words at `sqlTo`.
 */
export interface StatementRange {
  from: number;
  to: number;
  kind: StatementKind;
  data?: InlineData & { sqlTo: number };
}

/** What is sent of a statement: without the data that follow it. */
export const sqlOf = (text: string, { from, to, data }: StatementRange): string =>
  text.slice(from, data?.sqlTo ?? to);

const transactionWords = new Set('begin start commit end rollback abort savepoint release'.split(' '));
/** As many words as are needed to tell what a statement is: `create or replace function`. */
const wordsKept = 4;

/**
 * Makes statements out of tokens. `ends` are the positions of the semicolons that end one, where the real parser has told
 * them; without it they are found by psql's rules: a semicolon within the body of a routine (BEGIN ATOMIC ... END) or
 * within the parentheses of CREATE RULE ends nothing.
 */
export class StatementCutter {
  readonly statements: StatementRange[] = [];
  /** A token came after a semicolon: there is something for the parser to decide. */
  severalParts = false;
  readonly #text: string;
  readonly #ends: ReadonlySet<number> | undefined;
  readonly #comments: LeadingComments;
  #semicolonSeen = false;
  #begun: Begun | undefined;

  constructor(text: string, ends?: ReadonlySet<number>) {
    this.#text = text;
    this.#ends = ends;
    this.#comments = new LeadingComments(text);
  }

  add(token: Lexer): void {
    if (token.kind === 'comment') {
      if (!this.#begun) this.#comments.add(token.from, token.to);
    } else if (token.kind === 'semicolon') {
      this.#semicolonSeen = true;
      if (this.#begun && this.#endsAt(token.from, this.#begun)) this.#endBefore(token);
      if (!this.#begun) this.#comments.restart(token.to);
    } else if (token.kind === 'meta') {
      this.#end();
      const from = this.#comments.attachTo(token.from);
      this.statements.push({ from, to: token.to, kind: 'metaCommand' });
      this.#comments.restart(token.to);
    } else {
      if (this.#semicolonSeen) this.severalParts = true;
      this.#begun ??= new Begun(this.#comments.attachTo(token.from));
      this.#begun.add(token);
    }
  }

  /** The text is over: what is left is a statement too. */
  finish(): StatementRange[] {
    this.#end();
    return this.statements;
  }

  #endsAt(at: number, begun: Begun): boolean {
    return this.#ends ? this.#ends.has(at) : !begun.isInside;
  }

  /** The lines of data behind a statement are no tokens: the walk goes on behind them. */
  #endBefore(semicolon: Lexer): void {
    const isCopy = this.#begun?.kind === 'copyFromStdin';
    const data = isCopy ? inlineData(this.#text, semicolon.to) : undefined;
    if (data) semicolon.to = data.end;
    this.#end(data);
  }

  #end(data?: InlineData): void {
    const begun = this.#begun;
    if (!begun) return;
    const { from, to, kind } = begun;
    this.statements.push(
      data ? { from, to: data.end, kind, data: { ...data, sqlTo: to } } : { from, to, kind },
    );
    this.#begun = undefined;
    this.#comments.restart(this.#text.length);
  }
}

/** What is known of the statement under way. */
class Begun {
  readonly from: number;
  to = 0;
  #words: string[] = [];
  #lastWord = '';
  #parentheses = 0;
  /** BEGIN ATOMIC and each CASE within it, down to their END. */
  #blocks = 0;
  #copy: StatementKind | undefined;

  constructor(from: number) {
    this.from = from;
  }

  add(token: Lexer): void {
    this.to = token.to;
    if (token.kind === 'open') this.#parentheses += 1;
    if (token.kind === 'close') this.#parentheses -= 1;
    if (token.kind !== 'word') this.#lastWord = '';
    else this.#addWord(token.written.toLowerCase());
  }

  get isInside(): boolean {
    return this.#blocks > 0 || (this.#parentheses > 0 && this.#creates(/^rule$/));
  }

  get kind(): StatementKind {
    const [first = '', second] = this.#words;
    if (first === 'copy' && this.#copy) return this.#copy;
    const isTransaction = transactionWords.has(first) || (first === 'prepare' && second === 'transaction');
    return isTransaction ? 'transaction' : 'other';
  }

  #addWord(word: string): void {
    if (this.#words.length < wordsKept) this.#words.push(word);
    if (this.#blocks > 0) {
      if (word === 'case') this.#blocks += 1;
      if (word === 'end') this.#blocks -= 1;
    } else if (word === 'atomic' && this.#lastWord === 'begin' && this.#creates(/^(function|procedure)$/)) {
      this.#blocks = 1;
    }
    // STDIN and STDOUT are one and the same to the server: the word before them tells the direction.
    if (this.#parentheses === 0 && (word === 'stdin' || word === 'stdout')) {
      if (this.#lastWord === 'from') this.#copy = 'copyFromStdin';
      if (this.#lastWord === 'to') this.#copy = 'copyToStdout';
    }
    this.#lastWord = word;
  }

  #creates(what: RegExp): boolean {
    const [first, second = '', third, fourth = ''] = this.#words;
    if (first !== 'create') return false;
    return what.test(second === 'or' && third === 'replace' ? fourth : second);
  }
}

/**
 * Which comments before a statement belong to it: those that stand directly above or before it, without an empty line
 * in between, but not one that ends the line of the statement before.
 */
class LeadingComments {
  readonly #text: string;
  #first: number | undefined;
  #last = 0;
  #after = 0;
  #afterStatement = false;

  constructor(text: string) {
    this.#text = text;
  }

  restart(at: number): void {
    this.#first = undefined;
    this.#after = at;
    this.#afterStatement = true;
  }

  add(from: number, to: number): void {
    if (this.#first === undefined || this.#isApart(from)) this.#first = from;
    this.#last = to;
  }

  /** Where the statement whose first token stands at `at` begins. */
  attachTo(at: number): number {
    return this.#first === undefined || this.#isApart(at) ? at : this.#first;
  }

  #isApart(at: number): boolean {
    const lines = countLineFeeds(this.#text, this.#last, at);
    const endsLineBefore =
      this.#afterStatement &&
      this.#first !== undefined &&
      countLineFeeds(this.#text, this.#after, this.#first) === 0;
    return lines > 1 || (endsLineBefore && lines > 0);
  }
}

function countLineFeeds(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
