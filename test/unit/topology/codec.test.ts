/**
 * The codec of links: every kind of bus message there and back, and bytes from a hostile peer (P4): they become
 * messages of the right shape or the declared error, and cost no more than their length.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBatch, encodeMessage } from '../../../src/topology/links/batch-codec.ts'
import { BadBatch, ByteReader } from '../../../src/topology/links/byte-reader.ts'
import { ByteWriter } from '../../../src/topology/links/byte-writer.ts'
import { messageRows } from '../../../src/topology/links/message-shapes.ts'
import { said } from '../../support/bus-words.ts'
import { alice, everyKind } from '../runtime/bus-messages.ts'

const all = Object.values(everyKind)
const frameOf = (message: (typeof all)[number]): Buffer => encodeMessage(3, message)!

function decoded(bytes: Buffer): 'messages' | 'refused' {
  try {
    decodeBatch(bytes)
    return 'messages'
  } catch (error) {
    if (error instanceof BadBatch) return 'refused'
    throw error
  }
}

describe('a message over a link', () => {
  it.each(all)('comes out as $kind as it went in', (message) => {
    expect(decodeBatch(frameOf(message)).messages.map(said)).toEqual([{ worker: 3, message: said(message) }])
  })

  it('keeps its place among others', () => {
    const batch = Buffer.concat(all.map(frameOf))
    expect(decodeBatch(batch).messages.map(({ message }) => message.kind)).toEqual(all.map(({ kind }) => kind))
  })

  it('is little longer than its SIP message', () => {
    const { deliver } = everyKind
    expect(frameOf(deliver).length - deliver.request.bytes.length).toBeLessThan(330)
  })

  it('carries any number and any text', () => {
    const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.nat())
    fc.assert(
      fc.property(value, fc.string({ unit: 'grapheme', maxLength: 200 }), (number, text) => {
        const writer = new ByteWriter()
        writer.number(number)
        writer.text(text)
        const reader = new ByteReader(writer.take())
        expect([reader.number(), reader.text(10_000), reader.isAtEnd]).toEqual([number, text, true])
      }),
    )
  })

  it('gives each kind a number of its own', () => {
    const numbers = Object.values(messageRows).map(({ number }) => number)
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(Math.max(...numbers)).toBeLessThan(256)
  })
})

describe('bytes from a hostile peer', () => {
  it('never throw anything but the declared error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        decoded(Buffer.from(bytes))
      }),
      { numRuns: 2_000 },
    )
  })

  it('never do so either where a good message was changed in a few places, or cut', () => {
    const change = fc.record({ at: fc.nat(), to: fc.integer({ min: 0, max: 255 }) })
    const changes = fc.array(change, { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.constantFrom(...all), changes, fc.option(fc.nat()), (message, list, cut) => {
        const bytes = frameOf(message)
        for (const { at, to } of list) bytes[at % bytes.length] = to
        decoded(cut === null ? bytes : bytes.subarray(0, cut % bytes.length))
      }),
      { numRuns: 3_000 },
    )
  })

  it.each(all)('are refused where $kind is cut anywhere', (message) => {
    const bytes = frameOf(message)
    for (let length = 1; length < bytes.length; length += 7) expect(decoded(bytes.subarray(0, length))).toBe('refused')
  })

  it('that announce millions of items or bytes make nobody allocate for them', () => {
    const writer = new ByteWriter()
    writer.number(4_000_000_000)
    const many = writer.take()
    const frame = Buffer.concat([Buffer.from([messageRows.targets.number, 0, many.length]), many])
    expect(decoded(frame)).toBe('refused')
    expect(() => new ByteReader(many).bytes(Number.MAX_SAFE_INTEGER)).toThrow(BadBatch)
  })

  it('that spell an AOR in another way are refused: it would be another user', () => {
    const bytes = frameOf({ kind: 'epoch', aor: alice, epoch: 1 })
    bytes.write('ALICE', bytes.indexOf('alice'))
    expect(decoded(bytes)).toBe('refused')
  })

  it('with a response in place of a request are refused', () => {
    const { deliver, outcome } = everyKind
    const swapped = { ...deliver, request: outcome.response! }
    expect(decoded(frameOf(swapped))).toBe('refused')
  })

  it('with more than a kind has are refused, and pass from a peer with a later release', () => {
    const plain = frameOf({ kind: 'epoch', aor: alice, epoch: 1 })
    const longer = Buffer.concat([plain, Buffer.from([9])])
    longer[2] = longer[2]! + 1
    const unknown = Buffer.from([250, 0, 1, 7])
    expect([decoded(longer), decoded(unknown)]).toEqual(['refused', 'refused'])
    const newer = decodeBatch(Buffer.concat([longer, unknown]), true)
    expect(newer).toMatchObject({ messages: [{ message: { kind: 'epoch', epoch: 1 } }], unknownCount: 1 })
  })
})
