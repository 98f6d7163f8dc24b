import { slowest, type Chaos, type Figure } from './figure.ts';
import { Random } from './random.ts';
import { onStage, sleep, type ChaosStage } from './stage.ts';

const lossSeenMs = 1_000;
const silenceSeenMs = 8_000;
const heartbeatMs = 2_500;

interface Way {
  what: string;
  strike: (stage: ChaosStage) => unknown;
  mend: (stage: ChaosStage) => unknown;
}

const nothing = (): void => {};

const sharp: Way[] = [
  {
    what: 'server killed',
    strike: (stage) => stage.killServer(),
    mend: ({ server }) => server.restart('immediate'),
  },
  { what: 'links reset', strike: ({ proxy }) => proxy.reset(), mend: nothing },
  { what: 'all backends terminated', strike: (stage) => stage.terminateAll(), mend: nothing },
];

const silent: Way[] = [
  { what: 'hung server', strike: ({ server }) => server.pause(), mend: ({ server }) => server.resume() },
  {
    what: 'swallowed packets',
    strike: ({ proxy }) => proxy.setMode({ kind: 'blackhole' }),
    mend: ({ proxy }) => proxy.setMode({ kind: 'pass' }),
  },
];

/** A loss that shows itself: until the run in flight is told lost and the status is told. */
export async function losses(chaos: Chaos): Promise<Figure[]> {
  return onStage(chaos, {}, async (stage) => {
    const figures: Figure[] = [];
    for (const { what, strike, mend } of sharp) {
      const times: number[] = [];
      for (let round = 0; round < chaos.rounds(8); round += 1) {
        const runId = await stage.begin('tab', `select pg_sleep(600 + ${round})`);
        const from = stage.mark();
        const at = performance.now();
        const [seenAt] = await Promise.all([lostAt(stage, runId, from), strike(stage)]);
        times.push(seenAt - at);
        await mend(stage);
        await stage.back();
      }
      figures.push(slowest(`${what}: lost and reconnecting`, times, lossSeenMs));
    }
    return figures;
  });
}

/** A loss that nothing tells of: the status, a run in flight and one that is sent afterwards. */
export async function silences(chaos: Chaos): Promise<Figure[]> {
  const random = Random.of(chaos.seed, 'silences');
  return onStage(chaos, {}, async (stage) => {
    const figures: Figure[] = [];
    for (const { what, strike, mend } of silent) {
      const times = { idle: [] as number[], 'in flight': [] as number[], 'newly sent': [] as number[] };
      for (let round = 0; round < chaos.rounds(5); round += 1) {
        const runId = await stage.begin('tab', `select pg_sleep(700 + ${round})`);
        // The loss may come at any moment between two beats.
        await sleep(random.int(0, heartbeatMs));
        const from = stage.mark();
        const at = performance.now();
        await strike(stage);
        const sentAt = performance.now();
        const sent = await stage.start('another tab', 'select 1');
        const [idle, flying, late] = await Promise.all([
          stage.status('reconnecting', from),
          lostAt(stage, runId, from),
          endedUndone(stage, sent.runId),
        ]);
        times.idle.push(idle.arrivedAt - at);
        times['in flight'].push(flying - at);
        times['newly sent'].push(late - sentAt);
        await mend(stage);
        await stage.back();
      }
      for (const [which, seen] of Object.entries(times))
        figures.push(slowest(`${what}: ${which} settled`, seen, silenceSeenMs));
    }
    return figures;
  });
}

/** When both were told: that the run is lost, and that the connection is being made anew. */
async function lostAt(stage: ChaosStage, runId: string, from: number): Promise<number> {
  const [ended, status] = await Promise.all([stage.ended(runId), stage.status('reconnecting', from)]);
  if (ended.params.outcome !== 'lost') throw new Error(`Not lost: ${JSON.stringify(ended.params)}`);
  return Math.max(ended.arrivedAt, status.arrivedAt);
}

async function endedUndone(stage: ChaosStage, runId: string): Promise<number> {
  const { params, arrivedAt } = await stage.ended(runId);
  if (params.outcome === 'done') throw new Error('A run is told done by a server that did not answer.');
  return arrivedAt;
}
