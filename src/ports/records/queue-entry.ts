/**
 * `queue`: how one device of the recipient stands to one stored message. Refers to the `mailbox-message` of the same
 * AOR. Written by messaging, before the sender's answer; removed after the device's final answer, or with the message.
 */
import type { StoreKey } from '../store.ts'
import { hashedPart, numberPart, recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

/**
 * `waiting`: the device has yet to take it, and nobody has. `taken-by-other`: so has it, but another device took it:
 * the message is in no mailbox any more, and this entry may be dropped when the queue is full. `refused`: the device
 * will not have it out of the mailbox either.
 */
export type QueueEntryState = 'waiting' | 'taken-by-other' | 'refused'

export interface QueueEntry {
  /** As the registrar names the device; the record's key has only its hash. */
  readonly deviceKey: string
  readonly messageSequence: number
  readonly state: QueueEntryState
}

/** Their places in this list are what is stored. */
const states: readonly QueueEntryState[] = ['waiting', 'taken-by-other', 'refused']

export const queueEntryRecord = recordKind<QueueEntry>({
  name: 'queue',
  version: 1,
  toFields: (entry) => [entry.deviceKey, entry.messageSequence, states.indexOf(entry.state)],
  fromFields: (fields) => ({
    deviceKey: fields.text(),
    messageSequence: fields.count(),
    state: states[fields.count()] ?? 'waiting',
  }),
})

/** `AOR / queue / SHA-256 of the device key / sequence`: a device's queue is one range, in order. */
export function queueEntryKey(aor: string, deviceKey: string, messageSequence: number): StoreKey {
  return recordKey(aor, queueEntryRecord.name, hashedPart(deviceKey), numberPart(messageSequence))
}
