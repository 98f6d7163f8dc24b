import type { Rpc } from '../lib/rpc/rpc.ts';

const handOverMs = 15_000;

/** Opens a page of the web in the user's browser: by the host, for a window of its own may have none; else from here. */
export async function openLink(rpc: Rpc, url: string): Promise<void> {
  const { opened } = await rpc
    .call('native.openLink', { url }, AbortSignal.timeout(handOverMs))
    .catch(() => ({ opened: false }));
  if (!opened) window.open(url, '_blank', 'noopener,noreferrer');
}
