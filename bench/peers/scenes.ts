/**
 * What is measured of each peer, by the same load: registrations, relayed messages, fan-out of presence, memory, and
 * what was acknowledged and is gone after `kill -9`.
 */
import { setTimeout } from 'node:timers/promises'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import { Audience, spread } from '../harness/audience.ts'
import { Client } from '../harness/client.ts'
import { Load, type MessagesRun } from '../harness/load.ts'
import type { Peer } from './peer.ts'

export interface Sizes {
  readonly users: number
  readonly watchers: number
  readonly rounds: number
  readonly seconds: number
  readonly warmUpSeconds: number
  readonly pacedPerSecond: number
  readonly changes: number
  readonly killed: number
}

/** Longer than any window in which a peer makes several changes one. */
const pauseMs = 300

/** The users of one peer, signed in by connections that stay open. */
export class SignedIn {
  readonly peer: Peer
  readonly registerMicros: number
  readonly bytesPerUser: number
  readonly #load: Load
  readonly #pairs: number

  private constructor(peer: Peer, load: Load, found: { registerMicros: number; bytesPerUser: number; pairs: number }) {
    this.peer = peer
    this.#load = load
    this.registerMicros = found.registerMicros
    this.bytesPerUser = found.bytesPerUser
    this.#pairs = found.pairs
  }

  static async open(peer: Peer, { users }: Sizes): Promise<SignedIn> {
    const empty = peer.memoryBytes()
    const load = new Load({ transport: 'tcp', port: peer.port, connections: users })
    await load.open()
    const before = peer.cpuMicros()
    const { refused } = await load.register(64)
    if (refused > 0) throw new Error(`${peer.name} refused ${refused} registrations`)
    const registerMicros = (peer.cpuMicros() - before) / users
    return new SignedIn(peer, load, {
      registerMicros,
      bytesPerUser: (peer.memoryBytes() - empty) / users,
      pairs: users / 2,
    })
  }

  /** CPU microseconds for a relayed MESSAGE with its 200, all pairs at once. */
  async saturate(seconds: number): Promise<number> {
    const before = this.peer.cpuMicros()
    const run = await this.#load.messages(seconds, 0, Math.min(500, this.#pairs))
    if (run.answered === 0) throw new Error(`${this.peer.name} answered no message`)
    return (this.peer.cpuMicros() - before) / run.answered
  }

  async pace(seconds: number, perSecond: number): Promise<MessagesRun & { readonly micros: number }> {
    const before = this.peer.cpuMicros()
    const run = await this.#load.messages(seconds, perSecond, Math.min(500, this.#pairs))
    return { ...run, micros: (this.peer.cpuMicros() - before) / Math.max(1, run.answered) }
  }

  close(): Promise<void> {
    return this.#load.end()
  }
}

/** CPU microseconds for a NOTIFY with its 200, the PUBLISH included in parts. */
export async function fanOut(peer: Peer, { watchers, changes }: Sizes): Promise<number> {
  const audience = new Audience({ port: () => peer.port })
  try {
    await audience.signIn(watchers + 1)
    await audience.watch([0])
    await audience.change()
    await setTimeout(pauseMs)
    const [before, notified] = [peer.cpuMicros(), audience.notified]
    for (let change = 0; change < changes; change++) {
      await audience.change()
      await setTimeout(pauseMs)
    }
    return (peer.cpuMicros() - before) / (audience.notified - notified)
  } finally {
    audience.close()
  }
}

/** Registers as fast as it is answered, kills in the midst of it, and looks who is still there. */
export async function killUnderLoad(peer: Peer, { killed }: Sizes): Promise<{ acknowledged: number; lost: number }> {
  const acknowledged: number[] = []
  const clients = await opened(peer, killed)
  const registering = spread(clients, async (client) => {
    const answer = await client.register(client.contact('killed'), 3_600)
    if (answer?.statusCode === 200) acknowledged.push(client.user)
  })
  while (acknowledged.length < killed / 2) await setTimeout(1)
  await peer.kill()
  for (const client of clients) client.close()
  await registering
  await peer.start()
  let lost = 0
  const seekers = await opened(peer, killed)
  await spread(seekers, async (client) => {
    if (!acknowledged.includes(client.user)) return
    const answer = await client.register(null, 0)
    if (!answer?.all(HeaderId.contact).some((contact) => contact.includes('device=killed'))) lost++
  })
  for (const client of seekers) client.close()
  return { acknowledged: acknowledged.length, lost }
}

async function opened(peer: Peer, count: number): Promise<Client[]> {
  const clients = Array.from({ length: count }, (_, user) => new Client({ port: peer.port, user }))
  await spread(clients, async (client) => void (await client.open()))
  return clients
}
