/** How long the supervisor waits for what; all in milliseconds but the last. */
export interface SupervisorLimits {
  /** How often the machine is told the time. */
  tickMs: number;
  pingMs: number;
  /** No frame of any kind for so long: the process is frozen. */
  silenceMs: number;
  /** A first start may have to wait for a cold disk or a virus scanner, so it gets longer. */
  startMs: number;
  /** A tick that comes so much too late says that this machine slept or was stopped, not that the sidecar is dead. */
  lateMs: number;
  /** Pause before the second and every later restart; the first one is at once. */
  pauseMs: number;
  crashWindowMs: number;
  maxCrashes: number;
}

export const supervisorLimits: SupervisorLimits = {
  tickMs: 500,
  pingMs: 1000,
  silenceMs: 5000,
  startMs: 15_000,
  lateMs: 1000,
  pauseMs: 400,
  crashWindowMs: 60_000,
  maxCrashes: 5,
};

interface Watched {
  /** When a frame last came; the moment of the start until the first one. */
  heardAt: number;
  pingedAt: number;
  tickAt: number;
  /** Moments of the crashes that still count. */
  crashes: readonly number[];
}

export type SupervisorState =
  | { kind: 'idle' }
  | ({ kind: 'starting' } & Watched)
  | ({ kind: 'running' } & Watched)
  /** It was asked to end once nothing runs any more; it is not started again. */
  | ({ kind: 'draining' } & Watched)
  /** SIGKILL was sent; the end of the process is awaited. */
  | { kind: 'killing'; crashes: readonly number[] }
  | { kind: 'pausing'; restartAt: number; crashes: readonly number[] }
  | { kind: 'gaveUp' }
  | { kind: 'ended' };

/** `at` counts milliseconds that only go forward. */
export type SupervisorEvent =
  | { type: 'start' | 'heard' | 'exited' | 'tick'; at: number }
  | { type: 'drain' }
  | { type: 'refused' }
  | { type: 'end' };

export type SupervisorCommand = 'spawn' | 'ping' | 'kill' | 'drain' | 'ready' | 'died' | 'giveUp';

export interface SupervisorStep {
  state: SupervisorState;
  commands: readonly SupervisorCommand[];
}

/** The life of the sidecar as its host sees it. Pure: the caller carries out the commands, in their order. */
export function superviseStep(
  state: SupervisorState,
  event: SupervisorEvent,
  limits: SupervisorLimits = supervisorLimits,
): SupervisorStep {
  if (state.kind === 'ended' || state.kind === 'gaveUp') {
    return event.type === 'end' ? stay({ kind: 'ended' }) : stay(state);
  }
  switch (event.type) {
    case 'start':
      return state.kind === 'idle' ? spawn(event.at, []) : stay(state);
    case 'heard':
      return heard(state, event.at);
    case 'exited':
      return exited(state, event.at, limits);
    case 'tick':
      return tick(state, event.at, limits);
    case 'drain':
      return state.kind === 'running'
        ? { state: { ...state, kind: 'draining' }, commands: ['drain'] }
        : stay(state);
    case 'refused':
    case 'end':
      return stay({ kind: 'ended' });
  }
}

const stay = (state: SupervisorState): SupervisorStep => ({ state, commands: [] });

const spawn = (at: number, crashes: readonly number[]): SupervisorStep => ({
  state: { kind: 'starting', heardAt: at, pingedAt: at, tickAt: at, crashes },
  commands: ['spawn', 'ping'],
});

function heard(state: SupervisorState, at: number): SupervisorStep {
  if (state.kind === 'starting')
    return { state: { ...state, kind: 'running', heardAt: at }, commands: ['ready'] };
  return isUp(state) ? stay({ ...state, heardAt: at }) : stay(state);
}

const isUp = (state: SupervisorState): state is Extract<SupervisorState, { kind: 'running' | 'draining' }> =>
  state.kind === 'running' || state.kind === 'draining';

function exited(state: SupervisorState, at: number, limits: SupervisorLimits): SupervisorStep {
  if (state.kind === 'draining') return stay({ kind: 'ended' });
  if (state.kind !== 'starting' && state.kind !== 'running' && state.kind !== 'killing') return stay(state);
  const crashes = [...state.crashes.filter((crash) => at - crash < limits.crashWindowMs), at];
  if (crashes.length > limits.maxCrashes) return { state: { kind: 'gaveUp' }, commands: ['giveUp'] };
  if (crashes.length > 1) {
    return { state: { kind: 'pausing', restartAt: at + limits.pauseMs, crashes }, commands: ['died'] };
  }
  const next = spawn(at, crashes);
  return { ...next, commands: ['died', ...next.commands] };
}

function tick(state: SupervisorState, at: number, limits: SupervisorLimits): SupervisorStep {
  if (state.kind === 'pausing') return at >= state.restartAt ? spawn(at, state.crashes) : stay(state);
  // A process in an uninterruptible call may outlive the first signal; asking again costs nothing.
  if (state.kind === 'killing') return { state, commands: ['kill'] };
  if (state.kind !== 'starting' && !isUp(state)) return stay(state);

  const late = at - state.tickAt > limits.tickMs + limits.lateMs;
  const heardAt = late ? at : state.heardAt;
  const patienceMs = state.kind === 'starting' ? limits.startMs : limits.silenceMs;
  if (at - heardAt >= patienceMs && state.kind === 'draining') {
    return { state: { kind: 'ended' }, commands: ['kill'] };
  }
  if (at - heardAt >= patienceMs) {
    return { state: { kind: 'killing', crashes: state.crashes }, commands: ['kill'] };
  }
  const pings = late || at - state.pingedAt >= limits.pingMs;
  return {
    state: { ...state, heardAt, tickAt: at, pingedAt: pings ? at : state.pingedAt },
    commands: pings ? ['ping'] : [],
  };
}
