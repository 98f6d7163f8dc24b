import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/error/appError.ts';
import { createLog, type LogOptions } from './log.ts';
import { LogStream } from './logStream.ts';
import { Redactor } from './redactor.ts';
import { programFile } from '../test/childProgram.ts';

function collecting(level: LogOptions['level'] = 'trace') {
  const redactor = new Redactor();
  const lines: string[] = [];
  const log = createLog({ level, redactor, destination: { write: (line) => lines.push(line) } });
  return { log, redactor, lines, last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown> };
}

describe('the log', () => {
  it('is one JSON object a line, with its level as a word and the time in Unix milliseconds', () => {
    const { log, lines, last } = collecting();
    const before = Date.now();
    log.warn({ connectionId: 'c' }, 'slow\nline');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]*\n$/);
    expect(last()).toMatchObject({ level: 'warn', connectionId: 'c', msg: 'slow\nline', pid: process.pid });
    expect(last().time).toBeGreaterThanOrEqual(before);
    expect(Object.keys(last())).not.toContain('hostname');
  });

  it('holds nothing below its level', () => {
    const { log, lines } = collecting('warn');
    log.info('quiet');
    log.error('loud');
    expect(lines).toHaveLength(1);
  });

  it('lets no known secret out, by whichever way it comes', () => {
    const { log, redactor, lines } = collecting();
    const secret = 'hun"ter\\2';
    redactor.add(secret);
    const cause = new Error(`driver said ${secret}`);
    const error = new AppError('AUTH_FAILED', `refused ${secret}`, { detail: { said: secret }, cause });
    log.info(secret);
    log.info({ deep: [{ text: `x${secret}y` }] }, `%s and %o`, secret, { secret });
    log.error({ err: error }, 'failed');
    log.error(error);
    log.child({ who: secret }).info('child');
    log.info({ [secret]: 1 }, JSON.stringify({ text: secret }));
    expect(lines).toHaveLength(6);
    for (const line of lines) {
      expect(line).not.toMatch(/hun\W+ter/);
      expect(line).toContain('[redacted]');
      JSON.parse(line);
    }
  });

  it('stays JSON where a secret is made of what JSON is made of', () => {
    const { log, redactor, last } = collecting();
    redactor.add('","level');
    redactor.add('level');
    redactor.add('{');
    log.info('a level {');
    expect(last()).toMatchObject({ msg: 'a [redacted] [redacted]' });
  });

  it('keeps what an error says, with its stack and code', () => {
    const { log, last } = collecting();
    log.error({ err: new AppError('TIMEOUT', 'It took too long.', { stage: 'tcp' }) }, 'failed');
    expect(last()).toMatchObject({
      err: { code: 'TIMEOUT', message: 'It took too long.', facts: { stage: 'tcp' } },
    });
    expect((last().err as { stack: string }).stack).toContain('\n    at ');
  });

  it('obeys no escape sequence that a server may have sent', () => {
    const { log, lines } = collecting();
    log.info({ notice: '\x1b]0;owned\x07text\r' }, '\x1b[2J');
    expect(lines[0]).not.toMatch(/\\u001b|\\u0007|\\r|owned/);
    expect(lines[0]).toContain('"notice":"text"');
  });
});

describe('the log of a process', () => {
  const start = (args: string[], stdio: StdioOptions) =>
    spawn(process.execPath, [programFile('logWriter'), ...args], { stdio });
  /** Writes more than may wait for a reader. */
  const startUnread = () => start(['50000', 'pipe'], ['ignore', 'pipe', 'inherit', 'pipe']);
  const said = (child: ChildProcess) => text(child.stdout ?? Readable.from([]));

  it('is on stderr, to the last line', async () => {
    const child = start(['2000'], ['ignore', 'ignore', 'pipe']);
    const lines = (await text(child.stderr ?? Readable.from([]))).trimEnd().split('\n');
    expect(lines).toHaveLength(2_000);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ line: 1_999 });
    expect(lines.filter((line) => line.includes('hunter2'))).toEqual([]);
  });

  it('holds nobody up when no one reads it', async () => {
    const child = startUnread();
    const ended = once(child, 'exit');
    expect(await said(child)).toBe('done\n');
    expect(await ended).toEqual([0, null]);
  });

  it('hurts nobody when its reader is gone', async () => {
    const child = startUnread();
    (child.stdio[3] as Readable).destroy();
    const ended = once(child, 'exit');
    expect(await said(child)).toBe('done\n');
    expect(await ended).toEqual([0, null]);
  });
});

describe('a reader of the log that fell behind', () => {
  it('is told how many lines it missed', async () => {
    const pipe = new PassThrough({ highWaterMark: 1 });
    const stream = new LogStream(pipe);
    for (let line = 0; line < 50; line++) stream.write(`${'x'.repeat(100_000)}\n`);
    const waiting = pipe.writableLength;
    expect(waiting).toBeLessThan(4_500_000);
    const lines: string[] = [];
    createInterface({ input: pipe }).on('line', (line) => lines.push(line));
    await new Promise<void>((done) => stream.flush(done));
    stream.write('last\n');
    pipe.end();
    await once(pipe, 'end');
    const missed = lines
      .filter((line) => line.includes('left out'))
      .map((line) => JSON.parse(line) as { msg: string });
    expect(missed).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('xxx'))).toHaveLength(
      50 - Number.parseInt(missed[0]?.msg ?? '', 10),
    );
    expect(lines.at(-1)).toBe('last');
  });
});
