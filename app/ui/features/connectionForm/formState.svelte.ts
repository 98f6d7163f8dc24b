import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { ConnectionConfig } from '#shared/connection/config.ts';
import { validateConfig } from '#shared/connection/validate.ts';
import type { FieldIssue } from '#shared/error/envelope.ts';
import {
  draftOf,
  fieldMessage,
  fieldPaths,
  secretsOf,
  tabOf,
  valuesOf,
  type FieldName,
  type FormTab,
  type FormValues,
} from './formModel.ts';

/** The form as it stands: what was typed, and what is wrong with it. */
export class FormState {
  values = $state<FormValues>(valuesOf(undefined));
  #initial: FormValues;
  #base: ConnectionConfig | undefined;
  /** Fields that were left once; a field is not blamed while it is being typed for the first time. */
  #left = new SvelteSet<FieldName>();
  #asked = $state<'nothing' | 'test' | 'save'>('nothing');
  /** What the sidecar found wrong, and with which value: it counts until that changes. */
  #refused = new SvelteMap<string, { message: string; value: string }>();

  readonly dirty = $derived(
    Object.entries(this.#opened()).some(([name, value]) => this.values[name as FieldName] !== value),
  );
  readonly #issues = $derived(this.#validate());
  readonly messages = $derived(this.#messages());
  /** Issues that no field shows, for example of a part that this form does not have. */
  readonly elsewhere = $derived(
    [...this.messages].flatMap(([path, message]) =>
      Object.values(fieldPaths).includes(path) ? [] : [{ path, message }],
    ),
  );

  /** The path of the first thing wrong, in the order in which the form shows its fields. */
  readonly firstWrong = $derived(
    Object.values(fieldPaths).find((path) => this.messages.has(path)) ?? [...this.messages.keys()][0],
  );
  /** Changes with whatever a test depends on: not with what a connection is called or how it is shown. */
  readonly tested = $derived(
    JSON.stringify({ ...this.values, name: '', environment: '', groupId: '', color: '' }),
  );

  constructor(base: ConnectionConfig | undefined, groupId: string | undefined) {
    this.#base = base;
    this.#initial = valuesOf(base, groupId);
    this.values = { ...this.#initial };
  }

  /** As it was opened. */
  get initial(): FormValues {
    return this.#initial;
  }

  get draft() {
    return draftOf(this.values, this.#base);
  }

  get secrets() {
    return secretsOf(this.values);
  }

  left(name: FieldName): void {
    this.#left.add(name);
  }

  errorOf(name: FieldName): string | undefined {
    return this.messages.get(fieldPaths[name]);
  }

  hasError(tab: FormTab): boolean {
    return [...this.messages.keys()].some((path) => tabOf(path) === tab);
  }

  /** From now on everything wrong is shown. True when nothing is; a test needs no name. */
  check(purpose: 'test' | 'save'): boolean {
    this.#asked = purpose;
    // On the way to the button the focus has left the name, which is wanted for saving only.
    if (purpose === 'test') this.#left.delete('name');
    return this.#issues.every((issue) => purpose === 'test' && issue.path === 'name');
  }

  refused(issues: readonly FieldIssue[]): void {
    this.#refused.clear();
    for (const { path, message } of issues) this.#refused.set(path, { message, value: this.#valueAt(path) });
  }

  #opened(): FormValues {
    return this.#initial;
  }

  #validate(): FieldIssue[] {
    const result = validateConfig(this.draft, {
      nameRequired: true,
      newId: () => crypto.randomUUID(),
      now: Date.now(),
    });
    return result.ok ? [] : result.issues;
  }

  #messages(): ReadonlyMap<string, string> {
    const messages = new Map<string, string>();
    for (const { path, message } of this.#issues)
      if (this.#isDue(path)) messages.set(path, fieldMessage(message));
    for (const [path, { message, value }] of this.#refused)
      if (this.#valueAt(path) === value) messages.set(path, message);
    return messages;
  }

  #isDue(path: string): boolean {
    if (this.#asked === 'save') return true;
    const name = nameOf(path);
    if (this.#asked === 'test' && name !== 'name') return true;
    return name !== undefined && this.#left.has(name);
  }

  #valueAt(path: string): string {
    const name = nameOf(path);
    return name === undefined ? JSON.stringify(this.draft) : this.values[name];
  }
}

const nameOf = (path: string): FieldName | undefined =>
  (Object.keys(fieldPaths) as FieldName[]).find((name) => fieldPaths[name] === path);
