/**
 * The cause of a unit of work: who made us do it, what it is, and the hash of the message, the same for a message
 * sent again with a new Call-ID. Travels over the bus with its message; log, poison guard and watchdog name it.
 */
import { HeaderId } from '../sip/message/header-id.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'

export interface Cause {
  /** Account or remote address; empty for our own timers. */
  readonly who: string
  /** Method, bus kind or name of the timer. */
  readonly what: string
  /** See `messageHash`; empty where there is no message. */
  readonly hash: string
}

/** Where a thread writes what it is doing, for the moment in which it no longer answers. */
export interface Causes {
  begin(who: string, what: string): void
  /** This message has failed twice and is refused from now on: keeps it for the administrator. */
  keep(hash: string, message: SipMessage): void
}

export const noCauses: Causes = { begin: () => {}, keep: () => {} }

/** Headers that differ each time the same message is sent. */
const changing = new Set<number>([
  HeaderId.via,
  HeaderId.callId,
  HeaderId.cseq,
  HeaderId.from,
  HeaderId.to,
  HeaderId.authorization,
  HeaderId.proxyAuthorization,
  HeaderId.date,
])

/** FNV-1a over method, Request-URI, body and the headers that stay: two failures with one hash are one message. */
export function messageHash(message: SipMessage): string {
  let hash = mixText(0x811c9dc5, `${message.method} ${message.isRequest ? message.requestUri : message.statusCode}`)
  for (let index = 0; index < message.headersCount; index++) {
    const { id, name, value } = message.headerAt(index)
    if (!changing.has(id)) hash = mixText(hash, `${name}:${value}`)
  }
  for (const byte of message.body) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(16)
}

function mixText(start: number, text: string): number {
  let hash = start
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}
