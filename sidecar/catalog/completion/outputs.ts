import { isReserved } from '#shared/sql/identifiers.ts';
import type { Output } from './queryTree.ts';
import type { Token } from './tokens.ts';

/** The column that an item of a SELECT list gives, named as the server would; undefined for what is not written yet. */
export function outputOf(item: readonly Token[]): Output | undefined {
  const tokens = withoutDistinct(item).filter(({ kind }) => kind !== 'caret');
  const last = tokens.at(-1);
  if (!last) return undefined;
  const before = tokens.at(-2);
  const path = pathOf(tokens);
  if (last.kind === 'symbol' && last.text === '*') return starOf(tokens);
  if (path) return { name: path.at(-1) ?? '', path };
  if (last.kind === 'close') return { name: callOf(tokens) };
  const isWord = last.kind === 'name' || (last.kind === 'word' && !isReserved(last.text));
  const isAliased =
    before?.kind === 'word' ? before.text === 'as' || !isReserved(before.text) : before?.kind !== 'symbol';
  if (isWord && isAliased) return { name: last.text };
  const cast = castPath(tokens);
  if (cast) return { name: cast.at(-1) ?? '', path: cast };
  return { name: last.text === 'end' ? 'case' : '?column?' };
}

function withoutDistinct(tokens: readonly Token[]): readonly Token[] {
  const first = tokens[0];
  if (first?.kind !== 'word' || !/^(distinct|all)$/.test(first.text)) return tokens;
  if (tokens[1]?.text !== 'on') return tokens.slice(1);
  const close = tokens.findIndex(({ kind }) => kind === 'close');
  return close < 0 ? [] : tokens.slice(close + 1);
}

/** `a.b` and nothing else. */
function pathOf(tokens: readonly Token[]): string[] | undefined {
  const path: string[] = [];
  for (const [index, { kind, text }] of tokens.entries()) {
    if (
      index % 2 === 1
        ? text !== '.'
        : kind !== 'name' && !(kind === 'word' && (index > 0 || !isReserved(text)))
    )
      return undefined;
    if (index % 2 === 0) path.push(text);
  }
  return tokens.length % 2 === 1 ? path : undefined;
}

function starOf(tokens: readonly Token[]): Output {
  const path = tokens.length > 2 ? pathOf(tokens.slice(0, -2)) : undefined;
  return path ? { star: true, path } : { star: true };
}

/** `a.b::numeric(10, 2)` keeps the name of its column. */
function castPath(tokens: readonly Token[]): string[] | undefined {
  const at = tokens.findIndex(({ text }, index) => text === ':' && tokens[index + 1]?.text === ':');
  return at > 0 ? pathOf(tokens.slice(0, at)) : undefined;
}

/** The function whose parenthesis is the last one. */
function callOf(tokens: readonly Token[]): string {
  const cast = castPath(tokens);
  if (cast) return cast.at(-1) ?? '';
  let depth = 0;
  for (let at = tokens.length - 1; at > 0; at -= 1) {
    if (tokens[at]?.kind === 'close') depth += 1;
    if (tokens[at]?.kind === 'open') depth -= 1;
    if (depth > 0) continue;
    const name = tokens[at - 1];
    return name?.kind === 'word' || name?.kind === 'name' ? name.text : '?column?';
  }
  return '?column?';
}
