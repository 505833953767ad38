/**
 * Bus messages as they cross a thread: SIP messages as bytes and header table, so that nothing is parsed twice;
 * outcomes that follow one another and say the same as the numbers that they are about.
 */
import type { BusMessage, OutcomeMessage } from '../ports/bus.ts'
import type { ReplyPlace } from '../ports/reply-address.ts'
import { SipMessage, type TransferredMessage } from '../sip/message/sip-message.ts'

/** A bus message whose SIP message, if it has one, has been taken out. */
interface PackedMessage {
  readonly message: Record<string, unknown>
  readonly sip: TransferredMessage | null
  /** The field that the SIP message belongs to. */
  readonly field: 'request' | 'response' | null
}

/** Answers to NOTIFYs come by the thousand, and each is a number and what all of them are. */
interface PackedOutcomes {
  readonly to: ReplyPlace
  readonly status: number
  readonly deviceKey: string
  readonly numbers: number[]
}

export type Packed = PackedMessage | PackedOutcomes

/** In their order. What is to be handed over and not copied is added to `transfer`. */
export function packMessages(messages: readonly BusMessage[], transfer: ArrayBuffer[]): Packed[] {
  const packed: Packed[] = []
  let run: PackedOutcomes | null = null
  for (const message of messages) {
    const outcome: OutcomeMessage | null = message.kind === 'outcome' && message.response === null ? message : null
    if (run && outcome && isOfRun(run, outcome)) run.numbers.push(outcome.to.number)
    else {
      run = outcome && beginRun(outcome)
      packed.push(run ?? packMessage(message, transfer))
    }
  }
  return packed
}

export function unpackMessages(messages: readonly Packed[], take: (message: BusMessage) => void): void {
  for (const packed of messages) {
    if ('message' in packed) take(unpackMessage(packed))
    else {
      const { to, status, deviceKey } = packed
      const { worker, incarnation, half } = to
      for (const number of packed.numbers) {
        take({ kind: 'outcome', to: { worker, incarnation, half, number }, status, response: null, deviceKey })
      }
    }
  }
}

function beginRun({ to, status, deviceKey }: OutcomeMessage): PackedOutcomes {
  return { to, status, deviceKey, numbers: [to.number] }
}

function isOfRun({ to: first, status, deviceKey }: PackedOutcomes, outcome: OutcomeMessage): boolean {
  const { to } = outcome
  const isSameWaiter = to.half === first.half && to.worker === first.worker && to.incarnation === first.incarnation
  return isSameWaiter && outcome.status === status && outcome.deviceKey === deviceKey
}

function packMessage(message: BusMessage, transfer: ArrayBuffer[]): PackedMessage {
  const field = 'request' in message ? 'request' : 'response' in message ? 'response' : null
  const sip = field === null ? null : (message as unknown as Record<string, SipMessage | null>)[field]
  if (field === null || !sip) return { message: message as unknown as Record<string, unknown>, sip: null, field: null }
  const { bytes, table, method } = sip.toTransfer()
  // A copy of its own: a view would take the whole buffer that it looks into along, or be shared with a pool.
  const copy = new Uint8Array(bytes)
  transfer.push(copy.buffer)
  return { message: { ...message, [field]: null }, sip: { bytes: copy, table, method }, field }
}

function unpackMessage(packed: PackedMessage): BusMessage {
  const { message, sip, field } = packed
  if (sip === null || field === null) return message as unknown as BusMessage
  const bytes = Buffer.from(sip.bytes.buffer, sip.bytes.byteOffset, sip.bytes.byteLength)
  return { ...message, [field]: SipMessage.fromTransfer({ ...sip, bytes }) } as unknown as BusMessage
}
