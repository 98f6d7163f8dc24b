import { expect, it } from 'vitest';
import { Workspace } from './workspace.svelte.ts';

it('opens each tool as one tab, and goes back to the queries where the one in front is closed', () => {
  const workspace = new Workspace();
  workspace.openTool('history');
  workspace.openTool('diagnostics');
  workspace.openTool('history');
  expect([workspace.view, ...workspace.tools]).toEqual(['history', 'history', 'diagnostics']);
  expect([workspace.wanted('history'), workspace.wanted('diagnostics')]).toEqual([3, 0]);

  workspace.closeTool('diagnostics');
  expect([workspace.view, ...workspace.tools]).toEqual(['history', 'history']);
  workspace.closeTool('history');
  expect([workspace.view, ...workspace.tools]).toEqual(['tabs']);
  workspace.showTool('history');
  expect(workspace.view).toBe('tabs');
});

it('leaves a tool in front where the form behind it is closed', () => {
  const workspace = new Workspace();
  workspace.openForm({ kind: 'new' });
  workspace.openTool('history');
  workspace.closeForm();
  expect(workspace.view).toBe('history');
});
