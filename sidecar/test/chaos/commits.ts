import type { Chaos, Figure } from './figure.ts';
import { Random } from './random.ts';
import { onStage, type ChaosStage } from './stage.ts';

const answered = 'answered';

/** One way to lose the answer to a COMMIT. */
type Loss = (stage: ChaosStage, run: number) => Promise<unknown>;

const visible = (stage: ChaosStage, run: number) =>
  stage.poll(
    async () => (await stage.server.query(`select from slow where run = ${run}`)).length > 0,
    `row ${run}`,
  );
const committing = (stage: ChaosStage) =>
  stage.poll(async () => {
    const sql = "select from pg_stat_activity where state = 'active' and query ilike 'commit%'";
    return (await stage.server.query(sql)).length > 0;
  }, 'a COMMIT under way');

async function crash(stage: ChaosStage): Promise<void> {
  await stage.killServer();
  await stage.server.restart('immediate');
}

/** The table's trigger makes each COMMIT last half a second: in the middle of it, after it, or with the server. */
const losses: Record<string, { slow: boolean; lose: Loss }> = {
  'in its middle, by a reset': {
    slow: true,
    lose: async (stage) => {
      await committing(stage);
      stage.proxy.reset();
    },
  },
  'in its middle, with the server': {
    slow: true,
    lose: async (stage) => {
      await committing(stage);
      await crash(stage);
    },
  },
  'after it, by a reset': {
    slow: false,
    lose: async (stage, run) => {
      await visible(stage, run);
      stage.proxy.reset();
    },
  },
  'after it, with the server': {
    slow: false,
    lose: async (stage, run) => {
      await visible(stage, run);
      // The answer is on its way already, and would outlive its server.
      stage.proxy.reset();
      await crash(stage);
    },
  },
};

const setUp = `
create table slow (run int, slow boolean);
create function linger() returns trigger language plpgsql as $$
  begin if new.slow then perform pg_sleep(0.5); end if; return null; end $$;
create constraint trigger lingers after insert on slow deferrable initially deferred
  for each row execute function linger()`;

/** COMMITs whose answer never came: each must be told as the server knows it. */
export async function lostCommits(chaos: Chaos): Promise<Figure[]> {
  const rounds = chaos.rounds(20);
  const random = Random.of(chaos.seed, 'commits');
  return onStage(chaos, {}, async (stage) => {
    await stage.server.query(setUp);
    const told: string[] = [];
    const notes: string[] = [];
    for (let run = 0; told.length < rounds && run < 2 * rounds; run += 1) {
      const way = Object.keys(losses)[told.length % 4] ?? '';
      const { word, count } = await loseCommit(stage, run, losses[way], random.chance(0.5));
      // On a busy machine the answer may be there before it is lost.
      if (word === answered) continue;
      told.push(word);
      const right = word === 'committed' ? count === 1 : word === 'rolledBack' && count === 0;
      if (!right) notes.push(`${run}, ${way}: told ${word}, ${count} rows`);
    }
    const words = ['committed', 'rolledBack'].map(
      (word) => `${told.filter((each) => each === word).length} ${word}`,
    );
    const measured = `${told.length - notes.length} of ${told.length} (${words.join(', ')})`;
    const what = 'lost COMMIT, verdict right';
    return [
      {
        what,
        promised: `${rounds} of ${rounds}`,
        measured,
        ok: notes.length === 0 && told.length === rounds,
        notes,
      },
    ];
  });
}

async function loseCommit(
  stage: ChaosStage,
  run: number,
  loss: (typeof losses)[string] | undefined,
  typed: boolean,
): Promise<{ word: string; count: number }> {
  if (!loss) throw new Error('There is no such way.');
  const tabId = `tab ${run}`;
  await stage.back();
  await stage.run(tabId, `begin; insert into slow values (${run}, ${loss.slow})`);
  // The answer to a COMMIT is on its way for so long that it can be lost after the server has committed.
  await stage.proxy.setMode({ kind: 'latency', ms: loss.slow ? 0 : 300 });
  const commit = typed
    ? stage.run(tabId, 'commit').then(({ params }) => params.outcome === 'done')
    : stage.sidecar
        .request({ method: 'transaction.commit', params: { tabId } })
        .then(({ error }) => error === undefined);
  await loss.lose(stage, run);
  await stage.proxy.setMode({ kind: 'pass' });
  const isAnswered = await commit;
  await stage.back();
  if (isAnswered) return { word: answered, count: 1 };
  const last = () =>
    stage.sidecar.notifications
      .filter(({ method, params }) => method === 'connection.ledger' && params.tabId === tabId)
      .at(-1)?.params;
  const entry = await stage.sidecar.until(
    () => (last()?.judging === true ? undefined : last()),
    `the verdict on ${tabId}`,
  );
  const count = (await stage.server.query(`select from slow where run = ${run}`)).length;
  const { commitOutcome = 'nothing', unknownReason = '' } = entry as Record<string, string>;
  return { word: `${commitOutcome} ${unknownReason}`.trim(), count };
}
