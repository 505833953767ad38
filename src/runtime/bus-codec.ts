/**
 * Bus messages as they cross a thread: SIP messages as bytes and header table, so that nothing is parsed twice.
 */
import type { BusMessage } from '../ports/bus.ts'
import { SipMessage, type TransferredMessage } from '../sip/message/sip-message.ts'

/** A bus message whose SIP message, if it has one, has been taken out. */
export interface PackedMessage {
  readonly message: Record<string, unknown>
  readonly sip: TransferredMessage | null
  /** The field that the SIP message belongs to. */
  readonly field: 'request' | 'response' | null
}

export function packMessage(message: BusMessage, transfer: ArrayBuffer[]): PackedMessage {
  const field = 'request' in message ? 'request' : 'response' in message ? 'response' : null
  const sip = field === null ? null : (message as unknown as Record<string, SipMessage | null>)[field]
  if (field === null || !sip) return { message: message as unknown as Record<string, unknown>, sip: null, field: null }
  const { bytes, table, method } = sip.toTransfer()
  // A copy of its own: a view would take the whole buffer that it looks into along, or be shared with a pool.
  const copy = new Uint8Array(bytes)
  transfer.push(copy.buffer)
  return { message: { ...message, [field]: null }, sip: { bytes: copy, table, method }, field }
}

export function unpackMessage(packed: PackedMessage): BusMessage {
  const { message, sip, field } = packed
  if (sip === null || field === null) return message as unknown as BusMessage
  const bytes = Buffer.from(sip.bytes.buffer, sip.bytes.byteOffset, sip.bytes.byteLength)
  return { ...message, [field]: SipMessage.fromTransfer({ ...sip, bytes }) } as unknown as BusMessage
}
