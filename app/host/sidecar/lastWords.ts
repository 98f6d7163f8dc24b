const maxLines = 200;
const maxLineLength = 2000;

/** The end of the sidecar's log, kept for the report that is shown when it cannot be held alive. */
export class LastWords {
  readonly #lines: string[] = [];
  #partial = '';

  /** Takes stderr as it comes; returns the lines that it completed. */
  push(text: string): string[] {
    const parts = (this.#partial + text).split('\n');
    // A line without an end is cut too, or a process that never writes one would fill the memory.
    this.#partial = (parts.pop() ?? '').slice(0, maxLineLength);
    const lines = parts.map((line) => line.slice(0, maxLineLength)).filter((line) => line.trim() !== '');
    this.#lines.push(...lines);
    this.#lines.splice(0, this.#lines.length - maxLines);
    return lines;
  }

  get lines(): readonly string[] {
    return this.#partial.trim() === '' ? this.#lines : [...this.#lines, this.#partial];
  }

  /** The last `count` lines without secrets and without control characters, fit to be shown. */
  report(count: number): string {
    return this.lines.slice(-count).map(redact).join('\n');
  }
}

/** The sidecar's log hides secrets itself; a crash of the runtime prints what it likes, hence this second net. */
export function redact(line: string): string {
  return line
    .replace(controlCharacters, '')
    .replace(/(\b[a-z][\w+.-]*:\/\/[^\s:@/]*):\S*@/gi, '$1:***@')
    .replace(secretMember, '$1***');
}

// eslint would rather not see control characters in a pattern, so they are spelled by their category.
const controlCharacters = /(?!\t)\p{Cc}/gu;
const secretMember =
  /(["']?(?:\w*password|\w*passphrase|\w*secret|\w*token|pwd)["']?\s*[=:]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;&}]+)/gi;

/** The sentence with which the sidecar declined to start because another one holds its data folder. */
export function dataFolderInUse(exitCode: number | null, words: LastWords): string | undefined {
  if (exitCode !== 3) return undefined;
  for (const line of words.lines.toReversed()) {
    const facts = parseObject(line);
    if (facts?.['code'] !== 'DATA_FOLDER_IN_USE') continue;
    const message = facts['message'] ?? facts['msg'];
    return typeof message === 'string' ? message : 'Another Hawser is using this data folder.';
  }
  return undefined;
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
