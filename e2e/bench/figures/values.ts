import { cellTable, sessionsOfForms } from '../../../sidecar/test/cellTypes.ts';
import type { FigureTable } from '../figure.ts';
import type { World } from '../world.ts';

const rowCount = 500;
const cellCount = 10_000;
/** Characters that stand in none of the values. */
const [field, record, nothing] = ['\u001f', '\u001e', '\u001d'];

/** What a window is given of cells of all types, beside what psql prints of them. */
export const values: FigureTable = {
  name: 'values',
  title: 'Values',
  async measure(world) {
    const { columns, create } = cellTable('cells', rowCount, await hasXml(world));
    await world.prepare(create);
    const select = `select ${columns.join(', ')} from cells order by n`;
    const truth: (string | null)[] = [];
    const shown: (string | null)[] = [];
    for (const forms of sessionsOfForms) {
      truth.push(...(await psqlCells(world, forms, select)));
      shown.push(...(await ownCells(world, forms, select)));
    }
    const places = Array.from({ length: cellCount }, () => Math.floor(Math.random() * truth.length));
    return [
      {
        what: `random cells of ${columns.length} types, equal to psql's text`,
        value: places.filter((place) => shown[place] === truth[place]).length,
        unit: 'of 10,000',
        limit: cellCount,
        atLeast: true,
        how: `of ${truth.length} cells in ${sessionsOfForms.length} sessions`,
      },
    ];
  },
};

const hasXml = (world: World): Promise<boolean> =>
  world.psqlText(['-c', "select xml '<a/>'"]).then(
    () => true,
    () => false,
  );

async function psqlCells(world: World, forms: string, select: string): Promise<(string | null)[]> {
  const layout = ['-A', '-t', '-F', field, '-R', record, '-P', `null=${nothing}`];
  const set = forms === '' ? [] : ['-c', forms];
  const text = (await world.psqlText([...layout, ...set, '-c', select])).toString();
  // The last record ends with a line end.
  const cells = text
    .replace(/\n$/, '')
    .split(record)
    .flatMap((row) => row.split(field));
  return cells.map((cell) => (cell === nothing ? null : cell));
}

async function ownCells(world: World, forms: string, select: string): Promise<(string | null)[]> {
  const { sidecar, connectionId, end } = await world.sidecar();
  const { started } = await sidecar.run(connectionId, 'values', `${forms} ${select}`);
  const resultId = started.at(-1)?.resultId as string;
  const cells: (string | null)[] = [];
  for (let offset = 0; offset < rowCount;) {
    const { rows } = await sidecar.call('query.rows', { resultId, offset, limit: rowCount });
    cells.push(...rows.flat());
    offset += rows.length;
  }
  await end();
  return cells;
}
