/** The stages of a connection over so many SSH hops. */
export const stagesOver = (hops: number): string[] => [
  'resolve',
  'tcp',
  ...Array.from({ length: hops }, (_, hop) => `ssh[${hop}]`),
  ...(hops > 0 ? ['forward'] : []),
  'tls',
  'authenticate',
  'database',
  'session',
];
