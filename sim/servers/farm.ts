/**
 * Several servers in one time: two front ends, where devices sign in, and two homes, which share the users between
 * them; each a world of its own with disk, workers and network, and cables between all of them.
 */
import type {
  AdminReply,
  AdminRequest,
  DocumentReply,
  DocumentRequest,
  PolicyReply,
  PolicyRequest,
} from '../../src/ports/admin.ts'
import type { ServerRole, Topology } from '../../src/ports/topology.ts'
import type { CoreSettings } from '../../src/runtime/worker-core.ts'
import type { Aor } from '../../src/sip/uri/aor.ts'
import type { History } from '../history.ts'
import type { Mutant } from '../mutants/mutant.ts'
import { coreSettings, domain } from '../world/core-settings.ts'
import { EventQueue } from '../world/event-queue.ts'
import type { Access, Link, LinkUser } from '../world/link.ts'
import { Prng } from '../world/prng.ts'
import { SystemTime } from '../world/virtual-clock.ts'
import { Weather } from '../world/weather.ts'
import { type Surroundings, settlingTurns, World } from '../world/world.ts'
import { Cables } from './cables.ts'
import type { Placed } from './contacts.ts'
import { VirtualLinks } from './virtual-links.ts'

const roles: Readonly<Record<string, ServerRole>> = {
  'front-a.test': 'front-end',
  'front-b.test': 'front-end',
  'home-a.test': 'home',
  'home-b.test': 'home',
}

const topology: Topology = {
  version: 1,
  domains: [domain],
  servers: Object.entries(roles).map(([name, role]) => {
    return { name, role, linkHost: name, linkPort: 5061, clientUri: null }
  }),
  deniedFingerprints: [],
}

export interface FarmServer {
  readonly name: string
  readonly world: World
}

export class Farm implements Surroundings {
  readonly events = new EventQueue()
  readonly weather = new Weather()
  readonly history: History
  readonly random: Prng
  readonly cables: Cables
  /** The front ends first. */
  readonly servers: readonly FarmServer[]
  readonly homes: readonly FarmServer[]
  readonly network: Access

  constructor(seed: number, history: History, mutant: Mutant) {
    this.history = history
    this.random = new Prng(seed)
    const { events, weather } = this
    const system = new SystemTime(events)
    this.cables = new Cables({
      events,
      random: this.random.fork('cables'),
      history,
      listening: (name) => this.#linksOf(name),
    })
    const make = (name: string, index: number): FarmServer => {
      const links = { server: name, topology, cables: this.cables, events, history, random: this.random.fork(name) }
      const conditions = {
        events,
        weather,
        system,
        settings: (bootId: string) => settingsOf(name, bootId),
        sealKey: Buffer.alloc(32, index + 1),
        links: (worker: ConstructorParameters<typeof VirtualLinks>[1], bootId: string) =>
          new VirtualLinks(links, worker, bootId),
      }
      return { name, world: new World(this.random.word(), history, mutant, conditions) }
    }
    this.servers = Object.keys(roles).map(make)
    this.homes = this.servers.filter(({ name }) => roles[name] !== 'front-end')
    const fronts = this.servers.filter(({ name }) => roles[name] === 'front-end')
    this.network = new FrontDoors(fronts, this.random.fork('doors'))
    history.presence.outOfTouchSince = (watcher, presentity, time) => this.#outOfTouchSince(watcher, presentity, time)
  }

  /** Users are shared between the homes by their number. */
  homeOf(aor: Aor): FarmServer {
    return this.homes[Number(/\d+/.exec(aor)?.[0] ?? 0) % this.homes.length]!
  }

  /** As if the homes were one server. */
  readonly server = {
    ask: (aor: Aor, act: AdminRequest, reply: (reply: AdminReply) => void): void =>
      this.homeOf(aor).world.server.ask(aor, act, reply),
    askPolicy: (aor: Aor, act: PolicyRequest, reply: (reply: PolicyReply) => void): void =>
      this.homeOf(aor).world.server.askPolicy(aor, act, reply),
    askDocument: (aor: Aor, act: DocumentRequest, reply: (reply: DocumentReply) => void): void =>
      this.homeOf(aor).world.server.askDocument(aor, act, reply),
  }

  /** Promises are those of the disks and of the cables. */
  async runUntil(untilMs: number): Promise<void> {
    const disks = this.servers.map(({ world }) => world.disk)
    while (this.events.step(untilMs)) {
      if (!this.cables.settled && !disks.some(({ settled }) => settled)) continue
      for (const disk of disks) disk.settled = false
      this.cables.settled = false
      for (let turn = 0; turn < settlingTurns; turn++) await Promise.resolve()
    }
  }

  #outOfTouchSince(watcher: string, presentity: string, time: { fromMs: number; toMs: number }): number | null {
    const placed = [watcher, presentity].map((name) => {
      const user = `sip:${name}@${domain}` as Aor
      return { user, server: this.homeOf(user).name }
    })
    const [one, other] = placed as [Placed, Placed]
    return one.server === other.server ? null : this.cables.contacts.outSince(one, other, time)
  }

  #linksOf(name: string): readonly VirtualLinks[] {
    const { world } = this.servers.find((server) => server.name === name)!
    return world.server.workers
      .filter(({ isListening }) => isListening)
      .map(({ links }) => links)
      .filter((links) => links instanceof VirtualLinks)
  }
}

/** Names of the other servers, as every run of the farm has them. */
export function othersOf(name: string): readonly string[] {
  return Object.keys(roles).filter((other) => other !== name)
}

function settingsOf(name: string, bootId: string): CoreSettings {
  const numbers = [name, ...othersOf(name)]
  return {
    ...coreSettings(bootId),
    topology: { role: roles[name]!, bootId, topology, numbers, redirects: false, asksDirectory: false },
  }
}

/** Devices go to any front end that answers; datagrams go to one of them, whether it answers or not. */
class FrontDoors implements Access {
  readonly #fronts: readonly FarmServer[]
  readonly #random: Prng

  constructor(fronts: readonly FarmServer[], random: Prng) {
    this.#fronts = fronts
    this.#random = random
  }

  connect(address: string, user: LinkUser): Link | null {
    const open = this.#fronts.filter(({ world }) => world.server.workers.some(({ isListening }) => isListening))
    return open.length === 0 ? null : this.#random.pick(open).world.network.connect(address, user)
  }

  listen(address: string, user: LinkUser): Link {
    return this.#random.pick(this.#fronts).world.network.listen(address, user)
  }
}
