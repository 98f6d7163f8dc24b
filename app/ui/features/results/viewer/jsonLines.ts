/** Strings, numbers and words, signs, and the blanks between them. */
const token = /"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+|[{}[\],:]/gsu;

const opening = new Set(['{', '[']);
const closing = new Set(['}', ']']);

/**
 * JSON over several lines, for reading. The text is only laid out anew, never parsed into values: numbers beyond what
 * floating point holds, repeated keys and their order stay as they are. What is no JSON comes back with other blanks.
 */
export function jsonLines(text: string, indent = '  '): string {
  const tokens = text.match(token) ?? [];
  const parts: string[] = [];
  let depth = 0;
  tokens.forEach((each, place) => {
    const before = tokens[place - 1];
    if (closing.has(each)) {
      depth = Math.max(0, depth - 1);
      if (before !== undefined && !opening.has(before)) parts.push(lineBreak(depth, indent));
    } else if (before !== undefined && (opening.has(before) || before === ',')) {
      parts.push(lineBreak(depth, indent));
    }
    parts.push(each === ':' ? ': ' : each);
    if (opening.has(each)) depth += 1;
  });
  return parts.join('');
}

const lineBreak = (depth: number, indent: string): string => `\n${indent.repeat(depth)}`;
