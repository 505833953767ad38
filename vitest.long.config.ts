/**
 * The tests that take long and are no part of `npm test`: whole servers as processes, live runs, most seeds of the
 * simulation. CI runs them. Most of their time is waiting, so more of them run at once than there are cores.
 */
import { defineConfig } from 'vitest/config'
import { inProcesses } from './vitest.config.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.long.test.ts'],
    ...inProcesses,
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
})
