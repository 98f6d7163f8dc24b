import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { pageSize, RowPages, type Slice } from './runsPages.svelte.ts';

interface Request {
  readonly offset: number;
  readonly limit: number;
  readonly signal: AbortSignal;
  answer(count?: number, cell?: string): void;
  fail(error: AppError): void;
}

/** Pages whose requests are answered by hand; `rowCount` may grow. */
function setUp(rowCount: number) {
  const requests: Request[] = [];
  const failures: AppError[] = [];
  const world = { rowCount };
  const pages = new RowPages(
    (offset, limit, signal) =>
      new Promise<Slice>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new AppError('CANCELLED', 'Cancelled.')));
        const answer = (count = limit, cell?: string): void =>
          resolve({ rows: Array.from({ length: count }, (_, step) => [cell ?? String(offset + step)]) });
        requests.push({ offset, limit, signal, answer, fail: reject });
      }),
    () => world.rowCount,
    (error) => failures.push(error),
  );
  return { pages, requests, failures, world, pending: () => requests.filter((each) => !each.signal.aborted) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('the rows of a result in the window', () => {
  it('come in pages, each asked for once however often it is wanted', async () => {
    const { pages, requests } = setUp(10_000);
    pages.want(150, 250);
    pages.want(160, 260);
    expect(requests.map(({ offset, limit }) => [offset, limit])).toEqual([
      [0, pageSize],
      [pageSize, pageSize],
    ]);
    requests.forEach((request) => request.answer());
    await settled();
    expect(pages.row(199)).toEqual(['199']);
    expect(pages.row(399)).toEqual(['399']);
    expect(pages.row(400)).toBeUndefined();
    pages.want(0, 300);
    expect(requests).toHaveLength(2);
  });

  it('are completed where a slice held fewer than asked', async () => {
    const { pages, requests } = setUp(120);
    pages.want(0, 20);
    requests[0]?.answer(1);
    await settled();
    expect(requests[1]).toMatchObject({ offset: 1, limit: 119 });
    requests[1]?.answer();
    await settled();
    expect(pages.row(119)).toEqual(['119']);
    expect(requests).toHaveLength(2);
  });

  it('are given up when the user has scrolled past them, and then the wanted ones have their turn', async () => {
    const { pages, requests } = setUp(1_000_000);
    pages.want(0, 600);
    pages.want(500_000, 500_020);
    expect(requests.slice(0, 3).every(({ signal }) => signal.aborted)).toBe(true);
    await settled();
    expect(requests.at(-1)).toMatchObject({ offset: 500_000 });
    requests.at(-1)?.answer();
    await settled();
    expect(pages.row(500_010)).toEqual(['500010']);
    expect(pages.row(0)).toBeUndefined();
  });

  it('follow a result that grows: the last page is asked for what is new only', async () => {
    const { pages, requests, world } = setUp(30);
    pages.seed(Array.from({ length: 30 }, (_, row) => [String(row)]));
    pages.want(0, 40);
    expect(requests).toHaveLength(0);
    world.rowCount = 75;
    pages.want(0, 40);
    expect(requests[0]).toMatchObject({ offset: 30, limit: 45 });
    requests[0]?.answer();
    await settled();
    expect(pages.row(74)).toEqual(['74']);
  });

  it('are dropped least recently wanted first, never those in view', async () => {
    const { pages, requests } = setUp(10_000_000);
    for (let page = 0; page < 80; page += 1) {
      pages.want(page * pageSize, page * pageSize + 10);
      requests.at(-1)?.answer();
      await settled();
    }
    expect(pages.row(0)).toBeUndefined();
    expect(pages.row(79 * pageSize)).toBeDefined();
    expect(pages.row(40 * pageSize)).toBeDefined();
  });

  it('are dropped by size as well as by number', async () => {
    const { pages, requests } = setUp(10_000_000);
    const large = 'x'.repeat(100_000);
    for (let page = 0; page < 4; page += 1) {
      pages.want(page * pageSize, page * pageSize + 10);
      requests.at(-1)?.answer(pageSize, large);
      await settled();
    }
    expect(pages.row(0)).toBeUndefined();
    expect(pages.row(3 * pageSize)).toBeDefined();
  });

  it('are not asked for again once the result is gone, but after a lost link', async () => {
    const { pages, requests, failures } = setUp(1_000);
    pages.want(0, 10);
    requests[0]?.fail(new AppError('SIDECAR_RESTARTED', 'The link was lost.'));
    await settled();
    expect(failures).toEqual([]);
    pages.resume();
    expect(requests).toHaveLength(2);
    requests[1]?.fail(new AppError('RESULT_CLOSED', 'No longer there.'));
    await settled();
    expect(failures.map(({ code }) => code)).toEqual(['RESULT_CLOSED']);
    pages.want(400, 410);
    expect(requests).toHaveLength(2);
  });

  it('name the cells that hold only a beginning', () => {
    const { pages } = setUp(2);
    pages.seed([['a', 'b'], ['c']], [{ row: 0, column: 1 }]);
    expect(pages.isCut(0, 1)).toBe(true);
    expect(pages.isCut(0, 0)).toBe(false);
    expect(pages.slice(0, 2)).toEqual({ rows: [['a', 'b'], ['c']], cut: [{ row: 0, column: 1 }] });
  });
});
