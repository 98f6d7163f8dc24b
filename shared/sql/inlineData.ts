/** Lines that a script gives to the COPY FROM STDIN before them, as psql takes them; UTF-16 code units, `to` exclusive. */
export interface InlineData {
  from: number;
  to: number;
  /** Behind the line `\.` that ends them. */
  end: number;
}

const restOfLine = /[ \t\r]*\n/y;
const endMark = /^\\\.(?=\r?$)/gm;

/** The data behind a COPY FROM STDIN whose semicolon ends at `at`; undefined where no line `\.` says where they end. */
export function inlineData(text: string, at: number): InlineData | undefined {
  restOfLine.lastIndex = at;
  if (!restOfLine.test(text)) return undefined;
  const from = restOfLine.lastIndex;
  endMark.lastIndex = from;
  const mark = endMark.exec(text);
  return mark ? { from, to: mark.index, end: mark.index + mark[0].length } : undefined;
}
