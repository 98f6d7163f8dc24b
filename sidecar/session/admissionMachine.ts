/** What the door allows; on the desktop everybody has room. */
export interface AdmissionRules {
  /** Sessions at a time, those in their grace included. */
  capacity: number;
  /** Windows that may wait for room. */
  maxQueue: number;
}

export const desktopRules: AdmissionRules = { capacity: Infinity, maxQueue: 0 };

/** Every attach has its outcome after this long, whatever it waits for. */
export const outcomeMs = 10_000;
/** How long a window that left may take to come back, and how long at most while something runs for it. */
export const graceMs = 60_000;
export const busyGraceMs = 10 * 60_000;
/** A window that waits for room asks again within this time, or it has gone. */
const askAgainMs = 30_000;
/** How long the room that came free is kept for the window whose turn it is. */
const reservedMs = 10_000;
/** So many failures of one window within the time, and it has to wait until the first of them is as old as that. */
const failureLimit = 5;
const failureWindowMs = 60_000;
/** Windows whose failures are remembered; made-up names must not fill the memory. */
export const maxRemembered = 1_000;

export type Refusal =
  | 'ALREADY_ATTACHED'
  | 'DRAINING'
  | 'INVALID_INSTANCE'
  | 'MAINTENANCE'
  | 'QUEUE_FULL'
  | 'RATE_LIMITED'
  | 'SUSPENDED'
  | 'TOKEN_EXPIRED';

/** One attach. `holder` is the window's channel; session and token are there to be used where a new one is needed. */
export interface Ask {
  ticket: number;
  holder: number;
  windowId: string;
  /** Digests, so that whoever holds the state cannot come in by it. */
  token?: string;
  newToken: string;
  newSessionId: string;
  replace: boolean;
}

export type Phase =
  /** The stores are still read: who asks waits. */
  | { kind: 'opening' }
  | { kind: 'open' }
  /** What runs is waited for; nobody new comes in. */
  | { kind: 'draining'; until: number }
  | { kind: 'closed'; reason: 'MAINTENANCE' | 'SUSPENDED'; until?: number };

interface Seat {
  windowId: string;
  token: string;
  /** Absent in the grace, which began at `leftAt`. */
  holder?: number;
  leftAt: number;
}

interface Place {
  windowId: string;
  askedAt: number;
  /** Its turn has come: room is kept for it since then. */
  promotedAt?: number;
}

export interface AdmissionState {
  readonly phase: Phase;
  /** By session id. */
  readonly seats: ReadonlyMap<string, Seat>;
  readonly queue: readonly Place[];
  readonly waiting: readonly { ask: Ask; since: number }[];
  /** When a window failed lately; the one that failed last stands last. */
  readonly failures: ReadonlyMap<string, readonly number[]>;
}

export type AdmissionEvent =
  | ({ kind: 'asked' } & Ask)
  /** The channel is gone, or goes on without a session. */
  | { kind: 'left'; holder: number }
  | { kind: 'tick'; busy: ReadonlySet<string> }
  | { kind: 'phase'; phase: Phase };

export type Outcome =
  | { outcome: 'admitted'; sessionId: string; renewed: boolean }
  | { outcome: 'queued'; position: number }
  | { outcome: 'failed'; reason: Refusal; retryAfterMs?: number }
  | { outcome: 'timeout'; reason: 'ADMISSION_TIMEOUT' };

export type AdmissionEffect =
  | { kind: 'began'; sessionId: string; windowId: string }
  /** The window that has it now is told, and has it no longer. */
  | { kind: 'replaced'; sessionId: string }
  | { kind: 'left'; sessionId: string }
  | { kind: 'ended'; sessionId: string }
  /** It may come in when it asks again. */
  | { kind: 'promoted'; windowId: string }
  | { kind: 'answered'; ticket: number; result: Outcome };

export interface AdmissionStep {
  state: AdmissionState;
  /** In their order. */
  effects: readonly AdmissionEffect[];
}

export const initialAdmission: AdmissionState = {
  phase: { kind: 'opening' },
  seats: new Map(),
  queue: [],
  waiting: [],
  failures: new Map(),
};

/** Who comes in, who waits, who has to go. Pure; `now` is in milliseconds that only go forward. */
export function transition(
  state: AdmissionState,
  event: AdmissionEvent,
  now: number,
  rules: AdmissionRules = desktopRules,
): AdmissionStep {
  const door = new DoorStep(state, now, rules);
  switch (event.kind) {
    case 'asked':
      door.ask(event);
      break;
    case 'left':
      door.leave(event.holder);
      break;
    case 'tick':
      door.tick(event.busy);
      break;
    case 'phase':
      door.enter(event.phase);
  }
  return door.done();
}

