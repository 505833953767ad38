/**
 * Promises P1 and P2 over several servers: whatever links are cut and whatever servers are killed and come back, a
 * message that was acknowledged reaches its recipient, and nobody else, and what one sender says to one recipient does
 * not overtake.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TopologyWorld } from '../support/topology-world.ts'
import { WireClient } from '../support/wire-client.ts'

const servers = {
  'front.test': { role: 'front-end' },
  'other.test': { role: 'front-end', workers: 2 },
  'one.test': { role: 'home', users: ['alice', 'carol'], workers: 2 },
  'two.test': { role: 'home', users: ['bob', 'dave'] },
} as const
const names = Object.keys(servers)
const fronts = ['front.test', 'other.test'] as const
const users = ['alice', 'bob', 'carol', 'dave'] as const

interface Step {
  readonly act: 'send' | 'cut' | 'join' | 'restart' | 'move' | 'wait'
  readonly one: number
  readonly two: number
  readonly waitMs: number
}

const stepOf: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom('send', 'send', 'send', 'send', 'cut', 'join', 'restart', 'move', 'wait'),
  one: fc.nat(3),
  two: fc.nat(3),
  waitMs: fc.constantFrom(0, 20, 400, 6_000),
})

/** A user with one device, which comes back wherever it can. */
class Person {
  readonly name: string
  readonly got: string[] = []
  readonly port: number
  #client: WireClient | null = null
  #server = ''

  constructor(name: string, port: number) {
    this.name = name
    this.port = port
  }

  /** Nothing is heard of its flow any more by the server that is gone. */
  onServerGone(server: string): void {
    if (this.#server !== server) return
    this.take()
    this.#client = null
  }

  isSignedIn(): boolean {
    return this.#client !== null && this.#client.closedBy === null
  }

  signIn(world: TopologyWorld, server: string): void {
    this.take()
    this.#client?.close()
    this.#server = server
    const instance = `urn:uuid:${this.name}`
    this.#client = new WireClient(world.server(server), this.name, { instance, port: this.port })
    try {
      if (this.#client.register().statusCode !== 200) this.#client.close()
    } catch {
      // No answer: its home is out of reach.
      this.#client.close()
    }
  }

  /** The branch; null where there is no flow to send by. */
  send(to: string, body: string): string | null {
    if (!this.isSignedIn() || !this.#client) return null
    const [callId, branch] = [body, `z9hG4bK${body}`].map((text) => text.replaceAll(' ', '-')) as [string, string]
    return this.#client.send('MESSAGE', { uri: `sip:${to}@example.test`, body, callId, branch })
  }

  statusOf(branch: string): number | null {
    return this.#client?.hasFinal(branch) ? this.#client.final(branch).statusCode : null
  }

  take(): void {
    const { inbox } = this.#client ?? { inbox: [] }
    for (const message of inbox) if (message.isRequest && message.method === 'MESSAGE') this.got.push(`${message.body}`)
    if (this.#client) this.#client.inbox.splice(0, inbox.length, ...inbox.filter(({ isRequest }) => !isRequest))
  }
}

interface Sent {
  readonly from: Person
  readonly to: Person
  readonly body: string
  readonly branch: string
  isAcknowledged: boolean
}

async function play(steps: readonly Step[]) {
  const world = await TopologyWorld.start(servers)
  const people = users.map((name, index) => new Person(name, 30_000 + index))
  for (const [index, person] of people.entries()) person.signIn(world, fronts[index % 2]!)
  const sent: Sent[] = []
  const listen = () => {
    for (const each of sent) {
      const status = each.isAcknowledged ? null : each.from.statusOf(each.branch)
      if (status !== null && status < 300) each.isAcknowledged = true
    }
    for (const person of people) person.take()
  }
  for (const { act, one, two, waitMs } of steps) {
    const from = people[one]!
    const to = people[two]!
    if (act === 'send' && one !== two) {
      const body = `${from.name} to ${to.name} ${sent.length}`
      const branch = from.send(to.name, body)
      if (branch) sent.push({ from, to, body, branch, isAcknowledged: false })
    } else if (act === 'cut' && one !== two) world.cut(names[one]!, names[two]!)
    else if (act === 'join' && one !== two) world.join(names[one]!, names[two]!)
    else if (act === 'move') from.signIn(world, fronts[two % 2]!)
    else if (act === 'restart') {
      listen()
      world.kill(names[one]!)
      for (const person of people) person.onServerGone(names[one]!)
      world.advance(waitMs)
      await world.restart(names[one]!)
    }
    listen()
    world.advance(waitMs)
    listen()
    for (const [index, person] of people.entries()) {
      if (!person.isSignedIn()) person.signIn(world, fronts[index % 2]!)
    }
  }
  for (const [index, name] of names.entries()) for (const other of names.slice(index + 1)) world.join(name, other)
  world.advance(5_000)
  listen()
  for (const [index, person] of people.entries()) person.signIn(world, fronts[index % 2]!)
  world.advance(120_000)
  listen()
  return { people, sent }
}

describe('servers that are cut off and come back', () => {
  it('lose no acknowledged message, deliver none to anybody else, and keep the order of each sender', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stepOf, { minLength: 15, maxLength: 50, size: 'max' }), async (steps) => {
        const { people, sent } = await play(steps)
        for (const { to, body, isAcknowledged } of sent) if (isAcknowledged) expect(to.got).toContain(body)
        for (const { name, got } of people) {
          for (const body of got) expect(body).toContain(` to ${name} `)
          // A repeat is allowed where an answer was lost; of the first arrivals none overtakes.
          for (const from of users) {
            const theirs = [...new Set(got.filter((body) => body.startsWith(`${from} `)))]
            const acknowledged = theirs.filter((body) => sent.some((each) => each.body === body && each.isAcknowledged))
            const order = acknowledged.map((body) => Number(body.split(' ').at(-1)))
            expect(order).toEqual(order.toSorted((a, b) => a - b))
          }
        }
      }),
      { numRuns: 60 },
    )
  }, 120_000)
})
