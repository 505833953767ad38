/**
 * RFC 3903 §2: hard state stands beside what devices publish, in their absence and in addition to them; here from
 * administrators and calendars.
 */
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { activitiesOf, basicOf } from '../../../src/documents/index.ts'
import type { HardStateWords, PresenceReply, PresenceRequest } from '../../../src/ports/admin.ts'
import { hardStateRecord } from '../../../src/ports/records/hard-state.ts'
import { doing } from '../../support/compositions.ts'
import { presence, presenceDocument } from '../../support/presence-documents.ts'
import { ServerWorld, startOfTimeMs } from '../../support/server-world.ts'
import { publish, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const silence: HardStateWords = { status: null, activity: null, note: null }
const times = { fromMs: null, untilMs: null }

function set(words: Partial<HardStateWords>, more: Partial<PresenceRequest & { act: 'set' }> = {}): PresenceRequest {
  return { act: 'set', by: 'administrator', says: { ...silence, ...words }, ...times, ...more }
}

/** State and activities, as `open meeting`. */
function shown(document: Uint8Array): string {
  const read = presenceDocument(document)
  return [basicOf(read), ...read.persons.flatMap(({ elements }) => activitiesOf(elements))].join(' ')
}

function replied(reply: PresenceReply): string {
  return reply.ok ? shown(reply.document) : reply.error
}

describe.each([1, 3])('RFC 3903 §2 hard state at %i workers', (workers) => {
  async function watched() {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
    alice.register()
    subscribe(alice, 'bob')
    world.advance(1_000)
    const last = () => {
      world.advance(1_000)
      return shown(alice.requests('NOTIFY').at(-1)!.body)
    }
    return { world, alice, bob, last }
  }

  it('in the absence of devices it is what watchers see', async () => {
    const { world, last } = await watched()
    expect(last()).toBe('closed')
    expect(replied(world.presence('bob', set({ activity: 'vacation' })))).toBe('closed vacation')
    expect(last()).toBe('closed vacation')
    world.presence('bob', set({ status: 'open' }))
    expect(last()).toBe('open')
    expect(replied(world.presence('bob', { act: 'clear', by: 'administrator' }))).toBe('closed')
    expect(last()).toBe('closed')
  })

  it('in addition to devices an administrator is heard over machines, and the busier machine', async () => {
    const { world, bob, last } = await watched()
    bob.register()
    const desk = (activity: string) =>
      presence(`<tuple id="t"><status><basic>open</basic></status></tuple>${doing(activity)}`, 'sip:bob@example.test')
    publish(bob, desk(''))
    world.presence('bob', set({ activity: 'meeting' }, { by: 'calendar' }))
    expect(last()).toBe('open meeting')
    publish(bob, desk('on-the-phone'))
    expect(last()).toBe('open on-the-phone')
    world.presence('bob', set({ activity: 'travel', status: 'closed' }))
    expect(last()).toBe('open travel')
  })

  it('ends at its time also where its document has none, and its record with it', async () => {
    const { world, last } = await watched()
    world.presence('bob', set({ status: 'open' }, { untilMs: startOfTimeMs + 60_000 }))
    expect(last()).toBe('open')
    const kept = () => [...world.disk.durable.keys()].filter((key) => key.includes(hardStateRecord.name))
    expect(kept()).toHaveLength(1)
    world.advance(60_000)
    expect(last()).toBe('closed')
    expect(kept()).toEqual([])
  })

  it('begins and ends at its time', async () => {
    const { world, last } = await watched()
    const at = (seconds: number) => startOfTimeMs + seconds * 1000
    const minutes = { fromMs: at(120), untilMs: at(240) }
    expect(replied(world.presence('bob', set({ activity: 'meeting', status: 'open' }, minutes)))).toBe('closed')
    world.advance(120_000 - world.clock.nowMs - 10)
    expect(last()).toBe('open meeting')
    world.advance(240_000 - world.clock.nowMs - 10)
    expect(last()).toBe('closed')
    const after = world.presence('bob', { act: 'show' })
    expect(after.ok && after.sources).toEqual([])
  })

  it('P1: it is kept over a restart, with its time, and goes with its user', async () => {
    const { world } = await watched()
    const soon = { untilMs: startOfTimeMs + 600_000 }
    world.presence('bob', set({ activity: 'vacation' }, soon))
    world.presence('bob', set({ activity: 'meeting' }, { by: 'calendar' }))
    const next = await world.restart()
    expect(replied(next.presence('bob', { act: 'show' }))).toBe('closed vacation')
    next.advance(600_000)
    expect(replied(next.presence('bob', { act: 'show' }))).toBe('closed meeting')
    next.admin('bob', { act: 'remove' })
    next.addUser('bob')
    const again = await next.restart()
    expect(replied(again.presence('bob', { act: 'show' }))).toBe('closed')
  })

  it.each(['refused', 'failed'] as const)(
    'P1: where the store has %s it nothing is said and nobody told',
    async (how) => {
      const { world, last } = await watched()
      world.disk.failNext(how)
      expect(replied(world.presence('bob', set({ activity: 'vacation' })))).toBe('unavailable')
      for (let turn = 0; turn < 3; turn++) {
        world.settle()
        await null
      }
      expect(last()).toBe('closed')
      expect(replied(world.presence('bob', { act: 'show' }))).toBe('closed')
    },
  )

  it('a whole document may say it, which has to be one about this user', async () => {
    const { world, last } = await watched()
    const says = (text: string) => set({}, { says: { document: Buffer.from(text) } })
    const refused = ['x', presence('', 'sip:alice@example.test'), `<!DOCTYPE a>${presence('')}`, ' '.repeat(70_000)]
    for (const text of refused) expect(replied(world.presence('bob', says(text)))).toBe('invalid')
    expect(last()).toBe('closed')
    world.presence('bob', says(presence(doing('holiday'), 'sip:bob@example.test')))
    expect(last()).toBe('closed holiday')
  })

  it.each([
    ['nothing', set({}), 'invalid'],
    ['an activity that is none', set({ activity: 'juggling' }), 'invalid'],
    ['an end in the past', set({ note: 'x' }, { untilMs: startOfTimeMs - 1 }), 'invalid'],
    [
      'an end before the beginning',
      set({ note: 'x' }, { fromMs: startOfTimeMs + 9e6, untilMs: startOfTimeMs + 8e6 }),
      'invalid',
    ],
    ['what was never set, taken back', { act: 'clear', by: 'calendar' } as const, 'not-found'],
  ])('%s is refused and changes nothing', async (_what, act, error) => {
    const { world, alice } = await watched()
    const before = alice.requests('NOTIFY').length
    expect(replied(world.presence('bob', act))).toBe(error)
    world.advance(10_000)
    expect(alice.requests('NOTIFY')).toHaveLength(before)
  })

  it('another name of the user means the same user', async () => {
    const { world } = await watched()
    world.addUser('carol', { aliases: ['caz'] })
    expect(replied(world.presence('caz', set({ activity: 'travel' })))).toBe('closed travel')
    expect(replied(world.presence('carol', { act: 'show' }))).toBe('closed travel')
    expect(replied(world.presence('nobody', { act: 'show' }))).toBe('not-found')
  })
})
