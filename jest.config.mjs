/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/test/shared/environment.mjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  maxWorkers: 2,
  setupFiles: ['<rootDir>/test/shared/seed.ts'],
  // One PostgreSQL for the whole run, started by the first test that needs it.
  globalSetup: '<rootDir>/test/postgres/before-all.mjs',
  globalTeardown: '<rootDir>/test/postgres/after-all.mjs',
  // A flow of a second may take a minute where five suites run at once; nothing here measures time.
  testTimeout: 120_000,
}
