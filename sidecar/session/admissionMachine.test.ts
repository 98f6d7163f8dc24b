import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  graceMs,
  initialAdmission,
  maxRemembered,
  nextTickAt,
  outcomeMs,
  transition,
  type AdmissionEffect,
  type AdmissionEvent,
  type AdmissionRules,
  type AdmissionState,
  type Ask,
  type Outcome,
} from './admissionMachine.ts';

const second = 1_000;
const minute = 60 * second;

/** A door with a clock of its own; each ask is a ticket more. */
class Door {
  state: AdmissionState = initialAdmission;
  now = 1_000_000;
  effects: AdmissionEffect[] = [];
  readonly rules: AdmissionRules | undefined;
  tickets = 0;

  constructor(rules?: AdmissionRules) {
    this.rules = rules;
  }

  static open(rules?: AdmissionRules): Door {
    const door = new Door(rules);
    door.take({ kind: 'phase', phase: { kind: 'open' } });
    return door;
  }

  take(event: AdmissionEvent): readonly AdmissionEffect[] {
    const { state, effects } = transition(this.state, event, this.now, this.rules);
    this.state = state;
    this.effects.push(...effects);
    return effects;
  }

  /** The outcome of an attach, where there is one at once. The session is named after its window and ticket. */
  ask(holder: number, windowId: string, more: Partial<Ask> = {}): Outcome | undefined {
    this.tickets += 1;
    const ticket = this.tickets;
    const fresh = { newToken: `token ${ticket}`, newSessionId: `${windowId} ${ticket}` };
    this.take({ kind: 'asked', ticket, holder, windowId, replace: false, ...fresh, ...more });
    return this.outcomeOf(ticket);
  }

  outcomeOf(ticket: number): Outcome | undefined {
    const answers = this.effects.flatMap((effect) =>
      effect.kind === 'answered' && effect.ticket === ticket ? [effect.result] : [],
    );
    expect(answers.length).toBeLessThan(2);
    return answers[0];
  }

  tick(busy: string[] = []): void {
    this.take({ kind: 'tick', busy: new Set(busy) });
  }

  kinds(): string[] {
    return this.effects.map(({ kind }) => kind);
  }
}

const admitted = { outcome: 'admitted' };
const failed = (reason: string) => ({ outcome: 'failed', reason });

