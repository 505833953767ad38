/**
 * RFC 6665 §4.2.1, §4.4.1, promise P1: a refresh that was refused has changed nothing, and one that was granted holds
 * over a restart: rates, formats and the Contact to which NOTIFYs go.
 */
import { describe, expect, it } from 'vitest'
import type { EventPackage, EventsService } from '../../../src/events/index.ts'
import { aorOf, ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, refresh, subscribe, subscribeSlowly, told } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const instance = 'urn:uuid:00000000-0000-4000-8000-0000000000a1'

async function people() {
  const world = await ServerWorld.start()
  const alice = new WireClient(world, 'alice', { instance })
  const bob = new WireClient(world, 'bob')
  for (const client of [alice, bob]) client.register()
  const says = (note: string) => {
    world.advance(20_000)
    publish(bob, pidf('bob', note))
    world.advance(1_000)
  }
  return { world, alice, bob, says }
}

/** The disk in memory needs some turns to be read again. */
async function readAgain(world: ServerWorld): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    world.settle()
    await null
  }
}

/** State, rates and Request-URI of the newest NOTIFY. */
function newest(client: WireClient): string {
  const notify = client.requests('NOTIFY').at(-1)!
  return `${told(client).at(-1)} to ${notify.requestUri}`
}

function eventsOf(world: ServerWorld, name: string): EventsService {
  return world.coreOf(name).services.all.find((each): each is EventsService => each.name === 'events')!
}

const otherContact = 'sip:alice@192.0.2.7:9999;transport=tcp'
const moved = { event: 'presence;max-rate=0.1', headers: [['Contact', `<${otherContact}>`]] } as const

/** `refresh` of the support file names the usual Contact too. */
function move(alice: WireClient, made: ReturnType<typeof subscribe>) {
  const { uri, tag } = made.to!
  const headers = [['Event', moved.event], ['Expires', '600'], ...moved.headers] as const
  return alice.final(
    alice.send('SUBSCRIBE', { uri, to: `<${uri}>;tag=${tag}`, callId: 'watch-bob', headers: [...headers] }),
  )
}

describe('a refresh', () => {
  it('that the store does not take is answered 503 and has changed nothing', async () => {
    const { world, alice, says } = await people()
    const made = subscribe(alice, 'bob')
    world.disk.failNext('refused')
    expect(move(alice, made).statusCode).toBe(503)
    await readAgain(world)
    says('after')
    expect(newest(alice)).toBe(`active after to ${alice.contact}`)
    // The next one is taken as if that had never been.
    expect(move(alice, made).statusCode).toBe(200)
    says('moved')
    expect(newest(alice)).toBe(`active;max-rate=0.1 moved to ${otherContact}`)
  })

  it('that is granted holds over a restart, also where it does not ask for longer', async () => {
    const { world, alice } = await people()
    const made = subscribe(alice, 'bob')
    expect(move(alice, made).statusCode).toBe(200)
    const next = await world.restart()
    const back = new WireClient(next, 'alice', { instance })
    back.register()
    next.advance(1_000)
    expect(newest(back)).toBe(`active;max-rate=0.1 closed to ${otherContact}`)
  })

  it('with the same terms writes nothing', async () => {
    const { world, alice } = await people()
    const made = subscribe(alice, 'bob')
    // It would be refused if it did.
    world.disk.failNext('refused')
    expect(refresh(alice, made).statusCode).toBe(200)
  })

  it('in the midst of which our code fails is answered 500 and has changed nothing', async () => {
    const { world, alice } = await people()
    let fails = false
    const played: EventPackage = {
      name: 'played',
      contentTypes: ['text/plain'],
      defaultExpiresSeconds: 600,
      rfcs: [],
      admit: () => 'active',
      begin: () => undefined,
      end: () => undefined,
      refresh: () => {
        if (fails) throw new Error('planted')
        return null
      },
      // Asked for when the record is written, behind everything else.
      keptBody: () => {
        if (fails) throw new Error('planted')
        return new Uint8Array(0)
      },
      document: () => ({ contentType: 'text/plain', body: Buffer.from('x'), entityTag: null }),
    }
    const events = eventsOf(world, 'alice')
    events.offer(played)
    const made = subscribe(alice, 'bob', { event: 'played' })
    const [subscription] = events.of(aorOf('alice'))
    const state = () => {
      const { expiresMs, minGapMs, target, accept, dialog } = subscription!
      return { expiresMs, minGapMs, target, accept, target2: dialog.remoteTarget, sequence: dialog.remoteSequence }
    }
    const before = state()
    world.advance(1_000)
    fails = true
    const parts = { event: 'played;max-rate=0.1', headers: [['Accept', 'text/plain']] } as const
    expect(refresh(alice, made, parts).statusCode).toBe(500)
    expect(state()).toEqual(before)
    fails = false
    expect(refresh(alice, made, parts).statusCode).toBe(200)
    expect(state()).toMatchObject({ minGapMs: 10_000, accept: ['text/plain'] })
  })
})

describe('P1: subscriptions that are read back after a failed batch', () => {
  it('one that is not answered yet is answered all the same', async () => {
    const { world, alice } = await people()
    const { branch } = subscribeSlowly(alice, 'bob')
    expect(alice.hasFinal(branch)).toBe(false)
    world.disk.failNext('failed')
    expect(new WireClient(world, 'alice').register().statusCode).toBe(503)
    await readAgain(world)
    world.advance(5_000)
    expect(alice.final(branch).statusCode).toBe(200)
  })

  it('one that is granted while they are read stands: its record is newer than what is read', async () => {
    const { world, alice, says } = await people()
    const { branch, decide } = subscribeSlowly(alice, 'bob')
    world.disk.failNext('failed')
    expect(new WireClient(world, 'alice').register().statusCode).toBe(503)
    // Her records have been met, and she is still held.
    decide()
    expect(alice.final(branch).statusCode).toBe(200)
    await readAgain(world)
    says('after')
    expect(newest(alice)).toBe(`active after to ${alice.contact}`)
    const next = await world.restart()
    expect([...eventsOf(next, 'alice').of(aorOf('alice'))].length).toBe(1)
  })

  it('one whose record fails too, while they are read, is refused and gone', async () => {
    const { world, alice } = await people()
    const { branch, decide } = subscribeSlowly(alice, 'bob')
    world.disk.failNext('failed')
    expect(new WireClient(world, 'alice').register().statusCode).toBe(503)
    world.disk.failNext('failed')
    decide()
    expect(alice.final(branch).statusCode).toBe(503)
    await readAgain(world)
    expect([...eventsOf(world, 'alice').of(aorOf('alice'))]).toEqual([])
  })

  it('one that stands stands, with all that it had; one whose end was not kept is ended again', async () => {
    const { world, alice, says } = await people()
    const kept = subscribe(alice, 'bob', { event: 'presence;max-rate=0.1' })
    const ended = subscribe(alice, 'alice', { callId: 'ended' })
    expect([kept.statusCode, ended.statusCode]).toEqual([200, 200])
    world.disk.failNext('failed')
    refresh(alice, ended, { expires: 0, callId: 'ended' })
    await readAgain(world)
    says('after')
    expect(newest(alice)).toBe(`active;max-rate=0.1 after to ${alice.contact}`)
    expect([...eventsOf(world, 'alice').of(aorOf('alice'))].length).toBe(1)
    const next = await world.restart()
    expect([...eventsOf(next, 'alice').of(aorOf('alice'))].length).toBe(1)
  })
})
