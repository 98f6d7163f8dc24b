import type { Settings } from '#shared/settings/settings.ts';
import type { FormDefaults } from './formValues.ts';

/** What the settings say of new connections. */
export const usualOptions = (settings: Settings): Omit<FormDefaults, 'groupId' | 'source'> => ({
  tlsMode: settings.defaultTlsMode,
  productionReadOnly: settings.defaultProductionReadOnly,
  options: {
    connectTimeoutSec: settings.defaultConnectTimeoutSec,
    keepaliveIntervalSec: settings.defaultKeepaliveIntervalSec,
    applicationName: settings.defaultApplicationName,
    autoCommit: settings.defaultAutoCommit,
    ...(settings.defaultStatementTimeoutMs !== undefined && {
      statementTimeoutMs: settings.defaultStatementTimeoutMs,
    }),
  },
});
