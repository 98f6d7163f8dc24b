import type { RunRequest } from '../runs.svelte.ts';
import type { CommandStores } from './commandStores.ts';
import { productionQuestion } from './productionQuestion.ts';

/** Runs a text; on production it asks first where the text writes. */
export class RunCommands {
  #stores: Pick<CommandStores, 'runs' | 'questions' | 'announcer'>;

  constructor(stores: Pick<CommandStores, 'runs' | 'questions' | 'announcer'>) {
    this.#stores = stores;
  }

  async run(request: RunRequest): Promise<void> {
    const { announcer, questions, runs } = this.#stores;
    const refusal = await runs.run(request);
    if (refusal?.code !== 'CONFIRMATION_REQUIRED') return;
    // The question says it all; behind it nothing changes until it is answered.
    runs.forgetRefusal(request.tabId);
    const confirmed = await questions.ask(productionQuestion(refusal.toEnvelope(), request.text));
    if (confirmed) await runs.run({ ...request, confirm: true });
    else announcer.say('Nothing was run.');
  }

  /** Sends the text of the last run once more. Only ever at the user's word. */
  async again(tabId: string): Promise<void> {
    const request = this.#stores.runs.requestAgain(tabId);
    if (request) await this.run(request);
  }
}
