/**
 * `hard-state`: what an administrator or a calendar says of a user's presence (RFC 3903 §2), one record for each of
 * both. Written by `src/presence/` before it is acknowledged; it stands until it is taken back or its time is over.
 */
import type { StoreKey } from '../store.ts'
import { recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export const hardStateSources = ['administrator', 'calendar'] as const
/** An administrator speaks for the user; a calendar is a machine. */
export type HardStateSource = (typeof hardStateSources)[number]

export interface HardStateRecord {
  readonly by: HardStateSource
  /** PIDF (RFC 3863). */
  readonly document: Uint8Array
  readonly setMs: number
  /** It holds from this on, system clock; null: at once. */
  readonly fromMs: number | null
  /** It is gone at this time, system clock; null: it stands. */
  readonly untilMs: number | null
}

export const hardStateRecord = recordKind<HardStateRecord>({
  name: 'hard-state',
  version: 1,
  masked: ['document'],
  toFields: ({ by, document, setMs, fromMs, untilMs }) => [by, document, setMs, fromMs, untilMs],
  fromFields: (fields) => ({
    by: fields.choice(hardStateSources),
    document: fields.bytes(),
    setMs: fields.count(),
    fromMs: fields.countOrNull(),
    untilMs: fields.countOrNull(),
  }),
})

export function hardStateKey(aor: string, by: HardStateSource): StoreKey {
  return recordKey(aor, hardStateRecord.name, by)
}
