/**
 * The tests with real clients, which are no part of `npm test`: they need programs that
 * `test/interop/install-clients.sh` installs.
 */
import { defineConfig } from 'vitest/config'
import { inProcesses } from './vitest.config.ts'

export default defineConfig({
  test: {
    include: ['test/interop/*.test.ts'],
    ...inProcesses,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
})
