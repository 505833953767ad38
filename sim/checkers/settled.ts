/**
 * Liveness: with the faults off, every device gets back on line, every request gets its final answer.
 */
import type { Checker } from './checker.ts'

export const settled: Checker = {
  name: 'settled',
  check: (history) => history.unsettled.map((text) => ({ checker: 'settled', atMs: history.endedMs, text })),
}
