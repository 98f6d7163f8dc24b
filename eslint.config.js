import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import { tsImport } from 'tsx/esm/api';
import tseslint from 'typescript-eslint';

// The rules that need types, and the search for cycles of imports, are oxlint's (.oxlintrc.json).

// The layers and the owners of libraries are a table of their own, which a test reads too.
const { importRule } = await tsImport('./e2e/tools/lint/importRule.ts', import.meta.url);
const root = import.meta.dirname;

const platformGlobals = Object.keys({ ...globals.browser, ...globals.node }).filter(
  (name) => !(name in globals.builtin),
);

const unfinished =
  'MemberExpression[object.name=/^(it|test|describe|suite)$/][property.name=/^(only|skip|todo)$/]';

export default defineConfig(
  { ignores: ['dist/', 'test-results/', 'playwright-report/'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  tseslint.configs.strict,
  svelte.configs.recommended,
  {
    name: 'hawser/everywhere',
    files: ['**/*.{ts,js,mjs,cjs,svelte}'],
    plugins: { hawser: { rules: { imports: importRule(root) } } },
    rules: {
      'hawser/imports': 'error',
      'max-lines': ['error', 350],
      'no-console': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
      'no-restricted-syntax': [
        'error',
        { selector: unfinished, message: 'Every test runs, or is not there.' },
      ],
      eqeqeq: 'error',
      // TypeScript says what is not defined, and knows more about it.
      'no-undef': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    },
  },
  {
    name: 'hawser/shared',
    files: ['shared/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-globals': ['error', ...platformGlobals] },
  },
  {
    name: 'hawser/svelte',
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      // Bookkeeping that nobody renders is no reactive state, and here nobody could say so in a comment.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    name: 'hawser/functions',
    files: ['**/*.ts'],
    ignores: ['**/*.test.ts', 'e2e/specs/**'],
    rules: { 'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }] },
  },
  {
    // A module alone would take Node a while to load.
    name: 'hawser/script',
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'script', globals: globals.node },
    rules: {
      '@typescript-eslint/no-require-imports': 'off',
      // This one of a component's rules fails on what is no module.
      'svelte/no-inner-declarations': 'off',
    },
  },
  {
    name: 'hawser/programs',
    files: ['e2e/tools/**', 'e2e/bench/**'],
    rules: { 'no-console': 'off' },
  },
);
