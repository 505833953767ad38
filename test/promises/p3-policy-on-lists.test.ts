/**
 * Who may see whom, in lists (RFC 4662 §5.5, RFC 3856 §6.6, DESIGN §11.5): each member as his own policy says; nothing
 * newer follows a change that is acknowledged; who blocks politely looks like somebody who is away.
 */
import { describe, expect, it } from 'vitest'
import type { SeeVerdict } from '../../src/ports/policy.ts'
import { listBody, saidNext, subscribeTo } from '../support/list-watching.ts'
import { aorOf, ServerWorld } from '../support/server-world.ts'
import { pidf, publish } from '../support/watching.ts'
import { WireClient } from '../support/wire-client.ts'

const everybody = ['bob', 'carol', 'dave', 'erin'] as const
const body = listBody(...everybody.map((name) => `sip:${name}@example.test`))

describe.each([1, 3])('policy on lists, with %i workers', (workers) => {
  async function people() {
    const world = await ServerWorld.start({ workers, users: ['alice', ...everybody] })
    const [alice, bob, carol, dave] = ['alice', 'bob', 'carol', 'dave'].map((name) => new WireClient(world, name)) as [
      WireClient,
      WireClient,
      WireClient,
      WireClient,
    ]
    for (const each of [alice, bob, carol, dave]) each.register()
    return { world, alice, bob, carol, dave }
  }

  function says(world: ServerWorld, user: string, rule: SeeVerdict | null): void {
    const reply = world.policy(user, { act: 'set-user-rule', rule, watchers: [aorOf('alice')] })
    expect(reply).toMatchObject({ ok: true, unconfirmed: [] })
  }

  it('allowed, asked, blocked and politely blocked stand beside each other', async () => {
    const { world, alice } = await people()
    says(world, 'bob', 'confirm')
    says(world, 'carol', 'block')
    says(world, 'dave', 'polite-block')
    expect(subscribeTo(alice, body).statusCode).toBe(200)
    expect(saidNext(alice)).toEqual([
      'full 0, bob: pending, carol: terminated rejected, dave: active closed, erin: active closed',
    ])
  })

  it('who blocks politely cannot be told from who is away', async () => {
    const { world, alice, dave } = await people()
    says(world, 'dave', 'polite-block')
    subscribeTo(alice, body)
    const [notify] = alice.requests('NOTIFY')
    const text = notify!.body.toString()
    const documents = [...text.matchAll(/<presence[\s\S]*?<\/presence>/g)].map(([document]) => document)
    expect(documents[2]!.replaceAll('dave', 'erin')).toBe(documents[3])
    world.advance(1_000)
    saidNext(alice)
    publish(dave, pidf('dave', 'hidden'))
    world.advance(10_000)
    expect(saidNext(alice)).toEqual([])
  })

  it('a change acts on a list that stands, before it is acknowledged, and is told in part', async () => {
    const { world, alice, bob } = await people()
    subscribeTo(alice, body)
    world.advance(1_000)
    saidNext(alice)
    says(world, 'bob', 'block')
    publish(bob, pidf('bob', 'unheard'))
    world.advance(1_000)
    expect(saidNext(alice)).toEqual(['partial 1, bob: terminated rejected'])
    says(world, 'bob', 'confirm')
    world.advance(1_000)
    says(world, 'bob', null)
    world.advance(1_000)
    expect(saidNext(alice)).toEqual(['partial 2, bob: pending', 'partial 3, bob: active unheard'])
  })

  it('an account that goes is told as gone, and the list goes on', async () => {
    const { world, alice, carol } = await people()
    subscribeTo(alice, body)
    world.advance(1_000)
    saidNext(alice)
    world.admin('bob', { act: 'remove' })
    world.advance(1_000)
    publish(carol, pidf('carol', 'still here'))
    expect(saidNext(alice)).toEqual(['partial 1, bob: terminated noresource', 'partial 2, carol: active still here'])
  })
})

describe('lists and what keeps them back', () => {
  async function withLimit(listNotifyBytesMax: number) {
    const world = await ServerWorld.start({
      workers: 3,
      users: ['alice', ...everybody],
      change: (settings) => {
        const presence = { ...settings.services.presence, listNotifyBytesMax }
        return { ...settings, services: { ...settings.services, presence } }
      },
    })
    const alice = new WireClient(world, 'alice')
    alice.register()
    return { world, alice }
  }

  it('what does not fit into one NOTIFY follows in the next; the first names everybody', async () => {
    const { world, alice } = await withLimit(400)
    subscribeTo(alice, body)
    expect(saidNext(alice)).toEqual(['full 0, bob: active closed, carol: active closed, dave: ?, erin: ?'])
    world.advance(1_000)
    expect(saidNext(alice)).toEqual(['partial 1, dave: active closed, erin: active closed'])
    world.advance(10_000)
    expect(saidNext(alice)).toEqual([])
  })

  it('one document always fits, and what is told last is told in parts, to the end', async () => {
    const { world, alice } = await withLimit(1)
    subscribeTo(alice, body)
    world.advance(5_000)
    expect(saidNext(alice).at(-1)).toBe('partial 3, erin: active closed')
    subscribeTo(alice, body, { expires: 0, callId: 'fetch' })
    world.advance(5_000)
    expect(saidNext(alice)).toEqual([
      'full 0, bob: active closed, carol: ?, dave: ?, erin: ?',
      'partial 1, carol: active closed',
      'partial 2, dave: active closed',
      'partial 3, erin: active closed',
    ])
  })

  it('a worker that is down keeps its users back for a second, not the others', async () => {
    const { world, alice } = await withLimit(10_000)
    const down = world.cores.findIndex((core) => core !== world.coreOf('alice') && core !== world.cores[alice.worker])
    const theirs = everybody.filter((name) => world.coreOf(name) === world.cores[down])
    expect(theirs).not.toEqual([])
    world.killWorker(down)
    const branch = alice.send('SUBSCRIBE', {
      uri: 'sip:example.test',
      callId: 'early',
      headers: [
        ['Event', 'presence'],
        ['Contact', `<${alice.contact}>`],
        ['Require', 'recipient-list-subscribe'],
        ['Supported', 'eventlist'],
      ],
      body,
      contentType: 'application/resource-lists+xml',
    })
    world.advance(900)
    expect(alice.hasFinal(branch)).toBe(false)
    world.advance(200)
    expect(alice.final(branch).statusCode).toBe(200)
    const known = (name: (typeof everybody)[number]) => `${name}: ${theirs.includes(name) ? '?' : 'active closed'}`
    expect(saidNext(alice)).toEqual([`full 0, ${everybody.map(known).join(', ')}`])
    await world.restartWorker(down)
    world.advance(1_000)
    expect(saidNext(alice)).toEqual([`partial 1, ${theirs.map((name) => `${name}: active closed`).join(', ')}`])
  })
})