describe('the door', () => {
  it('gives a window its session back by its token, for a minute after it left', () => {
    const door = Door.open();
    expect(door.ask(1, 'a')).toEqual({ outcome: 'admitted', sessionId: 'a 1', renewed: true });
    door.take({ kind: 'left', holder: 1 });
    door.now += graceMs - 1;
    door.tick();
    const back = door.ask(2, 'a', { token: 'token 1' });
    expect(back).toEqual({ outcome: 'admitted', sessionId: 'a 1', renewed: false });
    door.take({ kind: 'left', holder: 2 });
    door.now += graceMs;
    door.tick();
    expect(door.kinds()).toContain('ended');
    expect(door.ask(3, 'a', { token: 'token 1' })).toEqual(failed('TOKEN_EXPIRED'));
  });

  it('keeps a session for ten minutes while something runs for it, and looks every minute', () => {
    const door = Door.open();
    door.ask(1, 'a');
    door.take({ kind: 'left', holder: 1 });
    for (let gone = 1; gone <= 9; gone += 1) {
      expect(nextTickAt(door.state, door.now)).toBe(door.now + minute);
      door.now += minute;
      door.tick(['a 1']);
      expect(door.kinds()).not.toContain('ended');
    }
    door.now += minute;
    door.tick(['a 1']);
    expect(door.kinds()).toContain('ended');
    expect(nextTickAt(door.state, door.now)).toBeUndefined();
  });

  it('asks before a session is taken from the window that has it, and gives its token up', () => {
    for (const way of [{ token: 'token 1' }, {}]) {
      const door = Door.open();
      door.ask(1, 'a');
      expect(door.ask(2, 'a', way)).toEqual(failed('ALREADY_ATTACHED'));
      expect(door.ask(2, 'a', { ...way, replace: true })).toMatchObject({ sessionId: 'a 1', renewed: true });
      expect(door.kinds()).toContain('replaced');
      expect(door.ask(1, 'a', { token: 'token 1' })).toEqual(failed('TOKEN_EXPIRED'));
      expect(door.ask(1, 'a')).toEqual(failed('ALREADY_ATTACHED'));
      // Taken back, also where the other one has left meanwhile.
      door.take({ kind: 'left', holder: 2 });
      expect(door.ask(1, 'a', { replace: true })).toMatchObject({ sessionId: 'a 1' });
      expect(door.kinds().filter((kind) => kind === 'began')).toHaveLength(1);
    }
  });

  it('does not give a session that was left to a window without its token', () => {
    const door = Door.open();
    door.ask(1, 'a');
    door.take({ kind: 'left', holder: 1 });
    expect(door.ask(2, 'a')).toMatchObject({ sessionId: 'a 2' });
    expect(door.ask(3, 'b', { token: 'token 1' })).toEqual(failed('INVALID_INSTANCE'));
  });

  it('makes a window that failed five times wait until the first is a minute ago; success clears', () => {
    const door = Door.open();
    const wrong = () => door.ask(1, 'a', { token: 'wrong' });
    for (let count = 0; count < 4; count += 1) expect(wrong()).toEqual(failed('TOKEN_EXPIRED'));
    expect(door.ask(1, 'a')).toMatchObject(admitted);
    for (let count = 0; count < 5; count += 1) {
      expect(wrong()).toEqual(failed('TOKEN_EXPIRED'));
      door.now += second;
    }
    const limited = { ...failed('RATE_LIMITED'), retryAfterMs: 55 * second };
    expect(wrong()).toEqual(limited);
    expect(door.ask(1, 'a', { token: 'token 5' }), 'nor is a right one confirmed').toEqual(limited);
    expect(door.ask(2, 'b'), 'others come in').toMatchObject(admitted);
    door.now += 55 * second;
    expect(wrong(), 'it may try again').toEqual(failed('TOKEN_EXPIRED'));
    expect(wrong()).toMatchObject({ ...failed('RATE_LIMITED'), retryAfterMs: second });
  });

  it('remembers the failures of so many windows, and no more', () => {
    const door = Door.open();
    for (let count = 0; count < maxRemembered + 10; count += 1) door.ask(1, `w${count}`, { token: 'wrong' });
    expect(door.state.failures.size).toBe(maxRemembered);
    expect(door.state.failures.has('w9')).toBe(false);
  });

  it.each(['MAINTENANCE', 'SUSPENDED'] as const)('is closed to all for %s', (reason) => {
    const door = Door.open();
    door.ask(1, 'a');
    door.take({ kind: 'phase', phase: { kind: 'closed', reason, until: door.now + minute } });
    const refused = { ...failed(reason), retryAfterMs: minute };
    expect(door.ask(2, 'b')).toEqual(refused);
    expect(door.ask(1, 'a', { token: 'token 1' })).toEqual(refused);
  });

  it('lets windows come back while it drains, and nobody new', () => {
    const door = Door.open();
    door.ask(1, 'a');
    door.take({ kind: 'left', holder: 1 });
    door.take({ kind: 'phase', phase: { kind: 'draining', until: door.now + minute } });
    expect(door.ask(2, 'b')).toEqual({ ...failed('DRAINING'), retryAfterMs: minute });
    expect(door.ask(3, 'a', { token: 'token 1' })).toMatchObject({ sessionId: 'a 1' });
  });

  it('queues who has no room, and keeps what comes free for who waits longest, also while it drains', () => {
    const door = Door.open({ capacity: 1, maxQueue: 2 });
    door.ask(1, 'a');
    expect(door.ask(2, 'b')).toEqual({ outcome: 'queued', position: 1 });
    expect(door.ask(3, 'c')).toEqual({ outcome: 'queued', position: 2 });
    expect(door.ask(4, 'd')).toEqual(failed('QUEUE_FULL'));
    expect(door.ask(3, 'c'), 'asking again changes nothing').toEqual({ outcome: 'queued', position: 2 });
    door.take({ kind: 'phase', phase: { kind: 'draining', until: door.now + 10 * minute } });
    door.take({ kind: 'left', holder: 1 });
    for (let seconds = 0; seconds < 60; seconds += 20) {
      door.now += 20 * second;
      door.ask(2, 'b');
      door.ask(3, 'c');
    }
    door.tick();
    expect(door.effects.at(-1)).toEqual({ kind: 'promoted', windowId: 'b' });
    expect(door.ask(3, 'c')).toEqual({ outcome: 'queued', position: 1 });
    expect(door.ask(2, 'b')).toMatchObject(admitted);
  });

  it('keeps no place for who does not ask again, nor room for who does not come', () => {
    const door = Door.open({ capacity: 1, maxQueue: 2 });
    door.ask(1, 'a');
    door.ask(2, 'b');
    door.now += 20 * second;
    door.ask(3, 'c');
    door.now += 10 * second;
    door.tick();
    expect(door.ask(3, 'c')).toEqual({ outcome: 'queued', position: 1 });
  });

  it('has those wait who come before it is open, in their order, and says after ten seconds that it is not', () => {
    const door = new Door({ capacity: 1, maxQueue: 1 });
    expect([door.ask(1, 'a'), door.ask(2, 'b'), door.ask(3, 'c')]).toEqual([undefined, undefined, undefined]);
    door.take({ kind: 'left', holder: 1 });
    expect(door.outcomeOf(1)).toEqual({ outcome: 'timeout', reason: 'ADMISSION_TIMEOUT' });
    expect(nextTickAt(door.state, door.now)).toBe(door.now + outcomeMs);
    door.now += outcomeMs - 1;
    door.ask(4, 'd');
    door.now += 1;
    door.tick();
    expect(door.outcomeOf(2)).toEqual({ outcome: 'timeout', reason: 'ADMISSION_TIMEOUT' });
    expect(door.outcomeOf(4)).toBeUndefined();
    door.take({ kind: 'phase', phase: { kind: 'open' } });
    expect(door.outcomeOf(4)).toMatchObject(admitted);
  });
});

