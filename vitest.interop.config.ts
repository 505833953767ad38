/**
 * The tests with real clients, which are no part of `npm test`: they need programs that
 * `test/interop/install-clients.sh` installs.
 */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/interop/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 90_000,
    reporters: ['default', './test/support/line-reporter.ts'],
  },
})
