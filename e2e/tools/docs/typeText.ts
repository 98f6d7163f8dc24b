import type { JsonSchema } from './schemas.ts';

export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A schema as a reader takes it in, as HTML: references are links, objects are written out field by field. */
export function typeText(schema: JsonSchema, indent = ''): string {
  const { $ref, enum: values, const: value, anyOf, oneOf, allOf, type } = schema;
  if ($ref !== undefined) return linkTo($ref);
  if (value !== undefined) return escaped(JSON.stringify(value));
  if (Array.isArray(values)) return values.map((each) => escaped(JSON.stringify(each))).join(' | ');
  const several = (anyOf ?? oneOf) as JsonSchema[] | undefined;
  if (several) return several.map((each) => typeText(each, indent)).join(' | ');
  if (Array.isArray(allOf))
    return (allOf as JsonSchema[]).map((each) => typeText(each, indent)).join(' &#38; ');
  if (type === 'array') return arrayText(schema, indent);
  if (type === 'object') return objectText(schema, indent);
  return `${type ?? 'any'}${range(schema)}`;
}

function linkTo(reference: string): string {
  const name = reference.replace(/^.*\//, '');
  return `<a href="#schema-${name}">${name}</a>`;
}

function arrayText({ items, maxItems }: JsonSchema, indent: string): string {
  if (Array.isArray(items))
    return `[${(items as JsonSchema[]).map((each) => typeText(each, indent)).join(', ')}]`;
  const each = typeText((items ?? {}) as JsonSchema, indent);
  const limit = typeof maxItems === 'number' ? ` <small>at most ${maxItems}</small>` : '';
  return `${/ \| | <small>/.test(each) && !each.startsWith('{') ? `(${each})` : each}[]${limit}`;
}

function objectText(
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  indent: string,
): string {
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(([name, { description, ...schema }]) => {
    const words = description === undefined ? '' : `${inner}<i>// ${escaped(description)}</i>\n`;
    return `${words}${inner}<b>${name}</b>${required.includes(name) ? '' : '?'}: ${typeText(schema, inner)}`;
  });
  if (typeof additionalProperties === 'object' && additionalProperties !== null && fields.length === 0)
    return `{ [key]: ${typeText(additionalProperties as JsonSchema, indent)} }`;
  return fields.length === 0 ? '{}' : `{\n${fields.join('\n')}\n${indent}}`;
}

/** Limits that are there to keep numbers whole say nothing. */
function range({ minimum, maximum, minLength, maxLength, default: usual }: JsonSchema): string {
  const shown = (value: unknown): value is number =>
    typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  const words = [
    shown(minimum) ? `from ${minimum}` : '',
    shown(maximum) ? `to ${maximum}` : '',
    shown(minLength) && minLength > 1 ? `at least ${minLength} long` : '',
    shown(maxLength) ? `at most ${maxLength} long` : '',
    usual === undefined ? '' : `default ${escaped(JSON.stringify(usual))}`,
  ].filter(Boolean);
  return words.length === 0 ? '' : ` <small>${words.join(', ')}</small>`;
}
