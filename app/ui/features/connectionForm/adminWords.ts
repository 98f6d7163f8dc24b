import type { ErrorEnvelope } from '#shared/error/envelope.ts';
import { detailText } from '../../errors/report.ts';
import type { FormValues } from './formValues.ts';

/** Lines for whoever runs the server. */

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const grantText = ({ database, username }: Pick<FormValues, 'database' | 'username'>): string =>
  `GRANT CONNECT ON DATABASE ${quoted(database.trim())} TO ${quoted(username.trim())};`;

/** A rule by which the server would take this login; the address is the one that it named when it refused. */
export function hostRuleText(
  error: Pick<ErrorEnvelope, 'message' | 'detail'>,
  { database, username }: Pick<FormValues, 'database' | 'username'>,
): string {
  const said = `${error.message} ${detailText(error.detail)}`;
  const address = /(?<=["«„“])(?:\d+(?:\.\d+){3}|[\da-f]*:[\da-f:]*)(?=["»“”])/i.exec(said)?.[0];
  const range =
    address === undefined ? '<address of this computer>' : `${address}/${address.includes(':') ? 128 : 32}`;
  return `host  ${quoted(database.trim())}  ${quoted(username.trim())}  ${range}  scram-sha-256`;
}