/** When the next `tick` has something to do; undefined: never. */
export function nextTickAt({ seats, queue, waiting }: AdmissionState, now: number): number | undefined {
  const ends = [...seats.values()].flatMap(({ holder, leftAt }) => {
    if (holder !== undefined) return [];
    // A grace that is over and still stands is one of a busy session, which is looked at again.
    return [leftAt + (Math.floor((now - leftAt) / graceMs) + 1) * graceMs];
  });
  const places = queue.map((place) => placeUntil(place));
  const first = Math.min(...ends, ...places, ...waiting.map(({ since }) => since + outcomeMs));
  return first === Infinity ? undefined : first;
}

const placeUntil = ({ askedAt, promotedAt }: Place): number =>
  promotedAt === undefined ? askedAt + askAgainMs : promotedAt + reservedMs;

/** One step: takes the state apart, and puts the next one together in `done`. */
class DoorStep {
  #phase: Phase;
  readonly #seats: Map<string, Seat>;
  #queue: readonly Place[];
  #waiting: AdmissionState['waiting'];
  readonly #failures: Map<string, readonly number[]>;
  readonly #effects: AdmissionEffect[] = [];
  readonly #now: number;
  readonly #rules: AdmissionRules;

  constructor(state: AdmissionState, now: number, rules: AdmissionRules) {
    this.#phase = state.phase;
    this.#seats = new Map(state.seats);
    this.#queue = state.queue;
    this.#waiting = state.waiting;
    this.#failures = new Map(state.failures);
    this.#now = now;
    this.#rules = rules;
  }

