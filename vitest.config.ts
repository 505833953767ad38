/**
 * How the tests run: each file in a process of its own, because native addons abort when a thread ends under them.
 * Files of the conformance suite touch nothing outside their worlds and share processes: most of their time was the
 * start.
 * The closing line that CI reads comes from `test/support/line-reporter.ts`. What takes long is in `*.long.test.ts`,
 * with a configuration of its own.
 */
import { defineConfig } from 'vitest/config'

const conformance = 'test/conformance/**/*.test.ts'
const elsewhere = ['**/node_modules/**', 'test/interop/**', '**/*.long.test.ts']

/** Of every configuration. */
export const inProcesses = { pool: 'forks' as const, reporters: ['default', './test/support/line-reporter.ts'] }

export default defineConfig({
  test: {
    ...inProcesses,
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    projects: [
      { extends: true, test: { name: 'each', include: ['test/**/*.test.ts'], exclude: [...elsewhere, conformance] } },
      { extends: true, test: { name: 'shared', include: [conformance], exclude: elsewhere, isolate: false } },
    ],
  },
})
