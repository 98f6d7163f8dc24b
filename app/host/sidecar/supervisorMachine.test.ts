import { describe, expect, it } from 'vitest';
import {
  superviseStep,
  supervisorLimits,
  type SupervisorCommand,
  type SupervisorEvent,
  type SupervisorState,
} from './supervisorMachine.ts';

/** The machine with a clock that is moved by hand. */
class Trial {
  now = 1000;
  state: SupervisorState = { kind: 'idle' };

  tell(type: SupervisorEvent['type']): readonly SupervisorCommand[] {
    const event: SupervisorEvent =
      type === 'end' || type === 'refused' || type === 'drain' ? { type } : { type, at: this.now };
    const { state, commands } = superviseStep(this.state, event);
    this.state = state;
    return commands;
  }

  /** Lets time pass in ticks; gives what was commanded, with the time since the call. */
  pass(ms: number, answers = false): { command: SupervisorCommand; afterMs: number }[] {
    const startedAt = this.now;
    const commanded: { command: SupervisorCommand; afterMs: number }[] = [];
    while (this.now < startedAt + ms) {
      this.now += supervisorLimits.tickMs;
      for (const command of this.tell('tick')) {
        commanded.push({ command, afterMs: this.now - startedAt });
        if (answers && command === 'ping') this.tell('heard');
      }
    }
    return commanded;
  }

  run(): this {
    this.tell('start');
    this.tell('heard');
    return this;
  }
}

const names = (commanded: { command: SupervisorCommand }[]): SupervisorCommand[] =>
  commanded.map(({ command }) => command);

describe('the supervision of the sidecar', () => {
  it('starts it, pings it, and calls it ready at the first thing it says', () => {
    const trial = new Trial();
    expect(trial.tell('start')).toEqual(['spawn', 'ping']);
    expect(trial.state.kind).toBe('starting');
    expect(trial.tell('heard')).toEqual(['ready']);
    expect(trial.state.kind).toBe('running');
    expect(trial.tell('start')).toEqual([]);
  });

  it('pings each second and leaves alone what answers', () => {
    const trial = new Trial().run();
    const commanded = trial.pass(60_000, true);
    expect(new Set(names(commanded))).toEqual(new Set(['ping']));
    expect(commanded).toHaveLength(60);
  });

  it('kills what has not answered for five seconds, and starts it again as soon as it is gone', () => {
    const trial = new Trial().run();
    const kill = trial.pass(8000).find(({ command }) => command === 'kill');
    expect(kill?.afterMs).toBe(supervisorLimits.silenceMs);
    expect(trial.tell('exited')).toEqual(['died', 'spawn', 'ping']);
    expect(trial.state.kind).toBe('starting');
  });

  it('asks again for the end of a process that does not end', () => {
    const trial = new Trial().run();
    expect(names(trial.pass(8000)).filter((command) => command === 'kill').length).toBeGreaterThan(1);
    expect(trial.state.kind).toBe('killing');
  });

  it('grants a start more time, but not all the time', () => {
    const trial = new Trial();
    trial.tell('start');
    expect(names(trial.pass(supervisorLimits.startMs - supervisorLimits.tickMs))).not.toContain('kill');
    expect(names(trial.pass(supervisorLimits.tickMs))).toContain('kill');
  });

  it('takes a late tick for a sleep of the machine: deadlines start anew', () => {
    const trial = new Trial().run();
    trial.now += 3_600_000;
    expect(trial.tell('tick')).toEqual(['ping']);
    expect(names(trial.pass(supervisorLimits.silenceMs - supervisorLimits.tickMs))).not.toContain('kill');
    expect(names(trial.pass(supervisorLimits.tickMs))).toEqual(['kill']);
  });

  it('kills a frozen sidecar also on a machine whose ticks are a little late', () => {
    const trial = new Trial().run();
    const commanded: SupervisorCommand[] = [];
    for (let ticks = 0; ticks < 5; ticks++) {
      trial.now += supervisorLimits.tickMs + supervisorLimits.lateMs;
      commanded.push(...trial.tell('tick'));
    }
    expect(commanded).toContain('kill');
  });

  it('is back within a second after each of the first five crashes of a minute, and gives up at the sixth', () => {
    const trial = new Trial().run();
    for (let crash = 1; crash <= 5; crash++) {
      const commands = [...trial.tell('exited'), ...names(trial.pass(1000))];
      expect(commands[0]).toBe('died');
      expect(commands).toContain('spawn');
      trial.tell('heard');
    }
    expect(trial.tell('exited')).toEqual(['giveUp']);
    expect(trial.state.kind).toBe('gaveUp');
    expect(trial.pass(60_000)).toEqual([]);
    expect(trial.tell('start')).toEqual([]);
  });

  it('forgets crashes after a minute', () => {
    const trial = new Trial().run();
    for (let crash = 1; crash <= 20; crash++) {
      expect(trial.tell('exited')).toContain('died');
      trial.pass(1000);
      trial.tell('heard');
      trial.pass(14_000, true);
    }
    expect(trial.state.kind).toBe('running');
  });

  it('asks it to end once nothing runs, goes on looking after it, and starts nothing again', () => {
    const trial = new Trial().run();
    expect(trial.tell('drain')).toEqual(['drain']);
    expect(trial.tell('drain'), 'asked once').toEqual([]);
    expect(names(trial.pass(20_000, true)), 'what answers is left alone').not.toContain('kill');
    expect(trial.tell('exited')).toEqual([]);
    expect(trial.state).toEqual({ kind: 'ended' });
    const frozen = new Trial().run();
    frozen.tell('drain');
    expect(names(frozen.pass(5_000))).toContain('kill');
    expect(frozen.state).toEqual({ kind: 'ended' });
    const starting = new Trial();
    starting.tell('start');
    expect(starting.tell('drain'), 'nothing can run yet').toEqual([]);
  });

  it('starts nothing again once it was told to end or was refused', () => {
    for (const last of ['end', 'refused'] as const) {
      const trial = new Trial().run();
      expect(trial.tell(last)).toEqual([]);
      expect(trial.tell('exited')).toEqual([]);
      expect(trial.pass(60_000)).toEqual([]);
      expect(trial.state).toEqual({ kind: 'ended' });
    }
  });
});
