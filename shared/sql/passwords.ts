import { Lexer } from './lexer.ts';

/** What stands in place of a secret. */
export const redacted = '[redacted]';

/** `scheme://user:password@host`: the password is what stands between the colon and the last @ before the host. */
const urlPassword = /\b([a-z][a-z0-9+.-]{0,40}:\/\/[^\s/?#:@]*:)[^\s/?#]*@/gi;
/** `password=x`, `PGPASSWORD='x y'`, `sslpassword = x`, also within a URL's query. */
const namedPassword =
  /((?:password|passwd|passphrase)\w{0,40}\s*=\s*)('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s&;,]+)/gi;

/** A text that is no SQL without what looks like a password. */
export const hideNamedPasswords = (text: string): string =>
  text.replace(urlPassword, `$1${redacted}@`).replace(namedPassword, `$1${redacted}`);

/** Nothing in a statement can hold a password that is told by its place where none of this stands in it. */
const suspicious = /passw|passphrase|pwd|:\/\//i;
/** Names after which a string is a password: `PASSWORD 'x'`, `(password 'x')`, `user_password = 'x'`. */
const passwordName = /^"?(?:\w{0,60}_)?(?:ssl)?(?:password|passwd|passphrase|pwd)"?$/i;
const string = /^(?:[eE]?'|\$(?!\d))/;
/** Quoted strings within strings, and bodies of routines within those. */
const deepest = 4;

/**
 * A statement without its passwords: those that are told by the word before them (`PASSWORD 'x'`, options of user
 * mappings, comparisons), those of connection strings and URIs, and both within strings and the bodies of routines.
 * What is left reads as before. It never fails, whatever the text is.
 */
export const hidePasswords = (text: string): string => hide(text, 0);

function hide(text: string, depth: number): string {
  if (!suspicious.test(text)) return text;
  const lexer = new Lexer(text);
  const setting = new PasswordSetting();
  let hidden = '';
  let copiedTo = 0;
  while (lexer.next()) {
    const { from, written } = lexer;
    const isSecret = setting.takes(lexer);
    // What is no string ends with the next space, for its signs are part of it.
    if (isSecret && !string.test(written)) lexer.to = spaceAfter(text, from);
    const instead = isSecret ? secretIn(written) : within(lexer, depth);
    if (instead === undefined || instead === written) continue;
    hidden += text.slice(copiedTo, from) + instead;
    copiedTo = lexer.to;
  }
  return hidden + text.slice(copiedTo);
}

/** Whether the walk stands behind a word that names a password. */
class PasswordSetting {
  #words: string[] = [];
  #isNamed = false;
  #hasValue = false;

  takes({ kind, written }: Lexer): boolean {
    if (kind === 'comment') return false;
    if (kind === 'semicolon') this.#words = [];
    const isName = passwordName.test(written);
    if (kind === 'word' && this.#words.length < 2) this.#words.push(written.toLowerCase());
    const isBetween = (kind === 'symbol' && /^[=&:+]$/.test(written)) || /^[un]$/i.test(written);
    if (this.#isNamed && !isName) {
      if (kind === 'value' && string.test(written)) {
        // A string goes on in the next line with quotes of its own.
        this.#hasValue = true;
        return true;
      }
      if (isBetween && !this.#hasValue) return false;
      const isTyped =
        this.#ofRole && !this.#hasValue && kind !== 'semicolon' && !/^(?:null|\$\d+)$/i.test(written);
      this.#isNamed = false;
      return isTyped;
    }
    this.#isNamed = isName;
    this.#hasValue = false;
    return false;
  }

  /** There a password that is not quoted as it must be is one still, which the server refuses. */
  get #ofRole(): boolean {
    const [first = '', second = ''] = this.#words;
    return /^(?:create|alter)$/.test(first) && /^(?:role|user|group)$/.test(second);
  }
}

/** In the quotes that it stood in. */
function secretIn(written: string): string {
  const tag = /^\$\w*\$/.exec(written)?.[0];
  return tag === undefined ? `'${redacted}'` : `${tag}${redacted}${tag}`;
}

function within({ kind, written }: Lexer, depth: number): string | undefined {
  if (kind === 'comment' || kind === 'meta') return hideNamedPasswords(written);
  if (kind !== 'value' || !string.test(written) || !suspicious.test(written)) return undefined;
  const inside = (text: string): string => hideNamedPasswords(depth < deepest ? hide(text, depth + 1) : text);
  const tag = /^\$[^$]*\$/.exec(written)?.[0];
  if (tag !== undefined) {
    const end = written.length > tag.length && written.endsWith(tag) ? tag.length : 0;
    const body = written.slice(tag.length, written.length - end);
    return `${tag}${inside(body)}${end > 0 ? tag : ''}`;
  }
  const isEscaped = !written.startsWith("'");
  const start = isEscaped ? 2 : 1;
  const end = written.length > start && written.endsWith("'") ? 1 : 0;
  const body = written.slice(start, written.length - end);
  const plain = isEscaped ? body.replace(/\\(['\\])|''/g, (_, sign?: string) => sign ?? "'") : unquoted(body);
  const clean = inside(plain);
  if (clean === plain) return undefined;
  const quoted = (isEscaped ? clean.replaceAll('\\', '\\\\') : clean).replaceAll("'", "''");
  return `${written.slice(0, start)}${quoted}${end > 0 ? "'" : ''}`;
}

const unquoted = (body: string): string => body.replaceAll("''", "'");

function spaceAfter(text: string, from: number): number {
  const length = text.slice(from).search(/[\s;]/);
  return length < 0 ? text.length : from + length;
}
