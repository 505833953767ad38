/**
 * `publication`: what a device has said about a user's presence (RFC 3903).
 * Written when it is made, changed or removed; a refresh below the stored ceilings writes nothing.
 */
import type { StoreKey } from '../store.ts'
import { recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface PublicationRecord {
  /** The part of its entity tag that stays. */
  readonly id: string
  /** Entity tags of this generation up to the ceiling may have been given out. */
  readonly generation: number
  readonly generationCeiling: number
  /** The operation that made or changed it last: its retransmission gets the same answer. */
  readonly operationId: string
  /** Of the device by whose flow it came, if that is known again by its instance; empty otherwise. */
  readonly deviceKey: string
  readonly contentType: string
  readonly document: Uint8Array
  readonly publishedMs: number
  /** It is gone after this at the latest. */
  readonly ceilingMs: number
}

export const publicationRecord = recordKind<PublicationRecord>({
  name: 'publication',
  version: 1,
  masked: ['document'],
  toFields: (publication) => [
    publication.id,
    publication.generation,
    publication.generationCeiling,
    publication.operationId,
    publication.deviceKey,
    publication.contentType,
    publication.document,
    publication.publishedMs,
    publication.ceilingMs,
  ],
  fromFields: (fields) => ({
    id: fields.text(),
    generation: fields.count(),
    generationCeiling: fields.count(),
    operationId: fields.text(),
    deviceKey: fields.text(),
    contentType: fields.text(),
    document: fields.bytes(),
    publishedMs: fields.count(),
    ceilingMs: fields.count(),
  }),
})

export function publicationKey(aor: string, id: string): StoreKey {
  return recordKey(aor, publicationRecord.name, id)
}
