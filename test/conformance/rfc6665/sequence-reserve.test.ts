/**
 * RFC 6665 §4.2.2, RFC 3261 §12.2.1.1: CSeq numbers of NOTIFYs go up over a restart, also where the store had refused
 * to reserve them.
 */
import { describe, expect, it } from 'vitest'
import { ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const instance = 'urn:uuid:00000000-0000-4000-8000-0000000000a1'

/** Of the NOTIFYs that have come since the last time, in their order. */
const sequences = (client: WireClient): number[] =>
  client.requests('NOTIFY').map((notify) => notify.cseq?.number ?? Number.NaN)

describe('RFC 6665 §4.2.2: CSeq of NOTIFYs', () => {
  it('does not go back after a restart when a batch with reserved numbers had failed', async () => {
    const first = await ServerWorld.start()
    const alice = new WireClient(first, 'alice', { instance })
    alice.register()
    subscribe(alice, 'bob')
    first.advance(1_000)
    const seen = sequences(alice)

    const second = await first.restart()
    const back = new WireClient(second, 'alice', { instance })
    second.disk.failNext('refused')
    expect(back.register().statusCode).toBe(503)
    // The user is read again; the disk in memory needs some turns for that.
    for (let turn = 0; turn < 20; turn++) {
      second.settle()
      await null
    }
    expect(back.register().statusCode).toBe(200)
    const bob = new WireClient(second, 'bob')
    bob.register()
    for (const note of ['one', 'two', 'three']) {
      publish(bob, pidf('bob', note))
      second.advance(1_000)
    }
    seen.push(...sequences(back))

    const third = await second.restart()
    const again = new WireClient(third, 'alice', { instance })
    again.register()
    third.advance(1_000)
    const later = sequences(again)
    expect(later.length).toBeGreaterThan(0)
    const all = [...seen, ...later]
    expect(all).toEqual([...new Set(all)].sort((a, b) => a - b))
  })
})
