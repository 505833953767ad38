/**
 * What comes in by links: let in by the rules of `admission.ts`, with addresses rewritten so that they can mean nobody
 * but the peer, and handed to the worker that it is for. Everything else is dropped, counted and logged; what cannot be
 * judged now, since a home is out of reach, is judged later where it is a fact (`doubtful-facts.ts`).
 */
import { RecentMap } from '../../guard/index.ts'
import type { BusMessage, ReplyAddress } from '../../ports/bus.ts'
import type { LinkPeer } from '../../ports/links.ts'
import { placesPerServer, workerOfPlace } from '../../ports/places.ts'
import type { ReplyPlace } from '../../ports/reply-address.ts'
import type { Homing, ServerRole } from '../../ports/topology.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { admission, type Condition, type OwnServer } from './admission.ts'
import { replyNumber } from './asks.ts'
import { DoubtfulFacts, type Settled } from './doubtful-facts.ts'
import { forbidden, unavailable } from './refusals.ts'
import type { RoutesPorts } from './routes-ports.ts'
import type { OwnStart, ServerPlaces } from './server-places.ts'

/** Log lines about one peer in a minute; the counter has them all. */
const logsPerMinute = 20
/** A user may have been moved a moment ago; a peer that lies makes no more questions than this. */
const askAnewMs = 1_000
const askedAnewMax = 10_000

export interface ArrivalsContext extends OwnStart {
  readonly places: ServerPlaces
  readonly homing: Homing
  roleOf(server: string): ServerRole | null
}

export class Arrivals {
  readonly #ports: RoutesPorts
  readonly #context: ArrivalsContext
  readonly #own: OwnServer
  readonly #doubtful: DoubtfulFacts
  /** When homes were last asked anew because a peer spoke for a user whom another was known to have. */
  readonly #askedAnewMs = new RecentMap<Aor, number>(askedAnewMax)
  readonly #logged = new Map<string, { minute: number; count: number }>()

  constructor(ports: RoutesPorts, context: ArrivalsContext) {
    this.#ports = ports
    this.#context = context
    const { bootId, workersCount, holdsUsers } = context
    this.#doubtful = new DoubtfulFacts(ports.timers)
    this.#own = { bootId, workersCount, holdsUsers, seals: ports.seals, nowMs: () => ports.clock.wallMs() }
  }

  take(peer: LinkPeer, worker: number, message: BusMessage): void {
    const { roleOf, places } = this.#context
    const role = roleOf(peer.name)
    const number = places.numberOf(peer.name)
    if (role === null || number <= 0) return this.#drop(peer, message, 'not-in-topology')
    const admitted = admission({ message, peer, role, worker }, this.#own)
    if (admitted.refused !== null) return this.#refuse(peer, message, admitted.refused, forbidden)
    if (message.kind === 'epoch' && !this.#mayMatter(message.aor)) return
    // A user is new there.
    if (message.kind === 'name-again' && message.presentity !== null) this.#mayMatter(message.presentity)
    const addressed = withPeersAddress(admitted.message, number)
    if (addressed === null) return this.#drop(peer, message, 'no-such-worker')
    if (admitted.terms.length === 0) return this.#handOver(worker, addressed)
    const { terms } = admitted
    this.#judgeAny(peer, terms, (settled) => {
      if (settled === 'met') this.#handOver(worker, addressed)
      else if (settled === 'unmet') this.#refuse(peer, message, 'user-of-another-home', forbidden)
      else if (askerOf(message) || !this.#doubt(peer, worker, addressed, terms))
        this.#refuse(peer, message, 'home-not-known', unavailable)
    })
  }

  /** An epoch of whoever has never been looked for here: no flow has proved them. They may be new. */
  #mayMatter(aor: Aor): boolean {
    const { homing } = this.#context
    const home = homing.peek(aor)
    if (home === 'nobody') homing.forget(aor)
    return home !== null && home !== 'nobody'
  }

