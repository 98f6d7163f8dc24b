import type { Clock } from '../lib/clock.ts';
import {
  desktopRules,
  initialAdmission,
  nextTickAt,
  transition,
  type AdmissionEffect,
  type AdmissionEvent,
  type AdmissionRules,
  type AdmissionState,
  type Ask,
  type Outcome,
  type Phase,
} from './admissionMachine.ts';

/** After a failure of the store, what is due is looked for again. */
const againMs = 1_000;

/** Where the state of the door is kept. One event after the other is applied, whole; its effects are whose event it was. */
export interface AdmissionStore {
  apply(
    event: AdmissionEvent,
    now: number,
  ): Promise<{ effects: readonly AdmissionEffect[]; nextAt?: number }>;
}

/** The state in this process, for as long as that lives. */
export class AdmissionMemory implements AdmissionStore {
  readonly #rules: AdmissionRules;
  #state: AdmissionState = initialAdmission;

  constructor(rules: AdmissionRules = desktopRules) {
    this.#rules = rules;
  }

  apply(event: AdmissionEvent, now: number): ReturnType<AdmissionStore['apply']> {
    const { state, effects } = transition(this.#state, event, now, this.#rules);
    this.#state = state;
    const nextAt = nextTickAt(state, now);
    return Promise.resolve({ effects, ...(nextAt === undefined ? {} : { nextAt }) });
  }
}

export interface AdmissionDeps {
  clock: Clock;
  /** The sessions for which something runs. */
  busy: () => ReadonlySet<string>;
  carryOut: (effect: Exclude<AdmissionEffect, { kind: 'answered' }>) => void;
  store?: AdmissionStore;
  /** The store could not be asked, or what it said could not be carried out. */
  onFault: (error: unknown) => void;
}

/** Drives the machine of the door: hands it what happens, carries out what it says, and wakes it when time has passed. */
export class Admission {
  readonly #deps: AdmissionDeps;
  readonly #store: AdmissionStore;
  readonly #answers = new Map<number, (outcome: Outcome) => void>();
  #tickets = 0;
  #stopTimer: () => void = () => undefined;
  #closed = false;

  constructor(deps: AdmissionDeps) {
    this.#deps = deps;
    this.#store = deps.store ?? new AdmissionMemory();
  }

  /** `answered` is called in turn with the effects around it, so that nothing comes between an outcome and what it means. */
  ask(ask: Omit<Ask, 'ticket'>, answered: (outcome: Outcome) => void): void {
    this.#tickets += 1;
    this.#answers.set(this.#tickets, answered);
    this.#apply({ kind: 'asked', ticket: this.#tickets, ...ask });
  }

  left(holder: number): void {
    this.#apply({ kind: 'left', holder });
  }

  enter(phase: Phase): void {
    this.#apply({ kind: 'phase', phase });
  }

  close(): void {
    this.#closed = true;
    this.#stopTimer();
  }

  #apply(event: AdmissionEvent): void {
    void this.#carryOut(event).catch((error: unknown) => {
      // A store that cannot be asked decides nothing: who asked hears so, as he would of one that takes too long.
      if (event.kind === 'asked')
        this.#answer(event.ticket, { outcome: 'timeout', reason: 'ADMISSION_TIMEOUT' });
      this.#wakeAt(this.#deps.clock.monotonic() + againMs);
      this.#deps.onFault(error);
    });
  }

  async #carryOut(event: AdmissionEvent): Promise<void> {
    const { effects, nextAt } = await this.#store.apply(event, this.#deps.clock.monotonic());
    for (const effect of effects) {
      if (effect.kind === 'answered') this.#answer(effect.ticket, effect.result);
      else this.#deps.carryOut(effect);
    }
    this.#wakeAt(nextAt);
  }

  #answer(ticket: number, outcome: Outcome): void {
    this.#answers.get(ticket)?.(outcome);
    this.#answers.delete(ticket);
  }

  #wakeAt(at: number | undefined): void {
    this.#stopTimer();
    if (at === undefined || this.#closed) return;
    const { clock, busy } = this.#deps;
    this.#stopTimer = clock.after(Math.max(0, at - clock.monotonic()), () =>
      this.#apply({ kind: 'tick', busy: busy() }),
    );
  }
}
