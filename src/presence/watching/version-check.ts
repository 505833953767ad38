/**
 * A state that the bus has lost is found now and then: each presentity is named again by one who may see it, with the
 * version that is known, and the newer state comes with the verdict. Some in each turn, so that others have theirs.
 */
import type { ShardHost, Unit } from '../../shard/index.ts'
import { inTurns } from './in-turns.ts'
import type { HasWatchers, IsMeant } from './naming-turns.ts'
import { verdictOf } from './verdicts.ts'

/** Presentities of one turn. */
const sliceLength = 100

/** `name`: the watches of these that are meant. What is handed over in later turns may have ended meanwhile. */
export function checkVersions<T extends HasWatchers>(
  host: ShardHost,
  all: readonly T[],
  name: (unit: Unit, some: readonly T[], isMeant: IsMeant<T>) => void,
): void {
  const cause = { who: '', what: 'version-check', hash: '' }
  inTurns(host.timers, all, sliceLength, (some) => {
    host.run(cause, (unit) => name(unit, some, firstWhoMaySee()))
  })
}

/** True once for each. */
function firstWhoMaySee(): IsMeant<HasWatchers> {
  let found: HasWatchers | null = null
  return (watched, index) => {
    if (watched === found || verdictOf(watched.watchers.valueAt(index)) !== 'allow') return false
    found = watched
    return true
  }
}
