/**
 * `queue`: one message that one device of the recipient has yet to take. Refers to the `mailbox-message` of the same AOR.
 * Written by messaging, before the sender's answer; removed after the device's final answer.
 */
import type { StoreKey } from '../store.ts'
import { hashedPart, numberPart, recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface QueueEntry {
  /** As the registrar names the device; the record's key has only its hash. */
  readonly deviceKey: string
  readonly messageSequence: number
  /** Another device has taken the message: this entry may be dropped when the queue is full. */
  readonly takenByOther: boolean
}

export const queueEntryRecord = recordKind<QueueEntry>({
  name: 'queue',
  version: 1,
  toFields: (entry) => [entry.deviceKey, entry.messageSequence, entry.takenByOther],
  fromFields: (fields) => ({
    deviceKey: fields.text(),
    messageSequence: fields.count(),
    takenByOther: fields.flag(),
  }),
})

/** `AOR / queue / SHA-256 of the device key / sequence`: a device's queue is one range, in order. */
export function queueEntryKey(aor: string, deviceKey: string, messageSequence: number): StoreKey {
  return recordKey(aor, queueEntryRecord.name, hashedPart(deviceKey), numberPart(messageSequence))
}
