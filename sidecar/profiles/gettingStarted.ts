import { validateConfig } from '#shared/connection/validate.ts';
import type { Clock } from '../lib/clock.ts';
import type { Catalogue } from './catalogue.ts';

/** What a new data folder shows: a sample that needs nothing installed. It may be deleted, and then stays away. */
export function gettingStarted(clock: Clock, newId: () => string): Catalogue {
  const group = { id: newId(), name: 'Getting started', sortOrder: 0, expanded: true };
  const sample = validateConfig(
    {
      name: 'Sample shop (embedded)',
      groupId: group.id,
      mode: 'embedded',
      host: '127.0.0.1',
      database: 'shop',
      username: 'postgres',
      credential: { source: 'none' },
      tls: { mode: 'disable' },
    },
    { nameRequired: true, newId, now: clock.now() },
  );
  return { groups: [group], connections: sample.ok ? [sample.value] : [] };
}
