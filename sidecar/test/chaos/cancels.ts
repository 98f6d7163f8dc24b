import { none, percentile, type Chaos, type Figure } from './figure.ts';
import { Random } from './random.ts';
import { onStage, sleep } from './stage.ts';

const visibleMs = 250;

/** From the request until it is told settled; what the tab sends next must not be hit. */
export async function cancels(chaos: Chaos): Promise<Figure[]> {
  const rounds = chaos.rounds(400);
  const random = Random.of(chaos.seed, 'cancels');
  return onStage(chaos, { direct: true }, async (stage) => {
    const times: number[] = [];
    const hit: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { runId } = await stage.start('tab', 'select pg_sleep(60)');
      // From before its first byte is written to long after.
      if (random.chance(0.8)) await sleep(random.int(0, 30));
      const at = performance.now();
      await stage.sidecar.call('query.cancel', { runId });
      times.push(performance.now() - at);
      const next = await stage.run('tab', 'select pg_sleep(0.005)');
      if (next.params.outcome !== 'done') hit.push(`round ${round}: ${JSON.stringify(next.params)}`);
      stage.forget();
    }
    const p95 = percentile(times, 0.95);
    const measured = `p50 ${percentile(times, 0.5).toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, ${Math.max(...times).toFixed(0)} ms at most, ${rounds} runs`;
    return [
      { what: 'cancel settled, loopback', promised: 'p95 250 ms', measured, ok: p95 <= visibleMs },
      none('next statement hit by a cancel', hit, `${rounds}`),
    ];
  });
}