  done(): AdmissionStep {
    this.#promote();
    const state = {
      phase: this.#phase,
      seats: this.#seats,
      queue: this.#queue,
      waiting: this.#waiting,
      failures: this.#failures,
    };
    return { state, effects: this.#effects };
  }

  ask(ask: Ask): void {
    if (this.#phase.kind === 'opening') {
      this.#waiting = [...this.#waiting, { ask, since: this.#now }];
      return;
    }
    const result = this.#decide(ask);
    this.#effects.push({ kind: 'answered', ticket: ask.ticket, result });
  }

  leave(holder: number): void {
    for (const { ask } of this.#waiting) if (ask.holder === holder) this.#timeout(ask);
    this.#waiting = this.#waiting.filter(({ ask }) => ask.holder !== holder);
    for (const [sessionId, seat] of this.#seats) if (seat.holder === holder) this.#vacate(sessionId, seat);
  }

  tick(busy: ReadonlySet<string>): void {
    const isDue = ({ since }: { since: number }) => this.#now >= since + outcomeMs;
    for (const each of this.#waiting) if (isDue(each)) this.#timeout(each.ask);
    this.#waiting = this.#waiting.filter((each) => !isDue(each));
    for (const [sessionId, { holder, leftAt }] of this.#seats) {
      const grace = busy.has(sessionId) ? busyGraceMs : graceMs;
      if (holder !== undefined || this.#now < leftAt + grace) continue;
      this.#seats.delete(sessionId);
      this.#effects.push({ kind: 'ended', sessionId });
    }
    this.#queue = this.#queue.filter((place) => this.#now < placeUntil(place));
  }

  /** Who waited for the door asks anew, in the order in which they came. */
  enter(phase: Phase): void {
    this.#phase = phase;
    if (phase.kind === 'opening') return;
    const waited = this.#waiting;
    this.#waiting = [];
    for (const { ask } of waited) this.ask(ask);
  }

  #decide(ask: Ask): Outcome {
    if (this.#phase.kind === 'closed') return this.#refuse(this.#phase.reason, this.#phase.until);
    const failures = this.#recentFailures(ask.windowId);
    // A right token would not be confirmed either: that is what is being tried out.
    if (failures.length >= failureLimit)
      return this.#refuse('RATE_LIMITED', (failures.at(-failureLimit) ?? 0) + failureWindowMs);
    const { sessionId, wrong } = this.#find(ask);
    if (wrong) return this.#fail(ask, wrong);
    return sessionId === undefined ? this.#newcomer(ask) : this.#returning(ask, sessionId);
  }

  /** The session that is asked for; neither that nor what is wrong: a new one. */
  #find({ token, windowId, replace, holder }: Ask): { sessionId?: string; wrong?: Refusal } {
    const seats = [...this.#seats];
    if (token !== undefined) {
      const found = seats.find(([, seat]) => seat.token === token);
      if (!found) return { wrong: 'TOKEN_EXPIRED' };
      return found[1].windowId === windowId ? { sessionId: found[0] } : { wrong: 'INVALID_INSTANCE' };
    }
    const own = seats.filter(([, seat]) => seat.windowId === windowId);
    const attached =
      own.find(([, seat]) => seat.holder === holder) ?? own.find(([, seat]) => seat.holder !== undefined);
    // Only who means to have it is given one that was left, for he does not show its token.
    const sessionId = (attached ?? (replace ? own.at(-1) : undefined))?.[0];
    return sessionId === undefined ? {} : { sessionId };
  }

  #returning(ask: Ask, sessionId: string): Outcome {
    const seat = this.#seats.get(sessionId);
    const isTaken = seat?.holder !== undefined && seat.holder !== ask.holder;
    // No failure but a question: two windows must not take a session from each other without being told to.
    if (isTaken && !ask.replace) return { outcome: 'failed', reason: 'ALREADY_ATTACHED' };
    if (isTaken) this.#effects.push({ kind: 'replaced', sessionId });
    // The window that is replaced knows the old token.
    const renewed = isTaken || ask.token === undefined;
    return this.#seat(ask, sessionId, renewed ? ask.newToken : (seat?.token ?? ask.newToken), renewed);
  }

  #newcomer(ask: Ask): Outcome {
    const place = this.#queue.find(({ windowId }) => windowId === ask.windowId);
    if (this.#phase.kind === 'draining' && !place) return this.#refuse('DRAINING', this.#phase.until);
    // A place in the queue goes before: without one there is only room where nobody waits.
    const isFree = this.#room() > 0 && this.#queue.every(({ promotedAt }) => promotedAt !== undefined);
    if (place?.promotedAt === undefined && !isFree) return this.#enqueue(ask, place);
    this.#queue = this.#queue.filter((each) => each !== place);
    const { newSessionId: sessionId, windowId } = ask;
    this.#effects.push({ kind: 'began', sessionId, windowId });
    return this.#seat(ask, sessionId, ask.newToken, true);
  }

  #seat({ holder, windowId }: Ask, sessionId: string, token: string, renewed: boolean): Outcome {
    for (const [id, seat] of this.#seats)
      if (id !== sessionId && seat.holder === holder) this.#vacate(id, seat);
    this.#seats.set(sessionId, { windowId, token, holder, leftAt: 0 });
    this.#failures.delete(windowId);
    return { outcome: 'admitted', sessionId, renewed };
  }

  #enqueue({ windowId }: Ask, place: Place | undefined): Outcome {
    if (!place && this.#queue.length >= this.#rules.maxQueue) return this.#refuse('QUEUE_FULL');
    const asking = { windowId, askedAt: this.#now };
    this.#queue = place
      ? this.#queue.map((each) => (each === place ? asking : each))
      : [...this.#queue, asking];
    const waiting = this.#queue.filter(({ promotedAt }) => promotedAt === undefined);
    return { outcome: 'queued', position: waiting.indexOf(asking) + 1 };
  }

  /** Room that came free is kept for those who wait longest. */
  #promote(): void {
    let room = this.#phase.kind === 'open' || this.#phase.kind === 'draining' ? this.#room() : 0;
    this.#queue = this.#queue.map((place) => {
      if (place.promotedAt !== undefined || room <= 0) return place;
      room -= 1;
      this.#effects.push({ kind: 'promoted', windowId: place.windowId });
      return { ...place, promotedAt: this.#now };
    });
  }

  #room(): number {
    const kept = this.#queue.filter(({ promotedAt }) => promotedAt !== undefined).length;
    return this.#rules.capacity - this.#seats.size - kept;
  }

  #vacate(sessionId: string, { windowId, token }: Seat): void {
    // Taken out and put back: the session that was left last stands last.
    this.#seats.delete(sessionId);
    this.#seats.set(sessionId, { windowId, token, leftAt: this.#now });
    this.#effects.push({ kind: 'left', sessionId });
  }

  #refuse(reason: Refusal, until?: number): Outcome {
    const wait = until === undefined ? {} : { retryAfterMs: Math.max(1, Math.ceil(until - this.#now)) };
    return { outcome: 'failed', reason, ...wait };
  }

  #timeout({ ticket }: Ask): void {
    const result: Outcome = { outcome: 'timeout', reason: 'ADMISSION_TIMEOUT' };
    this.#effects.push({ kind: 'answered', ticket, result });
  }

  /** What may be a guess counts; what says something of us, or only asks a question, does not. */
  #fail({ windowId }: Ask, reason: Refusal): Outcome {
    const times = [...this.#recentFailures(windowId), this.#now];
    this.#failures.delete(windowId);
    this.#failures.set(windowId, times);
    for (const name of [...this.#failures.keys()].slice(0, -maxRemembered)) this.#failures.delete(name);
    return this.#refuse(reason);
  }

  #recentFailures(windowId: string): number[] {
    return (this.#failures.get(windowId) ?? []).filter((at) => this.#now < at + failureWindowMs);
  }
}
