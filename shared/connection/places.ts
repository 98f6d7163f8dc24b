/** One of the hosts of a definition. */
export interface Place {
  host: string;
  port: number;
  /** Where the host is, so that its name is not looked up. */
  hostaddr?: string;
}

/**
 * `h1:5433,h2,[::1]:5434` as places; a part without a port takes the connection's. Of the addresses, where there are some,
 * each belongs to the host in the same position.
 */
export function places({
  host,
  hostaddr,
  port,
}: {
  host: string;
  hostaddr?: string | undefined;
  port: number;
}): Place[] {
  const addresses = hostaddr?.split(',').map((part) => part.trim()) ?? [];
  return host.split(',').map((part, index) => {
    const text = part.trim();
    const match = /^\[(?<v6>[^\]]+)\](?::(?<p6>\d+))?$|^(?<name>[^:]+):(?<p4>\d+)$/.exec(text)?.groups;
    const own = match?.p6 ?? match?.p4;
    const address = addresses[index];
    return {
      host: match?.v6 ?? match?.name ?? text,
      port: own === undefined ? port : Number(own),
      ...(address ? { hostaddr: address } : {}),
    };
  });
}
