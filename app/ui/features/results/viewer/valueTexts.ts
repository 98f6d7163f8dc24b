import { jsonLines } from './jsonLines.ts';
import { literalAsJson } from './literals.ts';
import { xmlLines } from './xmlLines.ts';

/** Laying out a longer text anew would keep the page busy. */
const maxLaidOut = 2 * 1024 * 1024;

/** A value as text for reading: over several lines where that shows how it is made. */
export function readableText(text: string, typeName: string): string {
  if (text.length > maxLaidOut) return text;
  if (typeName === 'json' || typeName === 'jsonb') return jsonLines(text);
  if (typeName === 'xml') return xmlLines(text);
  if (typeName.endsWith('[]')) {
    const json = literalAsJson(text, typeName);
    return json === undefined ? text : jsonLines(json);
  }
  return text;
}

/** The JSON that the tree shows of a value; undefined where it is none. */
export const treeText = (text: string, typeName: string): string | undefined =>
  /^\s*[[{]/u.test(text) && !typeName.endsWith('[]')
    ? text
    : (literalAsJson(text, typeName) ?? jsonScalar(text, typeName));

/** A json value may be a single word, too. */
const jsonScalar = (text: string, typeName: string): string | undefined =>
  typeName.startsWith('json') ? text : undefined;
