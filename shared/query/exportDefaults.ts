/** What is written where nothing else is asked for. Apart from its schema, which a start would have to wait for. */
export const exportDefaults = { header: true, nullText: '', lineEnd: '\n', formulaGuard: false } as const;
