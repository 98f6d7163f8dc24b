import { timestamp } from '#shared/contract/define.ts';
import { documentSchema } from '#shared/documents/document.ts';
import { JsonFile } from '../../storage/jsonFile.ts';
import { fileOf } from '../../storage/storeFormat.ts';

/**
 * Writes ever higher numbers into a store until it is killed: `storeWriter.ts <path> <delayMs>`. Says on stdout, where
 * a write returns only when the pipe has it: `took <n>` when the store has accepted a number, `kept <n>` when it was
 * told to be on disk.
 */
const [path = '', delayMs = '0'] = process.argv.slice(2);
const say = (word: string, count: number) => process.stdout.write(`${word} ${count} ${Date.now()}\n`);

const file = await JsonFile.open({
  path,
  schema: fileOf({ count: timestamp, ballast: documentSchema.shape.text }),
  version: 1,
  initial: { count: 0, ballast: '' },
  delayMs: Number(delayMs),
  onProblem: (problem) => process.stdout.write(`problem ${problem?.code ?? 'none'}\n`),
});

const { count: found } = file.read();
say('found', found);
for (let count = found + 1; ; count++) {
  // Long enough for a kill to come in the middle of a write.
  const write = file.write({ count, ballast: 'x'.repeat(200_000 + (count % 7) * 50_000) });
  say('took', count);
  void write.then(() => say('kept', count));
  await new Promise((resolve) => setTimeout(resolve, 3));
}
