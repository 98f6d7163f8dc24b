import type { RunOrigin } from '../../stores/runsRun.svelte.ts';

/** A place in a text as a person counts it: lines and characters from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
  /** The line itself, and where in it the place is, in code units. */
  readonly text: string;
  readonly offset: number;
  /** How long the word is that stands there; 1 where there is none. */
  readonly length: number;
}

const maxLine = 160;

/**
 * Where a position (UTF-16 code units) of a run's text stands, counted as its document counts; a long line is cut around
 * it.
 */
export function placeOf({ text, start }: Pick<RunOrigin, 'text' | 'start'>, position: number): TextPlace {
  const at = Math.min(Math.max(position, 0), text.length);
  const from = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  const line = text.slice(from, end < 0 ? text.length : end);
  const word = /^[\p{L}\p{N}_$]+/u.exec(text.slice(at, at + maxLine / 2))?.[0] ?? '';
  const shownFrom = Math.max(0, at - from - maxLine / 2);
  const line0 = text.slice(0, from).split('\n').length - 1;
  return {
    line: start.line + line0,
    column: [...text.slice(from, at)].length + (line0 === 0 ? start.column : 1),
    text: line.slice(shownFrom, shownFrom + maxLine),
    offset: at - from - shownFrom,
    length: Math.max(1, word.length),
  };
}
