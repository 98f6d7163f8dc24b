import type { ConnectionDraft, Secrets } from '#shared/connection/config.ts';
import type { HostKeyTrust } from '#shared/connection/hostKey.ts';
import type { StageReport, TestReport } from '#shared/connection/testReport.ts';
import { AppError, fromEnvelope, toEnvelope } from '#shared/error/appError.ts';
import type { Rpc } from '../../lib/rpc/rpc.ts';
import type { Tests } from '../../stores/tests.svelte.ts';

export type TestState =
  | { kind: 'idle' }
  | { kind: 'running'; testId: string; abort: AbortController }
  | { kind: 'done'; report: TestReport }
  | { kind: 'failed'; error: AppError };

/** One "Test connection" of a form: its stages while it runs, its report once it is over. */
export class TestRun {
  #state = $state.raw<TestState>({ kind: 'idle' });
  #rpc: Rpc;
  #tests: Tests;

  readonly stages = $derived<readonly StageReport[]>(this.#stages());

  constructor(rpc: Rpc, tests: Tests) {
    this.#rpc = rpc;
    this.#tests = tests;
  }

  /** When the stage that runs now began. */
  get since(): number | undefined {
    return this.#state.kind === 'running' ? this.#tests.progress(this.#state.testId)?.since : undefined;
  }

  get state(): TestState {
    return this.#state;
  }

  /** Runs it; a newer one takes the place of one that is under way. Returns what the fields are blamed for. */
  async start(config: ConnectionDraft, secrets: Secrets, trust: HostKeyTrust): Promise<AppError | undefined> {
    this.stop();
    const testId = crypto.randomUUID();
    const abort = new AbortController();
    this.#tests.began(testId);
    this.#state = { kind: 'running', testId, abort };
    try {
      const asked = { config, secrets, testId, trust };
      const report = await this.#rpc.call('connection.test', asked, abort.signal);
      if (!abort.signal.aborted) this.#state = { kind: 'done', report };
    } catch (thrown) {
      const error = thrown instanceof AppError ? thrown : fromEnvelope(toEnvelope(thrown));
      if (abort.signal.aborted) return undefined;
      this.#state = { kind: 'failed', error };
      return error;
    } finally {
      this.#tests.forget(testId);
    }
    return undefined;
  }

  /** Ends the one under way; also when the form goes. */
  stop(): void {
    if (this.#state.kind !== 'running') return;
    this.#state.abort.abort();
    this.#state = { kind: 'idle' };
  }

  clear(): void {
    if (this.#state.kind !== 'running') this.#state = { kind: 'idle' };
  }

  #stages(): readonly StageReport[] {
    if (this.#state.kind === 'running') return this.#tests.progress(this.#state.testId)?.stages ?? [];
    return this.#state.kind === 'done' ? this.#state.report.stages : [];
  }
}
