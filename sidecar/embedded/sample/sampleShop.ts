import { shopKeys } from './shopKeys.ts';
import { shopRows } from './shopRows.ts';
import { shopTables } from './shopTables.ts';

export const shopDatabase = 'shop';

export const createShopDatabase = `create database ${shopDatabase}`;

/**
 * The sample shop as statements for an empty database, all or nothing apart from the last, which gathers what the planner wants to know
 * and freezes the rows, so that the first reading of a table does not write all of it.
 */
export const sampleShop: readonly string[] = [
  'begin',
  shopTables,
  shopRows,
  shopKeys,
  'commit',
  // A quarter of the usual sample is plenty for tables of this size, and saves a tenth of the first start.
  'set default_statistics_target = 25',
  'vacuum (freeze, analyze)',
];
