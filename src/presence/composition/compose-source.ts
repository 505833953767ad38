/**
 * A document that goes into a composition, with what decides who wins, and the order that decides where nothing else
 * does.
 */
import type { PresenceDocument } from '../../documents/index.ts'

/** A document with what decides who wins. */
export interface Source {
  readonly key: string
  readonly deviceKey: string | null
  readonly atMs: number
  readonly by: 'device' | 'administrator' | 'calendar'
  readonly document: PresenceDocument
}

/** Newest first; of one time by a name, so that equal inputs give equal documents. */
export function byAge(a: Source, b: Source): number {
  return b.atMs - a.atMs || compareText(a.key, b.key)
}

/** By code units: the same in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
