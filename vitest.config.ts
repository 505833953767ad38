/**
 * How the tests run: each file in a process of its own, because native addons abort when a thread ends under them.
 * The closing line that CI reads comes from `test/support/line-reporter.ts`. What takes long is in `*.long.test.ts`,
 * with a configuration of its own.
 */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/interop/**', '**/*.long.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    reporters: ['default', './test/support/line-reporter.ts'],
  },
})
