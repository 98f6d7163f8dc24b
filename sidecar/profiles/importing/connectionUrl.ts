import { userInfo } from 'node:os';
import { AppError } from '#shared/error/appError.ts';
import { isRead } from '../conninfo/draft.ts';
import { parseText } from '../conninfo/parseText.ts';
import type { DraftBuilder, FoundSecrets } from './found.ts';

/**
 * Sets what a URI or a JDBC URL itself names, and not what libpq would fill in; gives the secrets in it. One that cannot be
 * read is told as a warning.
 */
export function takeUrl(draft: DraftBuilder, url: string, from: string): FoundSecrets {
  try {
    const { config, provenance, secrets } = parseText(url, { osUser: userInfo().username });
    for (const [path, source] of Object.entries(provenance))
      if (isRead(source) && !path.startsWith('secrets.')) draft.set(path, valueAt(config, path), from);
    return secrets;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    draft.warn(`Its URL cannot be read: ${error.message}`);
    return {};
  }
}

const valueAt = (config: object, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], config);
