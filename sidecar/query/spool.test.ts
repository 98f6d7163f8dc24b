import { describe, expect, it } from 'vitest';
import { MemorySpool, SpoolBudget } from './spool.ts';

/** A DataRow message of one value of `bytes` bytes. */
function row(bytes: number): Buffer {
  const message = Buffer.alloc(11 + bytes, 'x');
  message.write('D');
  message.writeInt32BE(10 + bytes, 1);
  message.writeInt16BE(1, 5);
  message.writeInt32BE(bytes, 7);
  return message;
}

const open = (maxBytes = Infinity, total = Infinity): { spool: MemorySpool; budget: SpoolBudget } => {
  const budget = new SpoolBudget(total);
  return { spool: new MemorySpool(maxBytes, budget), budget };
};

describe('a spool in memory', () => {
  it('copies what it is given', async () => {
    const { spool } = open();
    const message = row(3);
    void spool.append(message, 1);
    message.fill(0);
    expect(await spool.slice(0, 1, 100)).toEqual([row(3)]);
  });

  it('gives whole messages, and the one that passes the wanted size as the last', async () => {
    const { spool } = open();
    for (let at = 0; at < 1_000; at += 1) void spool.append(row(100), 1);
    expect(Buffer.concat(await spool.slice(990, 100, 1_000_000))).toHaveLength(10 * 111);
    expect(Buffer.concat(await spool.slice(5, 100, 200))).toHaveLength(2 * 111);
    expect(Buffer.concat(await spool.slice(5, 100, 1))).toHaveLength(111);
    expect(await spool.slice(1_000, 1, 1)).toEqual([]);
  });

  it('finds rows beside a value that is larger than a block', async () => {
    const { spool } = open();
    void spool.append(row(1), 1);
    void spool.append(row(3_000_000), 1);
    void spool.append(row(2), 1);
    expect((await spool.slice(1, 1, 1))[0]).toHaveLength(3_000_011);
    expect(await spool.slice(2, 1, 1)).toEqual([row(2)]);
  });

  it('drops what passes its own limit, and says so', () => {
    const { spool } = open(250);
    void spool.append(Buffer.concat([row(89), row(89)]), 2);
    expect(spool.full).toBeUndefined();
    void spool.append(row(89), 1);
    void spool.append(row(1), 1);
    expect(spool).toMatchObject({ full: 'result', rowCount: 2, bytes: 200 });
  });

  it('shares what all results together may take, and gives it back when it is closed', () => {
    const { spool, budget } = open(Infinity, 100_000);
    const other = new MemorySpool(Infinity, budget);
    void spool.append(row(90_000), 1);
    void other.append(row(20_000), 1);
    expect(other).toMatchObject({ full: 'total', rowCount: 0 });
    spool.close();
    spool.close();
    expect(budget.used).toBe(0);
    const third = new MemorySpool(Infinity, budget);
    void third.append(row(90_000), 1);
    expect(third.rowCount).toBe(1);
  });

  it('takes little memory for a small result, and keeps nothing once it is closed', async () => {
    const { spool, budget } = open();
    void spool.append(row(10), 1);
    expect(budget.used).toBeLessThanOrEqual(4_096);
    spool.close();
    void spool.append(row(10), 1);
    expect(await spool.slice(0, 1, 1)).toEqual([]);
    expect(budget.used).toBe(0);
  });
});
