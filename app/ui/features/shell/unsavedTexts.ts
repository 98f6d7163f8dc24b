import type { DocumentTab } from '../../stores/documentTab.svelte.ts';

/** All texts as one script, each under its title. */
export const unsavedTexts = (tabs: readonly Pick<DocumentTab, 'title' | 'text'>[]): string =>
  tabs.map(({ title, text }) => `-- ${title.replace(/\s+/g, ' ')}\n${text.trimEnd()}\n`).join('\n');
