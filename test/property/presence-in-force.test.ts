/**
 * What a watcher has been told last is what the table of composition makes of all that has happened: devices that come,
 * go and publish, hard state that is set and taken back, in any order, over a restart too.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { PresenceDocument } from '../../src/documents/index.ts'
import { type CompositionInput, compose } from '../../src/presence/composition/compose.ts'
import { doing } from '../support/compositions.ts'
import { presence, presenceDocument, said } from '../support/presence-documents.ts'
import { ServerWorld } from '../support/server-world.ts'
import { entityTag, publish, subscribe } from '../support/watching.ts'
import { WireClient } from '../support/wire-client.ts'

const bobs = 'sip:bob@example.test'
const devices = ['desk', 'laptop', 'phone'] as const
const activities = ['', 'busy', 'lunch', 'meeting', 'on-the-phone', 'away idle'] as const

const step = fc.oneof(
  fc.record({ act: fc.constant('publish' as const), device: fc.nat(2), activity: fc.constantFrom(...activities) }),
  fc.record({ act: fc.constantFrom('unpublish' as const, 'come' as const, 'go' as const), device: fc.nat(2) }),
  fc.record({
    act: fc.constant('set' as const),
    by: fc.constantFrom('administrator' as const, 'calendar' as const),
    activity: fc.constantFrom('vacation', 'meeting'),
    status: fc.constantFrom('open' as const, 'closed' as const, null),
  }),
  fc.record({ act: fc.constant('clear' as const), by: fc.constantFrom('administrator' as const, 'calendar' as const) }),
  fc.record({ act: fc.constant('wait' as const), ms: fc.constantFrom(100, 1_000, 20_000) }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

interface Device {
  client: WireClient
  isThere: boolean
  said: { tag: string; text: string; atMs: number } | null
}

type HardState = CompositionInput['hardStates'][number]

class Story {
  world: ServerWorld
  alice: WireClient
  readonly devices: readonly Device[]
  readonly #hard = new Map<string, HardState>()

  constructor(world: ServerWorld) {
    this.world = world
    this.alice = new WireClient(world, 'alice')
    this.alice.register()
    subscribe(this.alice, 'bob')
    this.devices = devices.map(() => ({ client: new WireClient(world, 'bob'), isThere: false, said: null }))
  }

  /** All connections break; those that were there come back, with the names that they had. */
  async restart(): Promise<void> {
    this.world = await this.world.restart()
    this.alice = new WireClient(this.world, 'alice', { instance: this.alice.instance })
    this.alice.register()
    for (const device of this.devices) {
      device.client = new WireClient(this.world, 'bob', { instance: device.client.instance })
      if (device.isThere) device.client.register()
    }
  }

  take(step: Step): void {
    // No two statements in one millisecond: the order of those is the server's to choose.
    this.world.advance(1)
    switch (step.act) {
      case 'publish':
        return this.#publish(step.device, step.activity)
      case 'unpublish':
        return this.#unpublish(this.devices[step.device]!)
      case 'come':
      case 'go':
        this.devices[step.device]!.client.register(step.act === 'come' ? 3_600 : 0)
        this.devices[step.device]!.isThere = step.act === 'come'
        return
      case 'set':
        return this.#set(step)
      case 'clear':
        this.world.presence('bob', { act: 'clear', by: step.by })
        this.#hard.delete(step.by)
        return
      case 'wait':
        return this.world.advance(step.ms)
    }
  }

  /** By the table, of what has been said. */
  expected(): PresenceDocument {
    const there = this.devices.filter(({ isThere }) => isThere)
    const publications = there.flatMap(({ said: each, client }) => {
      if (!each) return []
      const document = presenceDocument(each.text)
      const key = String(client.port)
      return [{ key, deviceKey: key, publishedMs: each.atMs, document, bytes: Buffer.from(each.text) }]
    })
    const registered = there.map(({ client }) => ({
      deviceKey: String(client.port),
      contact: bobs,
    }))
    const input = { entity: bobs, publications, hardStates: [...this.#hard.values()], registered }
    return presenceDocument(compose(input, this.world.clock.systemMs()).document)
  }

  told(): PresenceDocument {
    this.world.advance(1_000)
    return presenceDocument(this.alice.requests('NOTIFY').at(-1)!.body)
  }

  #publish(at: number, activity: string): void {
    const device = this.devices[at]!
    if (!device.isThere) return
    const tuple = `<tuple id="${devices[at]}"><status><basic>open</basic></status></tuple>`
    const text = presence(tuple + doing(activity), bobs)
    const answer = publish(device.client, text, device.said ? [['SIP-If-Match', device.said.tag]] : [])
    expect(answer.statusCode).toBe(200)
    device.said = { tag: entityTag(answer), text, atMs: this.world.clock.wallMs() }
  }

  #unpublish(device: Device): void {
    if (!device.isThere || !device.said) return
    const answer = publish(device.client, null, [
      ['SIP-If-Match', device.said.tag],
      ['Expires', '0'],
    ])
    expect(answer.statusCode).toBe(200)
    device.said = null
  }

  #set({ by, activity, status }: Step & { act: 'set' }): void {
    const says = { status, activity, note: null }
    this.world.presence('bob', { act: 'set', by, says, fromMs: null, untilMs: null })
    const tuple = status === null ? '' : `<tuple id="set"><status><basic>${status}</basic></status></tuple>`
    const document = presenceDocument(presence(tuple + doing(activity, 'person'), bobs))
    this.#hard.set(by, { key: by, by, setMs: this.world.clock.wallMs(), document })
  }
}

/** Whose id a person keeps hangs on the names of publications, which nobody outside knows. */
function withoutPersonId(document: PresenceDocument): unknown {
  return said({ ...document, persons: document.persons.map((person) => ({ ...person, id: '' })) })
}

it('whatever happens, the newest NOTIFY says what the table makes of it', async () => {
  const story = fc.record({ workers: fc.constantFrom(1, 3), steps: fc.array(step, { minLength: 1, maxLength: 20 }) })
  await fc.assert(
    fc.asyncProperty(story, async ({ workers, steps }) => {
      const story = new Story(await ServerWorld.start({ workers }))
      for (const each of steps) story.take(each)
      expect(withoutPersonId(story.told())).toEqual(withoutPersonId(story.expected()))
    }),
    { numRuns: 150 },
  )
})

it('P1: also over a restart of the server, after which devices come back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), fc.nat(11), async (steps, at) => {
      const story = new Story(await ServerWorld.start({ workers: 3 }))
      for (const [index, each] of steps.entries()) {
        story.take(each)
        if (index === at) await story.restart()
      }
      expect(withoutPersonId(story.told())).toEqual(withoutPersonId(story.expected()))
    }),
    { numRuns: 60 },
  )
})
