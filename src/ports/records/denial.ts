/**
 * `denial`: a no of Active Directory about a user, kept so that a domain controller that is behind cannot lift it after
 * a restart. Under `!directory`, by objectGUID, by what the no rests on and by who said it.
 */
import type { ScanRange, StoreKey } from '../store.ts'
import { recordKey, userRange } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface DenialRecord {
  readonly guid: string
  /** What it rests on, a word of `src/directory/active-directory/denials.ts`. */
  readonly by: string
  readonly invocationId: string
  /** uSNChanged, up to 64 bits: decimal digits. */
  readonly usn: string
  readonly version: number | null
  readonly atMs: number
}

export const directoryOwner = '!directory'

export const denialRecord = recordKind<DenialRecord>({
  name: 'denial',
  version: 1,
  toFields: ({ guid, by, invocationId, usn, version, atMs }) => [guid, by, invocationId, usn, version, atMs],
  fromFields: (fields) => ({
    guid: fields.text(),
    by: fields.text(),
    invocationId: fields.text(),
    usn: fields.text(),
    version: fields.countOrNull(),
    atMs: fields.count(),
  }),
})

export function denialKey({ guid, by, invocationId }: Pick<DenialRecord, 'guid' | 'by' | 'invocationId'>): StoreKey {
  return recordKey(directoryOwner, denialRecord.name, guid, by, invocationId)
}

/** Denials, and wrong passwords that were spent (`password-budget.ts`). */
export const directoryRange: ScanRange = userRange(directoryOwner)
