import type { DefinitionDraft, GroupLook } from '#shared/connection/definitions.ts';
import { validateConfig } from '#shared/connection/validate.ts';
import type { FoundSecrets } from '../conninfo/taking.ts';

export type { FoundSecrets };

/** A connection as a source describes it. */
export interface Found {
  group: string[];
  config: DefinitionDraft & { name: string };
  provenance: Record<string, string>;
  warnings: string[];
  /** Stood in the source in plain; go no further than the sidecar's memory. */
  secrets?: FoundSecrets;
}

/** What one source holds. */
export interface Reading {
  found: Found[];
  leftOut: { name: string; why: string }[];
  warnings: string[];
  groups: GroupLook[];
}

export const emptyReading = (): Reading => ({ found: [], leftOut: [], warnings: [], groups: [] });

const longestName = 200;

/** A name as it can be kept: never empty, never endless, without a zero byte. */
export function nameFor(given: string | undefined, instead: string): string {
  const cut = (text: string) => text.replaceAll('\0', '').trim().slice(0, longestName).trim();
  return cut(given ?? '') || cut(instead) || 'Imported';
}

/** Adds one connection, or says why it is left out: what could not be saved must not be offered. */
export function add(reading: Reading, found: Found): void {
  const { issues } = checked(found);
  if (issues.length === 0) reading.found.push(found);
  else reading.leftOut.push({ name: found.config.name, why: issues.join('; ') });
}

function checked({ config }: Found): { issues: string[] } {
  const result = validateConfig(config, { nameRequired: true, newId: () => placeholderId, now: 0 });
  return { issues: result.ok ? [] : result.issues.map(({ path, message }) => `${path}: ${message}`) };
}

const placeholderId = '00000000-0000-4000-8000-000000000000';

/** Builds a draft field by field, and with each value the words for where it stood. */
export class DraftBuilder {
  readonly provenance: Record<string, string> = {};
  readonly warnings: string[] = [];
  readonly #config: Record<string, unknown> = {};

  /** `path` as in an issue: `options.role`, `ssh.hops.0.host`. Undefined sets nothing. */
  set(path: string, value: unknown, from: string): this {
    if (value === undefined) return this;
    const keys = path.split('.');
    const last = keys.pop() ?? path;
    let owner: Record<string, unknown> = this.#config;
    keys.forEach((key, index) => {
      const isList = /^\d+$/.test(keys[index + 1] ?? '');
      owner = (owner[key] ??= isList ? [] : {}) as Record<string, unknown>;
    });
    owner[last] = value;
    this.provenance[path] = from;
    return this;
  }

  warn(words: string): this {
    this.warnings.push(words);
    return this;
  }

  build(name: string, group: readonly string[]): Found {
    return {
      group: group.map((each) => nameFor(each, 'Group')),
      config: { ...(this.#config as DefinitionDraft), name },
      provenance: this.provenance,
      warnings: this.warnings,
    };
  }
}
