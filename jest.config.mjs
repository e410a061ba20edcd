/** Unit specs lie beside their file; medium and e2e specs run on clones of one migrated PostgreSQL template. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testRegex: '\\.spec\\.ts$',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  setupFiles: ['reflect-metadata', '<rootDir>/test/support/worker-db.ts'],
  reporters: ['default', '<rootDir>/test/support/counts-reporter.mjs'],
  testTimeout: 60_000,
  maxWorkers: 2,
  workerIdleMemoryLimit: '900MB', // a spec file's modules are never given back; without it collecting takes half of the time
};
