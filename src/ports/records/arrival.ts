/**
 * `arrival` and `arriving`: a user who is being moved here, and what was copied of him, one record each. They stand
 * under `!arrivals`, so that nobody takes him for a user of this server before the old home has given him away.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { ScanRange, StoreKey } from '../store.ts'
import { hashedPart, recordKey, userRange } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface ArrivalRecord {
  readonly aor: Aor
  readonly names: readonly Aor[]
  /** The old home. */
  readonly server: string
  readonly move: string
  /** What this home will have. */
  readonly epoch: number
  readonly atMs: number
}

/** A copied record: where it will stand, and what it will be. */
export interface ArrivingRecord {
  readonly key: StoreKey
  readonly bytes: Uint8Array
}

const owner = '!arrivals'

export const arrivalRecord = recordKind<ArrivalRecord>({
  name: 'arrival',
  version: 1,
  toFields: ({ aor, names, server, move, epoch, atMs }) => [aor, [...names], server, move, epoch, atMs],
  fromFields: (fields) => ({
    aor: fields.text() as Aor,
    names: fields.texts() as readonly Aor[],
    server: fields.text(),
    move: fields.text(),
    epoch: fields.count(),
    atMs: fields.count(),
  }),
})

export const arrivingRecord = recordKind<ArrivingRecord>({
  name: 'arriving',
  version: 1,
  masked: ['bytes'],
  toFields: ({ key, bytes }) => [key, bytes],
  fromFields: (fields) => ({ key: fields.text(), bytes: fields.bytes() }),
})

export function arrivalKey(aor: Aor): StoreKey {
  return recordKey(owner, arrivalRecord.name, aor)
}

export function arrivingKey(aor: Aor, key: StoreKey): StoreKey {
  return recordKey(owner, arrivingRecord.name, aor, hashedPart(key))
}

/** What was copied of this user. */
export function arrivingRange(aor: Aor): ScanRange {
  return userRange(recordKey(owner, arrivingRecord.name, aor))
}

export const arrivalsRange: ScanRange = userRange(owner)
