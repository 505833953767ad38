/**
 * `manifest` and `last-written`: what the store says about itself. Written by `src/store/` only.
 */
import type { StoreKey } from '../store.ts'
import { recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

/** First part of keys that belong to no user. */
export const serverOwner = '!server'

export interface Manifest {
  /** Of the whole store; migrations raise it. Records carry versions of their own. */
  readonly schemaVersion: number
  /** 128 random bits, hexadecimal: this store and its copies. */
  readonly serverId: string
  /** One word per topology, for ever: every HA1 depends on it. */
  readonly realm: string
  /** Product and version that made the store. */
  readonly createdBy: string
  readonly createdMs: number
  /** Rises with each restore: tokens of before stop counting. */
  readonly serverEpoch: number
}

export const manifestRecord = recordKind<Manifest>({
  name: 'manifest',
  version: 1,
  toFields: (manifest) => [
    manifest.schemaVersion,
    manifest.serverId,
    manifest.realm,
    manifest.createdBy,
    manifest.createdMs,
    manifest.serverEpoch,
  ],
  fromFields: (fields) => ({
    schemaVersion: fields.count(),
    serverId: fields.text(),
    realm: fields.text(),
    createdBy: fields.text(),
    createdMs: fields.count(),
    serverEpoch: fields.count(),
  }),
})

export const manifestKey: StoreKey = recordKey(serverOwner, manifestRecord.name)

export interface LastWritten {
  /** Steady wall clock of the last batch, to the second. At start the clock is at least this. */
  readonly atMs: number
}

export const lastWrittenRecord = recordKind<LastWritten>({
  name: 'last-written',
  version: 1,
  toFields: (lastWritten) => [lastWritten.atMs],
  fromFields: (fields) => ({ atMs: fields.count() }),
})

export const lastWrittenKey: StoreKey = recordKey(serverOwner, lastWrittenRecord.name)
