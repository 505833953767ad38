/**
 * The body of a simulated message names it: which one, and whom it was sent to. So that every delivery can be judged.
 */
import type { SipMessage } from '../../src/sip/message/sip-message.ts'

export interface MessageBody {
  readonly id: number
  readonly toUser: string
}

export function encodeBody(body: MessageBody): Buffer {
  return Buffer.from(`message ${body.id} to ${body.toUser}`)
}

export function parseBody(message: SipMessage): MessageBody | null {
  const found = /^message (\d+) to (\S+)$/.exec(message.body.toString('latin1'))
  return found ? { id: Number(found[1]), toUser: found[2] as string } : null
}
