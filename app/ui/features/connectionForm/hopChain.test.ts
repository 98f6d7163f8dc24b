import { expect, it } from 'vitest';
import { newHop } from './formValues.ts';
import { chainOf } from './hopChain.ts';

it('draws the way to the server in words', () => {
  const hop = (host: string, port = '22') => ({ ...newHop('session'), host, port });
  expect(chainOf({ hops: [hop('bastion'), hop('inner', '2222')], host: 'db', port: '5432' })).toEqual([
    'This computer',
    'bastion',
    'inner:2222',
    'db:5432',
  ]);
  expect(chainOf({ hops: [hop(' ')], host: '', port: '' })).toEqual(['This computer', '…', '…']);
  expect(chainOf({ hops: [], host: '/run/postgresql', port: '5432' })).toEqual([
    'This computer',
    '/run/postgresql',
  ]);
});
