import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { tempFolder } from '../tempFolder.ts';
import { none, type Chaos, type Figure } from './figure.ts';
import { Random } from './random.ts';
import { Typist } from './typist.ts';
import { SidecarWindow } from './windows.ts';

const together = 5;
const spaceLimitMs = 20_000;

/** The disk is full while somebody types, and has space again; killed afterwards. Nothing is lost, and it was told. */
export async function fullDisks(chaos: Chaos, full = 100): Promise<Figure[]> {
  const count = chaos.rounds(full);
  const refused = whyNoDisk();
  if (refused !== undefined) {
    chaos.say(`Left out: full disks. ${refused}`);
    return [];
  }
  const series = Array.from({ length: Math.min(together, count) }, async (_, index) => {
    const rounds = Math.floor(count / together) + (index < count % together ? 1 : 0);
    return fullSeries(chaos, `disk ${index}`, rounds);
  });
  const notes = (await Promise.all(series)).flat();
  return [
    none('acknowledged edits lost by a full disk, or nothing said of it', notes, `${count} full disks`),
  ];
}

const isRoot = process.getuid?.() === 0;
const namespace = isRoot ? ['unshare', '-m'] : ['unshare', '-Urm'];

/** Why a disk of one's own cannot be had here. */
function whyNoDisk(): string | undefined {
  const [command = '', ...args] = namespace;
  const { status, stderr, error } = spawnSync(command, [...args, 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

/** A small disk at a folder, seen by who enters its namespace alone, and gone with its holder. */
class SmallDisk {
  /** The way into it, before a command. */
  readonly through: readonly string[];
  /** Its folder as it is seen from outside. */
  readonly #outside: string;
  readonly #holder;

  private constructor(holder: ReturnType<typeof spawn>, folder: string) {
    const pid = String(holder.pid);
    this.#holder = holder;
    this.#outside = `/proc/${pid}/root${folder}`;
    this.through = ['nsenter', '-t', pid, ...(isRoot ? ['-m'] : ['-U', '-m', '--preserve-credentials'])];
  }

  static async mount(folder: string): Promise<SmallDisk> {
    const [command = '', ...args] = namespace;
    const script = `mount -t tmpfs -o size=2m tmpfs '${folder}' && echo there && exec cat`;
    const holder = spawn(command, [...args, 'sh', '-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (holder.stdout) await once(holder.stdout, 'data');
    return new SmallDisk(holder, folder);
  }

  /** Takes what room there is, beside what was taken before. */
  fill(): void {
    const handle = openSync(path.join(this.#outside, 'ballast'), 'a', 0o600);
    for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
      const bytes = Buffer.alloc(size, 'b');
      try {
        while (writeSync(handle, bytes) > 0);
      } catch {
        // No space for this size any more.
      }
    }
    closeSync(handle);
  }

  free(): void {
    rmSync(path.join(this.#outside, 'ballast'), { force: true });
  }

  async unmount(): Promise<void> {
    const gone = once(this.#holder, 'exit');
    this.#holder.stdin?.end();
    await gone;
  }
}

async function fullSeries(chaos: Chaos, name: string, rounds: number): Promise<string[]> {
  const random = Random.of(chaos.seed, `full ${name}`);
  const folder = await tempFolder();
  const disk = await SmallDisk.mount(folder.path);
  const open = () =>
    new SidecarWindow(folder.path, {
      through: disk.through,
      ...(chaos.entry === undefined ? {} : { entry: chaos.entry }),
    });
  const typist = new Typist(folder.path, random, chaos.savedWithinMs);
  let window = open();
  try {
    await typist.look(window, name);
    for (let round = 1; round <= rounds; round++) {
      await liveThroughFullDisk(window, { disk, typist, random });
      await new Promise((resolve) => setTimeout(resolve, chaos.savedWithinMs + 20));
      typist.dies();
      await (random.chance(0.5) ? window.kill() : window.end());
      window = open();
      await typist.look(window, `${name}, round ${round}`);
    }
    return typist.notes;
  } catch (error) {
    return [...typist.notes, `${name}: ${String(error)}`];
  } finally {
    await window.end();
    await disk.unmount();
    await folder.remove();
  }
}

async function liveThroughFullDisk(
  window: SidecarWindow,
  { disk, typist, random }: { disk: SmallDisk; typist: Typist; random: Random },
): Promise<void> {
  const { sidecar } = window;
  const from = sidecar.notifications.length;
  const told = (fits: (problem: { code?: string } | undefined) => boolean) =>
    sidecar.notifications
      .slice(from)
      .find(
        ({ method, params: { file, problem } }) =>
          method === 'store.problem' && file === 'documents.json' && fits(problem as { code?: string }),
      );
  await typist.type(window, random.int(20, 200));
  const deadline = performance.now() + spaceLimitMs;
  // A file that is replaced leaves room, into which the next one may fit: the disk is full once that is taken, too. From
  // then on no text can be written, and that is to be told.
  for (let filled = 0; filled < 5 || !told((problem) => problem?.code === 'STORE_FULL'); filled++) {
    if (performance.now() > deadline) throw new Error('Nothing was heard of STORE_FULL');
    disk.fill();
    await typist.type(window, random.int(20, 60));
  }
  disk.free();
  await Promise.all([
    typist.type(window, random.int(50, 150)),
    sidecar.until(() => told((problem) => problem === undefined), 'the end of STORE_FULL', spaceLimitMs),
  ]);
}
