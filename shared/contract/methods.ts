import { completionMethods } from '../catalog/completion.ts';
import { catalogMethods } from '../catalog/methods.ts';
import { searchMethods } from '../catalog/search.ts';
import { definitionMethods } from '../connection/definitions.ts';
import { connectionMethods } from '../connection/methods.ts';
import { diagnosticsMethods } from '../diagnostics/methods.ts';
import { documentMethods } from '../documents/document.ts';
import { historyMethods } from '../history/history.ts';
import { nativeMethods } from '../native/methods.ts';
import { arrangeMethods } from '../query/arrange.ts';
import { exportMethods } from '../query/exporting.ts';
import { ledgerMethods } from '../query/ledger.ts';
import { queryMethods } from '../query/methods.ts';
import { searchPathMethods } from '../query/searchPath.ts';
import { transactionMethods } from '../query/transaction.ts';
import { keptMethods } from '../session/kept.ts';
import { sessionMethods } from '../session/methods.ts';
import { settingsMethods } from '../settings/methods.ts';

/** Every request that a window can make, as data: the host answers those of `native`, the sidecar all others. */
export const methods = {
  ...sessionMethods,
  ...keptMethods,
  ...connectionMethods,
  ...definitionMethods,
  ...queryMethods,
  ...arrangeMethods,
  ...exportMethods,
  ...transactionMethods,
  ...searchPathMethods,
  ...ledgerMethods,
  ...catalogMethods,
  ...completionMethods,
  ...searchMethods,
  ...documentMethods,
  ...settingsMethods,
  ...diagnosticsMethods,
  ...historyMethods,
  ...nativeMethods,
};
