import type { Handlers } from '#shared/contract/derive.ts';
import type { RequestContext, Services } from './services.ts';

export const groupHandlers = ({ profiles }: Services) =>
  ({
    'group.save': async ({ group }) => ({ group: await profiles.saveGroup(group) }),
    'group.delete': async ({ id }) => {
      await profiles.deleteGroup(id);
      return {};
    },
    'group.move': async ({ id, parentId, index }) => {
      await profiles.gather(parentId, { groups: { ids: [id], index } });
      return {};
    },
    'group.gather': async ({ parentId, ...rows }) => {
      await profiles.gather(parentId, rows);
      return {};
    },
    'group.restore': async ({ group, ...content }) => {
      await profiles.restoreGroup(group, content);
      return {};
    },
  }) satisfies Partial<Handlers<RequestContext>>;
