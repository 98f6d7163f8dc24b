import { setTimeout as delay } from 'node:timers/promises';
import type { OpenedWindow, OpenWindow, WindowOptions } from './port.ts';

/** How long a code is good that Hawser hands to a window by itself; a cold disk may need most of it. */
export const openingMs = 60_000;
/** How long a way may take while there is another one to turn to. */
const patienceMs = 20_000;

export interface OpeningOptions {
  /** The ways to try, best first. */
  ways: readonly OpenWindow[];
  /** Options with a fresh code for one attempt. */
  attempt: () => WindowOptions;
  /** Resolves when a page has used its code. */
  admitted: (signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
}

/**
 * Tries one way after the other until a page has come in. A program that started proves nothing: a browser may hand over to
 * another one, refuse its profile or show an error page, so that only the page's own request counts.
 */
export async function openWindow(options: OpeningOptions): Promise<OpenedWindow | undefined> {
  for (const way of options.ways) {
    if (options.signal.aborted) return undefined;
    const window = await openOneWay(way, way === options.ways.at(-1) ? openingMs : patienceMs, options);
    if (window !== undefined) return window;
  }
  return undefined;
}

async function openOneWay(
  way: OpenWindow,
  waitMs: number,
  { attempt, admitted, signal }: OpeningOptions,
): Promise<OpenedWindow | undefined> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  // Listening begins before the window opens: the page may be quicker than the program that was asked to show it.
  const came = admitted(either).then(() => !either.aborted);
  try {
    const window = await way(attempt()).catch(() => undefined);
    if (window === undefined) return undefined;
    const late = delay(waitMs, false, { signal: either }).catch(() => false);
    if (await Promise.race([came, window.closed.then(() => false), late])) return window;
    await window.close();
    return undefined;
  } finally {
    over.abort();
  }
}

/** Whether a window can appear at all. */
export function hasDisplay(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): boolean {
  return platform !== 'linux' || Boolean(env.DISPLAY) || Boolean(env.WAYLAND_DISPLAY);
}
