import type { Found, Reading } from '../profiles/importing/found.ts';

/** What was read under a name; throws with all that was read where there is none. */
export function named(reading: Reading, name: string): Found {
  const found = reading.found.find(({ config }) => config.name === name);
  if (!found) throw new Error(`${name} was not found in ${JSON.stringify(reading)}`);
  return found;
}

export const namesIn = (reading: Reading): string[] => reading.found.map(({ config }) => config.name);
