/**
 * RFC 3842 §3: subscriptions to what waits in one's own mailbox.
 */
import { describe, expect, it } from 'vitest'
import { parseMessageSummary } from '../../../src/documents/index.ts'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { refresh, type SubscribeParts, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const event = 'message-summary'

describe.each([1, 3])('RFC 3842 message-summary at %i workers', (workers) => {
  /** Bob watches his mailbox by a device that takes no messages. */
  async function people() {
    const world = await ServerWorld.start({ workers })
    const [alice, bob] = [new WireClient(world, 'alice'), new WireClient(world, 'bob')]
    alice.register()
    return { world, alice, bob }
  }

  function watch(bob: WireClient, parts: SubscribeParts = {}) {
    const headers = [
      ['Event', event],
      ['Expires', String(parts.expires ?? 600)],
      ['Contact', `<${bob.contact}>`],
    ] as const
    return bob.authenticated('SUBSCRIBE', { uri: bob.aor, callId: 'mailbox', headers })
  }

  /** Waiting or not, and how many new ones, of each NOTIFY that came. */
  function told(client: WireClient): string[] {
    return client.requests('NOTIFY').map(({ body }) => {
      const summary = parseMessageSummary(body)
      return `${summary?.isWaiting} ${summary?.counts.get('text-message')?.new} ${summary?.account}`
    })
  }

  it('§3.3, §3.7: 200, and a NOTIFY with the state as it is', async () => {
    const { bob } = await people()
    expect(watch(bob).statusCode).toBe(200)
    const [notify] = bob.requests('NOTIFY')
    expect([notify?.named('Event'), notify?.first(HeaderId.contentType)]).toEqual([
      event,
      'application/simple-message-summary',
    ])
    expect(told(bob)).toEqual(['false 0 sip:bob@example.test'])
  })

  it('§3.7: each change of the count is told: stored, and collected', async () => {
    const { world, alice, bob } = await people()
    watch(bob)
    world.advance(1_000)
    expect(alice.message('bob', 'one').statusCode).toBe(202)
    world.advance(1_000)
    alice.message('bob', 'two')
    world.advance(1_000)
    expect(told(bob).map((text) => text.split(' ')[1])).toEqual(['0', '1', '2'])
    new WireClient(world, 'bob').register()
    world.advance(2_000)
    expect(told(bob).at(-1)).toBe('false 0 sip:bob@example.test')
  })

  it('§3.7: what expires in the mailbox is told', async () => {
    const { world, alice, bob } = await people()
    watch(bob, { expires: 3_600 })
    alice.message('bob', 'soon over', { headers: [['Expires', '120']] })
    world.advance(1_000)
    expect(told(bob).at(-1)).toMatch(/^true 1 /)
    world.advance(600_000)
    expect(told(bob).at(-1)).toMatch(/^false 0 /)
  })

  it('§3.10: many changes at once are one NOTIFY, and what changed nothing is none', async () => {
    const { world, alice, bob } = await people()
    watch(bob)
    world.advance(10_000)
    for (let number = 0; number < 10; number++) alice.message('bob', `message ${number}`)
    world.advance(1_000)
    const counts = told(bob).map((text) => Number(text.split(' ')[1]))
    expect([counts.at(-1), counts.length <= 4]).toEqual([10, true])
    world.advance(60_000)
    expect(told(bob)).toHaveLength(counts.length)
  })

  it("§3.3: somebody else's mailbox is 403, also one that does not exist", async () => {
    const { alice } = await people()
    const answers = ['bob', 'nobody'].map((name) => subscribe(alice, name, { event }))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403])
    expect(alice.requests('NOTIFY')).toEqual([])
  })

  it('§3.4: a fetch is one NOTIFY and leaves nothing', async () => {
    const { world, alice, bob } = await people()
    alice.message('bob', 'one')
    watch(bob, { expires: 0 })
    expect(told(bob)).toEqual(['true 1 sip:bob@example.test'])
    alice.message('bob', 'two')
    world.advance(1_000)
    expect(told(bob)).toHaveLength(1)
  })

  it('RFC 6665 §4.1.2.2: a refresh is answered with the state, an alias means the same mailbox', async () => {
    const world = await ServerWorld.start({ workers, users: [] })
    world.addUser('bob', { aliases: ['bert'] })
    const bob = new WireClient(world, 'bob')
    bob.register()
    const made = subscribe(bob, 'bert', { event })
    expect(made.statusCode).toBe(200)
    world.advance(1_000)
    expect(refresh(bob, made, { event }).statusCode).toBe(200)
    expect(told(bob)).toEqual(['false 0 sip:bob@example.test', 'false 0 sip:bob@example.test'])
  })

  it('a restart keeps the subscription, and the count with it', async () => {
    const { world, alice } = await people()
    const desk = new WireClient(world, 'bob')
    desk.register()
    const made = subscribe(desk, 'bob', { event })
    world.advance(1_000)
    desk.close()
    alice.message('bob', 'kept')
    const next = await world.restart()
    const back = new WireClient(next, 'bob', { instance: desk.instance })
    back.answerWith = null
    back.register()
    expect([back.requests('NOTIFY')[0]?.callId, told(back)]).toEqual([made.callId, ['true 1 sip:bob@example.test']])
  })
})
