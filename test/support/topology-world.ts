/**
 * Several servers of one topology in one thread and one time, joined by links in memory that the test can cut, slow
 * down and listen to. Each server is a `ServerWorld`; clients connect to one of them.
 */
import type { BusMessage } from '../../src/ports/bus.ts'
import type { LinkPeer, Links } from '../../src/ports/links.ts'
import type { ServerRole, Topology } from '../../src/ports/topology.ts'
import { WaitingFacts } from '../../src/ports/waiting-facts.ts'
import type { RoutesSettings } from '../../src/topology/index.ts'
import { type AnswerHome, type AnswerUser, CountingEntropy, ServerWorld, WorldClock } from './server-world.ts'

export interface WorldServer {
  readonly role: ServerRole
  readonly users?: readonly string[]
  readonly workers?: number
  readonly redirects?: boolean
}

interface OnItsWay {
  readonly from: string
  readonly fromWorker: number
  readonly to: string
  readonly worker: number
  readonly message: BusMessage
  /** Of the link between the two, when it left. */
  readonly cutCount: number
}

export class TopologyWorld {
  readonly clock = new WorldClock()
  readonly entropy = new CountingEntropy()
  readonly servers = new Map<string, ServerWorld>()
  /** Messages that crossed links, newest last, as who sent them put them there. */
  readonly crossed: OnItsWay[] = []
  readonly #given: ReadonlyMap<string, WorldServer>
  readonly #queue: OnItsWay[] = []
  readonly #facts = new Map<string, WaitingFacts>()
  /** Pairs of servers whose link is up, and how often each was cut. */
  readonly #up = new Set<string>()
  readonly #cuts = new Map<string, number>()
  readonly #held: OnItsWay[] = []
  readonly topology: Topology
  /** Workers without a link of their own: server, worker and the other server. */
  readonly #unlinked = new Set<string>()
  /** Links that a server has ended itself, as `#unlinked` names them. They stay so until `joinWorker`. */
  readonly severed: string[] = []
  /** True: this message is kept back until `release`. */
  holds: (message: BusMessage, from: string, to: string) => boolean = () => false
  /** A directory that all of them ask, as main answers; null: they have none. */
  readonly homeByDirectory: AnswerHome | null
  /** Seconds: that server is overloaded, and wants this to stay where it is (RFC 7339). */
  sheds: (message: BusMessage, from: string, to: string) => number | null = () => null
  /** A server has done what there was to do; a good moment to kill it. */
  afterStep: (server: string) => void = () => {}
  /** This is about to arrive. */
  onCrossing: (on: OnItsWay) => void = () => {}

