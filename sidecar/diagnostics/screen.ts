import { hidePasswords } from '#shared/sql/passwords.ts';
import type { Redactor } from './redactor.ts';

/** What the user typed, and what a server holds for him: it is his, and stays as it is. */
const usersOwn: ReadonlySet<string> = new Set([
  'rows',
  'firstRows',
  'columns',
  'documents',
  'document',
  'group',
  'groups',
  'settings',
]);
/** Words of a server or of a file beside the errors. */
const foreignWords: ReadonlySet<string> = new Set(['stages', 'facts', 'notices', 'problems', 'warnings']);

/**
 * The last look at what leaves for a window: secrets that are known are taken out of errors, of what the stages of a test
 * saw and of notices, by value. Results, texts and definitions are the user's own and are not touched.
 */
export class Screen {
  readonly #redactor: Redactor;
  readonly #isPublic: (secret: string) => boolean;

  /** `isPublic`: a password that is a user or database name as well stands in every second message, and hides nothing. */
  constructor(redactor: Redactor, isPublic: (secret: string) => boolean = () => false) {
    this.#redactor = redactor;
    this.#isPublic = isPublic;
  }

  /** All texts of a value, for example of an error. */
  clean<T>(value: T): T {
    return this.#map(value) as T;
  }

  /** A value as it may be written down or given away: without what only looks like a secret, too. */
  purged<T>(value: T): T {
    return this.#redactor.cleanValue(value, this.#isPublic) as T;
  }

  /** A statement as it may be kept: without the passwords that it sets and those that are known. */
  statement(text: string): string {
    return this.#redactor.hide(hidePasswords(text), this.#isPublic);
  }

  /** A message as it goes out. */
  message<M extends { params?: unknown; result?: unknown; error?: unknown }>(message: M): M {
    if (message.error !== undefined) return { ...message, error: this.clean(message.error) };
    const field = message.params === undefined ? 'result' : 'params';
    const content = this.#walk(message[field]);
    return content === message[field] ? message : { ...message, [field]: content };
  }

  /** Looks for errors and foreign words; what holds none of them is the same object. */
  #walk(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (isEnvelope(value)) return this.clean(value);
    let changed = false;
    const entries = Object.entries(value).map(([key, field]: [string, unknown]) => {
      const now = usersOwn.has(key) ? field : foreignWords.has(key) ? this.clean(field) : this.#walk(field);
      changed ||= now !== field;
      return [key, now] as const;
    });
    if (!changed) return value;
    return Array.isArray(value) ? entries.map(([, field]) => field) : Object.fromEntries(entries);
  }

  #map(value: unknown): unknown {
    if (typeof value === 'string') return this.#redactor.hide(value, this.#isPublic);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.#map(item));
    return Object.fromEntries(
      Object.entries(value).map(([key, field]: [string, unknown]) => [
        this.#redactor.hide(key, this.#isPublic),
        this.#map(field),
      ]),
    );
  }
}

const isEnvelope = (value: object): boolean => 'code' in value && 'message' in value && 'retry' in value;
