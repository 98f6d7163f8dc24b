export interface Place {
  host: string;
  port: number;
}

/** `h1:5433,h2,[::1]:5434` as places; a part without a port takes the connection's. */
export function places({ host, port }: Place): Place[] {
  return host.split(',').map((part) => {
    const text = part.trim();
    const match = /^\[(?<v6>[^\]]+)\](?::(?<p6>\d+))?$|^(?<name>[^:]+):(?<p4>\d+)$/.exec(text)?.groups;
    const own = match?.p6 ?? match?.p4;
    return { host: match?.v6 ?? match?.name ?? text, port: own === undefined ? port : Number(own) };
  });
}
