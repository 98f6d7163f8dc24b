import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tempFolder } from '../tempFolder.ts';
import { none, type Chaos, type Figure } from './figure.ts';
import { Random } from './random.ts';
import { Typist } from './typist.ts';
import { SidecarWindow } from './windows.ts';

const together = 5;

type Damage = (bytes: Buffer, random: Random) => Buffer;

const damages: Record<string, Damage> = {
  emptied: () => Buffer.alloc(0),
  torn: (bytes, random) => bytes.subarray(0, random.int(1, bytes.length - 2)),
  zeroed: (bytes) => Buffer.alloc(bytes.length),
  overwritten: (bytes, random) => {
    const at = random.int(0, bytes.length - 1);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff, 0x00, 0x7d]), bytes.subarray(at + 3)]);
  },
  strange: () => Buffer.from('{"version":1,"hello":"world"}'),
};

/** One file after the other is damaged between two lives, each in another way: nothing is lost, and Hawser starts. */
export async function damagedFiles(chaos: Chaos, full = 50): Promise<Figure[]> {
  const count = chaos.rounds(full);
  const series = Array.from({ length: Math.min(together, count) }, async (_, index) => {
    const rounds = Math.floor(count / together) + (index < count % together ? 1 : 0);
    return damageSeries(chaos, `folder ${index}`, rounds);
  });
  const notes = (await Promise.all(series)).flat();
  return [
    none('acknowledged edits lost with a damaged file, or stores not readable', notes, `${count} files`),
  ];
}

async function damageSeries(chaos: Chaos, name: string, rounds: number): Promise<string[]> {
  const random = Random.of(chaos.seed, `damage ${name}`);
  const options = chaos.entry === undefined ? {} : { entry: chaos.entry };
  const folder = await tempFolder();
  const typist = new Typist(folder.path, random, chaos.savedWithinMs);
  let window = new SidecarWindow(folder.path, options);
  try {
    await typist.look(window, name);
    for (let round = 1; round <= rounds; round++) {
      await typist.type(window, random.int(50, 200));
      // Half of them are killed once that time has passed, the others end as they should.
      await new Promise((resolve) => setTimeout(resolve, chaos.savedWithinMs + 20));
      typist.dies();
      await (random.chance(0.5) ? window.kill() : window.end());
      const how = random.pick(Object.keys(damages));
      const file = random.pick(filesOf(folder.path));
      const bytes = readFileSync(file);
      writeFileSync(file, damages[how]?.(bytes, random) ?? bytes);
      window = new SidecarWindow(folder.path, options);
      const what = `${name}, round ${round}, ${path.basename(file)} ${how}`;
      await typist.look(window, what, ['STORE_RECOVERED']);
    }
    return typist.notes;
  } finally {
    await window.end();
    await folder.remove();
  }
}

/** The stores with their copies, and the kept sessions. */
function filesOf(folder: string): string[] {
  const at = (of: string) => {
    if (!existsSync(of)) return [];
    const names = readdirSync(of).filter((name) => /\.json(\.bak)?$/.test(name));
    return names.map((name) => path.join(of, name)).filter((file) => readFileSync(file).length > 4);
  };
  return [...at(folder), ...at(path.join(folder, 'sessions'))];
}
