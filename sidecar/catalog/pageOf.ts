import type { CatalogObject } from '#shared/catalog/objects.ts';

/** Well below the limit of a frame. */
const maxPageLength = 6 * 1024 ** 2;
/** What an object takes beside its texts. */
const fixedLength = 120;

/** A part of a list that fits into one answer; at least one object, where there is one. */
export function pageOf(objects: CatalogObject[], offset: number, limit: number): CatalogObject[] {
  const page = objects.slice(offset, offset + limit);
  let length = 0;
  const end = page.findIndex((object, index) => {
    length += lengthOf(object);
    return index > 0 && length > maxPageLength;
  });
  return end < 0 ? page : page.slice(0, end);
}

/** At most: of other characters each may take six bytes, as `\\u0001`. */
const written = (text: string): number => (/^[ -~]*$/.test(text) ? 2 * text.length : 6 * text.length);

const lengthOf = ({
  name,
  signature = '',
  returns = '',
  comment = '',
  ownedBy = '',
}: CatalogObject): number => fixedLength + written(`${name}${signature}${returns}${comment}${ownedBy}`);
