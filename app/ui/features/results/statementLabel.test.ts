import { describe, expect, it } from 'vitest';
import { statementLabel } from './statementLabel.ts';

describe('what a result is called by', () => {
  it.each([
    ['select * from orders', 'orders'],
    [
      '-- all of them from x\nselect a, (select 1 from b) from public."Order Lines" o join c using (id)',
      'Order Lines',
    ],
    ['with a as (select 1 from inner_one) select * from only outer_one', 'outer_one'],
    ['insert into shop.items (a) values (1) returning *', 'items'],
    ['update items set a = 1 returning *', 'items'],
    ['delete from items returning id', 'items'],
    ['create table if not exists made (a int)', 'made'],
    ['explain analyze select 1 from t', 't'],
    ['select  1,\n 2', 'select 1, 2'],
    ['select * from (select 1 from hidden) x', 'select * from (select 1…'],
    ['select \'from nowhere\', "from"', "select 'from nowhere', …"],
    ['show all', 'show all'],
    ['', ''],
  ])('%s', (statement, label) => {
    expect(statementLabel(statement)).toBe(label);
  });
});
