import { afterAll, beforeAll, expect, it } from 'vitest';
import { cellTable, sessionsOfForms } from '../../test/cellTypes.ts';
import { startPostgres, type TestServer } from '../../test/postgresServer.ts';
import { openRunStage, type RunStage } from '../../test/runStage.ts';

let server: TestServer;
let stage: RunStage;

beforeAll(async () => {
  server = await startPostgres();
  stage = await openRunStage(server);
});
afterAll(async () => {
  await stage.close();
  await server.close();
});

const rowsOfTable = 260;

it('shows values of all types as the server writes them, in whatever forms the session has', async () => {
  const hasXml = (await server.query("select xml '<a/>'").catch(() => [])).length > 0;
  const { create, columns } = cellTable('cells', rowsOfTable, hasXml);
  await server.query(create);
  // format() gives the text of the type's output function, and goes another way: through the driver.
  const asText = columns.map(
    (name) => `case when ${name} is distinct from null then format('%s', ${name}) end as ${name}`,
  );
  for (const forms of sessionsOfForms) {
    const { ended, results } = await stage.run(`${forms} select ${columns.join(', ')} from cells order by n`);
    expect(ended).toMatchObject({ outcome: 'done' });
    const resultId = results.at(-1)?.resultId ?? '';
    const { rows } = await stage.runs.rows('s', { resultId, offset: 0, limit: 1_000 });
    const truth = await server.query<Record<string, string | null>>(
      `${forms} select ${asText.join(', ')} from cells order by n`,
    );
    expect(rows).toHaveLength(rowsOfTable);
    expect(rows.length * columns.length).toBeGreaterThan(10_000);
    expect(rows).toEqual(truth.map((row) => columns.map((name) => row[name])));
  }
});
