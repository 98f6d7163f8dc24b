import { none, type Chaos, type Figure } from './figure.ts';
import { Random } from './random.ts';
import { onStage, type ChaosStage } from './stage.ts';

/** From no byte at all to a little past the end of the exchange: `insert`, the question for the number, COMMIT. */
const farthestByte = 170;

interface Cut {
  run: number;
  from: 'client' | 'server';
  afterBytes: number;
  reset: boolean;
  /** All other links break too. */
  all: boolean;
  inTransaction: boolean;
}

interface Findings {
  twice: string[];
  wrong: string[];
  told: Record<string, number>;
}

/** A write is cut at random bytes: it has run once at most, and what is told of it is what the table holds. */
export async function cuts(chaos: Chaos, count = chaos.rounds(500)): Promise<Figure[]> {
  const findings: Findings = { twice: [], wrong: [], told: {} };
  await onStage(chaos, {}, async (stage) => {
    await stage.server.query('create table counted (run int)');
    for (let run = 0; run < count; run += 1) {
      // Each by itself, so that one can be looked at alone.
      const random = Random.of(chaos.seed, `cut ${run}`);
      await cut(stage, findings, {
        run,
        from: random.pick(['client', 'server']),
        afterBytes: random.int(0, farthestByte),
        reset: random.chance(0.5),
        all: random.chance(0.3),
        inTransaction: random.chance(0.8),
      });
      stage.forget();
    }
  });
  const told = Object.entries(findings.told)
    .map(([what, times]) => `${times} ${what}`)
    .sort();
  const of = `${count} cuts (${told.join(', ')})`;
  return [
    none('statements run twice', findings.twice, `${count} cuts`),
    none('wrong words about a write that was cut', findings.wrong, of),
  ];
}

async function cut(stage: ChaosStage, { twice, wrong, told }: Findings, plan: Cut): Promise<void> {
  const { run, from, afterBytes, reset, all, inTransaction } = plan;
  const tabId = `tab ${run}`;
  await ready(stage, tabId, inTransaction);
  await stage.proxy.setMode({ kind: 'cut', from, afterBytes, reset });
  const text = `insert into counted values (${run})${inTransaction ? '; commit' : ''}`;
  const { params: ended } = await stage.run(tabId, text);
  if (all) stage.proxy.reset();
  await stage.proxy.setMode({ kind: 'pass' });
  const entry = await verdict(stage, tabId, inTransaction && ended.outcome !== 'done');
  await stage.back();
  await stage.sidecar.call('query.close', { tabId });
  const count = (await stage.server.query(`select from counted where run = ${run}`)).length;
  if (count > 1) twice.push(JSON.stringify({ ...plan, count }));
  const word = wordFor(ended, entry);
  told[word] = (told[word] ?? 0) + 1;
  if (!isRight(word, count)) wrong.push(JSON.stringify({ ...plan, count, word, ended, entry }));
}

/** A backend that is there already: it is the text that is to be cut, not a login. */
async function ready(stage: ChaosStage, tabId: string, inTransaction: boolean): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    await stage.back();
    const text = inTransaction ? 'begin' : 'create temp table if not exists pin ()';
    const run = await stage.run(tabId, text).catch(() => undefined);
    if (run?.params.outcome === 'done') return;
    await stage.run(tabId, 'rollback').catch(() => undefined);
  }
  throw new Error('No statement succeeds any more.');
}

/** What the window is told in the end of what became of the transaction. */
async function verdict(
  stage: ChaosStage,
  tabId: string,
  expected: boolean,
): Promise<Record<string, unknown> | undefined> {
  const entries = () =>
    stage.sidecar.notifications
      .filter(({ method, params }) => method === 'connection.ledger' && params.tabId === tabId)
      .map(({ params }) => params);
  const last = () => entries().at(-1);
  if (!expected && last() === undefined) return undefined;
  return stage.sidecar.until(
    () => (last()?.judging === true ? undefined : last()),
    `the verdict on ${tabId}`,
  );
}

/** In a word what the user now believes. */
function wordFor(ended: Record<string, unknown>, entry: Record<string, unknown> | undefined): string {
  if (ended.outcome === 'done') return 'done';
  if (typeof entry?.commitOutcome === 'string') return entry.commitOutcome;
  const { outcome } = (ended.error ?? {}) as { outcome?: string };
  if ((entry?.lost as { kind: string }[] | undefined)?.some(({ kind }) => kind === 'transaction'))
    return 'transaction lost';
  return ended.outcome === 'lost' && outcome === 'unknown' ? 'not known' : `${outcome ?? 'nothing'} written`;
}

/** "Not known" is an honest answer outside a transaction only: a COMMIT is always judged. */
function isRight(word: string, count: number): boolean {
  if (word === 'done' || word === 'committed') return count === 1;
  if (word === 'not known') return count <= 1;
  return ['rolledBack', 'transaction lost', 'none written'].includes(word) && count === 0;
}
