/**
 * `document`: one XML document of a user, kept byte for byte: contact lists, presence rules and what else XCAP knows
 * (RFC 4825). Written by `src/xcap/`, before the answer; removed with the user.
 */
import type { StoreKey } from '../store.ts'
import { hashedPart, recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface DocumentRecord {
  /** Application usage (RFC 4825 §5.1), by its own name and no alias: `resource-lists`. */
  readonly auid: string
  /** Within the user's home directory: `index`. */
  readonly name: string
  readonly contentType: string
  readonly bytes: Uint8Array
  /** Strong entity tag, without quotes; new with every change. */
  readonly etag: string
  readonly changedMs: number
}

export const documentRecord = recordKind<DocumentRecord>({
  name: 'document',
  version: 1,
  masked: ['bytes'],
  toFields: ({ auid, name, contentType, bytes, etag, changedMs }) => [auid, name, contentType, bytes, etag, changedMs],
  fromFields: (fields) => ({
    auid: fields.text(),
    name: fields.text(),
    contentType: fields.text(),
    bytes: fields.bytes(),
    etag: fields.text(),
    changedMs: fields.count(),
  }),
})

export function documentKey(aor: string, auid: string, name: string): StoreKey {
  return recordKey(aor, documentRecord.name, auid, hashedPart(name))
}
