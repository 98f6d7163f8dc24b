import { AppError } from '#shared/error/appError.ts';
import type { Tick, Ticker } from '../lib/ticker.ts';
import type { Backend } from '../postgres/backend.ts';

/** A beat that takes longer than this makes the connection degraded; two quicker ones in a row make it well again. */
const slowMs = 1_000;
const steadyBeats = 2;
/** The first beat after a sleep: the link is most likely gone, and the user is waiting. */
const wakeDeadlineMs = 2_000;
/** The driver's own limit of a beat comes later than ours: ours knows about sleep and stalls. */
const backstopMs = 120_000;

export interface HeartbeatOptions {
  control: Backend;
  ticker: Ticker;
  intervalMs: number;
  deadlineMs: number;
  /** A beat took so long, or has taken so long so far. */
  onSlow: (late: { ms: number; answered: boolean }) => void;
  onSteady: () => void;
}

export interface Heartbeat {
  stop: () => void;
  /** Something else of this connection was lost: is the link still there? */
  beatNow: () => void;
}

interface Beat {
  startedAt: number;
  deadlineMs: number;
}

/**
 * Beats on the control connection, which nothing else keeps busy for long, so that an hour-long query is never mistaken for
 * a dead link. A beat that misses its deadline loses the control connection, and with it all.
 */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { control, ticker, intervalMs, deadlineMs, onSlow, onSteady } = options;
  if (intervalMs === 0) return { stop: () => {}, beatNow: () => {} };
  let beat: Beat | undefined;
  let dueAt = performance.now() + intervalMs;
  let quickBeats = 0;

  const send = (at: number, limitMs: number): void => {
    const sent: Beat = { startedAt: at, deadlineMs: limitMs };
    beat = sent;
    dueAt = at + intervalMs;
    control.query('', backstopMs).then(
      () => answered(sent),
      () => {},
    );
  };
  const answered = (sent: Beat): void => {
    if (beat === sent) beat = undefined;
    const took = performance.now() - sent.startedAt;
    if (took > slowMs) return slow(took, true);
    quickBeats += 1;
    if (quickBeats === steadyBeats) onSteady();
  };
  const slow = (ms: number, isAnswered: boolean): void => {
    quickBeats = 0;
    onSlow({ ms: Math.round(ms), answered: isAnswered });
  };
  const judge = ({ at, slept }: Tick): void => {
    if (!control.alive) return;
    // What was under way before a sleep gets a deadline of its own from now on; without one a beat goes out at once.
    if (slept && beat) Object.assign(beat, { startedAt: at, deadlineMs: wakeDeadlineMs });
    else if (slept) send(at, wakeDeadlineMs);
    else if (beat) {
      const waited = at - beat.startedAt;
      if (waited > beat.deadlineMs) control.destroy(stoppedAnswering(control.target, beat.deadlineMs));
      else if (waited > slowMs) slow(waited, false);
    } else if (at >= dueAt) send(at, deadlineMs);
  };
  return {
    stop: ticker.on(judge),
    beatNow: () => {
      if (!beat && control.alive) send(performance.now(), deadlineMs);
    },
  };
}

const stoppedAnswering = (target: string, deadlineMs: number): AppError =>
  new AppError('CONNECTION_LOST', `${target} stopped answering.`, {
    detail: `No answer to a heartbeat within ${deadlineMs / 1_000} s.`,
  });
