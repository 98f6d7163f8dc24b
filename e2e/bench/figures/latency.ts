import { tail, type FigureTable } from '../figure.ts';
import { timed } from '../measure.ts';
import type { OpenSidecar } from '../world.ts';

/** Looks like those of somebody who scrolls and types, one every few milliseconds. */
const betweenLooksMs = 4;
const sliceRows = 200;
const cancels = 40;
const streams = 3;

/** How quick the sidecar is for everything else while ten million rows come in, and after. */
export const latency: FigureTable = {
  name: 'latency',
  title: 'While 10 million rows come in',
  async measure(world) {
    const sql = `select * from ${await world.table('t10m')}`;
    const open = await world.sidecar();
    const slices: number[] = [];
    const calls: number[] = [];
    for (let round = 0; round < streams; round += 1) await watch(open, sql, { slices, calls });
    const after = await slicesAfter(open);
    const stops = await cancelTimes(open, sql);
    await open.end();
    return [
      tail(`slice of ${sliceRows} rows anywhere, while streaming`, slices, 0.95, 20),
      tail(`slice of ${sliceRows} rows anywhere, after`, after, 0.95, 20),
      tail('any other call, while streaming', calls, 0.99, 20),
      tail('cancel of a streaming query, until settled', stops, 0.95, 50),
    ];
  },
};

interface Stream {
  runId: string;
  resultId: string;
  ended: () => boolean;
  rowCount: () => number;
}

async function start({ sidecar, connectionId }: OpenSidecar, sql: string): Promise<Stream> {
  sidecar.notifications.length = 0;
  const { runId } = await sidecar.call('query.run', { connectionId, tabId: 'bench', text: sql });
  const started = await sidecar.heard('query.resultStarted', (params) => params.runId === runId);
  const last = (method: string) => sidecar.notifications.findLast((heard) => heard.method === method)?.params;
  return {
    runId,
    resultId: started.resultId as string,
    ended: () => last('query.runEnded') !== undefined,
    rowCount: () => Number((last('query.resultEnded') ?? last('query.progress'))?.rowCount ?? 200),
  };
}

/** Asks for slices and for small things in turn until the run has ended. */
async function watch(open: OpenSidecar, sql: string, times: { slices: number[]; calls: number[] }) {
  const stream = await start(open, sql);
  while (!stream.ended()) {
    times.slices.push(await timed(() => slice(open, stream)));
    times.calls.push(await timed(() => open.sidecar.call('host.ping', {})));
    times.calls.push(await timed(() => open.sidecar.call('connection.list', {})));
    await new Promise((resolve) => setTimeout(resolve, betweenLooksMs));
  }
}

async function slice({ sidecar }: OpenSidecar, { resultId, rowCount }: Stream): Promise<void> {
  const offset = Math.floor(Math.random() * Math.max(0, rowCount() - sliceRows));
  const { rows } = await sidecar.call('query.rows', { resultId, offset, limit: sliceRows });
  if (rows.length !== sliceRows || rows[0]?.[0] !== String(offset + 1))
    throw new Error(`At row ${offset} there came ${rows.length} rows from ${rows[0]?.[0]} on`);
}

async function slicesAfter(open: OpenSidecar): Promise<number[]> {
  const started = open.sidecar.notifications.findLast(({ method }) => method === 'query.resultStarted');
  const resultId = started?.params.resultId as string;
  const stream = { runId: '', resultId, ended: () => true, rowCount: () => 10_000_000 };
  const times: number[] = [];
  for (let count = 0; count < 500; count += 1) times.push(await timed(() => slice(open, stream)));
  return times;
}

async function cancelTimes(open: OpenSidecar, sql: string): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < cancels; count += 1) {
    const stream = await start(open, sql);
    // At any point of the stream, not always at its beginning.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
    times.push(await timed(() => open.sidecar.call('query.cancel', { runId: stream.runId })));
    await open.sidecar.heard('query.runEnded', (params) => params.runId === stream.runId);
  }
  return times;
}
