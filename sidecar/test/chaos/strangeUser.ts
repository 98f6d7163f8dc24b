import type { MethodInput, MethodName } from '#shared/contract/derive.ts';
import { RpcError } from '../sidecarProcess.ts';
import type { Random } from './random.ts';
import type { ChaosStage } from './stage.ts';

const texts = [
  'select 1',
  'select n, md5(n::text) from generate_series(1, 20000) n',
  'select pg_sleep(0.2)',
  'select pg_sleep(0.6)',
  'insert into scribbled values (1)',
  'insert into scribbled values (2); insert into scribbled values (3)',
  'begin; insert into scribbled values (4)',
  'begin; insert into scribbled values (5); commit',
  'commit',
  'rollback',
  'set work_mem = 4096; create temp table if not exists held ()',
  'listen scribbled; notify scribbled',
  "do $$ begin for i in 1..200 loop raise notice 'n %', i; end loop; end $$",
  'select wrong',
  "select repeat('x', 300000)",
] as const;

/** Somebody who clicks about while everything breaks. Every call of his must be answered, and every run must end. */
export class StrangeUser {
  /** Runs that were begun and of which no end is known yet. */
  readonly open = new Set<string>();
  /** Calls without an answer after half a minute. */
  readonly unanswered: string[] = [];
  readonly #stage: ChaosStage;
  readonly #pending = new Set<Promise<void>>();
  #lastResult: string | undefined;

  constructor(stage: ChaosStage) {
    this.#stage = stage;
  }

  /** One random thing. */
  act(random: Random): void {
    const tabId = `tab ${random.int(1, 4)}`;
    const id = this.#stage.connectionId;
    const runId = [...this.open].at(-1) ?? 'none';
    const resultId = this.#lastResult ?? 'none';
    const run = () => this.#run(tabId, random);
    const others: (() => void)[] = [
      () => this.#call('query.cancel', { runId }),
      () => this.#call('query.close', { tabId }),
      () => this.#call('query.rows', { resultId, offset: 0, limit: 100 }),
      () => this.#call('transaction.begin', { tabId, connectionId: id }),
      () => this.#call('transaction.commit', { tabId }),
      () => this.#call('transaction.rollback', { tabId }),
      () => this.#call('ledger.list', { connectionId: id, tabId }),
      () => this.#call('connection.status', { id }),
      () => this.#call('connection.budget', { id }),
      () => this.#call('connection.retryNow', { id }),
      () => this.#call('connection.test', { config: this.#stage.draft, secrets: this.#secrets }),
      () => this.#call('connection.connect', { id, secrets: this.#secrets }),
    ];
    if (random.chance(0.02)) others.push(() => this.#call('connection.disconnect', { id }));
    (random.chance(0.6) ? run : random.pick(others))();
  }

  get #secrets() {
    return { password: this.#stage.server.password };
  }

  #run(tabId: string, random: Random): void {
    const text = random.pick(texts);
    const more = random.chance(0.2) ? { timeoutMs: random.int(50, 1_000) } : {};
    this.#call('query.run', { connectionId: this.#stage.connectionId, tabId, text, ...more }, ({ runId }) =>
      this.open.add(runId),
    );
  }

  #call<M extends MethodName>(
    method: M,
    params: MethodInput<M>,
    use?: (result: Awaited<ReturnType<ChaosStage['sidecar']['call']>> & { runId: string }) => void,
  ): void {
    const settled = this.#stage.sidecar.call(method, params).then(
      (result) => use?.(result as never),
      (error: unknown) => {
        if (!(error instanceof RpcError)) this.unanswered.push(`${method}: ${String(error)}`);
      },
    );
    this.#pending.add(settled);
    void settled.finally(() => this.#pending.delete(settled));
  }

  /** Every call is answered, or is in `unanswered`. */
  async answered(): Promise<void> {
    await Promise.all(this.#pending);
  }

  /** Takes the ends of runs that were told meanwhile. */
  look(): void {
    for (const { method, params } of this.#stage.sidecar.notifications) {
      if (method === 'query.runEnded') this.open.delete(String(params.runId));
      if (method === 'query.resultStarted') this.#lastResult = String(params.resultId);
    }
  }
}
