import { stripVTControlCharacters } from 'node:util';
import { hideNamedPasswords, redacted } from '#shared/sql/passwords.ts';

/** Fields that hold a secret by their name, whatever stands in them. */
const secretKey = /passw|passphrase|secret|token|private_?key|authorization|cookie/i;
/** A word with such a sound that holds none, or where hiding it would hide what is looked for. */
const openKey = /^(credentialSource|tokenExpired)$/i;

/** A secret this short is part of many words; it is only replaced where it stands alone. */
const shortLength = 4;
const deepest = 12;

/** A secret that everybody sees anyway. */
type IsOpen = (secret: string) => boolean;
const never: IsOpen = () => false;

/**
 * Takes secrets out of what leaves the process as text: the ones it was told, however they are quoted, and what looks
 * like one. Control characters go too, for a log is read in terminals, which obey them.
 */
export class Redactor {
  #known: { secret: string; form: string; search: string | RegExp }[] = [];
  readonly #values = new Set<string>();

  /** From now on this value is replaced wherever it occurs. */
  add(value: string): void {
    if (value === '' || this.#values.has(value)) return;
    this.#values.add(value);
    // The longest first, so that one that is part of another leaves nothing of it.
    const forms = [...this.#values].flatMap((secret) =>
      [...new Set(formsOf(secret))].map((form) => ({ secret, form, search: searched(form) })),
    );
    this.#known = forms.sort((a, b) => b.form.length - a.form.length);
  }

  /** The text without secrets and control characters; line ends and tabs stay. */
  clean(text: string, isOpen: IsOpen = never): string {
    // Twice, for a secret may hold control characters, and may be cut in pieces by them.
    const clean = this.hide(withoutControls(this.hide(text, isOpen)), isOpen);
    return hideNamedPasswords(clean);
  }

  /** The text without the secrets that are known, else as it is. */
  hide(text: string, isOpen: IsOpen = never): string {
    let hidden = text;
    for (const { secret, search } of this.#known)
      if (!isOpen(secret)) hidden = hidden.replaceAll(search, redacted);
    return hidden;
  }

  /** A copy of a JSON value with all its texts clean, and with what stands under the name of a secret replaced. */
  cleanValue(value: unknown, isOpen: IsOpen = never, depth = 0): unknown {
    if (typeof value === 'string') return this.clean(value, isOpen);
    if (typeof value !== 'object' || value === null) return value;
    if (depth === deepest) return '[deeper]';
    if (Array.isArray(value)) return value.map((item) => this.cleanValue(item, isOpen, depth + 1));
    const fields = Object.entries(value).map(([key, field]: [string, unknown]) => [
      this.clean(key, isOpen),
      isHidden(key, field) ? redacted : this.cleanValue(field, isOpen, depth + 1),
    ]);
    return Object.fromEntries(fields) as unknown;
  }
}

/** Numbers and switches (`tokenCount: 3`, `hasPassword: true`) tell nothing and are of use. */
const isHidden = (key: string, value: unknown): boolean =>
  secretKey.test(key) &&
  !openKey.test(key) &&
  value !== null &&
  typeof value !== 'boolean' &&
  typeof value !== 'number';

/** As it is, as it stands in JSON, in a URL, and in a quoted connection string or SQL text. */
function formsOf(value: string): string[] {
  const inJson = JSON.stringify(value).slice(1, -1);
  const inQuotes = value.replace(/['\\]/g, '\\$&');
  const inSql = value.replaceAll("'", "''");
  return [value, inJson, inUrl(value), inQuotes, inSql];
}

function inUrl(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    // Half of a surrogate pair cannot stand in a URL.
    return value;
  }
}

function searched(form: string): string | RegExp {
  if (form.length >= shortLength) return form;
  const escaped = form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'gu');
}

function withoutControls(text: string): string {
  return Array.from(stripVTControlCharacters(text))
    .filter((character) => character === '\n' || character === '\t' || !isControl(character))
    .join('');
}

const isControl = (character: string): boolean =>
  /^[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]$/u.test(character);
