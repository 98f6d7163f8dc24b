import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type {
  ConnectionConfig,
  CredentialSource,
  Environment,
  ReadOnlyMode,
} from '#shared/connection/config.ts';
import { validateConfig } from '#shared/connection/validate.ts';
import type { FieldIssue } from '#shared/error/envelope.ts';
import { fieldAt, fieldPaths, hopFieldAt, inOrder, tabOf, type FormTab } from './fieldPaths.ts';
import { draftOf, fieldMessage, lineIssues } from './formModel.ts';
import { keptSecretsOf, secretsOf, type PastedSecrets } from './formSecrets.ts';
import { newHop, valuesOf, type FieldName, type FormDefaults, type FormValues } from './formValues.ts';

/** Values that came from elsewhere, each with the words for where. */
export interface Filling {
  values: Partial<FormValues>;
  provenance: ReadonlyMap<string, string>;
  pasted?: PastedSecrets;
}

/** The form as it stands: what was typed, and what is wrong with it. */
export class FormState {
  values = $state<FormValues>(valuesOf(undefined, { source: 'session' }));
  /** What the sidecar holds of a text that was pasted. */
  #pasted = $state.raw<PastedSecrets>();
  readonly #productionReadOnly: ReadOnlyMode;
  #initial = $state.raw<FormValues>(valuesOf(undefined, { source: 'session' }));
  readonly base: ConnectionConfig | undefined;
  /** Fields that were left once; a field is not blamed while it is being typed for the first time. */
  #left = new SvelteSet<string>();
  #waiting: string[] | undefined;
  #asked = $state<'nothing' | 'test' | 'save'>('nothing');
  /** What the sidecar found wrong, and with which value: it counts until that changes. */
  #refused = new SvelteMap<string, { message: string; value: string }>();
  /** Where a value came from, and which: it counts until that changes. */
  #filled = new SvelteMap<string, { words: string; value: string }>();

