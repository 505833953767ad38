/**
 * Every kind of message as it comes out of the bus on the other side.
 */
import { describe, expect, it } from 'vitest'
import type { SipMessage } from '../../../src/sip/message/sip-message.ts'
import { join, makeEnd, until } from './bus-ends.ts'
import { everyKind } from './bus-messages.ts'

/** What a message says, SIP messages by their bytes and views, byte arrays as text. */
function said(message: object): Record<string, unknown> {
  const entries = Object.entries(message).map(([name, value]: [string, unknown]) => {
    if (value instanceof Uint8Array) return [name, Buffer.from(value).toString()]
    if (value !== null && typeof value === 'object' && 'bytes' in value) {
      const sip = value as SipMessage
      const { method, statusCode, callId, cseq, from, headersCount } = sip
      return [
        name,
        {
          bytes: sip.bytes.toString(),
          body: sip.body.toString(),
          method,
          statusCode,
          callId,
          cseq,
          from,
          headersCount,
        },
      ]
    }
    return [name, value]
  })
  return Object.fromEntries(entries)
}

describe('a message over ports', () => {
  it.each(Object.values(everyKind))('carries $kind to another thread as it was', async (message) => {
    const [a, b] = [makeEnd(0), makeEnd(1)]
    join(a, b)
    expect(a.bus.send(1, message)).toBe(true)
    a.bus.flush()
    await until(() => b.owner.got.length === 1)
    expect(said(b.owner.got[0]!)).toEqual(said(message))
  })

  it('leaves the sender its own SIP message: the bytes that cross are a copy', async () => {
    const [a, b] = [makeEnd(0), makeEnd(1)]
    join(a, b)
    const message = everyKind.deliver
    const before = message.request.bytes.toString()
    a.bus.send(1, message)
    a.bus.flush()
    await until(() => b.owner.got.length === 1)
    expect(message.request.bytes.toString()).toBe(before)
  })
})
