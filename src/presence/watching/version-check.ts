/**
 * A state that the bus has lost is found now and then: each presentity is named again by one who may see it, with the
 * version that is known, and the newer state comes with the verdict. Some in each turn, so that others have theirs.
 */
import type { ShardHost, Unit } from '../../shard/index.ts'
import type { NumberTable } from './number-table.ts'
import { verdictOf } from './verdicts.ts'

/** Presentities of one turn. */
const inTurn = 100

interface Seen {
  readonly watchers: NumberTable
}

/** `name`: the watches of these that are meant. What is handed over in later turns may have ended meanwhile. */
export function checkVersions<T extends Seen>(
  host: ShardHost,
  all: readonly T[],
  name: (unit: Unit, some: readonly T[], isMeant: (seen: T, index: number) => boolean) => void,
): void {
  if (all.length === 0) return
  const cause = { who: '', what: 'version-check', hash: '' }
  host.run(cause, (unit) => name(unit, all.slice(0, inTurn), firstWhoMaySee()))
  host.timers.set(0, { onTimer: () => checkVersions(host, all.slice(inTurn), name) }, 0)
}

/** True once for each. */
function firstWhoMaySee(): (seen: Seen, index: number) => boolean {
  let found: Seen | null = null
  return (seen, index) => {
    if (seen === found || verdictOf(seen.watchers.valueAt(index)) !== 'allow') return false
    found = seen
    return true
  }
}
