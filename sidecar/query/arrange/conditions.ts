import type { RE2JS } from 're2js';
import { AppError } from '#shared/error/appError.ts';
import type { Condition, FilterOperator } from '#shared/query/arrange.ts';
import { comparerTo, isNumberOrder, type ValueOrder } from './valueOrders.ts';

/** Whether a value passes; null is SQL's NULL. */
export type Test = (text: string | null) => boolean;

const needsNoValue: ReadonlySet<FilterOperator> = new Set(['isNull', 'isNotNull', 'in']);

/** Makes a condition ready to be asked for many values. Throws INVALID_CONFIG for a pattern that is none. */
export async function testOf(condition: Condition, order: ValueOrder): Promise<Test> {
  const { operator, values } = condition;
  const [value = ''] = values;
  if (values.length === 0 && !needsNoValue.has(operator))
    throw new AppError('INVALID_CONFIG', 'This filter needs a value to compare with.');
  if (operator === 'isNull') return (text) => text === null;
  if (operator === 'isNotNull') return (text) => text !== null;
  if (operator === 'matches') return matches(condition, value);
  return textTest(condition, value) ?? orderTest(condition, order, value);
}

/** RE2: the time that it takes grows with the text alone, whatever the pattern; it never hangs the engine. */
async function matches({ matchCase }: Condition, pattern: string): Promise<Test> {
  const { RE2JS: engine } = await import('re2js');
  let compiled: RE2JS;
  try {
    compiled = engine.compile(pattern, matchCase ? 0 : engine.CASE_INSENSITIVE);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it cannot be read';
    throw new AppError('INVALID_CONFIG', `This is no regular expression: ${reason}.`, {
      hint: 'The syntax is that of RE2: no look-around and no back-references.',
    });
  }
  return (text) => text !== null && compiled.matcher(text).find();
}

function textTest({ operator, matchCase }: Condition, value: string): Test | undefined {
  const fold = (text: string): string => (matchCase ? text : text.toLowerCase());
  const wanted = fold(value);
  switch (operator) {
    case 'contains':
      return (text) => text !== null && fold(text).includes(wanted);
    case 'notContains':
      return (text) => text === null || !fold(text).includes(wanted);
    case 'startsWith':
      return (text) => text !== null && fold(text).startsWith(wanted);
    default:
      return undefined;
  }
}

function orderTest({ operator, values }: Condition, order: ValueOrder, value: string): Test {
  const size = comparerTo(order, value);
  switch (operator) {
    case 'greater':
      return (text) => text !== null && size(text) > 0;
    case 'greaterOrEqual':
      return (text) => text !== null && size(text) >= 0;
    case 'less':
      return (text) => text !== null && size(text) < 0;
    case 'lessOrEqual':
      return (text) => text !== null && size(text) <= 0;
    default: {
      const isOne = equality(operator === 'in' ? values : [value], order);
      return operator === 'notEquals'
        ? (text) => text === null || !isOne(text)
        : (text) => text !== null && isOne(text);
    }
  }
}

/** `1.0` is `1.00` where they are numbers; texts are equal only where they are the same. */
function equality(values: readonly string[], order: ValueOrder): (text: string) => boolean {
  const wanted = new Set(values);
  if (!isNumberOrder(order)) return (text) => wanted.has(text);
  const keys = new Set(values.map((value) => order.key(value)));
  const comparers = values.map((value) => comparerTo(order, value));
  return (text) =>
    wanted.has(text) || (keys.has(order.key(text)) && comparers.some((compare) => compare(text) === 0));
}
