/**
 * `set-aside`: a message under which a device's flow died again and again, taken out of that device's queue so that the
 * queue goes on. Written by messaging; kept for the administrator until it expires.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { StoreKey } from '../store.ts'
import { hashedPart, numberPart, recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface SetAside {
  readonly deviceKey: string
  readonly messageSequence: number
  readonly sender: Aor
  readonly operationId: string
  readonly reason: string
  readonly atMs: number
  readonly expiresMs: number
  readonly bytes: Uint8Array
}

export const setAsideRecord = recordKind<SetAside>({
  name: 'set-aside',
  version: 1,
  masked: ['bytes'],
  toFields: (message) => [
    message.deviceKey,
    message.messageSequence,
    message.sender,
    message.operationId,
    message.reason,
    message.atMs,
    message.expiresMs,
    message.bytes,
  ],
  fromFields: (fields) => ({
    deviceKey: fields.text(),
    messageSequence: fields.count(),
    sender: fields.text() as Aor,
    operationId: fields.text(),
    reason: fields.text(),
    atMs: fields.count(),
    expiresMs: fields.count(),
    bytes: fields.bytes(),
  }),
})

/** `AOR / set-aside / sequence / SHA-256 of the device key`: oldest first. */
export function setAsideKey(aor: string, deviceKey: string, messageSequence: number): StoreKey {
  return recordKey(aor, setAsideRecord.name, numberPart(messageSequence), hashedPart(deviceKey))
}
