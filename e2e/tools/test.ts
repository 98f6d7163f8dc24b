import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser } from './browser.ts';
import { build } from './build/build.ts';
import { fetchServers } from './packages.ts';
import { endProgramsWithUs, npmCommand, runProgram, type ProgramOptions } from './program.ts';
import { root } from './root.ts';
import {
  inWords,
  ofCode,
  ofPlaywright,
  ofRunner,
  ofVitest,
  sum,
  type PlaywrightReport,
  type Tally,
  type VitestReport,
} from './tally.ts';

// All parts together; what runs past it hangs. What is left then fails at once instead of being left out.
const wholeDeadlineMs = 12 * 60_000;
interface Part {
  readonly name: string;
  run(): Promise<Tally>;
}

const reports = await mkdtemp(join(tmpdir(), 'hawser-reports-'));

/** Needs nothing but time, and the others leave some: while they wait for servers and timers, it goes on. */
const checks: Part = {
  name: 'check and lint',
  run: async () => sum(await Promise.all([scripts('lint:rules'), scripts('check', 'lint:rest')])),
};

/** What fails soonest stands first; the browser tests, which need all the rest, last. */
const parts: readonly Part[] = [
  { name: 'unit and ui', run: () => vitest('unit') },
  { name: 'build', run: buildForTests },
  { name: 'real servers', run: () => vitest('pg') },
  { name: 'browser', run: playwright },
];

async function script(
  name: string,
  args: readonly string[] = [],
  { env = {}, idle = false }: Pick<ProgramOptions, 'env' | 'idle'> = {},
): Promise<number> {
  const npm = npmCommand(['run', '--silent', name, '--', ...args]);
  const leftMs = startedAt + wholeDeadlineMs - Date.now();
  if (leftMs <= 0) {
    console.log(`There is no time left for ${name}.`);
    return 1;
  }
  const end = await runProgram(npm.command, npm.args, {
    cwd: root,
    env: { ...process.env, ...env },
    deadlineMs: leftMs,
    idle,
  });
  if (end.timedOut)
    console.log(`${name} was ended: all tests together have ${wholeDeadlineMs / 60_000} minutes.`);
  return end.code;
}

/** One after the other, each to its end, in nobody's way. */
async function scripts(...names: string[]): Promise<Tally> {
  const tallies: Tally[] = [];
  for (const name of names) tallies.push(ofCode(await script(name, [], { idle: true })));
  return sum(tallies);
}

async function vitest(name: 'unit' | 'pg'): Promise<Tally> {
  const file = join(reports, `${name}.json`);
  const code = await script(`test:${name}`, [
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const report = await readReport<VitestReport>(file);
  return ofRunner(code, report && ofVitest(report));
}

async function playwright(): Promise<Tally> {
  const file = join(reports, 'e2e.json');
  const code = await script('test:e2e', ['--reporter=list,json'], {
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file, HAWSER_PICTURES: '0' },
  });
  const report = await readReport<PlaywrightReport>(file);
  return ofRunner(code, report && ofPlaywright(report));
}

/** The parts after it test what is built: it passes without being counted, and counts where it fails. */
async function buildForTests(): Promise<Tally> {
  await build(root);
  return sum([]);
}

/** A runner that was ended early leaves no report, or half of one. */
async function readReport<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

async function runPart(part: Part): Promise<Tally> {
  const partStartedAt = Date.now();
  console.log(`\n== ${part.name}`);
  const tally = await part.run().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return ofCode(1);
  });
  const seconds = Math.round((Date.now() - partStartedAt) / 1000);
  console.log(`== ${part.name}: ${tally.failed === 0 ? 'good' : 'FAILED'} after ${seconds} s`);
  return tally;
}

endProgramsWithUs();
// How long a line takes to bring what a bare machine lacks says nothing of the tests. What could not be had, the part
// that needs it tells.
for (const fetch of [fetchServers, ensureBrowser]) await fetch().catch(() => {});
const startedAt = Date.now();
const tallies: Tally[] = [];
const checked = runPart(checks);
for (const part of parts) tallies.push(await runPart(part));
tallies.push(await checked);
await rm(reports, { recursive: true, force: true });
const total = sum(tallies);
console.log(`\n${inWords(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
