import type { Random } from './random.ts';
import type { ChaosStage } from './stage.ts';

/** A fault as it strikes; what it gives mends what the proxy's mode does not. */
type Strike = (stage: ChaosStage, random: Random) => unknown;

interface FaultKind {
  name: string;
  /** How often, against the others. */
  weight: number;
  strike: Strike;
}

const sides = ['client', 'server'] as const;

const onTheWire: FaultKind[] = [
  { name: 'reset', weight: 6, strike: ({ proxy }) => proxy.reset() },
  {
    name: 'refuse',
    weight: 6,
    strike: async ({ proxy }) => {
      await proxy.setMode({ kind: 'refuse' });
      proxy.reset();
    },
  },
  { name: 'stall', weight: 6, strike: ({ proxy }) => proxy.setMode({ kind: 'stall' }) },
  { name: 'blackhole', weight: 3, strike: ({ proxy }) => proxy.setMode({ kind: 'blackhole' }) },
  {
    name: 'jitter',
    weight: 6,
    strike: ({ proxy }, random) =>
      proxy.setMode({
        kind: 'latency',
        ms: random.int(0, 200),
        jitterMs: random.int(0, 300),
        random: random.next,
      }),
  },
  { name: 'chop', weight: 8, strike: ({ proxy }) => proxy.setMode({ kind: 'chop' }) },
  {
    name: 'corrupt',
    weight: 14,
    strike: ({ proxy }, random) => {
      const rate = random.pick([0.0005, 0.005, 0.02, 0.1]);
      return proxy.setMode({ kind: 'corrupt', rate, from: random.pick(sides), random: random.next });
    },
  },
  {
    name: 'cut',
    weight: 14,
    strike: ({ proxy }, random) => {
      const afterBytes = random.int(0, random.pick([60, 600, 6_000]));
      return proxy.setMode({ kind: 'cut', from: random.pick(sides), afterBytes, reset: random.chance(0.5) });
    },
  },
  { name: 'half-close', weight: 8, strike: ({ proxy }, random) => proxy.halfClose(random.pick(sides)) },
  {
    name: 'garbage',
    weight: 8,
    strike: async ({ proxy }, random) => {
      const noise = Buffer.from(Array.from({ length: random.int(1, 400) }, () => random.int(0, 255)));
      const bytes = random.pick([noise, Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')]);
      await proxy.setMode({ kind: 'garbage', bytes });
      proxy.reset();
    },
  },
];

const onTheServer: FaultKind[] = [
  { name: 'all terminated', weight: 6, strike: (stage) => stage.terminateAll() },
  {
    name: 'one terminated',
    weight: 6,
    strike: ({ server }) =>
      server.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'Hawser' order by random() limit 1`),
  },
  { name: 'server held', weight: 4, strike: ({ server }) => server.pause() },
  { name: 'sidecar held', weight: 4, strike: ({ sidecar }) => sidecar.child.kill('SIGSTOP') },
  { name: 'server restarted', weight: 1, strike: ({ server }) => server.restart('immediate') },
  {
    name: 'server killed',
    weight: 1,
    strike: async (stage) => {
      await stage.killServer();
      await stage.server.restart('immediate');
    },
  },
];

const kinds = [...onTheWire, ...onTheServer];

export function pickFault(random: Random): FaultKind {
  let at = random.next() * kinds.reduce((sum, { weight }) => sum + weight, 0);
  const found = kinds.find(({ weight }) => (at -= weight) < 0) ?? kinds[0];
  if (!found) throw new Error('There is no fault to choose.');
  return found;
}

/** All is well again. */
export async function mend({ proxy, server, sidecar }: ChaosStage): Promise<void> {
  sidecar.child.kill('SIGCONT');
  server.resume();
  await proxy.setMode({ kind: 'pass' });
}
