import type { Handlers } from '#shared/contract/derive.ts';
import type { RequestContext, Services } from './services.ts';

export const diagnosticsHandlers = ({ diagnostics }: Services) =>
  ({
    'diagnostics.list': (filter) => diagnostics.events.list(filter),
    'diagnostics.watch': ({ on }, { link }) => {
      diagnostics.events.watch(link, on);
      return {};
    },
    'diagnostics.bundle': (choice) => diagnostics.reports.make(choice),
    'diagnostics.saveBundle': ({ reportId, path, struck }) =>
      diagnostics.write(path, diagnostics.reports.text(reportId, struck)),
    'metrics.snapshot': () => diagnostics.snapshot(),
  }) satisfies Partial<Handlers<RequestContext>>;
