import { parseStatement } from '../guard/parsedStatement.ts';
import { isNode, strings, textOf, type TreeNode } from '../guard/treeFacts.ts';

/** How the lines of a COPY TO STDOUT are made, as its options say. */
export interface CopyShape {
  /** `lines`: they cannot be told apart into columns with certainty. */
  format: 'text' | 'csv' | 'binary' | 'lines';
  delimiter: number;
  nullText: Buffer;
  quote: number;
  escape: number;
  header: boolean;
  /** Names of the columns, where the statement lists them. */
  names: string[];
}

/** Encodings in which a byte of ASCII is never a part of another character. */
const transparent = /^(utf-?8|unicode|sql_ascii|latin-?\d+|iso[-_]?8859.*|win(dows)?-?125\d|koi8.*)$/i;

export async function copyShape(text: string): Promise<CopyShape> {
  const parsed = await parseStatement(text);
  return 'why' in parsed || parsed.tag !== 'CopyStmt' ? wholeLines : shapeOf(parsed.node);
}

function shapeOf(node: TreeNode): CopyShape {
  const options = optionsOf(node);
  const format = options.get('format') ?? 'text';
  if (format === 'binary') return { ...wholeLines, format };
  if ((format !== 'text' && format !== 'csv') || !transparent.test(options.get('encoding') ?? 'utf8'))
    return wholeLines;
  const byte = (name: string, otherwise: string) => Buffer.from(options.get(name) ?? otherwise)[0] ?? 0;
  const quote = byte('quote', '"');
  return {
    format,
    delimiter: byte('delimiter', format === 'csv' ? ',' : '\t'),
    nullText: Buffer.from(options.get('null') ?? (format === 'csv' ? '' : '\\N')),
    quote,
    escape: options.has('escape') ? byte('escape', '"') : quote,
    header: isOn(options.get('header')),
    names: strings(node.attlist),
  };
}

/** What cannot be told for certain is shown as it came. */
export const wholeLines: CopyShape = {
  format: 'lines',
  delimiter: 0,
  nullText: Buffer.alloc(0),
  quote: 0,
  escape: 0,
  header: false,
  names: [],
};

const isOn = (value: string | undefined): boolean =>
  value !== undefined && !/^(false|off|0|no)$/i.test(value);

/** Options by name, in the words of the statement; one without a value is on. */
function optionsOf({ options }: TreeNode): Map<string, string> {
  const list = Array.isArray(options) ? (options as unknown[]) : [];
  return new Map(
    list.flatMap((each) =>
      isNode(each) && isNode(each.DefElem)
        ? [[textOf(each.DefElem.defname).toLowerCase(), valueOf(each.DefElem.arg)] as const]
        : [],
    ),
  );
}

/** The parser leaves an empty string, false and 0 out of its JSON. */
function valueOf(arg: unknown): string {
  if (!isNode(arg)) return 'on';
  if (isNode(arg.String)) return textOf(arg.String.sval);
  if (isNode(arg.Boolean)) return arg.Boolean.boolval === true ? 'on' : 'off';
  if (isNode(arg.Integer)) return typeof arg.Integer.ival === 'number' ? String(arg.Integer.ival) : '0';
  return 'on';
}
