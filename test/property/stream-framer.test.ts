/**
 * Properties of the framer: however a stream is cut, it yields the same; no bytes make it throw (P4).
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { framedStream } from '../support/framed-stream.ts'
import { encoded, plainRequest } from '../support/sip-arbitraries.ts'

/** A stream of requests and keep-alives. */
const stream = fc.array(
  fc.oneof(
    plainRequest.map(encoded),
    fc.constantFrom('\r\n', '\r\n\r\n').map((text) => Buffer.from(text)),
  ),
  {
    minLength: 1,
    maxLength: 6,
  },
)

function pushed(bytes: Buffer, cuts: readonly number[]): { events: string[]; messages: Buffer[] } {
  const { framer, events, messages } = framedStream()
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  let start = 0
  for (const end of [...places, bytes.length]) {
    framer.push(Buffer.from(bytes.subarray(start, end)))
    start = end
  }
  return { events, messages }
}

describe('StreamFramer', () => {
  it('gives back the messages of a stream, however it is cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 40 }), (pieces, cuts) => {
        const { events, messages } = pushed(Buffer.concat(pieces), cuts)
        const wanted = pieces.filter((piece) => piece.length > 4)
        expect(messages.map((message) => message.toString('latin1'))).toEqual(
          wanted.map((piece) => piece.toString('latin1')),
        )
        expect(events.every((event) => ['message', 'crlf', 'ping'].includes(event))).toBe(true)
      }),
    )
  })

  it('says the same of broken streams, however they are cut, and nothing after a fault', () => {
    const broken = fc
      .tuple(stream, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 6 }))
      .map(([pieces, position, insert]) => {
        const bytes = Buffer.concat(pieces)
        const at = position % (bytes.length + 1)
        return Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + insert.length)])
      })
    fc.assert(
      fc.property(broken, fc.array(fc.nat(), { maxLength: 40 }), (bytes, cuts) => {
        const whole = pushed(bytes, [])
        const cut = pushed(bytes, cuts)
        expect(cut.events).toEqual(whole.events)
        expect(cut.messages.map((message) => message.length)).toEqual(whole.messages.map((message) => message.length))
        const fault = whole.events.findIndex((event) => event.startsWith('framing.'))
        expect(fault === -1 || fault === whole.events.length - 1).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 }), (chunks) => {
        const { framer } = framedStream()
        for (const chunk of chunks) framer.push(Buffer.from(chunk))
        expect(framer.bufferedBytes).toBeLessThanOrEqual(500)
      }),
    )
  })
})
