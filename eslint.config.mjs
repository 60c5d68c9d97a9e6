import js from '@eslint/js'
import tseslint from 'typescript-eslint'

/** One way through the layers: who may import whom. `test/architecture.test.ts` holds the same law over whole paths. */
const layer = (files, forbidden, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group: forbidden, message }] }] },
})

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'coverage', 'data'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
    },
  },
  layer(
    ['src/policy/**/*.ts'],
    [
      'node:*',
      '**/gatekeeper/**',
      '**/github/**',
      '**/store/**',
      '**/handlers/**',
      '**/web/**',
      '**/cli/**',
      '**/wire.js',
      '@octokit/*',
      'probot',
      'pino',
      'kysely',
      'better-sqlite3',
      'pg',
    ],
    'policy is pure: no clock, network, environment, store or framework',
  ),
  layer(
    ['src/gatekeeper/**/*.ts'],
    [
      '**/github/**',
      '**/store/**',
      '**/handlers/**',
      '**/web/**',
      '**/cli/**',
      '**/wire.js',
      '@octokit/*',
      'probot',
      'kysely',
      'better-sqlite3',
      'pg',
    ],
    'the gatekeeper knows ports only',
  ),
  layer(
    ['src/github/**/*.ts'],
    ['**/store/**', '**/handlers/**', '**/web/**', '**/cli/**', '**/wire.js', 'kysely', 'better-sqlite3', 'pg'],
    'github talks to GitHub only',
  ),
  layer(
    ['src/store/**/*.ts'],
    ['**/github/**', '**/handlers/**', '**/web/**', '**/cli/**', '**/wire.js', '@octokit/*', 'probot'],
    'store talks to the database only',
  ),
  layer(
    ['src/handlers/**/*.ts'],
    ['**/github/**', '**/store/**', '**/web/**', '**/cli/**', '**/wire.js', 'kysely', 'better-sqlite3', 'pg'],
    'handlers name subjects only',
  ),
  layer(
    ['src/web/**/*.ts'],
    [
      '**/github/**',
      '**/store/**',
      '**/handlers/**',
      '**/cli/**',
      '**/wire.js',
      '@octokit/*',
      'kysely',
      'better-sqlite3',
      'pg',
    ],
    'web knows ports only',
  ),
  { files: ['**/*.mjs'], languageOptions: { globals: { process: 'readonly', console: 'readonly' } } },
)
