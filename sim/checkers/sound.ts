/**
 * The core itself is sound: no unit of work throws, no worker ends by an exception, no record is unreadable.
 */
import type { Checker } from './checker.ts'

const unsound = new Set(['shard.unit-failed', 'sim.worker-failed', 'store.unreadable-record'])

export const sound: Checker = {
  name: 'sound',
  check: (history) =>
    history.logLines
      .filter(({ event }) => unsound.has(event))
      .map(({ event, atMs, fields }) => ({ checker: 'sound', atMs, text: `${event}: ${JSON.stringify(fields)}` })),
}