const windows = ['a', 'b', 'c', 'd', 'e', 'f'];
type Move =
  | { move: 'ask'; who: number; token: 'none' | 'own' | 'wrong'; replace: boolean }
  | { move: 'leave'; who: number }
  | { move: 'wait'; ms: number }
  | { move: 'open' }
  | { move: 'drain' };

const who = fc.nat(windows.length - 1);
const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        move: fc.constant('ask' as const),
        who,
        token: fc.constantFrom('none' as const, 'own' as const, 'wrong' as const),
        replace: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ move: fc.constant('leave' as const), who }) },
    {
      weight: 3,
      arbitrary: fc.record({
        move: fc.constant('wait' as const),
        ms: fc.integer({ min: 1, max: 40 * second }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ move: fc.constantFrom('open' as const, 'drain' as const) }) },
  ),
  { maxLength: 60 },
);

/** Time goes by as the driver lets it: each tick comes when the machine wants it. */
function pass(door: Door, ms: number): void {
  const end = door.now + ms;
  for (;;) {
    const at = nextTickAt(door.state, door.now);
    if (at === undefined || at > end) break;
    expect(at, 'it never wants a tick of before').toBeGreaterThanOrEqual(door.now);
    door.now = Math.max(at, door.now);
    door.tick();
  }
  door.now = end;
}

