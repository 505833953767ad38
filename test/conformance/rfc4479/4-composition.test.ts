/**
 * RFC 4479 §4, RFC 4480 §3.1: what watchers are told where several devices of one user speak, and when what a device
 * has said begins or ends by itself. The table of who wins is docs/presence-composition.md.
 */
import { describe, expect, it } from 'vitest'
import { activitiesOf, basicOf, writeDateTime } from '../../../src/documents/index.ts'
import type { SipMessage } from '../../../src/sip/message/sip-message.ts'
import { doing } from '../../support/compositions.ts'
import { presence, presenceDocument } from '../../support/presence-documents.ts'
import { aorOf, ServerWorld, startOfTimeMs } from '../../support/server-world.ts'
import { entityTag, publish, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const bob = 'sip:bob@example.test'

function said(tuple: string, activities = ''): string {
  return presence(`<tuple id="${tuple}"><status><basic>open</basic></status></tuple>${doing(activities)}`, bob)
}

function shown({ body }: SipMessage) {
  const document = presenceDocument(body)
  const activities = document.persons.flatMap(({ elements }) => activitiesOf(elements))
  return { basic: basicOf(document), tuples: document.tuples.map(({ id }) => id), activities }
}

describe.each([1, 3])('several devices of one user at %i workers', (workers) => {
  async function people() {
    const world = await ServerWorld.start({ workers })
    const alice = new WireClient(world, 'alice')
    const [laptop, phone] = [new WireClient(world, 'bob'), new WireClient(world, 'bob')]
    for (const client of [alice, laptop, phone]) client.register()
    subscribe(alice, 'bob')
    world.advance(1_000)
    const last = () => {
      world.advance(1_000)
      const notify = alice.requests('NOTIFY').at(-1)
      return notify ? shown(notify) : null
    }
    return { world, alice, laptop, phone, last }
  }

  it('§4: shows the services of both, and of what they do the one that wins', async () => {
    const { laptop, phone, last } = await people()
    publish(laptop, said('laptop', ''))
    expect(last()).toEqual({ basic: 'open', tuples: ['laptop'], activities: [] })
    const tag = entityTag(publish(phone, said('phone', 'on-the-phone')))
    expect(last()).toEqual({ basic: 'open', tuples: ['phone', 'laptop'], activities: ['on-the-phone'] })
    const ended = [['SIP-If-Match', tag] as const, ['Expires', '0'] as const]
    expect(publish(phone, null, ended).statusCode).toBe(200)
    expect(last()).toEqual({ basic: 'open', tuples: ['laptop'], activities: [] })
  })

  it('§4: a single device speaks byte for byte, and another one being signed in changes nothing', async () => {
    const { world, alice, laptop, phone } = await people()
    const body = said('laptop', 'meeting').replace('<tuple', '\n <!-- as it was --> <tuple')
    const bodies = () => alice.requests('NOTIFY').map((notify) => notify.body.toString())
    publish(laptop, body)
    world.advance(1_000)
    expect(bodies().at(-1)).toBe(body)
    const toldBefore = bodies().length
    phone.register(0)
    world.advance(1_000)
    expect(bodies()).toHaveLength(toldBefore)
  })

  it('§4: a device that leaves takes what it said with it', async () => {
    const { laptop, phone, last } = await people()
    publish(laptop, said('laptop'))
    publish(phone, said('phone', 'meeting'))
    expect(last()?.tuples).toEqual(['phone', 'laptop'])
    phone.register(0)
    expect(last()).toEqual({ basic: 'open', tuples: ['laptop'], activities: [] })
    laptop.register(0)
    expect(last()).toEqual({ basic: 'closed', tuples: ['t0'], activities: [] })
  })

  it('RFC 4480 §3.1: from and until are kept to the moment', async () => {
    const { world, laptop, last } = await people()
    const at = (seconds: number) => writeDateTime(startOfTimeMs + seconds * 1000)
    const meeting = `from="${at(60)}" until="${at(120)}"`
    publish(laptop, said('laptop', 'meeting').replace('<r:activities>', `<r:activities ${meeting}>`))
    expect(last()?.activities).toEqual([])
    world.advance(60_000 - world.clock.nowMs - 10)
    expect(last()?.activities).toEqual(['meeting'])
    world.advance(120_000 - world.clock.nowMs - 10)
    expect(last()?.activities).toEqual([])
    world.advance(3_600_000)
    expect(last()).not.toEqual(expect.objectContaining({ activities: ['meeting'] }))
  })

  it('P1: after a restart what both devices had said is composed anew when they are back', async () => {
    const { world, laptop, phone } = await people()
    publish(laptop, said('laptop'))
    publish(phone, said('phone', 'meeting'))
    const next = await world.restart()
    const alice = new WireClient(next, 'alice')
    alice.register()
    for (const { instance } of [laptop, phone]) new WireClient(next, 'bob', { instance }).register()
    subscribe(alice, 'bob')
    next.advance(1_000)
    const shownLast = shown(alice.requests('NOTIFY').at(-1)!)
    expect(shownLast).toEqual({ basic: 'open', tuples: ['phone', 'laptop'], activities: ['meeting'] })
  })
})

it('what a politely blocked watcher sees is what he would see of somebody who is away', async () => {
  const world = await ServerWorld.start({ workers: 1, users: ['alice', 'bob', 'carol'] })
  const [alice, carol] = [new WireClient(world, 'alice'), new WireClient(world, 'carol')]
  const here = new WireClient(world, 'bob')
  for (const client of [alice, carol]) client.register()
  subscribe(alice, 'bob')
  world.advance(1_000)
  world.policy('bob', { act: 'set-user-rule', rule: 'polite-block', watchers: [aorOf('carol')] })
  here.register()
  publish(here, said('laptop'))
  subscribe(carol, 'bob')
  world.advance(1_000)
  const told = (notify: SipMessage) => [notify.body.toString(), notify.named('SIP-ETag')]
  const away = told(alice.requests('NOTIFY')[0]!)
  expect(carol.requests('NOTIFY').map(told)).toEqual([away])
})
