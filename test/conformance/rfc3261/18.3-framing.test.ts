/**
 * RFC 3261 §18.3, §7.5: messages out of a stream, and where a datagram's body ends.
 */
import { describe, expect, it } from 'vitest'
import { framingFaults } from '../../../src/sip/framing/framing-faults.ts'
import { StreamFramer } from '../../../src/sip/framing/stream-framer.ts'
import { clientLimits, tlsClientLimits } from '../../../src/sip/message/limits.ts'
import { parseMessage } from '../../../src/sip/message/parse.ts'
import { feed, frame, framedStream } from '../../support/framed-stream.ts'
import { judged, requestBytes } from '../../support/requests.ts'

const hello = requestBytes({ body: 'hello' })
const empty = requestBytes()

/** Events at chunk sizes that cut everywhere. */
function everywhere(bytes: Buffer): string[] {
  const whole = frame(bytes, bytes.length).events
  for (const size of [1, 2, 3, 5, 17, 100]) expect(frame(bytes, size).events, `chunks of ${size}`).toEqual(whole)
  return whole
}

describe('RFC 3261 §18.3 framing over streams', () => {
  it('gives a message out when its last byte is there, and not before', () => {
    const { framer, messages } = framedStream()
    feed(framer, hello.subarray(0, -1), 1)
    expect([messages.length, framer.bufferedBytes]).toEqual([0, hello.length - 1])
    framer.push(hello.subarray(-1))
    expect(messages[0]?.equals(hello)).toBe(true)
    expect(framer.bufferedBytes).toBe(0)
  })

  it('cuts at every byte alike', () => {
    for (let cut = 1; cut < hello.length; cut++) {
      const { framer, messages } = framedStream()
      framer.push(Buffer.from(hello.subarray(0, cut)))
      framer.push(Buffer.from(hello.subarray(cut)))
      expect(messages[0]?.equals(hello), `cut at ${cut}`).toBe(true)
    }
  })

  it('takes requests that follow one another, with and without bodies', () => {
    const { messages } = frame(Buffer.concat([hello, empty, empty, hello]), 1000)
    expect(messages.map((message) => message.length)).toEqual([hello, empty, empty, hello].map((bytes) => bytes.length))
    expect(everywhere(Buffer.concat([hello, empty, empty, hello]))).toHaveLength(4)
  })

  it('copies nothing when all of a message is in the chunk', () => {
    const { framer, messages } = framedStream()
    const chunk = Buffer.concat([hello, empty])
    framer.push(chunk)
    expect(messages.every((message) => message.buffer === chunk.buffer)).toBe(true)
  })

  it('gives messages away for good: what comes later does not touch them', () => {
    const { framer, messages } = framedStream()
    feed(framer, Buffer.concat([hello, hello, hello]), 7)
    expect(messages.every((message) => message.equals(hello))).toBe(true)
    expect(new Set(messages.map((message) => message.buffer)).size).toBe(3)
  })

  it.each([
    ['Content-Length:5', 'body5'],
    ['l: 5', 'body5'],
    ['L  :\t 5  ', 'body5'],
    ['CONTENT-length: 005', 'body5'],
    ['Content-Length:\r\n 5', 'body5'],
    ['content-length: 5\r\n\t', 'body5'],
  ])('reads the length in %j', (line, body) => {
    const bytes = requestBytes({ headers: { 'Content-Length': null }, lines: [line], body })
    expect(everywhere(Buffer.concat([bytes, bytes]))).toEqual(['message', 'message'])
  })

  it.each([
    'Content-Lengthy: 99',
    'Content-Type: 5',
    'X-Content-Length: 5',
    'Lx: 5',
    'Subject: x\r\n Content-Length: 99',
  ])('does not take %j for the length', (line) => {
    const bytes = requestBytes({ headers: { 'Content-Length': null }, lines: [line] })
    expect(everywhere(bytes)).toEqual(['framing.no-content-length'])
  })

  it.each(['-1', '', '5x', '5, 5', '+5', '0x5', '1e3', '99999999999999999999'])('ends at the length %j', (value) => {
    const bytes = requestBytes({ headers: { 'Content-Length': value } })
    expect(everywhere(bytes)).toEqual(['framing.bad-content-length'])
  })

  it('ends at two lengths that differ, not at two that agree', () => {
    expect(everywhere(requestBytes({ lines: ['Content-Length: 7'], body: 'hello' }))).toEqual([
      'framing.bad-content-length',
    ])
    expect(everywhere(requestBytes({ lines: ['l: 5'], body: 'hello' }))).toEqual(['message'])
  })

  it('ends at a line feed without CR, in any place of the head', () => {
    for (const text of ['MESSAGE sip:b@c SIP/2.0\n', 'MESSAGE sip:b@c SIP/2.0\r\nVia: x\ny', 'M\r\nV: x\r\n\n']) {
      expect(everywhere(Buffer.from(text))).toEqual(['framing.bad-line-end'])
    }
  })

  it.each(['\u0016\u0003\u0001', ' MESSAGE', ':', '\u0000'])('ends at once when %j begins a message', (text) => {
    expect(everywhere(Buffer.concat([empty, Buffer.from(text)]))).toEqual(['message', 'framing.not-sip'])
  })

  it('delivers nothing after a fault', () => {
    const bad = requestBytes({ headers: { 'Content-Length': null } })
    const { framer, events, heads } = framedStream()
    framer.push(Buffer.concat([hello, bad, hello]))
    framer.push(hello)
    expect([events, framer.ended, framer.bufferedBytes]).toEqual([['message', 'framing.no-content-length'], true, 0])
    expect(heads[0]?.equals(bad)).toBe(true)
  })

  it('delivers nothing after its sink has ended it, not even of the same chunk', () => {
    let count = 0
    const framer: StreamFramer = new StreamFramer({
      onMessage: () => {
        count++
        framer.end()
      },
      onKeepAlive: () => undefined,
      onFault: () => undefined,
    })
    framer.push(Buffer.concat([hello, hello]))
    expect([count, framer.ended]).toEqual([1, true])
  })
})

