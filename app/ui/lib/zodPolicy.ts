/**
 * The page's policy forbids code made from strings, which zod would try and the browser report. Imported before
 * anything that brings zod along; the name is where zod itself keeps its settings.
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
