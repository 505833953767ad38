/**
 * Properties of the parser and of what it feeds: parse ∘ encode is identity, what is not changed survives byte for
 * byte, and no bytes whatever make it throw (P4).
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageEditor } from '../../src/sip/message/edit.ts'
import { encodeResponse } from '../../src/sip/message/encode.ts'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import { splitList } from '../../src/sip/message/list.ts'
import { encodeNameAddr, parseContact, parseNameAddr } from '../../src/sip/message/name-addr.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import { parseVia } from '../../src/sip/message/via.ts'
import { parseAor } from '../../src/sip/uri/aor.ts'
import { encodeSipUri, parseSipUri, sipUrisEqual } from '../../src/sip/uri/sip-uri.ts'
import { displayName, encoded, nameAddr, plainRequest, sipUri, unknownHeader } from '../support/sip-arbitraries.ts'
import { readVectors } from '../support/vectors.ts'

const vectors = [...readVectors('rfc4475'), ...readVectors('rfc5118')].map((vector) => vector.bytes)

/** Asks a message for everything that it can say. */
function readAll(message: SipMessage): void {
  for (let line = 0; line < message.headersCount; line++) message.values(message.headerAt(line).id)
  const views = [message.from, message.to, message.topVia, message.cseq, message.callId, message.contacts]
  expect(views.every((view) => view !== undefined)).toBe(true)
  expect([message.maxForwards, message.expiresSeconds, message.requestUri, message.reasonPhrase]).not.toContain(
    undefined,
  )
  expect(message.bodyEnd).toBeLessThanOrEqual(message.bytes.length)
  expect(message.body.length).toBeGreaterThanOrEqual(0)
}

describe('parse ∘ encode', () => {
  it('is identity on requests that we write', () => {
    fc.assert(
      fc.property(plainRequest, (request) => {
        const { message, fault } = parseMessage(encoded(request))
        expect(fault).toBeNull()
        expect(message?.method).toBe(request.method)
        expect(message?.requestUri).toBe(request.requestUri)
        const headers = request.headers.map(([name, value]) => [name, value])
        const lines = Array.from({ length: message!.headersCount - 1 }, (_, line) => message!.headerAt(line))
        expect(lines.map(({ name, value }) => [name, value])).toEqual(headers)
        expect(message!.body.equals(request.body)).toBe(true)
      }),
    )
  })

  it('is identity on responses: what the request said comes back', () => {
    fc.assert(
      fc.property(plainRequest, fc.integer({ min: 100, max: 699 }), (request, status) => {
        const message = parseMessage(encoded(request)).message!
        const answer = parseMessage(encodeResponse(message, status, { toTag: 'ours' })).message
        expect(answer?.statusCode).toBe(status)
        expect([answer?.callId, answer?.cseq, answer?.from, answer?.topVia]).toEqual([
          message.callId,
          message.cseq,
          message.from,
          message.topVia,
        ])
        expect(answer?.to?.tag).toBe(message.to?.tag ?? 'ours')
      }),
    )
  })

  it('is identity on name-addr values', () => {
    fc.assert(
      fc.property(nameAddr, (value) => {
        const parsed = parseNameAddr(encodeNameAddr(value))
        expect(parsed).toMatchObject(value)
        expect(splitList(encodeNameAddr(value))).toHaveLength(1)
      }),
    )
  })

  it('is identity on URIs, and each equals itself', () => {
    fc.assert(
      fc.property(sipUri, (text) => {
        const uri = parseSipUri(text)
        expect(parseSipUri(encodeSipUri(uri!))).toEqual(uri)
        expect(sipUrisEqual(text, encodeSipUri(uri!))).toBe(true)
      }),
    )
  })
})

