const token = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[^>]+>|[^<]+/gu;

/**
 * XML over several lines, for reading: only blanks between tags are put in or left out. A text between two tags keeps
 * its place, and what is mixed of text and tags stays on its line.
 */
export function xmlLines(text: string, indent = '  '): string {
  const tokens = (text.match(token) ?? []).filter((each) => each.trim() !== '');
  const lines: string[] = [];
  let depth = 0;
  for (const [place, each] of tokens.entries()) {
    const isClosing = each.startsWith('</');
    if (isClosing) depth = Math.max(0, depth - 1);
    const before = tokens[place - 1] ?? '<';
    // `<a>text</a>` is one line.
    const isInline = !each.startsWith('<') || !before.startsWith('<') || (isClosing && opens(before));
    if (isInline && lines.length > 0)
      lines.push((lines.pop() ?? '') + (each.startsWith('<') ? each : each.trim()));
    else lines.push(indent.repeat(depth) + each);
    if (opens(each)) depth += 1;
  }
  return lines.join('\n');
}

const opens = (tag: string): boolean => /^<[^/!?]/u.test(tag) && !tag.endsWith('/>');
