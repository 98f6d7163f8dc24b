import { tempFolder } from '../tempFolder.ts';
import { none, type Chaos, type Figure } from './figure.ts';
import { Random } from './random.ts';
import { Typist } from './typist.ts';
import { HostedWindow, SidecarWindow, whyNoHost, type ChaosWindow, type Victim } from './windows.ts';

/**
 * Typing until a kill -9 at any moment, again and again on the same folder: what was acknowledged is there each time.
 * `together` live and die side by side, and half as many with a host, for most of the time they only type.
 */
export async function kills(
  chaos: Chaos,
  { sidecars = 300, hosts = 200, together: most = 4 } = {},
): Promise<Figure[]> {
  const notHosted = whyNoHost();
  if (notHosted !== undefined) chaos.say(`Left out: deaths of the host. ${notHosted}.`);
  const options = chaos.entry === undefined ? {} : { entry: chaos.entry };
  const straight = (folder: string) => Promise.resolve(new SidecarWindow(folder, options));
  const wishes = [
    { count: chaos.rounds(sidecars), together: most, open: straight, victims: ['sidecar'] },
    {
      count: notHosted === undefined ? chaos.rounds(hosts) : 0,
      together: Math.ceil(most / 2),
      open: (folder: string) => HostedWindow.open(folder),
      victims: ['host', 'both', 'page', 'sidecar'],
    },
  ] as const;
  const series = wishes.flatMap(({ count, together, open, victims }) =>
    Array.from({ length: Math.min(together, count) }, (_, index) => {
      const rounds = Math.floor(count / together) + (index < count % together ? 1 : 0);
      const name = `${victims.join(' ')} ${index}`;
      return killSeries(chaos, name, { rounds, open, victims });
    }),
  );
  const notes = (await Promise.all(series)).flat();
  const all = wishes.reduce((sum, { count }) => sum + count, 0);
  return [none('acknowledged edits lost by kill -9, or stores not readable', notes, `${all} deaths`)];
}

interface Series {
  rounds: number;
  open: (folder: string) => Promise<ChaosWindow>;
  victims: readonly Victim[];
}

async function killSeries(chaos: Chaos, name: string, { rounds, open, victims }: Series): Promise<string[]> {
  const random = Random.of(chaos.seed, name);
  const { savedWithinMs } = chaos;
  const folder = await tempFolder();
  const typist = new Typist(folder.path, random, savedWithinMs);
  let window: ChaosWindow | undefined;
  try {
    for (let round = 1; round <= rounds; round++) {
      window ??= await open(folder.path);
      await typist.look(window, `${name}, round ${round}`);
      await typist.type(window, savedWithinMs + random.int(20, 400));
      const victim = victims[(round - 1) % victims.length] ?? 'sidecar';
      typist.dies();
      await window.kill(victim);
      if (victim === 'host' || victim === 'both' || window instanceof SidecarWindow) window = undefined;
    }
    window ??= await open(folder.path);
    await typist.look(window, `${name}, at the end`);
    return typist.notes;
  } finally {
    await window?.end();
    await folder.remove();
  }
}