describe('limits of a stream (a head of 16 KB, 64 KB for REGISTER over TLS, a body of 256 KB)', () => {
  const padded = (method: string, headBytes: number, end = true): Buffer => {
    const bytes = requestBytes({ method, lines: ['X-Pad: '] })
    const at = bytes.indexOf('X-Pad: ') + 'X-Pad: '.length
    const pad = Buffer.alloc(headBytes - bytes.length, 0x78)
    return Buffer.concat([bytes.subarray(0, at), pad, bytes.subarray(at, end ? bytes.length : at)])
  }

  it.each([
    ['MESSAGE', 16_384, 'message'],
    ['MESSAGE', 16_385, 'framing.head-too-long'],
    ['REGISTER', 65_536, 'message'],
    ['REGISTER', 65_537, 'framing.head-too-long'],
    ['REGISTERS', 16_385, 'framing.head-too-long'],
  ])('a %s with a head of %i bytes: %s', (method, headBytes, event) => {
    for (const size of [1, 1000, 70_000]) {
      expect(frame(padded(method, headBytes), size, tlsClientLimits).events, `chunks of ${size}`).toEqual([event])
    }
  })

  it('a REGISTER without TLS gets the smaller head', () => {
    expect(frame(padded('REGISTER', 16_385), 1000, clientLimits).events).toEqual(['framing.head-too-long'])
  })

  it('a head that never ends is cut off at its bound, with its beginning at hand for the answer', () => {
    const { framer, events, heads } = framedStream()
    feed(framer, padded('MESSAGE', 40_000, false), 100)
    expect(events).toEqual(['framing.head-too-long'])
    expect(heads[0]!.length).toBeLessThanOrEqual(16_384 + 100)
    expect(parseMessage(heads[0]!).message?.callId).toBe('3848276298220188511@client.example.test')
  })

  it('a body above its bound ends the stream before any of it is kept', () => {
    const bytes = (length: number) => requestBytes({ headers: { 'Content-Length': String(length) } })
    expect(everywhere(bytes(256 * 1024 + 1))).toEqual(['framing.body-too-long'])
    expect(frame(bytes(256 * 1024), 100).events).toEqual([])
  })

  it('keeps what has come, not what was announced', () => {
    const { framer } = framedStream()
    framer.push(Buffer.concat([requestBytes({ headers: { 'Content-Length': '200000' } }), Buffer.alloc(10)]))
    expect(framer.bufferedBytes).toBeLessThan(1000)
  })

  it('every fault has a status and a reason, and its own event', () => {
    for (const [event, fault] of Object.entries(framingFaults)) {
      expect(fault.event).toBe(event)
      expect([0, 400, 413, 513]).toContain(fault.status)
      expect(fault.reason).not.toBe('')
    }
  })

  it('one-byte chunks cost no more than their number', () => {
    const count = (bodyBytes: number): number => {
      const { framer, messages } = framedStream()
      const chunk = Buffer.alloc(1, 0x78)
      framer.push(requestBytes({ headers: { 'Content-Length': String(bodyBytes) } }))
      const before = process.cpuUsage().user
      for (let index = 0; index < bodyBytes; index++) framer.push(chunk)
      expect(messages).toHaveLength(1)
      return process.cpuUsage().user - before
    }
    count(10_000)
    // Quadratic would be 256 times as much for 16 times the bytes.
    expect(count(160_000)).toBeLessThan(100 * Math.max(count(10_000), 1000))
  })
})

describe('RFC 3261 §18.3 bodies of datagrams', () => {
  const parse = (contentLength: string | null, body: string) =>
    parseMessage(requestBytes({ headers: { 'Content-Length': contentLength }, body }))

  it('go to the end without a Content-Length', () =>
    expect(parse(null, 'hello').message?.body.toString()).toBe('hello'))

  it('end where Content-Length says, and the rest is ignored', () => {
    const { message, fault } = parse('2', 'hello')
    expect([fault, message?.body.toString(), message?.bytes.subarray(-2).toString()]).toEqual([null, 'he', 'he'])
  })

  it.each([
    ['6', '400 parse.body-short'],
    ['-1', '400 parse.content-length-malformed'],
    ['', '400 parse.content-length-malformed'],
    ['five', '400 parse.content-length-malformed'],
    ['99999999999', '400 parse.content-length-malformed'],
  ])('Content-Length: %s of 5 is answered %s', (value, outcome) => {
    expect(judged(requestBytes({ headers: { 'Content-Length': value }, body: 'hello' }))).toBe(outcome)
  })

  it('§20.14 two lengths that differ are answered 400, two that agree are one', () => {
    expect(judged(requestBytes({ lines: ['l: 4'], body: 'hello' }))).toBe('400 parse.content-length-conflicting')
    expect(judged(requestBytes({ lines: ['l: 5'], body: 'hello' }))).toBe('accepted')
  })
})
