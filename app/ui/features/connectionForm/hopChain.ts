import type { FormValues } from './formValues.ts';

/** The way to the server, each station as a word: where nothing stands yet, an ellipsis. */
export function chainOf({ hops, host, port }: Pick<FormValues, 'hops' | 'host' | 'port'>): string[] {
  const at = (name: string, portText: string, usual: string) =>
    `${name.trim() || '…'}${portText.trim() === '' || portText.trim() === usual ? '' : `:${portText.trim()}`}`;
  const target = host.trim().startsWith('/') ? host.trim() : at(host, port, '');
  return ['This computer', ...hops.map((hop) => at(hop.host, hop.port, '22')), target];
}
