/**
 * Versions of a presentity's state: by incarnation of its shard first, so that what an earlier start of it said never
 * wins over what it says now.
 */
import type { StateVersion } from '../../ports/presence-bus.ts'

export function isNewer(version: StateVersion, than: StateVersion | null): boolean {
  if (than === null) return true
  if (version.incarnation !== than.incarnation) return version.incarnation > than.incarnation
  return version.number > than.number
}

export function isSame(version: StateVersion, as: StateVersion | null): boolean {
  return as !== null && version.incarnation === as.incarnation && version.number === as.number
}
