import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import type { AppError } from '#shared/error/appError.ts';
import type { App } from '../../stores/context.ts';
import type { FormState } from './formState.svelte.ts';
import { fixingPlace, testReportText, type FixingPlace } from './stageWords.ts';
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
  #copied = $state(false);

  readonly running = $derived(this.#isRunning());
  readonly report = $derived(this.#reported());
  /** What was tested is not what stands in the fields now. */
  readonly stale = $derived(this.report !== undefined && this.#testedValues !== this.#values());
  /** The test itself could not be made. */
  readonly failure = $derived(this.#failed());

  constructor(app: App, form: DoctorForm) {
    this.#app = app;
    this.#form = form;
    this.#test = new TestRun(app.rpc, app.tests);
  }

  get stages() {
    return this.#test.stages;
  }
  get copied(): boolean {
    return this.#copied;
  }
  /** What the report is about. */
  get subject(): string {
    const { name, host } = this.#form.state.values;
    return name.trim() || host;
  }

  /** Tests the form as it stands. */
  async run(): Promise<void> {
    const { state, blame } = this.#form;
    this.#copied = false;
    if (!state.check('test')) {
      this.#test.clear();
      return blame(undefined);
    }
    this.#testedValues = state.tested;
    const failure = await this.#test.start($state.snapshot(state.draft), state.secrets);
    if (failure?.code === 'INVALID_CONFIG') this.#test.clear();
    if (failure) await blame(failure);
    if (this.report) this.#app.announcer.say(this.report.ok ? 'Test passed' : 'Test failed');
  }

  /** Ends the one under way; also when the form goes. */
  stop(): void {
    this.#test.stop();
  }

  /** What an action that an error names does here; undefined where it does nothing. */
  action(error: ErrorEnvelope, id: string): (() => void) | undefined {
    if (id === 'retry') return () => void this.run();
    if (id === 'copyDetails') return () => void this.copyReport();
    const place = fixingPlace(error, id);
    return place && (() => void this.#form.goTo(place));
  }

  async copyReport(): Promise<void> {
    if (!this.report) return;
    await navigator.clipboard.writeText(testReportText(this.subject, this.report));
    this.#copied = true;
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
}
