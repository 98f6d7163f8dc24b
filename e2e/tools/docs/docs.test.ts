import openrpcDocument from '@open-rpc/meta-schema';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { methods } from '#shared/contract/methods.ts';
import { notifications } from '#shared/contract/notifications.ts';
import { root } from '../root.ts';
import { describeContract } from './openrpc.ts';
import { writePage } from './page.ts';

/** Its schemas are those of draft 7, which the validator knows; the document names them by an address of the net. */
function metaSchema(): object {
  const text = JSON.stringify(openrpcDocument).replace(
    /"https:\/\/meta\.json-schema\.tools\/?(?:#\/definitions\/JSONSchemaObject(\/properties\/\$ref))?"/g,
    (_, part = '') => `"http://json-schema.org/draft-07/schema#${part}"`,
  );
  return JSON.parse(text) as object;
}

const contract = await describeContract(root);

it('the contract is an OpenRPC document', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const isValid = ajv.compile(metaSchema());
  expect([isValid(contract), isValid.errors]).toEqual([true, null]);
  expect(isValid({ ...contract, methods: [{ name: 'without params' }] })).toBe(false);
});

it('every method and notification is in it, and says what it does', () => {
  const names = contract.methods.map(({ name }) => name);
  expect(names).toEqual(Object.keys(methods));
  expect(contract['x-notifications'].map(({ name }) => name)).toEqual(Object.keys(notifications));
  const silent = [...contract.methods, ...contract['x-notifications']].filter(
    ({ description }) => description === '',
  );
  expect(silent.map(({ name }) => name)).toEqual([]);
});

it('its schemas are schemas, and everything that they refer to is there', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const text = JSON.stringify(contract);
  const missing = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].flatMap(([, name = '']) =>
    name in contract.components.schemas ? [] : [name],
  );
  expect(missing).toEqual([]);
  const run = contract.methods.find(({ name }) => name === 'query.run');
  const isParams = ajv.compile({
    type: 'object',
    properties: Object.fromEntries(run?.params.map(({ name, schema }) => [name, schema]) ?? []),
    required: run?.params.filter(({ required }) => required).map(({ name }) => name),
    components: contract.components,
  });
  const params = { connectionId: 'c', tabId: 't', text: 'select 1' };
  expect([isParams(params), isParams({ ...params, text: 1 }), isParams({ text: '' })]).toEqual([
    true,
    false,
    false,
  ]);
});

it('the page shows each of them, and needs nothing from elsewhere', () => {
  const page = writePage(contract);
  for (const { name } of contract.methods) expect(page).toContain(`id="${name}"`);
  expect(page).not.toMatch(/(?:src|href)="(?!#)/);
});
