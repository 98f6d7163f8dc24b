import type { Taking } from './taking.ts';

/** What Hawser does anyway, or does in its own way. */
const ownWay = new Set(
  'client_encoding keepalives keepalives_idle keepalives_interval keepalives_count tcp_user_timeout'.split(
    ' ',
  ),
);
/** Values that ask for nothing but what libpq does by itself, or what nothing but Hawser's own way would be. */
const usual = new Map([
  ['client_encoding', /^(auto|utf-?8|unicode)$/i],
  ['keepalives', /^1$/],
  ['channel_binding', /^(prefer|disable)$/],
  ['gssencmode', /^(prefer|disable)$/],
  ['gssdelegation', /^0$/],
  ['load_balance_hosts', /^disable$/],
  ['sslcertmode', /^allow$/],
  ['sslcompression', /^0$/],
  ['sslnegotiation', /^postgres$/],
  ['sslsni', /^1$/],
  ['ssl_min_protocol_version', /^TLSv1\.2$/i],
  ['min_protocol_version', /^3\.0$/],
  ['max_protocol_version', /^(3\.[02]|latest)$/],
]);

/** Names what was asked for and is not done, so that nothing of it is lost in silence; never a value. */
export function warnOfLeft(taking: Taking): void {
  const left = Array.from(taking.left())
    .filter(([keyword, value]) => !usual.get(keyword)?.test(value))
    .map(([keyword]) => keyword);
  const own = left.filter((keyword) => ownWay.has(keyword));
  const none = left.filter((keyword) => !ownWay.has(keyword));
  if (own.length > 0) taking.warn(`Left out, for Hawser has its own way: ${own.join(', ')}.`);
  if (none.length > 0) taking.warn(`Left out, for Hawser has no setting for it: ${none.join(', ')}.`);
}
