import { Lexer } from '#shared/sql/lexer.ts';

/**
 * A word (in lower case), a quoted name (without its quotes), a value, or one character. `caret` stands where the cursor
 * is, in place of what is being typed there.
 */
export interface Token {
  kind: 'word' | 'name' | 'value' | 'symbol' | 'open' | 'close' | 'caret';
  text: string;
  from: number;
  to: number;
}

/** The statement around the caret. */
export interface CaretText {
  tokens: Token[];
  /** Which of the tokens is the caret. */
  caret: number;
  /** What has been typed of a name or word, without an opening quote. */
  typed: string;
  /** What an item takes the place of. */
  from: number;
  to: number;
  /** In a quoted name, a string, or neither. */
  within: 'name' | 'string' | undefined;
  /** The character behind. */
  next: string;
  /** The statement's first word is in capitals. */
  inCapitals: boolean;
}

/** A dollar-quoted body may hold another one. */
const maxDepth = 4;

/** Cuts out the statement around the caret; undefined within comments and numbers, where nothing can be named. */
export function caretText(text: string, position: number): CaretText | undefined {
  return cut(text, 0, position, 0);
}

function cut(text: string, base: number, position: number, depth: number): CaretText | undefined {
  const lexer = new Lexer(text);
  const at = position - base;
  let tokens: Token[] = [];
  let around: Typed = { typed: '', from: at, to: at, within: undefined };
  let caret = -1;
  const putCaret = () => {
    caret = tokens.length;
    tokens.push({ kind: 'caret', text: '', from: base + around.from, to: base + around.to });
  };
  while (lexer.next()) {
    if (caret < 0 && lexer.to >= at) {
      const touched = lexer.from < at ? touchedToken(lexer, at) : 'behind';
      if (touched === 'nothing') return undefined;
      if (touched === 'body') return depth < maxDepth ? cutBody(lexer, base, position, depth + 1) : undefined;
      if (typeof touched === 'object') around = touched;
      if (touched !== 'before') putCaret();
      if (typeof touched === 'object') continue;
    }
    if (lexer.kind === 'comment') continue;
    if (lexer.kind !== 'semicolon') tokens.push(tokenOf(lexer, base));
    else if (caret >= 0) break;
    else tokens = [];
  }
  if (caret < 0) putCaret();
  const { typed, within, from, to } = around;
  const first = tokens.find(({ kind }) => kind === 'word');
  const inCapitals = first !== undefined && /^[A-Z]+$/.test(text.slice(first.from - base, first.to - base));
  const place = { from: base + from, to: base + to, next: text.charAt(to) };
  return { tokens, caret, typed, within, inCapitals, ...place };
}

/** The body of a routine is SQL too, or nearly so. */
function cutBody(
  { written, from }: Lexer,
  base: number,
  position: number,
  depth: number,
): CaretText | undefined {
  const mark = written.indexOf('$', 1) + 1;
  return cut(written.slice(mark, bodyEnd(written, mark)), base + from + mark, position, depth);
}

interface Typed {
  typed: string;
  from: number;
  to: number;
  within: 'name' | 'string' | undefined;
}

/** What the token is to the caret that stands within it or at its end. */
function touchedToken(lexer: Lexer, at: number): Typed | 'nothing' | 'body' | 'before' {
  const { kind, from, to, written } = lexer;
  if (kind === 'comment') {
    const isInside = at < to || !written.endsWith('*/');
    return isInside ? 'nothing' : 'before';
  }
  if (kind === 'word') return { typed: written.slice(0, at - from), from, to: at, within: undefined };
  if (kind !== 'value') return 'before';
  const isOpen = at < to || !isClosed(written);
  if (written.startsWith('"')) return isOpen ? quotedPart(lexer, at) : 'before';
  if (written.startsWith("'")) return isOpen ? stringPart(lexer, at) : 'before';
  if (/^\$[^0-9]/.test(written) && isOpen) return 'body';
  return isOpen || /^\$?[0-9]/.test(written) ? 'nothing' : 'before';
}

/** Is the quote that a text begins with closed at its end? A doubled one stands for itself. */
function isClosed(written: string): boolean {
  const mark = /^(?:\$[^$]*\$|[eE]?'|")/.exec(written)?.[0];
  if (mark === undefined) return true;
  const quote = mark.at(-1) === '$' ? mark : (mark.at(-1) ?? '');
  if (written.length < mark.length + quote.length || !written.endsWith(quote)) return false;
  if (quote.length > 1 || quote === '$') return true;
  const trailing = new RegExp(`${quote}*$`).exec(written.slice(mark.length))?.[0].length ?? 0;
  return trailing % 2 === 1;
}

/** A name whose quote is not closed would swallow all that follows: only what goes on without a space belongs to it. */
function quotedPart({ from, to, written }: Lexer, at: number): Typed {
  const rest = written.slice(at - from);
  const typed = written.slice(1, at - from).replaceAll('""', '"');
  return { typed, from, to: isClosed(written) && !/\s/.test(rest) ? to : at, within: 'name' };
}

function stringPart({ from, to, written }: Lexer, at: number): Typed {
  const rest = written.slice(at - from);
  const typed = written.slice(1, at - from).replaceAll("''", "'");
  return { typed, from, to: isClosed(written) && !rest.includes('\n') ? to : at, within: 'string' };
}

function bodyEnd(written: string, mark: number): number {
  const tag = written.slice(0, mark);
  return written.length >= 2 * mark && written.endsWith(tag) ? written.length - mark : written.length;
}

function tokenOf({ kind, from, to, written }: Lexer, base: number): Token {
  const place = { from: base + from, to: base + to };
  if (kind === 'word') return { kind, text: written.toLowerCase(), ...place };
  if (kind !== 'value')
    return { kind: kind === 'open' || kind === 'close' ? kind : 'symbol', text: written, ...place };
  if (!written.startsWith('"')) return { kind, text: written, ...place };
  return {
    kind: 'name',
    text: written.slice(1, isClosed(written) ? -1 : undefined).replaceAll('""', '"'),
    ...place,
  };
}