/** Carries the moves out and holds the promises after each. `asked`: when each ticket came. */
function play(door: Door, list: readonly Move[], after: (asked: Map<number, number>) => void): void {
  const tokens = new Map<number, string>();
  const asked = new Map<number, number>();
  for (const step of list) {
    if (step.move === 'ask') {
      const token = { none: undefined, own: tokens.get(step.who), wrong: 'wrong' }[step.token];
      const more = { replace: step.replace, ...(token === undefined ? {} : { token }) };
      asked.set(door.tickets + 1, door.now);
      const outcome = door.ask(step.who + 1, windows[step.who] ?? '', more);
      if (outcome?.outcome === 'admitted' && outcome.renewed) tokens.set(step.who, `token ${door.tickets}`);
    } else if (step.move === 'leave') door.take({ kind: 'left', holder: step.who + 1 });
    else if (step.move === 'wait') pass(door, step.ms);
    else if (step.move === 'open') door.take({ kind: 'phase', phase: { kind: 'open' } });
    else door.take({ kind: 'phase', phase: { kind: 'draining', until: door.now + minute } });
    after(asked);
  }
}

const isTurnOf = (windowId: string, queue: AdmissionState['queue']): boolean =>
  queue.some((place) => place.windowId === windowId && place.promotedAt !== undefined);

describe('whatever happens', () => {
  it('there are never more sessions than there is room for, and each is one window’s', () => {
    fc.assert(
      fc.property(moves, fc.integer({ min: 1, max: 4 }), (list, capacity) => {
        const door = new Door({ capacity, maxQueue: 3 });
        play(door, list, () => {
          const promoted = door.state.queue.filter(({ promotedAt }) => promotedAt !== undefined);
          expect(door.state.seats.size + promoted.length).toBeLessThanOrEqual(capacity);
          expect(door.state.queue.length).toBeLessThanOrEqual(3);
          const holders = [...door.state.seats.values()].flatMap(({ holder }) => holder ?? []);
          expect(new Set(holders).size).toBe(holders.length);
        });
        const count = (kind: string) => door.kinds().filter((each) => each === kind).length;
        expect(count('began') - count('ended')).toBe(door.state.seats.size);
      }),
    );
  });

  it('every attach has exactly one outcome, within ten seconds', () => {
    fc.assert(
      fc.property(moves, (list) => {
        const door = new Door({ capacity: 2, maxQueue: 2 });
        play(door, list, (asked) => {
          for (const [ticket, at] of asked)
            if (door.now >= at + outcomeMs) expect(door.outcomeOf(ticket)).toBeDefined();
        });
        pass(door, outcomeMs);
        const answered = door.effects.filter(({ kind }) => kind === 'answered');
        expect(answered).toHaveLength(door.tickets);
      }),
    );
  });

  it('the queue is fair: nobody is let in or promoted before who has waited longer', () => {
    fc.assert(
      fc.property(moves, (list) => {
        const door = new Door({ capacity: 2, maxQueue: 4 });
        let before = door.state.queue;
        let heard = 0;
        play(door, [{ move: 'open' }, ...list], () => {
          const { queue } = door.state;
          const names = queue.map(({ windowId }) => windowId);
          const stayed = before.map(({ windowId }) => windowId).filter((name) => names.includes(name));
          expect(names.slice(0, stayed.length), 'who stays keeps his order, who comes stands last').toEqual(
            stayed,
          );
          const turns = queue.map(({ promotedAt }) => promotedAt !== undefined);
          expect(turns, 'whose turn it is stand first').toEqual([...turns].sort().reverse());
          const waiting = before.filter(({ promotedAt }) => promotedAt === undefined);
          for (const effect of door.effects.slice(heard))
            if (effect.kind === 'began')
              expect(waiting.length === 0 || isTurnOf(effect.windowId, before)).toBe(true);
          heard = door.effects.length;
          before = queue;
        });
      }),
    );
  });
});
