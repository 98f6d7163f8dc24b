import type { ConnectionDraft } from '#shared/connection/config.ts';
import type { Setting, Settings } from './settings.ts';

/** Secrets by their names in `secrets`; they never are part of a config. */
export interface FoundSecrets {
  password?: string;
  keyPassphrase?: string;
}

export interface ParsedDraft {
  config: ConnectionDraft;
  /** Each field that was read, by its path, and where it was read. */
  provenance: Record<string, string>;
  warnings: string[];
  secrets: FoundSecrets;
}

/** What is being made of libpq's settings: each is taken once, so that what nobody took can be told. */
export class Taking implements ParsedDraft {
  readonly config: ConnectionDraft = {};
  readonly provenance: Record<string, string> = {};
  readonly warnings: string[] = [];
  readonly secrets: FoundSecrets = {};
  readonly #rest: Settings;

  constructor(settings: Settings) {
    this.#rest = new Map(settings);
  }

  /** An empty value is the same as none. */
  take(keyword: string): Setting | undefined {
    const found = this.#rest.get(keyword);
    this.#rest.delete(keyword);
    return found?.value === '' ? undefined : found;
  }

  set(path: string, value: unknown, source: string): void {
    setAt(this.config, path.split('.'), value);
    this.provenance[path] = source;
  }

  /** A setting that is a field as it is. */
  move(keyword: string, path: string): void {
    const found = this.take(keyword);
    if (found) this.set(path, found.value, found.source);
  }

  hide(keyword: string, name: keyof FoundSecrets): void {
    const found = this.take(keyword);
    if (!found) return;
    if (found.unexpanded && /[$`]/.test(found.value))
      return this.warn(`The ${keyword} was left out: ${unfilled}`);
    this.secrets[name] = found.value;
    this.provenance[`secrets.${name}`] = found.source;
  }

  warn(text: string): void {
    if (!this.warnings.includes(text)) this.warnings.push(text);
  }

  /** What nobody took, apart from empty values. */
  *left(): Iterable<[keyword: string, value: string]> {
    for (const [keyword, { value }] of this.#rest) if (value !== '') yield [keyword, value];
  }
}

export const unfilled = 'it holds a variable that only a shell can fill in.';

function setAt(target: Record<string, unknown>, [key = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) target[key] = value;
  else setAt((target[key] ??= {}) as Record<string, unknown>, rest, value);
}
