import type { MethodResult } from '#shared/contract/derive.ts';
import type { Rpc } from '../lib/rpc/rpc.ts';

export type Budget = MethodResult<'connection.budget'>;

/** The control connection answers within 2 s or is lost; the rest is for a slow machine. */
const askMs = 5_000;
/** While somebody looks at the numbers they follow; the server is asked for nothing at other times. */
const followMs = 3_000;

/** How many connections a server has and takes, for as long as somebody wants to know. */
export class BudgetWatch {
  readonly #rpc: Rpc;
  readonly #id: () => string;
  #value = $state.raw<Budget>();
  #failed = $state(false);

  constructor(rpc: Rpc, id: () => string) {
    this.#rpc = rpc;
    this.#id = id;
  }

  get value(): Budget | undefined {
    return this.#value;
  }

  /** The numbers are from before: the server did not answer. */
  get failed(): boolean {
    return this.#failed;
  }

  forget(): void {
    this.#value = undefined;
  }

  async refresh(): Promise<void> {
    const id = this.#id();
    try {
      const answer = await this.#rpc.call('connection.budget', { id }, AbortSignal.timeout(askMs));
      if (id === this.#id()) [this.#value, this.#failed] = [answer, false];
    } catch {
      // The numbers are a comfort; a link that is lost is told by the status.
      if (id === this.#id()) this.#failed = true;
    }
  }

  /** Returns what ends it. */
  follow(): () => void {
    void this.refresh();
    const timer = setInterval(() => void this.refresh(), followMs);
    return () => clearInterval(timer);
  }
}
