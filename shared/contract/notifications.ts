import { catalogNotifications } from '../catalog/methods.ts';
import { connectionNotifications } from '../connection/methods.ts';
import { diagnosticsNotifications } from '../diagnostics/methods.ts';
import { documentNotifications } from '../documents/document.ts';
import { historyNotifications } from '../history/history.ts';
import { arrangeNotifications } from '../query/arrange.ts';
import { exportNotifications } from '../query/exporting.ts';
import { ledgerNotifications } from '../query/ledger.ts';
import { queryNotifications } from '../query/methods.ts';
import { searchPathNotifications } from '../query/searchPath.ts';
import { transactionNotifications } from '../query/transaction.ts';
import { sessionNotifications } from '../session/methods.ts';
import { settingsNotifications } from '../settings/methods.ts';

/** Everything that the sidecar says unasked; on the wire each also carries `revision`. */
export const notifications = {
  ...sessionNotifications,
  ...connectionNotifications,
  ...queryNotifications,
  ...arrangeNotifications,
  ...exportNotifications,
  ...transactionNotifications,
  ...searchPathNotifications,
  ...ledgerNotifications,
  ...catalogNotifications,
  ...documentNotifications,
  ...settingsNotifications,
  ...diagnosticsNotifications,
  ...historyNotifications,
};
