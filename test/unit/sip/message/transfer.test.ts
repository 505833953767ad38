/**
 * A message for another thread, or for keeping: a copy that needs no second scan.
 */
import { describe, expect, it } from 'vitest'
import { MessageEditor } from '../../../../src/sip/message/edit.ts'
import { HeaderId } from '../../../../src/sip/message/header-id.ts'
import { parseMessage } from '../../../../src/sip/message/parse.ts'
import { SipMessage } from '../../../../src/sip/message/sip-message.ts'
import { request, requestBytes } from '../../../support/requests.ts'

const cross = (message: SipMessage): SipMessage => SipMessage.fromTransfer(structuredClone(message.toTransfer()))

describe('SipMessage.toTransfer and fromTransfer', () => {
  it.each([
    ['plain', requestBytes({ body: 'hello', lines: ['X-Unknown: 1'] })],
    ['folded, in UTF-8', requestBytes({ lines: ['Subject: größe\r\n folded'] })],
    ['a response', requestBytes({ startLine: 'SIP/2.0 202 Accepted' })],
    ['in a larger buffer', Buffer.concat([Buffer.alloc(99), requestBytes({ body: 'x' })]).subarray(99)],
  ])('carry all of a message: %s', (_, bytes) => {
    const message = parseMessage(bytes).message!
    const copy = cross(message)
    expect(copy.bytes.equals(message.bytes)).toBe(true)
    for (const name of ['isRequest', 'method', 'statusCode', 'requestUri', 'reasonPhrase', 'headersCount'] as const) {
      expect(copy[name], name).toBe(message[name])
    }
    expect(copy.body.equals(message.body)).toBe(true)
    for (let line = 0; line < message.headersCount; line++) expect(copy.headerAt(line)).toEqual(message.headerAt(line))
    expect([copy.from, copy.to, copy.topVia, copy.cseq]).toEqual([
      message.from,
      message.to,
      message.topVia,
      message.cseq,
    ])
    expect(new MessageEditor(copy).encode().equals(new MessageEditor(message).encode())).toBe(true)
  })

  it('take nothing along but the message: not the pool that it was cut from', () => {
    const pool = Buffer.concat([requestBytes(), Buffer.alloc(100_000)])
    const { bytes, table } = parseMessage(pool.subarray(0, requestBytes().length)).message!.toTransfer()
    expect(bytes.buffer.byteLength).toBe(bytes.length)
    expect(table.buffer.byteLength).toBeLessThan(500)
  })

  it('give a copy that the original does not change', () => {
    const bytes = requestBytes()
    const copy = SipMessage.fromTransfer(parseMessage(bytes).message!.toTransfer())
    bytes.fill(0)
    expect(copy.callId).toBe('3848276298220188511@client.example.test')
  })
})

describe('the header table that messages share', () => {
  it('keeps each message apart, over many chunks', () => {
    const messages = Array.from({ length: 2000 }, (_, index) => request({ lines: [`X-Number: ${index}`] }))
    expect(messages.every((message, index) => message.named('x-number') === String(index))).toBe(true)
    expect(messages.every((message) => message.first(HeaderId.maxForwards) === '70')).toBe(true)
  })
})
