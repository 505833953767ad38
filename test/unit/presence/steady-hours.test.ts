/**
 * What users write in steady hours (commits, where none is shared): as much as was planned, and nothing for refreshes
 * below their ceilings. Rates of the user model: four changes of presence an hour, one sign-out and sign-in in ten
 * hours, a lost connection in twenty, three subscriptions, all refreshed after 3,150 of 3,600 seconds.
 */
import { expect, it } from 'vitest'
import type { CoreSettings } from '../../../src/runtime/index.ts'
import { CountingDisk } from '../../support/counting-disk.ts'
import { listBody, subscribeTo } from '../../support/list-watching.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { entityTag, pidf, publish, refresh, subscribe } from '../../support/watching.ts'
import { WireClient } from '../../support/wire-client.ts'

const users = 40
const hours = 10
const refreshMs = 3_150_000
const hourMs = 3_600_000
const expires = 3_600
/** Subscriptions of each: the contact list, and two for what is the user's own. */
const own = ['reg', 'message-summary'] as const

/** For each user and hour: new bindings, ceilings, removals, changes, subscriptions made and ended. */
const planned = {
  bindings: 0.15,
  ceilings: 3_600 / 3_150 / 4,
  removals: 0.1,
  publications: 4,
  subscriptions: 3 * (0.1 + 0.05 + 0.1),
}

class Person {
  readonly #world: ServerWorld
  readonly #name: string
  readonly #contacts: string
  #client: WireClient
  #entityTag: string | null = null
  #dialogs = new Map<string, ReturnType<typeof subscribe>>()
  #changes = 0

  constructor(world: ServerWorld, name: string, contacts: readonly string[]) {
    this.#world = world
    this.#name = name
    this.#contacts = listBody(...contacts.map((each) => `sip:${each}@example.test`))
    this.#client = new WireClient(world, name)
  }

  signIn(): void {
    this.#client.register(expires)
    this.#subscribe()
    this.change()
  }

  signOut(): void {
    for (const event of own) refresh(this.#client, this.#dialogs.get(event)!, { event, callId: event, expires: 0 })
    subscribeTo(this.#client, '', { ...this.#inList(), expires: 0 })
    publish(this.#client, null, [
      ['SIP-If-Match', this.#entityTag ?? ''],
      ['Expires', '0'],
    ])
    this.#entityTag = null
    this.#client.register(0)
  }

  /** The connection is lost and made again; the client subscribes anew. */
  reconnect(): void {
    const { instance, port } = this.#client
    this.#client.close()
    this.#world.advance(3_000)
    this.#client = new WireClient(this.#world, this.#name, { instance, port: port + 1 })
    this.#client.register(expires)
    this.#subscribe()
  }

  refresh(): void {
    this.#client.inbox.length = 0
    this.#client.register(expires)
    for (const event of own) refresh(this.#client, this.#dialogs.get(event)!, { event, callId: event, expires })
    expect(subscribeTo(this.#client, '', { ...this.#inList(), expires }).statusCode).toBe(200)
  }

  change(): void {
    const headers = this.#entityTag === null ? [] : [['SIP-If-Match', this.#entityTag] as const]
    const answer = publish(this.#client, pidf(this.#name, `change ${++this.#changes}`), headers)
    expect(answer.statusCode).toBe(200)
    this.#entityTag = entityTag(answer)
  }

  #subscribe(): void {
    for (const event of own) {
      this.#dialogs.set(event, subscribe(this.#client, this.#name, { event, callId: event, expires }))
    }
    this.#dialogs.set('list', subscribeTo(this.#client, this.#contacts, { callId: 'list', expires }))
  }

  #inList() {
    const { uri, tag } = this.#dialogs.get('list')!.to!
    return { callId: 'list', to: `<${uri}>;tag=${tag}` }
  }
}

it('users write as often as was planned, within a twentieth', { timeout: 120_000 }, async () => {
  const disk = new CountingDisk()
  const change = (settings: CoreSettings): CoreSettings => ({
    ...settings,
    // Nobody proves himself again meanwhile: it takes requests, and no writes.
    authentication: { ...settings.authentication, reauthenticateMs: 100 * hourMs },
  })
  const world = await ServerWorld.start({ workers: 1, users: [], disk, change })
  const names = Array.from({ length: users }, (_, index) => `steady${index}`)
  for (const name of names) world.addUser(name)
  const people = names.map((name, index) => {
    return new Person(
      world,
      name,
      Array.from({ length: 10 }, (_, next) => names[(index + 1 + next * 3) % users]!),
    )
  })
  for (const person of people) person.signIn()
  world.advance(60_000)
  const before = disk.batches
  const startMs = world.clock.nowMs
  for (const { atMs, act } of schedule(people)) {
    world.advance(Math.max(0, startMs + atMs - world.clock.nowMs))
    act()
  }
  const written = (disk.batches - before) / (users * hours)
  const expected = Object.values(planned).reduce((sum, each) => sum + each)
  expect(written / expected).toBeGreaterThan(0.95)
  expect(written / expected).toBeLessThan(1.05)
})

/** Evenly spread, each user at moments of their own. */
function schedule(people: readonly Person[]): readonly { readonly atMs: number; readonly act: () => void }[] {
  const acts: { atMs: number; act: () => void }[] = []
  for (const [index, person] of people.entries()) {
    const every = (gapMs: number, share: number, act: () => void) => {
      for (let atMs = gapMs * ((index / people.length + share) % 1); atMs < hours * hourMs; atMs += gapMs) {
        acts.push({ atMs, act })
      }
    }
    every(refreshMs, 0.3, () => person.refresh())
    // Sign-in and sign-out are changes, too: two in ten hours.
    every(hourMs / 3.8, 0.1, () => person.change())
    every(10 * hourMs, 0.7, () => {
      person.signOut()
      person.signIn()
    })
    every(20 * hourMs, 0.5, () => person.reconnect())
  }
  return acts.sort((a, b) => a.atMs - b.atMs)
}
