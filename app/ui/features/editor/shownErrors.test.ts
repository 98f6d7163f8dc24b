import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { runField, showErrors } from './runField.ts';
import { shownErrors } from './shownErrors.ts';

const text = 'select 0;\nselect nope;\nselect 1;\nselect 1/0;';
const first = { index: 0, from: 0, to: 11 };
const last = { index: 2, from: 23, to: 33 };
const notice = { severity: 'ERROR', message: 'Division by zero.', statement: last };

describe('the errors of a run that went on after them', () => {
  const errors = shownErrors(
    {
      error: { code: 'QUERY_FAILED', message: 'No such column.', position: 7, retry: 'never', actions: [] },
      failedStatement: first,
      notices: [notice, { severity: 'WARNING', message: 'careful', statement: last }],
    },
    10,
  );

  it('stand under their statements each', () => {
    expect(errors).toEqual([
      {
        title: 'Statement failed',
        message: 'No such column.',
        position: 17,
        statement: { from: 10, to: 21 },
      },
      { title: 'Statement failed', message: 'Division by zero.', statement: { from: 33, to: 43 } },
    ]);
  });

  it('move with the text, and go one by one where their statements are changed', () => {
    const start = EditorState.create({ doc: text, extensions: runField });
    const shown = start.update({ effects: showErrors.of({ runId: 'r', errors }) }).state;
    const moved = shown.update({ changes: { from: 0, insert: '-- why\n' } }).state;
    expect(moved.field(runField).errors.map(({ statement }) => statement.from)).toEqual([17, 40]);
    const mended = moved.update({ changes: { from: 24, to: 28, insert: 'id' } }).state;
    const left = mended.field(runField).errors;
    expect(left.map(({ statement: { from, to } }) => mended.sliceDoc(from, to))).toEqual(['select 1/0']);
  });
});
