/**
 * The bus of a worker whose server has others beside it: what is for another server leaves by a link (`departures.ts`),
 * what comes by one is let in (`arrivals.ts`), and where users are is found out on the way.
 */
import type { Bus, BusMessage, ForwardMessage, ReplyAddress } from '../../ports/bus.ts'
import type { LinkPeer, LinkSink, Links } from '../../ports/links.ts'
import { type Elsewhere, elsewhere, isOwnPlace, serverOfPlace } from '../../ports/places.ts'
import { shardOf } from '../../ports/sharding.ts'
import type { Home, Topology } from '../../ports/topology.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { Arrivals } from './arrivals.ts'
import { AskedHomes, type HomesAsker } from './asked-homes.ts'
import { type Ask, Asks } from './asks.ts'
import { byLink } from './by-link.ts'
import { Departures } from './departures.ts'
import { type DirectedHomes, directedHomes } from './directed-homes.ts'
import { Forwards } from './forwards.ts'
import { OtherHomes } from './other-homes.ts'
import { RecordedHomes } from './recorded-homes.ts'
import { isRedelivered, Redeliveries } from './redeliveries.ts'
import { failures, movedTo } from './refusals.ts'
import { Replies } from './replies.ts'
import { Reroutes } from './reroutes.ts'
import { tellRivals } from './rivals.ts'
import type { RoutesOwner, RoutesPorts, RoutesSettings } from './routes-ports.ts'
import { ServerPlaces } from './server-places.ts'
import { SiblingLinks } from './sibling-links.ts'
import { userOf } from './user-of.ts'

export class Routes implements Bus, LinkSink, Elsewhere {
  readonly worker: number
  readonly incarnation: number
  readonly workersCount: number
  readonly places: ServerPlaces
  readonly homing: RecordedHomes
  readonly #bus: Bus
  readonly #links: Links
  readonly #log: RoutesPorts['log']
  readonly #settings: RoutesSettings
  readonly #owner: RoutesOwner
  readonly #asks: Asks
  readonly #siblings: SiblingLinks
  readonly #departures: Departures
  readonly #arrivals: Arrivals
  readonly #forwards: Forwards
  readonly #replies: Replies
  readonly #reroutes: Reroutes
  readonly #redeliveries: Redeliveries
  readonly #topology: Topology
  /** Null: there is no directory. */
  readonly #directed: DirectedHomes | null
  readonly #others: OtherHomes
  /** Servers to which this worker has had a link since it began. */
  readonly #met = new Set<string>()

