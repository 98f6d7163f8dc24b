/** Which connections wait for a password beside the one in front. */
export const waitingWords = (names: readonly string[]): string =>
  names.length === 1
    ? `${names[0] ?? ''} waits for a password`
    : `${names.length} connections wait for a password: ${names.join(', ')}`;
