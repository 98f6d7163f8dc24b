import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './commandLine.ts';

describe('the command line', () => {
  it('asks for a window on a free port when it says nothing', () => {
    expect(parseCommandLine([])).toEqual({
      kind: 'run',
      options: { show: 'window', port: 0, verbose: false },
    });
  });

  it('is understood', () => {
    expect(parseCommandLine(['--browser', '--data-dir', 'x/y', '--port=8123', '--verbose'])).toEqual({
      kind: 'run',
      options: { show: 'browser', port: 8123, verbose: true, dataFolder: resolve('x/y') },
    });
    expect(parseCommandLine(['--no-open', '--browser'])).toMatchObject({ options: { show: 'nothing' } });
    expect(parseCommandLine(['--help', '--port', 'x'])).toMatchObject({ kind: 'help' });
  });

  it.each([
    ['--open', /--open/],
    ['file.sql', /file\.sql/],
    ['--port=http', /--port wants a number/],
    ['--port=70000', /--port wants a number/],
    ['--port=-1', /--port wants a number/],
    ['--port', /--port/],
    ['--data-dir=', /--data-dir wants the name of a folder/],
    ['--browser=yes', /--browser/],
  ])('is wrong with %s, and says so and how it is right', (argument, words) => {
    const line = parseCommandLine([argument]);
    expect(line).toMatchObject({ kind: 'wrong', message: expect.stringMatching(words) as string });
    expect(line).toMatchObject({ message: expect.stringContaining('--no-open') as string });
  });
});
