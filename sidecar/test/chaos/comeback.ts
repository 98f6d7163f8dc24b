import { readFile } from 'node:fs/promises';
import { inSeconds, percentile, type Chaos, type Figure } from './figure.ts';
import { Random } from './random.ts';
import { onStage, sleep, type ChaosStage } from './stage.ts';

const usualMs = 3_000;
const worstMs = 6_000;
/** Silence is noticed within this; a shorter one is a stall, after which nothing has to come back. */
const silenceMs = 8_000;

/** From the moment in which the server is there again until a run has succeeded. */
export async function comeback(chaos: Chaos): Promise<Figure[]> {
  const random = Random.of(chaos.seed, 'comeback');
  return onStage(chaos, {}, async (stage) => {
    const times: number[] = [];
    const slow: string[] = [];
    const ways = [restarted, refused, refused, swallowed, frozen];
    for (let round = 0; round < chaos.rounds(30); round += 1) {
      const way = ways[round % ways.length] ?? refused;
      const { at, outageMs } = await way(stage, random);
      const ms = (await usableAt(stage)) - at;
      times.push(ms);
      if (ms > usualMs) slow.push(`round ${round}, ${way.name} for ${inSeconds(outageMs)}: ${inSeconds(ms)}`);
      stage.forget();
    }
    const [p95, max] = [percentile(times, 0.95), Math.max(...times)];
    return [
      {
        what: 'usable after the server is back',
        promised: 'p95 3 s, at most 6 s',
        measured: `p95 ${inSeconds(p95)}, ${inSeconds(max)} at most, ${times.length} times`,
        ok: p95 <= usualMs && max <= worstMs,
        notes: slow,
      },
    ];
  });
}

interface Outage {
  at: number;
  outageMs: number;
}

async function outage(mend: () => unknown, outageMs: number): Promise<Outage> {
  await sleep(outageMs);
  await mend();
  return { at: performance.now(), outageMs };
}

/** Here it counts from the moment in which the server itself says that it is ready. */
async function restarted(stage: ChaosStage, random: Random): Promise<Outage> {
  await stage.killServer();
  return outage(() => stage.server.restart('immediate'), random.int(100, 10_000));
}

async function refused({ proxy }: ChaosStage, random: Random): Promise<Outage> {
  await proxy.setMode({ kind: 'refuse' });
  proxy.reset();
  return outage(() => proxy.setMode({ kind: 'pass' }), random.int(100, 15_000));
}

async function swallowed({ proxy }: ChaosStage, random: Random): Promise<Outage> {
  await proxy.setMode({ kind: 'blackhole' });
  return outage(() => proxy.setMode({ kind: 'pass' }), silenceMs + random.int(0, 6_000));
}

async function frozen({ server }: ChaosStage, random: Random): Promise<Outage> {
  server.pause();
  return outage(() => server.resume(), silenceMs + random.int(0, 6_000));
}

/** The user asks again and again. */
async function usableAt(stage: ChaosStage): Promise<number> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const run = await stage.run('tab', 'select 1').catch(() => undefined);
    if (run?.params.outcome === 'done') return run.arrivedAt;
    await sleep(5);
  }
  return Infinity;
}

/** A password that was changed on the server: one failed login, however many tabs want a backend, then the user is asked. */
export async function changedPassword(chaos: Chaos): Promise<Figure[]> {
  const rounds = chaos.rounds(5);
  return onStage(chaos, {}, async (stage) => {
    const counts: number[] = [];
    const notes: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const name = `changing${round}`;
      await stage.server.query(`create role ${name} login superuser password 'old'`);
      stage.connectionId = await stage.save({ username: name }, 'old');
      await stage.sidecar.call('connection.connect', { id: stage.connectionId });
      await stage.server.query(`alter role ${name} password 'new'`);
      // The pool hears of it first in every other round, the connection as a whole in the others.
      const from = stage.mark();
      if (round % 2 === 0) await stage.run('pinned', 'create temp table kept ()');
      if (round % 2 === 0) await stage.run('another', 'select 1');
      stage.proxy.reset();
      await stage.status('error', from);
      // As long as several attempts would take.
      await sleep(3_000);
      const failed = (await readFile(stage.server.logFile, 'utf8'))
        .split('\n')
        .filter((line) => line.includes(`password authentication failed for user "${name}"`)).length;
      counts.push(failed);
      const status = await stage.statusNow();
      if (failed !== 1 || status !== 'error') notes.push(`round ${round}: ${failed} logins, then ${status}`);
    }
    const what = 'failed logins after the password changed';
    const measured = `${[...new Set(counts)].join(', ')} each, ${counts.length} times`;
    return [{ what, promised: '1, then error', measured, ok: notes.length === 0, notes }];
  });
}
