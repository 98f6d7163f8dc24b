import type * as Ssh2 from 'ssh2';

/** Loaded when the first tunnel is opened: most connections need none, and it takes its time. */
export async function loadSsh2(): Promise<typeof Ssh2> {
  const loaded = (await import('ssh2')) as typeof Ssh2 & { default?: typeof Ssh2 };
  return loaded.default ?? loaded;
}
