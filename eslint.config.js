import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import { tsImport } from 'tsx/esm/api';
import tseslint from 'typescript-eslint';

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
    files: ['**/*.{ts,js,mjs,svelte}'],
    plugins: { hawser: { rules: { imports: importRule(root) } }, 'import-x': importX },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver({ project: 'tsconfig.json' })],
      'import-x/extensions': ['.ts', '.svelte', '.js', '.mjs'],
      'import-x/parsers': {
        '@typescript-eslint/parser': ['.ts'],
        'svelte-eslint-parser': ['.svelte'],
        espree: ['.js', '.mjs'],
      },
    },
    rules: {
      'hawser/imports': 'error',
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
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
    name: 'hawser/typed',
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeCheckedOnly],
    languageOptions: {
      // The parser is for components that such a file imports: the search for cycles reads them with these options.
      parserOptions: { projectService: true, tsconfigRootDir: root, parser: tseslint.parser },
    },
    rules: {
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Types of what comes from outside promise more than they hold, and a closure may have changed what
      // looks constant: here this rule would ask for taking out the very checks that count.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
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
    name: 'hawser/programs',
    files: ['e2e/tools/**', 'e2e/bench/**'],
    rules: { 'no-console': 'off' },
  },
);
