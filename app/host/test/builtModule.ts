/** The address of a part of the host that is built for tests, for a process that runs without a compiler. */
export const builtModule = (name: string): string =>
  new URL(`../../../dist/programs/${name}.mjs`, import.meta.url).href;
