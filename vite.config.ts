import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

const repository = fileURLToPath(new URL('.', import.meta.url))

/** The packages resolve to their sources: neither the dev server nor a test needs a build. */
const source = '@tickwire/source'

/**
 * Tests by what they need: a browser; the registry and a folder outside; both ends at once and many simulated minutes.
 * All others are unit tests, which `npm run check` runs.
 */
const slow = {
  e2e: 'test/e2e/**/*.test.ts',
  package: 'test/package/**/*.test.ts',
  integration: 'test/{conformance,games,scenarios,sdk/fetched,tickwire/cli,tickwire/testing}/**/*.test.ts',
}
/** Tests wait for conditions and not for times; on a busy machine a second of work takes ten. */
const PATIENCE_MS = 30_000
/** Packages bring tests of their own. */
const foreign = '**/node_modules/**'

export default defineConfig({
  root: `${repository}demo`,
  cacheDir: `${repository}.cache/vite`,
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: {
    resolve: {
      conditions: [source, ...defaultServerConditions],
      externalConditions: [source, ...defaultServerConditions],
    },
  },
  // Phaser alone is 1.4 MB before compression: the warning would be printed at every start and change nothing.
  build: { outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 4096 },
  test: {
    root: repository,
    maxWorkers: '100%',
    coverage: {
      provider: 'v8',
      include: ['protocol/src/**', 'sdk/src/**', 'server/src/**', 'demo/shared/**'],
      reportsDirectory: `${repository}coverage`,
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          root: repository,
          include: ['test/**/*.test.ts'],
          exclude: [foreign, ...Object.values(slow)],
          // Half of the time went into loading the same modules for each file; these tests leave nothing behind.
          isolate: false,
          testTimeout: PATIENCE_MS,
        },
      },
      {
        extends: true,
        test: { name: 'integration', root: repository, include: [slow.integration], testTimeout: PATIENCE_MS },
      },
      {
        extends: true,
        // One browser at a time, and nothing beside it: more would fight for the same cores and make timings lie.
        test: {
          name: 'e2e',
          root: repository,
          include: [slow.e2e],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          root: repository,
          include: [slow.package],
          globalSetup: 'test/package/setup.ts',
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
