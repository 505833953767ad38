/**
 * Liveness: with the faults off, every device is back, every request is answered, every subscription that its watcher
 * may have stands.
 */
import type { Checker } from '../../checkers/checker.ts'

export const presenceSettled: Checker = {
  name: 'settled',
  check: (history) =>
    history.presence.overdue
      .filter(({ checker }) => checker === 'settled')
      .map(({ text, atMs }) => ({ checker: 'settled', atMs, text })),
}