  readonly dirty = $derived(
    this.#pasted !== undefined || JSON.stringify(this.values) !== JSON.stringify(this.initial),
  );
  readonly #issues = $derived(this.#validate());
  readonly messages = $derived(this.#messages());
  /** Issues that no field shows, for example of a part that this form does not have. */
  readonly elsewhere = $derived(
    [...this.messages].flatMap(([path, message]) => (this.#isShown(path) ? [] : [{ path, message }])),
  );

  /** The path of the first thing wrong, in the order in which the form shows its fields. */
  readonly firstWrong = $derived(inOrder(this.messages.keys(), this.values.hops)[0]);
  /** Changes with whatever a test depends on: not with what a connection is called or how it is shown. */
  readonly tested = $derived(
    JSON.stringify([
      { ...this.values, name: '', environment: '', groupId: '', color: '' },
      this.#pasted?.ref,
    ]),
  );

  constructor(base: ConnectionConfig | undefined, defaults: FormDefaults) {
    this.base = base;
    this.#productionReadOnly = defaults.productionReadOnly ?? 'off';
    this.#initial = valuesOf(base, defaults);
    this.values = structuredClone(this.#initial);
  }

  /** As it was opened. */
  get initial(): FormValues {
    return this.#initial;
  }

  get draft() {
    return draftOf(this.values, this.base);
  }

  /** A new definition that becomes production's takes the mode that is wanted there, unless one was chosen. */
  setEnvironment(environment: Environment): void {
    const { values, initial } = this;
    values.environment = environment;
    if (this.base) return;
    if (environment === 'production' && values.readOnly === initial.readOnly)
      values.readOnly = this.#productionReadOnly;
    else if (environment !== 'production' && values.readOnly === this.#productionReadOnly)
      values.readOnly = initial.readOnly;
  }

  /** For a test or a connect. */
  get secrets() {
    return secretsOf(this.values, this.#pasted);
  }

  /** To be stored with the definition. */
  get keptSecrets() {
    return keptSecretsOf(this.values, this.#pasted);
  }

  left(path: string): void {
    if (this.#waiting) this.#waiting.push(path);
    else this.#left.add(path);
  }

  /** While a button of the mouse is down, nothing may move under it: what is to be blamed waits for `release`. */
  hold(): void {
    this.#waiting ??= [];
  }

  release(): void {
    for (const path of this.#waiting ?? []) this.#left.add(path);
    this.#waiting = undefined;
  }

  errorOf(name: FieldName): string | undefined {
    return this.messages.get(fieldPaths[name]);
  }

  /** What a field is told of itself. */
  field(name: FieldName) {
    return { ...this.fieldAt(fieldPaths[name]), from: this.originOf(name) };
  }

  fieldAt(path: string) {
    return { error: this.messages.get(path), onblur: () => this.left(path) };
  }

  errorsOn(tab: FormTab): number {
    return [...this.messages.keys()].filter((path) => tabOf(path) === tab).length;
  }

  /** From now on everything wrong is shown. True when nothing is; a test needs no name. */
  check(purpose: 'test' | 'save'): boolean {
    this.#asked = purpose;
    // On the way to the button the focus has left the name, which is wanted for saving only.
    if (purpose === 'test') {
      this.#left.delete('name');
      this.#waiting = this.#waiting?.filter((path) => path !== 'name');
    }
    return this.#issues.every((issue) => purpose === 'test' && issue.path === 'name');
  }

  refused(issues: readonly FieldIssue[]): void {
    this.#refused.clear();
    for (const { path, message } of issues) this.#refused.set(path, { message, value: this.#valueAt(path) });
  }

  /** Where the value of a field came from, as long as it is that value. */
  originOf(name: FieldName): string | undefined {
    const filled = this.#filled.get(fieldPaths[name]);
    return filled?.value === this.#valueAt(fieldPaths[name]) ? filled.words : undefined;
  }

  /** Takes values over; returns the way back. */
  fill({ values, provenance, pasted }: Filling): () => void {
    const [before, pastedBefore] = [$state.snapshot(this.values), this.#pasted];
    const filledBefore = [...this.#filled];
    Object.assign(this.values, values);
    this.#pasted = pasted;
    this.#filled.clear();
    for (const [path, words] of provenance) this.#filled.set(path, { words, value: this.#valueAt(path) });
    return () => {
      this.values = before;
      this.#pasted = pastedBefore;
      this.#filled.clear();
      for (const [path, filled] of filledBefore) this.#filled.set(path, filled);
    };
  }

  /** A secret of a pasted text stands for the one that could be typed here. */
  isPasted(name: 'password' | 'keyPassphrase'): boolean {
    return this.#pasted?.[name] === true && this.values[name] === '';
  }

  /** Where a new definition keeps its password, as long as nobody has chosen: known only after a while. */
  suggestSource(source: CredentialSource): void {
    if (this.base || this.values.source !== this.#initial.source) return;
    this.#initial = { ...this.#initial, source };
    this.values.source = source;
  }

  addHop(): void {
    this.values.hops.push(newHop(this.values.hops.at(-1)?.source ?? this.#initial.source));
  }

  removeHop(index: number): void {
    this.values.hops.splice(index, 1);
  }

  moveHop(index: number, step: -1 | 1): void {
    const [hop] = this.values.hops.splice(index, 1);
    if (hop) this.values.hops.splice(index + step, 0, hop);
  }

  #validate(): FieldIssue[] {
    const result = validateConfig(this.draft, {
      nameRequired: true,
      newId: () => crypto.randomUUID(),
      now: Date.now(),
    });
    const own = lineIssues(this.values);
    // What a line says of itself is nearer than that its words are missing.
    const others = result.ok
      ? []
      : result.issues.filter(({ path }) => !own.some((issue) => issue.path === path));
    return [...own, ...others];
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
    return (this.#asked === 'test' && path !== 'name') || this.#left.has(path);
  }

  #isShown(path: string): boolean {
    return fieldAt(path) !== undefined || hopFieldAt(path, this.values.hops) !== undefined;
  }

  #valueAt(path: string): string {
    const name = fieldAt(path);
    if (name !== undefined) return String(this.values[name]);
    const hop = hopFieldAt(path, this.values.hops);
    const value = hop && this.values.hops[hop.index]?.[hop.field];
    return value ?? JSON.stringify(this.draft);
  }
}
