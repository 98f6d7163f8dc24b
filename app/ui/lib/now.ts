import { createSubscriber } from 'svelte/reactivity';

/**
 * The time, for components that show an age or a countdown: reading `now()` in a template renders it again twice a
 * second, and the clock stands still while nobody looks.
 */
const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 500);
  return () => clearInterval(timer);
});

/** Unix milliseconds. */
export function now(): number {
  subscribe();
  return Date.now();
}