  constructor(ports: RoutesPorts, settings: RoutesSettings, owner: RoutesOwner) {
    const { worker, incarnation, workersCount } = ports.bus
    this.worker = worker
    this.incarnation = incarnation
    this.workersCount = workersCount
    this.#bus = ports.bus
    this.#links = ports.links
    this.#log = ports.log
    this.#settings = settings
    this.#owner = owner
    this.#topology = settings.topology
    const own = { bootId: settings.bootId, workersCount, holdsUsers: settings.role !== 'front-end' }
    const roleOf = (name: string) => this.#topology.servers.find((server) => server.name === name)?.role ?? null
    this.places = new ServerPlaces(own, settings.numbers, {
      homeOf: (aor) => this.homing.peek(aor),
      isHome: (server) => (roleOf(server) ?? 'front-end') !== 'front-end',
    })
    const asker = this.#homesAsker()
    const asked = new AskedHomes(asker, ports)
    this.#others = new OtherHomes(asker, () => this.places.ownName, ports)
    this.#directed = settings.asksDirectory ? directedHomes(asked, ports) : null
    this.homing = new RecordedHomes(this.#directed ?? asked)
    this.#asks = new Asks(ports.timers, () => ports.clock.monotonicMs())
    this.#siblings = new SiblingLinks(ports, this.places, {
      onLearned: (peer) => this.#learn(peer),
      onCarrierLoss: (server, carrier) => {
        this.#loseAsks((ask) => ask.server === server && ask.carrier === carrier)
        this.#redeliveries.onLoss(server)
      },
    })
    this.#departures = new Departures(ports, this.places, this.#asks, this.#siblings)
    this.#forwards = new Forwards(ports.bus, this.places, this.homing, {
      isFrontEnd: settings.role === 'front-end',
      depart: (place, message) => this.#departures.send(place, message),
      fail: (message) => this.#fail(message),
    })
    this.#redeliveries = new Redeliveries(ports.timers, this.#asks, {
      isUp: (server) => this.places.isUp(server),
      again: (ask) => this.#departures.again(ask),
      lose: (ask) => this.#replies.lose(ask),
    })
    this.#reroutes = new Reroutes(ports.timers, (message, isRetry) => this.#sendHome(message, isRetry))
    this.#replies = new Replies(this.#asks, this.places, [asked, this.#others.asked], this)
    this.#arrivals = new Arrivals(ports, {
      ...own,
      places: this.places,
      homing: this.homing,
      roleOf,
    })
  }

  #homesAsker(): HomesAsker {
    return {
      homes: () => this.#homes(),
      ask: (server, aor) => this.#departures.askWhose(server, aor),
      isOutdated: (aor, claim) => this.homing.isOutdated(aor, claim),
      onRivals: (aor, ...claims) => tellRivals(aor, claims, this.places, (place, message) => this.send(place, message)),
    }
  }

  send(place: number, message: BusMessage): boolean {
    if (isOwnPlace(place)) return this.#bus.send(place, message)
    if (message.kind === 'forward') this.#forwards.send(message)
    else if (message.kind === 'cancel') this.#departures.cancel(message.from)
    else if (place === elsewhere) this.#sendHome(message)
    else return this.#departures.send(place, message)
    return true
  }

  takes(message: BusMessage, aor: Aor): boolean {
    // The copy that a sender's home makes itself when it hears the answer (`replies.ts`).
    if (message.kind === 'sent') return true
    const known = this.homing.peek(aor)
    if (known === 'nobody') return false
    // The account was removed since.
    if (this.#isHere(known)) this.homing.forget(aor)
    this.#sendHome(message)
    return true
  }

  mayHave(aor: Aor): boolean {
    return this.homing.peek(aor) !== 'nobody'
  }

  peek(aor: Aor): number | null {
    return this.#placeOf(aor, this.homing.peek(aor))
  }

  isOwn(aor: Aor): boolean {
    return this.#isHere(this.homing.peek(aor))
  }

  find(aor: Aor, onPlace: (place: number | null | 'unsure') => void): void {
    this.homing.find(aor, (home) => onPlace(home === 'unsure' ? home : this.#placeOf(aor, home)))
  }

  findAnew(aor: Aor, onHome: (home: Home) => void): void {
    this.homing.forget(aor)
    this.homing.find(aor, onHome)
  }

  homeAt(server: string, aor: Aor): number | 'unknown' | 'front-end' | 'unreachable' {
    const role = this.#topology.servers.find(({ name }) => name === server)?.role
    if (role === undefined) return 'unknown'
    if (role === 'front-end') return 'front-end'
    return this.places.isUp(server) ? (this.places.shardAt(server, aor) ?? 'unreachable') : 'unreachable'
  }

  nameAt(place: number): string | null {
    return this.places.nameAt(place)
  }

  sever(place: number): void {
    const server = isOwnPlace(place) ? null : this.places.nameAt(place)
    if (server !== null) this.#links.cut(server)
  }

  get ownName(): string {
    return this.places.ownName
  }

  everywhere(): Iterable<number> {
    return this.places.otherEdges()
  }

  #isHere(home: Home | null): boolean {
    return home !== null && typeof home === 'object' && home.server === this.places.ownName
  }

  #placeOf(aor: Aor, home: Home | null): number | null {
    const isOther = home !== null && typeof home === 'object' && home.server !== this.places.ownName
    return isOther ? this.places.shardAt(home.server, aor) : null
  }

  /** A bus message for this worker. True: it was for the routes. */
  receives(message: BusMessage): boolean {
    try {
      return this.#isForRoutes(message)
    } catch (error) {
      this.#onFailure(message, error)
      return true
    }
  }

  #isForRoutes(message: BusMessage): boolean {
    if ('to' in message && message.to.half === 'routes') {
      if (message.to.incarnation !== this.incarnation) return true
      if (message.kind === 'home-answer') this.#directed?.onAnswer(message)
      else this.#replies.take(message)
      return true
    }
    if (this.#siblings.receives(message)) return true
    if (message.kind === 'user-moved' && message.by === 'record') {
      const names = [message.aor, ...message.names]
      this.homing.record(names, message.server, message.epoch)
      this.#owner.onHomeFound(names)
      // Main is the peer behind the last worker; there the directory's users are told to whoever has them.
      const { aor } = message
      if (this.#directed && shardOf(aor, this.workersCount) === this.worker) this.#bus.send(this.workersCount, message)
      return false
    }
    if (message.kind === 'home-ask') this.#others.answer(message)
    else if (message.kind === 'home-renamed') this.#directed?.changed([message.aor, ...message.names])
    else if (message.kind === 'look-again') this.#lookAgain([message.aor, ...message.names])
    else if (message.kind === 'joined') this.#owner.onPeerJoined(message.worker)
    else if (message.kind === 'forward' && !this.places.isOwnFlow(message.target.flow)) this.#forwards.send(message)
    else if (message.kind === 'forward') return this.#cancelBehind(message)
    else if (message.kind !== 'cancel' || !this.#departures.cancel(message.from)) return false
    return true
  }

  /** It leaves by a flow of this worker. False: it is the edge's, and its CANCEL, if that came before, follows it. */
  #cancelBehind({ from }: ForwardMessage): false {
    if (this.#departures.earlyCancels.has(from)) this.#bus.send(this.worker, { kind: 'cancel', from })
    return false
  }

  /** Each of these names may have another home than it had. */
  #lookAgain(names: readonly Aor[]): void {
    const [aor] = names
    if (aor === undefined) return
    for (const name of names) {
      this.homing.forget(name)
      this.#reroutes.begin(name, this.#asksFor(name))
    }
    this.homing.find(aor, () => this.#owner.onHomeFound(names))
  }

  onPeerUp(peer: LinkPeer): void {
    if (this.places.numberOf(peer.name) <= 0) return
    this.#learn(peer, () => {
      this.places.up(peer)
      this.#departures.join(peer.name)
      this.#redeliveries.onUp(peer.name)
    })
    this.#siblings.ownUp(peer)
    // What this worker said before it ended may still stand there, and that server need not have missed it.
    if (!this.#met.has(peer.name)) for (const place of this.places.all(peer.name)) this.#owner.onPeerJoined(place)
    this.#met.add(peer.name)
  }

  /** By a link of this worker, or of a sibling. */
  #learn(peer: LinkPeer, then: () => void = () => this.places.know(peer)): void {
    const bootId = this.places.lastBootOf(peer.name)
    const isAnotherStart = bootId !== null && bootId !== peer.bootId
    const before = this.places.all(peer.name)
    // Of what it owned before, nothing is left; its down was not heard where it came back too fast.
    if (isAnotherStart) this.#lose(peer.name)
    then()
    if (isAnotherStart) this.#placeAnew(before, this.places.all(peer.name))
  }

  /** That worker of this server is gone, and what it carried with it. */
  onSiblingGone(worker: number): void {
    this.#siblings.gone(worker)
  }

  onSiblingStarted(worker: number): void {
    this.#siblings.tell(worker)
  }

  /** What its workers said by our siblings' links may have come while we took them for those of its earlier start. */
  #placeAnew(before: readonly number[], places: readonly number[]): void {
    for (const place of places) this.#owner.onPeerJoined(place)
    // Nobody will name watches, or none, in the name of a worker that this start does not have.
    for (const worker of before.filter((place) => !places.includes(place))) {
      for (const phase of ['begin', 'end'] as const) this.#bus.send(this.worker, { kind: 'naming', worker, phase })
    }
  }

  onPeerDown(peer: LinkPeer): void {
    if (!this.places.isUp(peer.name)) return
    // What went by others' links is under way.
    this.#lose(peer.name, (ask) => ask.carrier === null && !isRedelivered(ask))
    this.places.down(peer.name)
    this.#redeliveries.onDown(peer.name)
    this.#siblings.ownDown(peer)
  }

  onPeerLoss(peer: LinkPeer): void {
    if (!this.places.isUp(peer.name)) return
    this.#redeliveries.onLoss(peer.name)
    this.#siblings.ownLoss(peer)
  }

  onPeerMessage(peer: LinkPeer, worker: number, message: BusMessage): void {
    try {
      this.#arrivals.take(peer, worker, message)
    } catch (error) {
      this.#onFailure(message, error)
    }
  }

  /** What a peer has said makes our code throw: that message is lost, and nothing else. */
  #onFailure({ kind }: BusMessage, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#log.write('error', 'topology.unit-failed', { kind, error: text })
  }

  /** Whoever waits for an answer of it hears so; what its users' devices had there is gone. */
  #lose(server: string, isLost: (ask: Ask) => boolean = () => true): void {
    const number = this.places.numberOf(server)
    this.#departures.earlyCancels.forget(number)
    this.#loseAsks((ask) => ask.server === server && isLost(ask))
    for (const { from } of this.#asks.all()) {
      if (from && serverOfPlace(from.worker) === number) this.#departures.cancel(from)
    }
    for (const place of this.places.all(server)) this.#owner.onPlaceGone(place)
  }

  #loseAsks(isLost: (ask: Ask) => boolean): void {
    for (const ask of this.#asks.all()) if (isLost(ask)) this.#replies.lose(ask)
  }

  #homes(): readonly string[] {
    const homes = this.#topology.servers.filter(({ role }) => role !== 'front-end').map(({ name }) => name)
    const { ownName } = this.places
    return homes.includes(ownName) ? [ownName, ...homes.filter((name) => name !== ownName)] : homes
  }

  /** To whoever has this user: asks, and facts about flows. */
  #sendHome(message: BusMessage, isRetry = false): void {
    const aor = userOf(message)
    if (aor === null || (!isRetry && this.#reroutes.takes(message, aor))) return
    this.homing.find(aor, (home) => {
      if (home === 'unsure') this.#fail(message)
      else if (home === 'nobody') this.#sendToAnybody(aor, message, isRetry)
      else if (home.server === this.places.ownName) this.#bus.send(shardOf(aor, this.workersCount), message)
      else this.#sendTo(home.server, aor, message, isRetry)
    })
  }

  /** As if it were a user: who asks shall not learn from our way of answering that there is none. */
  #sendToAnybody(aor: Aor, message: BusMessage, isRetry: boolean): void {
    if (this.#settings.role !== 'front-end') return void this.#bus.send(shardOf(aor, this.workersCount), message)
    const homes = this.#homes().filter((name) => this.#siblings.reaches(name))
    const home = homes[shardOf(aor, Math.max(1, homes.length))]
    if (home) this.#sendTo(home, aor, message, isRetry)
    else this.#fail(message)
  }

  #sendTo(server: string, aor: Aor, message: BusMessage, isRetry: boolean): void {
    // Whoever sent it here for a user of another home should know better the next time.
    const asker = byLink(message)
    if (asker) return void this.send(asker.worker, this.#wrongHome(asker, aor))
    const uri = this.#redirectTo(server, message)
    if (uri !== null && message.kind === 'request')
      return void this.send(message.from.worker, movedTo(message.from, uri))
    const place = this.places.shardAt(server, aor)
    if (place === null || !this.#departures.send(place, message, isRetry)) this.#fail(message)
  }

  #wrongHome(to: ReplyAddress, aor: Aor): BusMessage {
    return { kind: 'wrong-home', to, aor, topologyVersion: this.#topology.version }
  }

  #redirectTo(server: string, message: BusMessage): string | null {
    // Other homes take no requests from a home: its clients, of a user who was moved, have to go there themselves.
    const { redirects, role } = this.#settings
    if ((!redirects && role !== 'home') || message.kind !== 'request' || message.route !== null) return null
    return this.#topology.servers.find(({ name }) => name === server)?.clientUri ?? null
  }

  /** Asked again, since the home was wrong: only once, and in the order in which it was asked before. */
  retry(ask: Ask, aor: Aor): void {
    this.homing.forget(aor)
    const others = this.#asksFor(aor).filter(({ server }) => server === ask.server)
    this.#reroutes.sentBack(ask, aor, others)
  }

  /** What other servers were asked for this user and have not answered. */
  #asksFor(aor: Aor): readonly Ask[] {
    return this.#asks.all().filter(({ message }) => userOf(message) === aor)
  }

  ended(ask: Ask): void {
    this.#reroutes.answered(ask, userOf(ask.message))
  }

  #fail(message: BusMessage): void {
    for (const reply of failures(message, false)) this.send(reply.to.worker, reply)
  }
}
