import { DOMParser, type Element } from '@xmldom/xmldom';
import { unreadable } from './fields.ts';

const deepest = 32;

/**
 * Apple's property lists, as XML. Nothing is read that one refers to, and what is wrong with it is told to nobody but the
 * caller: by itself the parser would write pieces of the file to the log. Throws IMPORT_UNREADABLE.
 */
export function parsePropertyList(text: string): unknown {
  const root = rootOf(text);
  const [value] = root?.tagName === 'plist' ? childrenOf(root) : [];
  if (!value) throw unreadable('This is no property list.');
  return valueOf(value, 0);
}

function rootOf(text: string): Element | null {
  const onError = (level: string): void => {
    if (level !== 'warning') throw new Error(level);
  };
  try {
    return new DOMParser({ onError }).parseFromString(text, 'text/xml').documentElement;
  } catch {
    throw unreadable('This property list is not whole.');
  }
}

function valueOf(element: Element, depth: number): unknown {
  if (depth > deepest) throw unreadable('This property list is nested too deeply.');
  const children = () => childrenOf(element);
  switch (element.tagName) {
    case 'dict':
      return Object.fromEntries(
        children().flatMap((child, index, all) => {
          const next = all[index + 1];
          return child.tagName === 'key' && next ? [[child.textContent ?? '', valueOf(next, depth + 1)]] : [];
        }),
      );
    case 'array':
      return children().map((child) => valueOf(child, depth + 1));
    case 'integer':
    case 'real':
      return Number(element.textContent);
    case 'true':
    case 'false':
      return element.tagName === 'true';
    case 'string':
      return element.textContent ?? '';
    default:
      return undefined;
  }
}

const childrenOf = (element: Element): Element[] =>
  Array.from(element.childNodes).filter((node): node is Element => node.nodeType === elementNode);
const elementNode = 1;
