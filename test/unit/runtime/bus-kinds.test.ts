/**
 * Every kind of message as it comes out of the bus on the other side.
 */
import { describe, expect, it } from 'vitest'
import { said } from '../../support/bus-words.ts'
import { join, makeEnd, until } from './bus-ends.ts'
import { everyKind } from './bus-messages.ts'

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
