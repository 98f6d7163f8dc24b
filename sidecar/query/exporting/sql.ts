import { alwaysQuoted } from '#shared/sql/identifiers.ts';
import { quoteLiteral } from '#shared/sql/literals.ts';
import { decodeText, type RowCursor } from '../spool/dataRow.ts';
import { distinctNames, isFinite, RowEncoder, type Field, type Layout } from './encoder.ts';

/** So many rows go with one INSERT: fast to run, and an error still names a place that is found. */
const rowsPerInsert = 100;
const letterT = 0x74;

/** INSERT statements. Every text is a literal, which the server reads as the column's own type. */
export class SqlEncoder extends RowEncoder {
  readonly #insert: string;
  #rows = 0;

  constructor(layout: Layout) {
    super(layout);
    const { schema, name } = this.options.table ?? { name: 'exported_rows' };
    const table = [...(schema === undefined ? [] : [schema]), name].map(alwaysQuoted).join('.');
    const columns = distinctNames(this.fields.map((field) => field.name)).map(alwaysQuoted);
    this.#insert = `INSERT INTO ${table} (${columns.join(', ')}) VALUES`;
  }

  override end(): Buffer {
    if (this.#rows > 0) this.out.text(`;${this.options.lineEnd}`);
    return this.out.take();
  }

  protected row(bytes: Buffer, { starts, lengths }: RowCursor): void {
    const { out, fields } = this;
    const { lineEnd } = this.options;
    if (this.#rows % rowsPerInsert > 0) out.text(`,${lineEnd}  (`);
    else out.text(`${this.#rows > 0 ? `;${lineEnd}` : ''}${this.#insert}${lineEnd}  (`);
    this.#rows += 1;
    fields.forEach((field, position) => {
      if (position > 0) out.text(', ');
      this.#value(bytes, starts[field.index] ?? 0, lengths[field.index] ?? -1, field);
    });
    out.text(')');
  }

  #value(bytes: Buffer, from: number, length: number, { kind }: Field): void {
    const { out } = this;
    if (length < 0) out.text('NULL');
    else if (kind === 'number' && isFinite(bytes, from, length)) out.copy(bytes, from, from + length);
    else if (kind === 'boolean') out.text(bytes[from] === letterT ? 'true' : 'false');
    else out.text(quoteLiteral(decodeText(bytes, from, from + length)));
  }
}
