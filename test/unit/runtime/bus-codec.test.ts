/**
 * What crosses a thread comes out as it went in, in its order, whatever is packed together.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { BusMessage } from '../../../src/ports/bus.ts'
import { packMessages, unpackMessages } from '../../../src/runtime/bus-codec.ts'

const to = fc.record({
  worker: fc.constantFrom(0, 1),
  incarnation: fc.constantFrom(1, 2),
  half: fc.constantFrom('events', 'shard'),
  number: fc.nat(),
})
const outcome: fc.Arbitrary<BusMessage> = fc.record({
  kind: fc.constant('outcome'),
  to,
  status: fc.constantFrom(0, 200, 481),
  response: fc.constant(null),
  deviceKey: fc.constantFrom('', 'a device'),
})
const other: fc.Arbitrary<BusMessage> = to.map((from) => ({ kind: 'cancel', from }))
const messages = fc.array(fc.oneof({ weight: 5, arbitrary: outcome }, other), { maxLength: 40 })

function crossed(sent: readonly BusMessage[]): { readonly posted: number; readonly got: readonly BusMessage[] } {
  const posted = structuredClone(packMessages(sent, []))
  const got: BusMessage[] = []
  unpackMessages(posted, (message) => got.push(message))
  return { posted: posted.length, got }
}

it('gives back all messages in their order', () => {
  fc.assert(
    fc.property(messages, (sent) => {
      expect(crossed(sent).got).toEqual(sent)
    }),
  )
})

it('posts outcomes that say the same to the same one as one', () => {
  const sent = Array.from({ length: 100 }, (_, number): BusMessage => {
    const address = { worker: 1, incarnation: 1, half: 'events', number } as const
    return { kind: 'outcome', to: address, status: 200, response: null, deviceKey: '' }
  })
  expect(crossed(sent)).toEqual({ posted: 1, got: sent })
})
