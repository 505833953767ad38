/**
 * The bus between threads, over real MessageChannels: what is refused, what waits, and what may not be lost.
 */
import { describe, expect, it } from 'vitest'
import type { BusKind } from '../../../src/ports/bus.ts'
import { join, makeEnd, someTurns, until } from './bus-ends.ts'
import { alice, bob, cancel, epoch, flowDied } from './bus-messages.ts'

describe('the bus over ports', () => {
  it('handles messages to its own worker in the same flush, also those that they cause', () => {
    const { bus, owner } = makeEnd(0)
    const seen: BusKind[] = []
    owner.onBusMessage = (message) => {
      seen.push(message.kind)
      if (message.kind === 'cancel') bus.send(0, epoch(1))
    }
    bus.send(0, cancel(1))
    bus.flush()
    expect(seen).toEqual(['cancel', 'epoch'])
  })

  it('refuses asks to a worker that is down, and says so at once', () => {
    const { bus } = makeEnd(0)
    expect([bus.send(1, cancel(1)), bus.send(7, cancel(1))]).toEqual([false, false])
  })

  it('forgets the asks that waited for a worker that died: nobody would answer them', async () => {
    const [a, b] = [makeEnd(0), makeEnd(1)]
    join(a, b)
    a.bus.send(1, cancel(1))
    a.bus.disconnect(1)
    const next = makeEnd(1, 2)
    join(a, next)
    a.bus.send(1, cancel(2))
    a.bus.flush()
    await until(() => next.owner.got.length > 0)
    expect(next.owner.got).toEqual([cancel(2)])
  })

  it('keeps facts while a worker is down, of each key the newest only, and they go first', async () => {
    const a = makeEnd(0)
    const facts = [epoch(1), flowDied(), epoch(2), epoch(1, bob), flowDied(alice, true), epoch(3)]
    expect(facts.map((fact) => a.bus.send(1, fact))).toEqual(facts.map(() => true))
    const b = makeEnd(1)
    join(a, b)
    a.bus.send(1, cancel(1))
    a.bus.send(1, flowDied(bob))
    a.bus.flush()
    await until(() => b.owner.got.length > 0)
    expect(b.owner.got).toEqual([epoch(1, bob), flowDied(alice, true), epoch(3), flowDied(bob), cancel(1)])
  })

  it('joins what one turn has for one worker into one post', async () => {
    const [a, b] = [makeEnd(0), makeEnd(1)]
    const { port1, port2 } = new MessageChannel()
    a.bus.connect(1, 1, port1)
    const posts: { messages?: unknown[] }[] = []
    port2.on('message', (post) => posts.push(post))
    for (let number = 0; number < 5; number++) a.bus.send(1, cancel(number))
    a.bus.flush()
    await until(() => posts.length > 0)
    await someTurns()
    expect(posts.map(({ messages }) => messages?.length)).toEqual([5])
    b.bus.close()
    port2.close()
  })

  it('has at most eight unconfirmed batches under way to one worker; the rest waits and then goes as one', async () => {
    const a = makeEnd(0)
    const { port1, port2 } = new MessageChannel()
    a.bus.connect(1, 1, port1)
    const posts: { messages: unknown[] }[] = []
    port2.on('message', (post) => posts.push(post))
    for (let number = 0; number < 12; number++) {
      a.bus.send(1, cancel(number))
      a.bus.flush()
    }
    await someTurns()
    expect(posts).toHaveLength(8)
    const wakes = a.owner.wakes
    port2.postMessage({ messages: [], confirmed: 1 })
    await until(() => a.owner.wakes > wakes)
    a.bus.flush()
    await until(() => posts.length === 9)
    expect(posts[8]!.messages).toHaveLength(4)
    port2.close()
  })

  it('refuses asks when twenty thousand wait for a worker that does not keep up; facts are taken still', () => {
    const a = makeEnd(0)
    const { port1, port2 } = new MessageChannel()
    a.bus.connect(1, 1, port1)
    const taken = Array.from({ length: 20_001 }, (_, number) => a.bus.send(1, cancel(number)))
    expect([taken.indexOf(false), a.bus.send(1, epoch(1))]).toEqual([20_000, true])
    port2.close()
  })

  it('confirms what it took with what it sends, and by a post of its own only after four batches', async () => {
    const a = makeEnd(0)
    const { port1, port2 } = new MessageChannel()
    a.bus.connect(1, 1, port1)
    a.owner.onBusWork = () => setImmediate(() => a.bus.flush())
    const posts: { messages: unknown[]; confirmed: number }[] = []
    port2.on('message', (post) => posts.push(post))
    const batch = { messages: [{ message: cancel(1), sip: null, field: null }], confirmed: 0 }
    for (let count = 0; count < 3; count++) port2.postMessage(batch)
    await someTurns()
    expect(posts).toEqual([])
    a.bus.send(1, cancel(2))
    await until(() => posts.length === 1)
    expect(posts[0]).toMatchObject({ messages: [{}], confirmed: 3 })
    for (let count = 0; count < 4; count++) port2.postMessage(batch)
    await until(() => posts.length === 2)
    expect(posts[1]).toEqual({ messages: [], confirmed: 4 })
    port2.close()
  })

  it('confirms enough of them that a long stream between two workers never stops', async () => {
    const [a, b] = [makeEnd(0), makeEnd(1)]
    join(a, b)
    a.owner.onBusWork = () => setImmediate(() => a.bus.flush())
    b.owner.onBusWork = () => setImmediate(() => b.bus.flush())
    for (let number = 0; number < 100; number++) {
      a.bus.send(1, cancel(number))
      a.bus.flush()
    }
    await until(() => b.owner.got.length === 100)
    expect(b.owner.got).toEqual(Array.from({ length: 100 }, (_, number) => cancel(number)))
  })

  it('starts the count of unconfirmed batches anew with a new worker', async () => {
    const a = makeEnd(0)
    const { port1, port2 } = new MessageChannel()
    a.bus.connect(1, 1, port1)
    for (let number = 0; number < 12; number++) {
      a.bus.send(1, cancel(number))
      a.bus.flush()
    }
    a.bus.disconnect(1)
    port2.close()
    const b = makeEnd(1, 2)
    join(a, b)
    a.bus.send(1, cancel(99))
    a.bus.flush()
    await until(() => b.owner.got.length === 1)
    expect(b.owner.got).toEqual([cancel(99)])
  })
})