  private constructor(servers: Readonly<Record<string, WorldServer>>, homeByDirectory: AnswerHome | null) {
    this.homeByDirectory = homeByDirectory
    this.#given = new Map(Object.entries(servers))
    this.topology = {
      version: 1,
      domains: ['example.test'],
      servers: [...this.#given].map(([name, { role }]) => {
        const clientUri = `sip:${name};transport=tls`
        return { name, role, linkHost: name, linkPort: 5061, clientUri }
      }),
      deniedFingerprints: [],
    }
  }

  static async start(
    servers: Readonly<Record<string, WorldServer>>,
    homeByDirectory: AnswerHome | null = null,
    answerUser?: AnswerUser,
  ): Promise<TopologyWorld> {
    const world = new TopologyWorld(servers, homeByDirectory)
    for (const [name, { users = [], workers = 1 }] of world.#given) {
      const server = await ServerWorld.start({
        ...{ workers, users: [], among: world.#around(name) },
        ...(answerUser && { answerUser }),
      })
      world.servers.set(name, server)
      for (const user of users) server.addUser(user)
    }
    const names = [...world.#given.keys()]
    for (const [index, name] of names.entries()) {
      for (const other of names.slice(index + 1)) world.join(name, other)
    }
    return world
  }

  server(name: string): ServerWorld {
    const server = this.servers.get(name)
    if (!server) throw new Error(`no server ${name}`)
    return server
  }

  settle(): void {
    while (this.#step());
  }

  /** The same, and what waits for a promise (records that are read) with it. */
  async settleReads(): Promise<void> {
    for (let quiet = 0; quiet < 3; ) {
      await Promise.resolve()
      await Promise.resolve()
      let moved = false
      while (this.#step()) moved = true
      quiet = moved ? 0 : quiet + 1
    }
  }

  /** Time passes in small steps, between which what was read is seen to. */
  async advanceReading(ms: number, stepMs = 10): Promise<void> {
    await this.settleReads()
    for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
      this.advance(stepMs)
      await this.settleReads()
    }
  }

  advance(ms: number): void {
    const untilMs = this.clock.nowMs + ms
    while (this.clock.nowMs < untilMs) {
      const worlds = [...this.servers.values()]
      const dueMs = Math.min(...worlds.map((world) => world.nextDueMs()))
      this.clock.nowMs = Math.min(untilMs, Math.max(this.clock.nowMs + 1, dueMs))
      for (const world of worlds) world.turnWheels()
      this.settle()
    }
  }

  join(a: string, b: string): void {
    if (this.#up.has(pairOf(a, b)) || !this.servers.has(a) || !this.servers.has(b)) return
    this.#up.add(pairOf(a, b))
    for (const [name, other] of [
      [a, b],
      [b, a],
    ] as const) {
      for (const core of this.server(name).cores) core.routes?.onPeerUp(this.#peer(other))
    }
    for (const [name, other] of [
      [a, b],
      [b, a],
    ] as const) {
      for (const worker of this.server(name).cores.keys()) this.#sendFacts(name, worker, other)
    }
    this.settle()
  }

  /** What is on its way is lost; both ends hear that the link is gone. */
  cut(a: string, b: string): void {
    if (!this.#up.delete(pairOf(a, b))) return
    this.#cuts.set(pairOf(a, b), this.#cutsOf(a, b) + 1)
    for (const core of this.servers.get(a)?.cores ?? []) core.routes?.onPeerDown(this.#peer(b))
    for (const core of this.servers.get(b)?.cores ?? []) core.routes?.onPeerDown(this.#peer(a))
    this.settle()
  }

  /** One worker's links to that server end; what its siblings have goes on. */
  cutWorker(name: string, worker: number, other: string): void {
    this.#unlinked.add(`${name} ${worker} ${other}`)
    this.server(name).cores[worker]!.routes!.onPeerDown(this.#peer(other))
    this.settle()
  }

  joinWorker(name: string, worker: number, other: string): void {
    if (!this.#unlinked.delete(`${name} ${worker} ${other}`)) return
    this.server(name).cores[worker]!.routes!.onPeerUp(this.#peer(other))
    this.#sendFacts(name, worker, other)
    this.settle()
  }

  /** It begins anew, with links of its own; the other servers had their links to its siblings all the time. */
  async restartWorker(name: string, worker: number): Promise<void> {
    await this.server(name).restartWorker(worker)
    for (const other of this.servers.keys()) {
      if (!this.#up.has(pairOf(name, other))) continue
      this.server(name).cores[worker]!.routes!.onPeerUp(this.#peer(other))
      this.#sendFacts(name, worker, other)
    }
    this.settle()
  }

  /** The server is gone, its clients' connections with it (the test closes their ends or forgets them). */
  kill(name: string): void {
    const dead = this.server(name)
    for (const other of [...this.servers.keys()]) {
      if (!this.#up.delete(pairOf(name, other))) continue
      this.#cuts.set(pairOf(name, other), this.#cutsOf(name, other) + 1)
      const peer = this.#peer(name)
      for (const core of this.server(other).cores) core.routes?.onPeerDown(peer)
    }
    this.servers.delete(name)
    this.#dead.set(name, dead)
    this.settle()
  }

  readonly #dead = new Map<string, ServerWorld>()

  deadServer(name: string): ServerWorld {
    const dead = this.#dead.get(name)
    if (!dead) throw new Error(`${name} was not killed`)
    return dead
  }

  /** With what was flushed before it was killed. */
  async restart(name: string, workers?: number): Promise<ServerWorld> {
    const next = await this.deadServer(name).restart(workers)
    for (const key of [...this.#facts.keys()]) if (key.startsWith(`${name} `)) this.#facts.delete(key)
    this.servers.set(name, next)
    for (const other of [...this.servers.keys()]) if (other !== name) this.join(name, other)
    this.settle()
    return next
  }

  async restartNow(name: string): Promise<ServerWorld> {
    this.kill(name)
    return this.restart(name)
  }

  /** What was kept back goes on its way now. */
  release(holds: TopologyWorld['holds'] = () => false): void {
    this.holds = holds
    this.#queue.push(...this.#held.splice(0))
    this.settle()
  }

  /** As if that server had sent this to a worker of the other one: a compromised server. */
  forge(from: string, to: string, message: BusMessage, worker = 0): void {
    this.server(to).cores[0]!.routes!.onPeerMessage(this.#peer(from), worker, message)
    this.settle()
  }

  #step(): boolean {
    let moved = false
    for (const [name, world] of [...this.servers]) {
      if (this.servers.get(name) !== world) continue
      moved = world.step() || moved
      this.afterStep(name)
    }
    const messages = this.#queue.splice(0)
    for (const on of messages) this.#arrive(on)
    return moved || messages.length > 0
  }

  #arrive(on: OnItsWay): void {
    const { from, fromWorker, to, worker, message, cutCount } = on
    const target = this.servers.get(to)
    if (!target || cutCount !== this.#cutsOf(from, to) || !this.#up.has(pairOf(from, to))) return
    if (this.holds(message, from, to)) return void this.#held.push(on)
    this.onCrossing(on)
    if (cutCount !== this.#cutsOf(from, to)) return
    this.crossed.push(on)
    // A link comes in at any worker, the same for all that one worker sends.
    const linked = target.cores.filter((_, each) => !this.#unlinked.has(`${to} ${each} ${from}`))
    linked[fromWorker % linked.length]?.routes?.onPeerMessage(this.#peer(from), worker, message)
  }

  #send(from: string, fromWorker: number, to: string, worker: number, message: BusMessage): boolean {
    if (this.#up.has(pairOf(from, to)) && !this.#unlinked.has(`${from} ${fromWorker} ${to}`)) {
      this.#queue.push({ from, fromWorker, to, worker, message, cutCount: this.#cutsOf(from, to) })
      return true
    }
    const key = `${from} ${fromWorker} ${to} ${worker}`
    const facts = this.#facts.get(key) ?? new WaitingFacts()
    this.#facts.set(key, facts)
    return facts.add(message)
  }

  #sendFacts(from: string, fromWorker: number, to: string): void {
    for (let worker = 0; worker < this.server(to).workersCount; worker++) {
      const facts = this.#facts.get(`${from} ${fromWorker} ${to} ${worker}`)
      for (const message of facts?.take() ?? []) this.#send(from, fromWorker, to, worker, message)
    }
  }

  #peer(name: string): LinkPeer {
    const { bootId, workersCount } = (this.servers.get(name) ?? this.#dead.get(name))!
    return { name, bootId, workersCount }
  }

  #cutsOf(a: string, b: string): number {
    return this.#cuts.get(pairOf(a, b)) ?? 0
  }

  #around(name: string) {
    const { clock, entropy } = this
    const given = this.#given.get(name)!
    const names = [...this.#given.keys()]
    return {
      clock,
      entropy,
      sealKey: Buffer.alloc(32, names.indexOf(name) + 10),
      settle: () => this.settle(),
      advance: (ms: number) => this.advance(ms),
      answerHome: this.homeByDirectory,
      links: (fromWorker: number): Links => ({
        send: (to, worker, message) => this.#send(name, fromWorker, to, worker, message),
        cut: (to) => {
          this.severed.push(`${name} ${fromWorker} ${to}`)
          this.cutWorker(name, fromWorker, to)
        },
        sheds: (to, message) => this.sheds(message, name, to),
      }),
      topology: (bootId: string): RoutesSettings => ({
        role: given.role,
        bootId,
        topology: this.topology,
        numbers: [name, ...names.filter((other) => other !== name)],
        redirects: given.redirects ?? false,
        asksDirectory: this.homeByDirectory !== null,
      }),
    }
  }
}

function pairOf(a: string, b: string): string {
  return [a, b].sort().join(' ')
}