  #handOver(worker: number, message: BusMessage): void {
    const { bus } = this.#ports
    const { places, workersCount } = this.#context
    if (message.kind === 'cancel') {
      // Whoever has forwarded the INVITE, or sent it: the peer cannot know, and it means nothing to the others.
      for (let each = 0; each < workersCount; each++) bus.send(each, message)
    } else if (message.kind === 'forward' && places.isOwnFlow(message.target.flow)) {
      bus.send(places.ofFlow(message.target.flow), message)
    } else bus.send(worker, message)
  }

  /** The first list of conditions that holds as a whole will do. */
  #judgeAny(peer: LinkPeer, terms: readonly (readonly Condition[])[], then: (settled: Settled) => void): void {
    const [first, ...others] = terms
    if (!first) return then('unmet')
    this.#judgeAll(peer, first, (settled) => {
      if (settled === 'met') return then('met')
      this.#judgeAny(peer, others, (next) => then(next === 'unmet' ? settled : next))
    })
  }

  #judgeAll(peer: LinkPeer, [first, ...others]: readonly Condition[], then: (settled: Settled) => void): void {
    if (!first) return then('met')
    const { homing, places } = this.#context
    const wanted = first.home === 'own' ? places.ownName : peer.name
    const known = homing.peek(first.aor)
    // However long ago that was found out: a home that has lost the user would have said so.
    if (known !== null && typeof known === 'object' && known.server === wanted)
      return this.#judgeAll(peer, others, then)
    if (first.home === 'peer') this.#askAnew(first.aor)
    homing.find(first.aor, (home) => {
      if (home === 'unsure') then('unsure')
      else if (home !== 'nobody' && home.server === wanted) this.#judgeAll(peer, others, then)
      else then('unmet')
    })
  }

  /** What is known may be older than a move of which the peer has heard before us. */
  #askAnew(aor: Aor): void {
    const nowMs = this.#ports.clock.monotonicMs()
    if (nowMs - (this.#askedAnewMs.get(aor) ?? Number.NEGATIVE_INFINITY) < askAnewMs) return
    this.#askedAnewMs.set(aor, nowMs)
    this.#context.homing.forget(aor)
  }

  /** `addressed`: with the peer's places. False: it is no fact that matters later, or there are too many of them. */
  #doubt(peer: LinkPeer, worker: number, addressed: BusMessage, terms: readonly (readonly Condition[])[]): boolean {
    const ask = (then: (settled: Settled) => void) => this.#judgeAny(peer, terms, then)
    const { bus, links } = this.#ports
    const { places } = this.#context
    switch (addressed.kind) {
      case 'watches': {
        const from = workerOfPlace(addressed.worker)
        return this.#doubtful.add(`watches ${peer.name} ${from} ${worker}`, ask, () =>
          links.send(peer.name, from, { kind: 'joined', worker }),
        )
      }
      case 'verdicts':
      case 'state': {
        const presentity = addressed.kind === 'state' ? addressed.presentity : addressed.verdicts[0]?.presentity
        const place = presentity ? places.shardAt(peer.name, presentity) : null
        if (place === null) return false
        return this.#doubtful.add(`states ${place} ${worker}`, ask, () =>
          bus.send(worker, { kind: 'joined', worker: place }),
        )
      }
      case 'epoch':
      case 'flow-left':
        return this.#doubtful.add(`${addressed.kind} ${addressed.aor} ${worker}`, ask, () =>
          this.#handOver(worker, addressed),
        )
      default:
        return false
    }
  }

  /** Who asked hears so, and need not wait for a deadline. */
  #refuse(peer: LinkPeer, message: BusMessage, reason: string, answer: (to: ReplyAddress) => BusMessage): void {
    this.#drop(peer, message, reason)
    const asker = askerOf(message)
    if (asker && this.#context.places.placeAt(peer.name, asker.worker) !== null) {
      this.#ports.links.send(peer.name, asker.worker, answer(asker))
    }
  }

  #drop(peer: LinkPeer, { kind }: BusMessage, reason: string): void {
    const help = 'Messages of other servers that were refused, by what was wrong with them'
    this.#ports.metrics.counter('meridian_link_messages_refused_total', help, { peer: peer.name, kind, reason }).inc()
    const minute = Math.floor(this.#ports.clock.monotonicMs() / 60_000)
    const logged = this.#logged.get(peer.name)
    const count = logged?.minute === minute ? logged.count + 1 : 1
    this.#logged.set(peer.name, { minute, count })
    if (count <= logsPerMinute)
      this.#ports.log.write('warn', 'topology.message-refused', { peer: peer.name, kind, reason })
  }
}

function askerOf(message: BusMessage): ReplyAddress | null {
  const { kind } = message
  return kind === 'request' || kind === 'deliver' || kind === 'locate' ? message.from : null
}

/**
 * Whose `from` is the peer's, and whose `to` says under its number which server replies. Null where the peer names a
 * worker that it cannot have.
 */
function withPeersAddress(message: BusMessage, number: number): BusMessage | null {
  const place = (worker: number) => {
    const isWorker = Number.isInteger(worker) && worker >= 0 && worker < placesPerServer
    return isWorker ? number * placesPerServer + worker : Number.NaN
  }
  let changed = message
  if ('worker' in changed) changed = { ...changed, worker: place(changed.worker) } as BusMessage
  if ('from' in changed) {
    const from: ReplyPlace = changed.from
    changed = { ...changed, from: { ...from, worker: place(from.worker) } } as BusMessage
  }
  if ('to' in changed) {
    const { to } = changed
    if (to.half !== 'routes') return null
    changed = { ...changed, to: { ...to, number: replyNumber(to.number, number) } } as BusMessage
  }
  const isWrong =
    ('worker' in changed && Number.isNaN(changed.worker)) || ('from' in changed && Number.isNaN(changed.from.worker))
  return isWrong ? null : changed
}
