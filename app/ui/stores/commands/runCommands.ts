import { metaCommand } from '#shared/sql/metaCommands.ts';
import type { RunRequest } from '../runsRun.svelte.ts';
import { databaseOf } from '../shownDatabase.ts';
import type { CommandStores } from './commandStores.ts';
import { productionQuestion } from './productionQuestion.ts';

type Stores = Pick<CommandStores, 'announcer' | 'connections' | 'questions' | 'runs' | 'toasts'>;

/** Runs a text; on production it asks first where the text writes. */
export class RunCommands {
  #stores: Stores;

  constructor(stores: Stores) {
    this.#stores = stores;
  }

  /** One run at a time in a tab: what comes while another is under way waits for its end. */
  async run(asked: RunRequest): Promise<void> {
    const { announcer, connections, runs, toasts } = this.#stores;
    const row = connections.get(asked.connectionId);
    // A tab that says no database means the connection's own, whatever was selected in another tab.
    const request = { ...asked, database: asked.database ?? (row && databaseOf(row)) };
    if (runs.isBusy(request.tabId)) announcer.say('Waits for the run before it.');
    const turn = await runs.waitForTurn(request);
    if (turn === 'dropped') toasts.show('The run before it did not end well, so what waited was not run.');
    if (turn === 'come') await this.#send(request);
  }

  /** Sends the text of the last run once more. Only ever at the user's word. */
  async again(tabId: string): Promise<void> {
    const request = this.#stores.runs.requestAgain(tabId);
    if (request) await this.run(request);
  }

  /** Runs the statement that was stopped once more, with another limit. Only ever at the user's word. */
  async withLimit(tabId: string, timeoutMs: number): Promise<void> {
    const request = this.#stores.runs.requestStopped(tabId);
    if (request) await this.run({ ...request, timeoutMs });
  }

  /** Runs what the last run left out because it had stopped. Only ever at the user's word. */
  async rest(tabId: string, from: 'behind' | 'here'): Promise<void> {
    const request = this.#stores.runs.requestRest(tabId, from);
    if (request) await this.run(request);
  }

  /** Runs a query in place of the command of psql at which the last run stopped. */
  async asSql(tabId: string): Promise<void> {
    const request = this.#stores.runs.requestStopped(tabId);
    const text = request && metaCommand(request.text)?.sql;
    if (request && text !== undefined) await this.run({ ...request, text });
  }

  async #send(request: RunRequest): Promise<void> {
    const { announcer, questions, runs } = this.#stores;
    const refusal = await runs.run(request);
    if (refusal?.code !== 'CONFIRMATION_REQUIRED') return;
    // The question says it all; behind it nothing changes until it is answered.
    runs.forgetRefusal(request.tabId);
    const confirmed = await questions.ask(productionQuestion(refusal.toEnvelope(), request.text));
    if (confirmed) await runs.run({ ...request, confirm: true });
    else announcer.say('Nothing was run.');
  }
}
