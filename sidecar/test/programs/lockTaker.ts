import { createInterface } from 'node:readline';
import { AppError } from '#shared/error/appError.ts';
import { openDataFolder } from '../../storage/dataFolder.ts';

/**
 * Waits for a line on stdin, opens the data folder (`lockTaker.ts <folder>`), and says `have <pid>` or the code of what
 * kept it from it; keeps the folder until the next line, or gives up without a word at the end of stdin.
 */
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
process.stdout.write('ready\n');
await lines.next();
try {
  const folder = await openDataFolder(process.argv[2] ?? '');
  process.stdout.write(`have ${process.pid}\n`);
  const { done } = await lines.next();
  if (!done) await folder.close();
} catch (error) {
  process.stdout.write(`${error instanceof AppError ? error.code : String(error)}\n`);
}
process.exit();
