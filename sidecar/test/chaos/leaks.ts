import { readdir, readFile } from 'node:fs/promises';
import { none, percentile, slowest, type Chaos, type Figure } from './figure.ts';
import { onStage, type ChaosStage } from './stage.ts';

const orphanMs = 10_000;

/** The sidecar is killed while statements run: how long the server keeps its backends. */
export async function sidecarKilled(chaos: Chaos): Promise<Figure[]> {
  return onStage(chaos, { direct: true }, async (stage) => {
    const times: number[] = [];
    for (let round = 0; round < chaos.rounds(5); round += 1) {
      await stage.begin('sleeping', `select pg_sleep(800 + ${round})`);
      await stage.begin('working', `select count(*) from generate_series(1, 100000000000 + ${round})`);
      await stage.run('open', 'begin; create table if not exists half ()');
      await stage.sidecar.kill();
      times.push(await stage.poll(async () => (await stage.backends()) === 0, 'no backend left'));
      await stage.renewSidecar();
    }
    return [slowest('sidecar killed: no backend left', times, orphanMs)];
  });
}

interface Sample {
  fds: number;
  timers: number;
  residentMB: number;
}

/** Loaded into the sidecar before its own program: on a signal it says what keeps its event loop alive. */
const teller = `process.on('SIGUSR2', () =>
  process.stderr.write('\\nactive: ' + process.getActiveResourcesInfo().join(' ') + '\\n'))`;
const withTeller = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(teller)}` };

/** Sockets, files and memory of the process, as the system sees them, and the timers that it says it has. */
async function sample(stage: ChaosStage): Promise<Sample> {
  const { sidecar } = stage;
  const folder = `/proc/${sidecar.child.pid}`;
  const fds = (await readdir(`${folder}/fd`)).length;
  const resident = /VmRSS:\s+(\d+)/.exec(await readFile(`${folder}/status`, 'utf8'))?.[1];
  return { fds, timers: await countTimers(stage), residentMB: Number(resident) / 1_024 };
}

async function countTimers(stage: ChaosStage): Promise<number> {
  const { sidecar } = stage;
  const from = sidecar.stderr.length;
  const told = () => /\nactive: (.*)\n/.exec(sidecar.stderr.slice(from))?.[1];
  sidecar.child.kill('SIGUSR2');
  await stage.poll(() => told() !== undefined, 'what keeps the sidecar alive');
  return (told() ?? '').split(' ').filter((name) => name === 'Timeout').length;
}

/** Some may still be closing, or about to fire, as they are counted; a leak would be hundreds. */
const closing = 3;
/** Memory may grow by this share while the engine settles; a leak of a connection's size grows by far more. */
const memoryShare = 1.25;

/** Connecting and disconnecting again and again, each time with a run, leaves nothing behind. */
export async function connectRounds(chaos: Chaos): Promise<Figure[]> {
  const rounds = chaos.rounds(1_000);
  return onStage(chaos, { direct: true, env: withTeller }, async (stage) => {
    const id = stage.connectionId;
    const samples: Sample[] = [];
    const failed: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const run = await stage.run('tab', 'select 1');
      if (run.params.outcome !== 'done') failed.push(`round ${round}: ${JSON.stringify(run.params)}`);
      await stage.sidecar.call('connection.disconnect', { id });
      samples.push(await sample(stage));
      await stage.connect();
      stage.forget();
    }
    await stage.sidecar.call('connection.disconnect', { id });
    await stage.poll(async () => (await stage.backends()) === 0, 'no backend left', orphanMs);
    return [level(samples, rounds), none('runs that failed between', failed, `${rounds} rounds`)];
  });
}

/** The last tenth against the second one: in the first the program is still being loaded. */
function level(samples: Sample[], rounds: number): Figure {
  const tenth = Math.max(1, Math.floor(samples.length / 10));
  const median = (part: Sample[], of: keyof Sample) =>
    percentile(
      part.map((each) => each[of]),
      0.5,
    );
  const [early, late] = [samples.slice(tenth, 2 * tenth), samples.slice(-tenth)];
  const [fds, fdsLate] = [median(early, 'fds'), median(late, 'fds')];
  const [timers, timersLate] = [median(early, 'timers'), median(late, 'timers')];
  const [memory, memoryLate] = [median(early, 'residentMB'), median(late, 'residentMB')];
  return {
    what: `${rounds} times connected and disconnected`,
    promised: 'files, sockets, timers and memory level, backends 0',
    measured: `${fds} to ${fdsLate} open files, ${timers} to ${timersLate} timers, ${memory.toFixed(0)} to ${memoryLate.toFixed(0)} MB, no backends`,
    ok: fdsLate <= fds + closing && timersLate <= timers + closing && memoryLate <= memory * memoryShare,
  };
}
