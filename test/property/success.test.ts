/**
 * The short way to read a 2xx finds what the long way finds, or nothing (RFC 3261 §17.1.3).
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeResponse } from '../../src/sip/message/encode.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'
import { readSuccess } from '../../src/sip/message/success.ts'
import { encoded, plainRequest } from '../support/sip-arbitraries.ts'

const status = fc.integer({ min: 100, max: 699 })
const answer = fc.tuple(plainRequest, status).map(([request, code]) => {
  const { message } = parseMessage(encoded(request))
  return encodeResponse(message!, code, { toTag: 'answered' })
})

/** One byte is another, is gone, or comes twice. */
const damage = fc.record({ at: fc.nat(400), how: fc.constantFrom('change', 'drop', 'double'), byte: fc.nat(255) })

describe('a success read by the short way', () => {
  it('names branch and method as the parsed message does; all else is left to the parser', () => {
    fc.assert(
      fc.property(answer, (bytes) => {
        const { message } = parseMessage(bytes)
        const read = readSuccess(bytes)
        const isSuccess = message!.statusCode >= 200 && message!.statusCode < 300
        expect(read).toEqual(isSuccess ? { branch: message!.topVia?.branch, method: message!.cseq?.method } : null)
      }),
    )
  })

  it('leaves a CSeq with two blanks to the parser', () => {
    const lines = ['Via: SIP/2.0/TCP h;branch=z9hG4bK1', 'From: <sip:a@b>;tag=1', 'To: <sip:c@d>;tag=2', 'Call-ID: x']
    const bytes = Buffer.from(`SIP/2.0 200 OK\r\n${lines.join('\r\n')}\r\nCSeq: 7  NOTIFY\r\nContent-Length: 0\r\n\r\n`)
    expect(readSuccess(bytes)).toBeNull()
    expect(parseMessage(bytes).message?.cseq?.method).toBe('NOTIFY')
  })

  it('never names another request than the parser would, whatever is broken', () => {
    fc.assert(
      fc.property(answer, fc.array(damage, { minLength: 1, maxLength: 4 }), (bytes, damages) => {
        const broken = damages.reduce(damaged, bytes)
        const read = readSuccess(broken)
        const { message } = parseMessage(broken)
        if (!read || !message) return
        expect(message.isRequest).toBe(false)
        expect(read).toEqual({ branch: message.topVia?.branch, method: message.cseq?.method })
        expect(Math.floor(message.statusCode / 100)).toBe(2)
      }),
      { numRuns: 2_000 },
    )
  })
})

function damaged(bytes: Buffer, { at, how, byte }: { at: number; how: string; byte: number }): Buffer {
  const place = at % bytes.length
  const rest = how === 'double' ? bytes.subarray(place) : bytes.subarray(place + 1)
  const middle = how === 'drop' ? [] : how === 'double' ? [bytes[place]!] : [byte]
  return Buffer.concat([bytes.subarray(0, place), Buffer.from(middle), rest])
}
