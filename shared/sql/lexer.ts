/** What the splitter must tell apart; white space is left out. A value is a string, a quoted name or a number. */
export type TokenKind = 'word' | 'value' | 'comment' | 'semicolon' | 'open' | 'close' | 'symbol' | 'meta';

const space = /[ \t\n\r\f\v]+/y;
// Every character beyond ASCII may stand in a name, as in the server's own scanner, which sees bytes.
const word = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const number = /[0-9][\w.]*/y;
const parameter = /\$[0-9]+/y;
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
// psql takes its own commands out of the text wherever they stand; SQL has no backslash outside of quotes.
const metaCommand = /\\(?:copy\b[^\r\n]*|[A-Za-z!?][^\r\n;]*)/y;
const continuedString = /[ \t\f\v]*[\r\n][ \t\n\r\f\v]*'/y;
const commentMark = /\/\*|\*\//g;
const escapeMark = /['\\]/g;

/**
 * Walks over SQL text by the lexical rules of PostgreSQL, token by token, without making an object for each. It never
 * fails: a string or a comment that is not closed reaches to the end of the text. (The real scanner gives nothing at all
 * for such a text, and for a long one two hundred bytes of JSON a token.)
 */
export class Lexer {
  readonly text: string;
  kind: TokenKind = 'symbol';
  from = 0;
  to = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Goes to the next token; false at the end of the text. */
  next(): boolean {
    const { text } = this;
    this.from = matchEnd(space, text, this.to) ?? this.to;
    if (this.from >= text.length) return false;
    [this.kind, this.to] = this.#token(this.from);
    return true;
  }

  /** The present token as it is written. */
  get written(): string {
    return this.text.slice(this.from, this.to);
  }

  #token(at: number): [TokenKind, number] {
    const { text } = this;
    const wordEnd = matchEnd(word, text, at);
    if (wordEnd !== undefined) {
      const isEscapeString = wordEnd === at + 1 && /[eE]/.test(text.charAt(at)) && text[wordEnd] === "'";
      return isEscapeString ? ['value', escapeStringEnd(text, wordEnd)] : ['word', wordEnd];
    }
    switch (text[at]) {
      case ';':
        return ['semicolon', at + 1];
      case '(':
        return ['open', at + 1];
      case ')':
        return ['close', at + 1];
      case "'":
      case '"':
        return ['value', quotedEnd(text, at)];
      case '-':
        return text[at + 1] === '-' ? ['comment', lineEnd(text, at)] : ['symbol', at + 1];
      case '/':
        return text[at + 1] === '*' ? ['comment', commentEnd(text, at)] : ['symbol', at + 1];
      case '$':
        return dollarToken(text, at);
      case '\\':
        return metaToken(text, at);
    }
    const numberEnd = matchEnd(number, text, at);
    return numberEnd === undefined ? ['symbol', at + 1] : ['value', numberEnd];
  }
}

/** The first word of a statement, in lower case, also within parentheses; empty where it begins with anything else. */
export function firstWord(text: string): string {
  const lexer = new Lexer(text);
  while (lexer.next()) {
    if (lexer.kind === 'word') return lexer.written.toLowerCase();
    if (lexer.kind !== 'comment' && lexer.kind !== 'open') break;
  }
  return '';
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** A command of psql reaches to the end of its line, or to a semicolon. */
function metaToken(text: string, at: number): [TokenKind, number] {
  const end = matchEnd(metaCommand, text, at);
  return end === undefined ? ['symbol', at + 1] : ['meta', at + text.slice(at, end).trimEnd().length];
}

/** A quote doubled stands for itself. */
function quotedEnd(text: string, at: number): number {
  const quote = text.charAt(at);
  let end = text.indexOf(quote, at + 1);
  while (end >= 0 && text[end + 1] === quote) end = text.indexOf(quote, end + 2);
  return end < 0 ? text.length : end + 1;
}

/** `E'...'` from its quote on: a backslash takes the next character with it, in the parts on further lines too. */
function escapeStringEnd(text: string, quoteAt: number): number {
  escapeMark.lastIndex = quoteAt + 1;
  for (let mark = escapeMark.exec(text); mark; mark = escapeMark.exec(text)) {
    const at = mark.index;
    if (mark[0] === '\\' || text[at + 1] === "'") {
      escapeMark.lastIndex = at + 2;
      continue;
    }
    const next = matchEnd(continuedString, text, at + 1);
    if (next === undefined) return at + 1;
    escapeMark.lastIndex = next;
  }
  return text.length;
}

function lineEnd(text: string, at: number): number {
  for (let end = at; end < text.length; end += 1) if (text[end] === '\n' || text[end] === '\r') return end;
  return text.length;
}

/** Comments nest. */
function commentEnd(text: string, at: number): number {
  let depth = 0;
  commentMark.lastIndex = at;
  for (let mark = commentMark.exec(text); mark; mark = commentMark.exec(text)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return commentMark.lastIndex;
  }
  return text.length;
}

function dollarToken(text: string, at: number): [TokenKind, number] {
  const parameterEnd = matchEnd(parameter, text, at);
  if (parameterEnd !== undefined) return ['value', parameterEnd];
  const tagEnd = matchEnd(dollarTag, text, at);
  if (tagEnd === undefined) return ['symbol', at + 1];
  const tag = text.slice(at, tagEnd);
  const close = text.indexOf(tag, tagEnd);
  return ['value', close < 0 ? text.length : close + tag.length];
}
