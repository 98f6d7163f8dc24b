import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long the page has between asking for its first-frame token and showing it. */
const tokenLifeMs = 30_000;
/** Tokens asked for and never shown; the oldest makes way. */
const maxTokens = 32;

/** A secret as it is kept: its hash only, and until when it is good. */
interface Ticket {
  digest: Buffer;
  until: number;
}

/**
 * What opens Hawser to a page: a one-time code leads to a cookie and a key, and both together to first-frame tokens. Cookies
 * do not heed ports: each server of this machine that the same browser visits is sent ours, and a program can forge every
 * other header. So the cookie alone opens nothing. The key is kept where only pages of this very origin can read it, and
 * goes in bodies only; the cookie in turn cannot be read by any script.
 */
export class Door {
  readonly cookieName: string;
  readonly #now: () => number;
  readonly #cookie = newSecret();
  readonly #cookieDigest = digest(this.#cookie);
  /** For a page that brought the code, which shows it whenever it comes back. */
  readonly key = newSecret();
  readonly #keyDigest = digest(this.key);
  #code: Ticket | undefined;
  #tokens: Ticket[] = [];

  /** `now` gives milliseconds that only go forward. */
  constructor(port: number, now: () => number = () => performance.now()) {
    this.cookieName = `hawser-${port}`;
    this.#now = now;
  }

  /** A new one-time code; the one before it is dead. Without `lifeMs` it is good until it is used. */
  issueCode(lifeMs = Infinity): string {
    const code = newSecret();
    this.#code = { digest: digest(code), until: this.#now() + lifeMs };
    return code;
  }

  /** True once for the right code. */
  redeemCode(code: string): boolean {
    const right = this.#code !== undefined && this.#isGood(this.#code, code);
    if (right) this.#code = undefined;
    return right;
  }

  /** The value of `Set-Cookie` for a page that brought the code. */
  get setCookie(): string {
    return `${this.cookieName}=${this.#cookie}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** Whether a page that comes back is one that was let in: it has both the cookie and the key. */
  knowsPage(cookieHeader: string | undefined, key: string): boolean {
    return this.knowsCookie(cookieHeader) && same(this.#keyDigest, digest(key));
  }

  /** Whether a `Cookie` header holds ours. */
  knowsCookie(header: string | undefined): boolean {
    const prefix = `${this.cookieName}=`;
    return (header ?? '')
      .split(';')
      .map((part) => part.trim())
      .some((part) => part.startsWith(prefix) && same(this.#cookieDigest, digest(part.slice(prefix.length))));
  }

  issueToken(): string {
    const token = newSecret();
    const now = this.#now();
    this.#tokens = this.#tokens.filter((ticket) => ticket.until > now).slice(1 - maxTokens);
    this.#tokens.push({ digest: digest(token), until: now + tokenLifeMs });
    return token;
  }

  /** True once for each token that was issued. */
  redeemToken(token: string): boolean {
    const at = this.#tokens.findIndex((ticket) => this.#isGood(ticket, token));
    if (at >= 0) this.#tokens.splice(at, 1);
    return at >= 0;
  }

  #isGood(ticket: Ticket, secret: string): boolean {
    return same(ticket.digest, digest(secret)) && this.#now() < ticket.until;
  }
}

const newSecret = (): string => randomBytes(32).toString('base64url');

// Comparing hashes in constant time tells nothing, not even by length, of how near a guess came.
const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();
const same = (left: Buffer, right: Buffer): boolean => timingSafeEqual(left, right);
