/**
 * RFC 4475 and RFC 5118: every message of both, as a datagram and as a stream cut at every size, and
 * `docs/torture-table.md` made from the vectors. What the proxy and the registrar do with those that the parser
 * accepts is tested with them.
 */
import { describe, expect, it } from 'vitest'
import { MessageEditor } from '../../../src/sip/message/edit.ts'
import { encodeResponse } from '../../../src/sip/message/encode.ts'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { parseMessage } from '../../../src/sip/message/parse.ts'
import { frame } from '../../support/framed-stream.ts'
import { viewOf } from '../../support/message-views.ts'
import { readVectors, type Vector } from '../../support/vectors.ts'
import { tortureTable } from './torture-table.ts'

const suites = [
  { rfc: 'RFC 4475', folder: 'rfc4475', count: 49 },
  { rfc: 'RFC 5118', folder: 'rfc5118', count: 12 },
].map((suite) => ({ ...suite, vectors: readVectors(suite.folder) }))

/** `accepted`, `400 Reason`, `dropped event`. */
function outcomeOf(bytes: Buffer): string {
  const { message, fault } = parseMessage(bytes)
  if (message !== null) return fault === null ? 'accepted' : `${fault.status} ${fault.reason}`
  return fault.status === 0 ? `dropped ${fault.event}` : `dropped with status ${fault.status}`
}

function expectedEvents(stream: string, times: number): string[] {
  if (stream === 'waiting') return []
  if (stream === '2 messages') return ['message', 'crlf', 'message']
  return stream === 'message' ? Array.from({ length: times }, () => 'message') : [stream]
}

describe.each(suites)('$rfc', ({ vectors, count, rfc }) => {
  it(`has all of its ${count} messages`, () => expect(vectors).toHaveLength(count))

  it.each(vectors)(`${rfc} §$section $name: $outcome`, (vector) => {
    expect(outcomeOf(vector.bytes)).toBe(vector.outcome)
  })

  it.each(vectors.filter((vector) => vector.sees.length > 0))(`${rfc} §$section $name shows its values`, (vector) => {
    const { message } = parseMessage(vector.bytes)
    for (const { view, value } of vector.sees) expect(viewOf(message!, view), view).toEqual(value)
  })

  it.each(vectors)(`${rfc} §$section $name over a stream: $stream, whatever the chunks`, (vector) => {
    const expected = expectedEvents(vector.stream, 1)
    for (let size = 1; size <= vector.bytes.length; size++) {
      const { events, messages } = frame(vector.bytes, size)
      expect(events, `chunks of ${size}`).toEqual(expected)
      if (vector.stream === 'message') expect(messages[0]!.equals(withoutTrailingLineEnd(vector)), `${size}`).toBe(true)
    }
  })

  it.each(vectors.filter((vector) => vector.stream === 'message'))(
    `${rfc} §$section $name twice in a row`,
    (vector) => {
      const twice = Buffer.concat([vector.bytes, vector.bytes])
      for (const size of [1, 2, 3, 7, 64, vector.bytes.length - 1, vector.bytes.length + 1, twice.length]) {
        const { events, messages } = frame(twice, size)
        expect(events.filter((event) => event === 'message')).toHaveLength(2)
        expect(outcomeOf(messages[1]!)).toBe(vector.outcome)
      }
    },
  )

  it.each(vectors.filter((vector) => vector.outcome === 'accepted'))(
    `${rfc} §$section $name is forwarded byte for byte, but for what the proxy changes`,
    (vector) => {
      const { message } = parseMessage(vector.bytes)
      const forwarded = new MessageEditor(message!).prepend(HeaderId.via, 'SIP/2.0/UDP p;branch=z9hG4bKx').encode()
      const again = parseMessage(forwarded).message!
      expect(again.topVia?.branch).toBe('z9hG4bKx')
      const untouched = new MessageEditor(again).removeFirstValue(HeaderId.via).encode()
      const whole = message!.has(HeaderId.contentLength)
      if (whole) expect(untouched.equals(message!.bytes)).toBe(true)
      else expect(untouched.subarray(-message!.body.length).equals(message!.body)).toBe(true)
    },
  )

  it.each(vectors.filter((vector) => /^\d/.test(vector.outcome)))(
    `${rfc} §$section $name gets an answer that its sender can match`,
    (vector) => {
      const { message, fault } = parseMessage(vector.bytes)
      const answer = encodeResponse(message!, fault!.status, { reason: fault!.reason, toTag: 't' })
      const head = answer.toString('latin1')
      expect(head.startsWith(`SIP/2.0 ${vector.outcome}\r\n`)).toBe(true)
      expect(message!.all(HeaderId.via).every((via) => head.includes(via))).toBe(true)
      if (message!.callId !== null) expect(head).toContain(message!.callId)
    },
  )
})

describe('docs/torture-table.md', () => {
  it('is what the vectors say; `npx vitest run test/conformance/rfc4475 -u` writes it', async () => {
    await expect(tortureTable(suites)).toMatchFileSnapshot('../../../docs/torture-table.md')
  })
})

/** On a stream a line end after the message is no part of it. */
function withoutTrailingLineEnd(vector: Vector): Buffer {
  const result = parseMessage(vector.bytes)
  return result.message === null ? vector.bytes : result.message.bytes
}
