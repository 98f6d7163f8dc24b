import type { MethodParams } from '#shared/contract/derive.ts';
import { AppError } from '#shared/error/appError.ts';
import { quoted } from '#shared/sql/identifiers.ts';
import type { TabSession } from './tabSession.ts';

/** Sets it for the tab's session, as SET typed there does. */
export function setSearchPath(
  tab: TabSession,
  { connectionId, database, searchPath }: MethodParams<'tab.setSearchPath'>,
  signal: AbortSignal,
): Promise<void> {
  return tab.perform(signal, async (acquire, inner) => {
    const held = await acquire({ connectionId, database });
    if (held.backend.pooled)
      throw new AppError('TRANSACTION_STATE', 'Behind a pooler a tab has no search path of its own.', {
        hint: 'Write the schema before each name, or set the path in the definition of the connection.',
        outcome: 'none',
      });
    const text = `set search_path to ${searchPath.map(quoted).join(', ')}`;
    const send = async (sent: string) => {
      await held.control(sent, inner);
      return {};
    };
    await (tab.guardOn(connectionId)?.run(held, text, send) ?? send(text));
  });
}
