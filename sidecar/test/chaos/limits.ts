import type { Chaos, Figure } from './figure.ts';
import { none, slowest } from './figure.ts';
import { onStage, type ChaosStage } from './stage.ts';

const limitMs = 1_000;
const graceMs = 2_500;
const orphanMs = 10_000;

/** What is run before, if anything, and the text that must not outlive the limit. */
const evasions: { name: string; before?: string[]; text: string }[] = [
  { name: 'SET 0 in the same text', text: 'set statement_timeout = 0; select pg_sleep(30)' },
  { name: 'SET 0 as a run of its own', before: ['set statement_timeout = 0'], text: 'select pg_sleep(30)' },
  {
    name: 'set_config',
    before: ["select set_config('statement_timeout', '0', false)"],
    text: 'select pg_sleep(30)',
  },
  {
    name: 'RESET',
    before: ['set statement_timeout = 0', 'reset statement_timeout'],
    text: 'select pg_sleep(30)',
  },
  {
    name: 'DISCARD ALL',
    before: ['set statement_timeout = 0', 'discard all'],
    text: 'select pg_sleep(30)',
  },
  {
    name: 'DO that catches query_canceled',
    text: `do $$ begin loop begin perform pg_sleep(30); exception when query_canceled then null; end; end loop; end $$`,
  },
  { name: 'a function with a SET clause', text: 'select evading()' },
  { name: 'two statements', text: `select pg_sleep(0.7); select pg_sleep(30)` },
  {
    name: 'in a transaction',
    text: 'begin; set local statement_timeout = 0; select pg_sleep(30)',
  },
  {
    name: 'after a savepoint rolled back',
    before: ['begin', 'savepoint a; select pg_sleep(0.01); rollback to a'],
    text: 'select pg_sleep(30)',
  },
];

const setUp = `create function evading() returns void language plpgsql set statement_timeout = 0
  as $$ begin perform pg_sleep(30); end $$`;

/** The limit holds whatever a text does against it, be it the run's or the connection's own, and no backend stays at it. */
export async function limits(chaos: Chaos): Promise<Figure[]> {
  const of = [
    { what: "the run's limit", options: {}, timeoutMs: limitMs },
    { what: "the connection's limit", options: { statementTimeoutMs: limitMs }, timeoutMs: undefined },
  ];
  const figures: Figure[] = [];
  for (const { what, options, timeoutMs } of of)
    figures.push(
      ...(await onStage(chaos, { options }, async (stage) => {
        await stage.server.query(setUp);
        return evaded(stage, what, timeoutMs);
      })),
    );
  return figures;
}

async function evaded(stage: ChaosStage, what: string, timeoutMs: number | undefined): Promise<Figure[]> {
  const times: number[] = [];
  const late: string[] = [];
  const wrong: string[] = [];
  const more = timeoutMs === undefined ? {} : { timeoutMs };
  const run = (tabId: string, text: string) => stage.run(tabId, text, more);
  for (const { name, before = [], text } of evasions) {
    for (const first of before) await run(name, first);
    const sentAt = performance.now();
    const { params, arrivedAt } = await run(name, text);
    const ms = arrivedAt - startOfLast(stage, params, sentAt);
    times.push(ms);
    if (ms > limitMs + graceMs) late.push(`${name}: ${Math.round(ms)} ms, ${JSON.stringify(params)}`);
    const { code } = (params.error ?? {}) as { code?: string };
    if (code !== 'STATEMENT_TIMEOUT') wrong.push(`${name}: ${JSON.stringify(params)}`);
    await stage.sidecar.call('query.close', { tabId: name });
  }
  const busy = "select query from pg_stat_activity where application_name = 'Hawser' and state = 'active'";
  const left = await stage
    .poll(async () => (await stage.server.query(busy)).length === 0, 'the end of all', orphanMs)
    .then(
      () => [],
      async () => (await stage.server.query(busy)).map(({ query }) => String(query)),
    );
  return [
    { ...slowest(`${what} against 10 evasions`, times, limitMs + graceMs), notes: late },
    none(`${what}: ended by another word than STATEMENT_TIMEOUT`, wrong, `${evasions.length}`),
    none(`${what}: backends left after 10 s`, left, `${evasions.length}`),
  ];
}

/** The limit counts for each statement by itself: since the one before it had ended. */
function startOfLast({ sidecar }: ChaosStage, ended: Record<string, unknown>, sentAt: number): number {
  const ends = sidecar.notifications.filter(
    ({ method, params }) => method === 'query.resultEnded' && params.runId === ended.runId,
  );
  const { index } = (ended.statement ?? { index: ends.length }) as { index: number };
  return ends[index - 1]?.arrivedAt ?? sentAt;
}
