import { Socket } from 'node:net';
import { createLog, Redactor } from '../../diagnostics/log.ts';
import { LogStream } from '../../diagnostics/logStream.ts';

/**
 * Logs a burst and ends: `logWriter.ts <lines> [pipe]`; says `done` on stdout when it has logged the last line. With
 * `pipe` it writes to descriptor 3: stderr is also held by the compiler that runs this program, which makes it block.
 */
const [lines = '0', where] = process.argv.slice(2);
const redactor = new Redactor();
redactor.add('hunter2');
const destination = new LogStream(where ? new Socket({ fd: 3, readable: false, writable: true }) : undefined);
const log = createLog({ level: 'info', redactor, destination });
for (let line = 0; line < Number(lines); line++) log.info({ line }, `hunter2 ${'x'.repeat(100)}`);
process.stdout.write('done\n');
log.flush(() => process.exit());