describe('MessageEditor', () => {
  it('leaves unknown headers and the body as they came, byte for byte', () => {
    const rawHeader = fc.tuple(unknownHeader, fc.uint8Array({ maxLength: 30 })).map(
      ([[name], bytes]) =>
        `${name} :\t${Buffer.from(bytes)
          .toString('latin1')
          .replace(/[\r\n]/g, '\r\n ')}x\r\n`,
    )
    fc.assert(
      fc.property(plainRequest, fc.array(rawHeader, { maxLength: 5 }), (request, raw) => {
        const bytes = encoded(request)
        const at = bytes.indexOf('Content-Length: ')
        const whole = Buffer.concat([bytes.subarray(0, at), Buffer.from(raw.join(''), 'latin1'), bytes.subarray(at)])
        const { message, fault } = parseMessage(whole)
        expect(fault).toBeNull()
        const copy = new MessageEditor(message!)
          .requestUri('sip:elsewhere@example.test')
          .prepend(HeaderId.via, 'SIP/2.0/TLS us;branch=z9hG4bK1')
          .replaceFirst(HeaderId.maxForwards, '69')
          .encode()
        for (const line of raw) expect(copy.includes(Buffer.from(line, 'latin1'))).toBe(true)
        expect(copy.subarray(-request.body.length || copy.length).equals(request.body)).toBe(true)
        expect(new MessageEditor(message!).encode().equals(whole)).toBe(true)
        expect(parseMessage(copy).fault).toBeNull()
      }),
    )
  })

  it('what it prepends, it takes away again', () => {
    fc.assert(
      fc.property(plainRequest, fc.integer({ min: 1, max: 5 }), (request, times) => {
        const message = parseMessage(encoded(request)).message!
        const editor = new MessageEditor(message)
        for (let count = 0; count < times; count++) editor.prepend(HeaderId.via, `SIP/2.0/UDP h${count}`)
        for (let count = 0; count < times; count++) editor.removeFirstValue(HeaderId.via)
        expect(editor.encode().equals(message.bytes)).toBe(true)
      }),
    )
  })
})

describe('P4 no bytes make the parser throw or loop', () => {
  const mutation = fc.record({
    seed: fc.nat(vectors.length - 1),
    cuts: fc.array(fc.tuple(fc.nat(), fc.nat(40), fc.uint8Array({ maxLength: 8 })), { minLength: 1, maxLength: 6 }),
  })

  it('mutated torture messages are accepted, answered or dropped, and can be read and answered', () => {
    fc.assert(
      fc.property(mutation, ({ seed, cuts }) => {
        let bytes = vectors[seed]!
        for (const [position, length, insert] of cuts) {
          const at = position % (bytes.length + 1)
          bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + length)])
        }
        const { message, fault } = parseMessage(bytes)
        if (message === null) {
          expect(fault.status).toBe(0)
          return
        }
        readAll(message)
        if (fault !== null) expect(fault.status).toBeGreaterThanOrEqual(400)
        if (message.isRequest) parseMessage(encodeResponse(message, 400, { toTag: 't', received: '::1', rport: 1 }))
        if (fault === null)
          expect(new MessageEditor(message).removeFirstValue(HeaderId.via).encode()).toBeInstanceOf(Buffer)
      }),
      { numRuns: 2000 },
    )
  })

  it('any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { message } = parseMessage(Buffer.from(bytes))
        if (message !== null) readAll(message)
      }),
    )
  })

  it('any text as a value, a list, a URI', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.array(fc.constantFrom(...'<>";,=:@ \\sip%[]')).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(text, (value) => {
        for (const parse of [parseNameAddr, parseContact, parseVia, parseSipUri, parseAor]) parse(value)
        expect(splitList(value).every((part) => part !== '')).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('an AOR is its own AOR', () => {
    fc.assert(
      fc.property(sipUri, displayName, (uri, name) => {
        const aor = parseAor(uri)
        if (aor !== null) expect(parseAor(aor)).toBe(aor)
        expect(parseAor(name)).toBeNull()
      }),
    )
  })
})
