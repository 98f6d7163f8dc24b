import { SpoolStore } from '../../query/spool/spoolStore.ts';
import { dataRow } from '../dataRows.ts';

/** Fills a spool in the folder until the disk takes no more, and prints what is left of it: `fullSpool.ts <folder>`. */
const [folder = ''] = process.argv.slice(2);
const spool = new SpoolStore(folder, { memoryBytes: 500_000 }).open();

const row = (number: number): Buffer => dataRow([String(number).padStart(1_000)]);

let sent = 0;
for (; !spool.full && sent < 100_000; sent += 1) {
  await spool.append(row(sent), 1);
  if (sent % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
}
const { full, problem, rowCount } = spool;
const kept = Buffer.concat(await spool.slice(0, rowCount, Infinity));
const isWhole =
  rowCount === sent - 1 && kept.equals(Buffer.concat(Array.from({ length: rowCount }, (_, at) => row(at))));
spool.close();
process.stdout.write(`${JSON.stringify({ full, code: problem?.code, isWhole })}\n`);
