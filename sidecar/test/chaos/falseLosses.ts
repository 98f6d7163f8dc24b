import { none, type Chaos, type Figure } from './figure.ts';
import { onStage, sleep, type ChaosStage } from './stage.ts';

const stallMs = 2_000;
/** Some beats after a stall: a loss would be told by then. */
const afterMs = 4_000;

/** What is slow is not lost: a round trip of 3 s, and a processor that has something else to do for 2 s on either side. */
export async function falseLosses(chaos: Chaos): Promise<Figure[]> {
  return onStage(chaos, {}, async (stage) => [
    await watched(stage, 'false losses at 3 s round trip', '30 s', () => slowLink(stage, 30_000)),
    await watched(stage, 'false losses by a stall of the sidecar', '5 stalls of 2 s', () =>
      stalls(5, () => held(stage)),
    ),
    await watched(stage, 'false losses by a stall of the server', '5 stalls of 2 s', () =>
      stalls(5, () => paused(stage)),
    ),
  ]);
}

/** Runs a long statement meanwhile; it must come to its end, and no status but connected and degraded be told. */
async function watched(
  stage: ChaosStage,
  what: string,
  of: string,
  work: () => Promise<void>,
): Promise<Figure> {
  const from = stage.mark();
  const runId = await stage.begin('long', `select pg_sleep(3600 + ${from})`);
  await work();
  const wrong = wrongEvents(stage, from);
  const early = stage.sidecar.notifications
    .slice(from)
    .filter(({ method, params }) => method === 'query.runEnded' && params.runId === runId);
  wrong.push(...early.map(({ params }) => `the long statement ended: ${JSON.stringify(params)}`));
  await stage.sidecar.call('query.cancel', { runId });
  return none(what, wrong, of);
}

const wrongEvents = (stage: ChaosStage, from: number): string[] =>
  stage
    .events(from)
    .filter(({ params }) => !['connected', 'degraded'].includes(String(params.status)))
    .map(({ params }) => JSON.stringify(params));

async function slowLink(stage: ChaosStage, ms: number): Promise<void> {
  await stage.proxy.setMode({ kind: 'latency', ms: 1_500 });
  await sleep(ms);
  await stage.proxy.setMode({ kind: 'pass' });
  await sleep(afterMs);
}

async function stalls(count: number, stall: () => Promise<void>): Promise<void> {
  for (let round = 0; round < count; round += 1) {
    await stall();
    await sleep(afterMs);
  }
}

async function held({ sidecar }: ChaosStage): Promise<void> {
  sidecar.child.kill('SIGSTOP');
  await sleep(stallMs);
  sidecar.child.kill('SIGCONT');
}

async function paused({ server }: ChaosStage): Promise<void> {
  server.pause();
  await sleep(stallMs);
  server.resume();
}

/** A statement that takes long, while the heartbeat is ten times quicker than usual, must be left alone. */
export async function longQuery(chaos: Chaos, seconds = 300): Promise<Figure[]> {
  const options = { heartbeatIntervalMs: 250 };
  return onStage(chaos, { options }, async (stage) => {
    const from = stage.mark();
    const { runId } = await stage.start('tab', `select pg_sleep(${seconds})`);
    const { params } = await stage.ended(runId, (seconds + 30) * 1_000);
    const wrong = wrongEvents(stage, from);
    if (params.outcome !== 'done') wrong.push(JSON.stringify(params));
    return [none('false losses in a long query', wrong, `${seconds} s, a beat each 0.5 s`)];
  });
}
