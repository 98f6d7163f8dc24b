import type { HostKeyTrust } from '#shared/connection/hostKey.ts';
import { stagesOver } from '#shared/connection/stages.ts';
import { AppError, fromEnvelope, toEnvelope } from '#shared/error/appError.ts';
import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import type { App } from '../../stores/context.ts';
import { fixOf, type Fix } from './fixes.ts';
import type { FixingPlace } from './fixingPlace.ts';
import type { FormState } from './formState.svelte.ts';
import type { FormValues } from './formValues.ts';
import { reportText } from './reportText.ts';
import { TestRun } from './testRun.svelte.ts';

/** What the doctor asks of the form around it. */
export interface DoctorForm {
  state: FormState;
  /** Goes to the first field that is wrong. */
  blame: (failure: AppError | undefined) => Promise<void>;
  /** Shows a tab, with the focus in one of its fields. */
  goTo: (place: FixingPlace) => Promise<void>;
}

/** Tests what stands in a form, stage by stage, and mends what it can where a stage failed. */
export class Doctor {
  readonly #app: App;
  readonly #form: DoctorForm;
  readonly #test: TestRun;
  #testedValues = $state('');
  #copied = $state<string>();
  #fixFailure = $state.raw<AppError>();
  /** Host keys that were looked at and accepted here. */
  #trust: HostKeyTrust = {};

  readonly running = $derived(this.#isRunning());
  readonly report = $derived(this.#reported());
  /** What was tested is not what stands in the fields now. */
  readonly stale = $derived(this.report !== undefined && this.#testedValues !== this.#values());
  /** The test, or a fix, could not be made. */
  readonly failure = $derived(this.#fixFailure ?? this.#failed());
  /** What was not reached yet, the running one first. */
  readonly pending = $derived(this.running ? this.#notReported() : []);

  constructor(app: App, form: DoctorForm) {
    this.#app = app;
    this.#form = form;
    this.#test = new TestRun(app.rpc, app.tests);
  }

  get stages() {
    return this.#test.stages;
  }
  /** When the stage that runs now began. */
  get since(): number | undefined {
    return this.#test.since;
  }
  /** The longest that a stage may take, as it stands in the form. */
  get limitSec(): number {
    return Number(this.#form.state.values.connectTimeoutSec) || 10;
  }
  /** The text that was copied last, as long as nothing else has happened. */
  get copied(): string | undefined {
    return this.#copied;
  }
  /** What the report is about. */
  get subject(): string {
    const { name, host } = this.#form.state.values;
    return name.trim() || host;
  }
  /** The password as it is typed; in the form it is the same. */
  get password(): string {
    return this.#form.state.values.password;
  }
  set password(typed: string) {
    const { stale } = this;
    this.#form.state.values.password = typed;
    // Typed in the report it answers it, and does not make it one of earlier values.
    if (!stale) this.#testedValues = this.#values();
  }

  /** Tests the form as it stands. */
  async run(): Promise<void> {
    const { state, blame } = this.#form;
    this.#copied = undefined;
    this.#fixFailure = undefined;
    if (!state.check('test')) {
      this.#test.clear();
      return blame(undefined);
    }
    this.#testedValues = state.tested;
    const failure = await this.#test.start($state.snapshot(state.draft), state.secrets, this.#trust);
    if (failure?.code === 'INVALID_CONFIG') this.#test.clear();
    if (failure) await blame(failure);
    if (this.report) this.#app.announcer.say(this.report.ok ? 'Test passed' : 'Test failed');
  }

  /** Ends the one under way; also when the form goes. */
  stop(): void {
    this.#test.stop();
  }

  /** The one thing that helps with a stage that failed. */
  fixOf(error: ErrorEnvelope): Fix | undefined {
    return this.report && fixOf(error, this.report, this.#form.state.values);
  }

  /** Does it, and tests again where it changed something. */
  async apply(fix: Fix): Promise<void> {
    if (fix.kind === 'copy') return this.copy(fix.text);
    if (fix.kind === 'go') return this.#form.goTo(fix.place);
    if (fix.kind === 'change') return this.change(fix.values);
    if (fix.kind === 'trustCertificate') return this.#trustCertificate(fix.pem);
    return this.run();
  }

  async change(values: Partial<FormValues>): Promise<void> {
    Object.assign(this.#form.state.values, values);
    await this.run();
  }

  /** `remember` writes it to known_hosts, so that connecting does not ask again. */
  async trustHostKey(hop: string, fingerprint: string, remember: boolean): Promise<void> {
    this.#trust = { ...this.#trust, [hop]: { fingerprint, remember } };
    await this.run();
  }

  async copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text);
    this.#copied = text;
    this.#app.announcer.say('Copied');
  }

  reportText(): string {
    const { report, subject } = this;
    const { host, port, database, username, tlsMode, sshEnabled, hops } = this.#form.state.values;
    const place = /^[/@]/.test(host) || /:\d+/.test(host) ? host : `${host}:${port}`;
    const ways = [tlsMode && `TLS ${tlsMode}`, sshEnabled && `${hops.length} SSH hops`].filter(Boolean);
    const target = [`${place}, database ${database}, user ${username}`, ...ways].join(', ');
    return report ? reportText({ name: subject, target, now: Date.now() }, report) : '';
  }

  async #trustCertificate(pem: string): Promise<void> {
    try {
      const { caFile } = await this.#app.rpc.call('certificate.keep', { pem });
      await this.change({ caFile });
    } catch (thrown) {
      this.#fixFailure = thrown instanceof AppError ? thrown : fromEnvelope(toEnvelope(thrown));
    }
  }

  // Reached by calls, so that what is derived is made after the constructor has set the parts.
  #isRunning() {
    return this.#test.state.kind === 'running';
  }
  #reported() {
    return this.#test.state.kind === 'done' ? this.#test.state.report : undefined;
  }
  #failed() {
    return this.#test.state.kind === 'failed' ? this.#test.state.error : undefined;
  }
  #values() {
    return this.#form.state.tested;
  }
  #notReported(): string[] {
    const { sshEnabled, hops } = this.#form.state.values;
    const reached = new Set(this.stages.map(({ stage }) => stage));
    return stagesOver(sshEnabled ? hops.length : 0).filter((stage) => !reached.has(stage));
  }
}
