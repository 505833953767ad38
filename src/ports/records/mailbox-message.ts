/**
 * `mailbox-message`: one stored MESSAGE (RFC 3428) of a recipient, once however many queues wait for it. It is in the
 * mailbox while no device has taken it. Written by messaging, before the 202; removed when nothing refers to it.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { StoreKey } from '../store.ts'
import { numberPart, recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface MailboxMessage {
  /** Rises within one recipient; never used twice. */
  readonly sequence: number
  readonly sender: Aor
  readonly operationId: string
  readonly receivedMs: number
  readonly expiresMs: number
  /** The whole SIP message as it is to be sent again, start line to end of body. */
  readonly bytes: Uint8Array
  /** Value of the original Date header. */
  readonly date: string
  /** No device has taken it: it counts against the quota and goes to the first that signs in. */
  readonly inMailbox: boolean
  /** Came back with a restored copy, so a device may have had it: a repeat is the excepted case. */
  readonly possiblySeen: boolean
}

export const mailboxMessageRecord = recordKind<MailboxMessage>({
  name: 'mailbox-message',
  version: 1,
  masked: ['bytes'],
  toFields: (message) => [
    message.sequence,
    message.sender,
    message.operationId,
    message.receivedMs,
    message.expiresMs,
    message.bytes,
    message.date,
    message.inMailbox,
    message.possiblySeen,
  ],
  fromFields: (fields) => ({
    sequence: fields.count(),
    sender: fields.text() as Aor,
    operationId: fields.text(),
    receivedMs: fields.count(),
    expiresMs: fields.count(),
    bytes: fields.bytes(),
    date: fields.text(),
    inMailbox: fields.flag(),
    possiblySeen: fields.flag(),
  }),
})

/** Keys sort by sequence number, so a scan gives a recipient's messages in order. */
export function mailboxMessageKey(aor: string, sequence: number): StoreKey {
  return recordKey(aor, mailboxMessageRecord.name, numberPart(sequence))
}
