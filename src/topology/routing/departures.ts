/**
 * What leaves for other servers. Asks leave under a number of these routes, under which alone the reply is taken;
 * identities and tokens go to nobody but whom they are for.
 */
import type {
  BusMessage,
  DeliverMessage,
  ForwardMessage,
  LocateMessage,
  ReplyAddress,
  RequestMessage,
} from '../../ports/bus.ts'
import type { OwnRequest, SendMessage } from '../../ports/own-requests.ts'
import { isOwnPlace, workerOfPlace } from '../../ports/places.ts'
import { shardOf } from '../../ports/sharding.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { type Ask, type Asks, isInviteForward, replyNumber } from './asks.ts'
import { EarlyCancels } from './early-cancels.ts'
import { busy } from './refusals.ts'
import type { RoutesPorts } from './routes-ports.ts'
import type { ServerPlaces } from './server-places.ts'
import type { SiblingLinks } from './sibling-links.ts'
import { userOf } from './user-of.ts'

type AskingMessage = BusMessage & { readonly from: ReplyAddress }
type ReplyMessage = BusMessage & { readonly to: ReplyAddress }

export class Departures {
  readonly #ports: RoutesPorts
  readonly #places: ServerPlaces
  readonly #asks: Asks
  readonly #siblings: SiblingLinks
  readonly earlyCancels: EarlyCancels

  constructor(ports: RoutesPorts, places: ServerPlaces, asks: Asks, siblings: SiblingLinks) {
    this.earlyCancels = new EarlyCancels(() => ports.clock.monotonicMs())
    this.#ports = ports
    this.#places = places
    this.#asks = asks
    this.#siblings = siblings
  }

  /** False: it was refused, and nobody will answer. */
  send(place: number, message: BusMessage, isRetry = false): boolean {
    const server = this.#places.nameAt(place)
    if (server === null) return false
    const worker = workerOfPlace(place)
    if (!isRetry && this.#isShed(server, message)) return true
    if ('to' in message) return this.#reply(server, worker, message)
    if (message.kind === 'send') return this.#sendOwn(server, worker, message)
    if ('from' in message) return this.#ask(server, worker, message, isRetry)
    return this.#ports.links.send(server, worker, message)
  }

  /** The same under the same number: of two answers the first counts. */
  again({ server, worker, message, number }: Ask): void {
    if (!('from' in message)) return
    this.#ports.links.send(server, worker, this.#underNumber(number, message as AskingMessage))
  }

  /** Refused here, because that server has asked for fewer requests. */
  #isShed(server: string, message: BusMessage): boolean {
    const { links, bus } = this.#ports
    const seconds = links.sheds?.(server, message) ?? null
    if (seconds === null || !('from' in message)) return false
    const to = message.from as ReplyAddress
    if (isOwnPlace(to.worker)) bus.send(to.worker, busy(to, seconds))
    else this.send(to.worker, busy(to, seconds))
    return true
  }

  /** False: no INVITE was forwarded to another server for this address. */
  cancel(from: ReplyAddress): boolean {
    const ask = this.#asks.inviteOf(from)
    if (!ask) {
      this.earlyCancels.add(from)
      return false
    }
    const message = { kind: 'cancel', from: this.#address(ask.number) } as const
    const carrier = ask.carrier ?? this.#siblings.carrierOf(ask.server, message)
    this.#siblings.send(carrier, ask.server, ask.worker, message)
    return true
  }

  /** To the own shard too, whose reply is taken like a peer's. False: that home cannot be asked now. */
  askWhose(server: string, aor: Aor): boolean {
    const message = { kind: 'whose', from: this.#address(0), aor } as const
    if (server !== this.#places.ownName) {
      const place = this.#places.shardAt(server, aor)
      if (place === null || !this.#siblings.reaches(server)) return false
      return this.#ask(server, workerOfPlace(place), message, false, null)
    }
    const { bus } = this.#ports
    const worker = shardOf(aor, bus.workersCount)
    const ask = this.#asks.add({ from: null, message, server, worker, isRetry: false, carrier: null })
    // This server's number is 0.
    return bus.send(worker, { ...message, from: this.#address(replyNumber(ask.number, 0)) })
  }

  /** Each worker of that server is told that this one is there, and may have missed something. */
  join(server: string): void {
    for (const place of this.#places.all(server)) {
      this.#ports.links.send(server, workerOfPlace(place), { kind: 'joined', worker: this.#ports.bus.worker })
    }
  }

  #reply(server: string, worker: number, message: ReplyMessage): boolean {
    const to = { ...message.to, worker }
    const own = 'worker' in message ? { worker: this.#ports.bus.worker } : {}
    const leaving = { ...message, ...own, to } as BusMessage
    return this.#siblings.send(this.#siblings.carrierOf(server, leaving), server, worker, leaving)
  }

  #ask(
    server: string,
    worker: number,
    message: AskingMessage,
    isRetry: boolean,
    from: ReplyAddress | null = message.from,
  ): boolean {
    // What was asked for this user before must not be overtaken where our own link has come up since.
    const carrier = this.#asks.carrierOf(server, userOf(message)) ?? this.#siblings.carrierOf(server, message)
    const ask = this.#asks.add({ from, message, server, worker, isRetry, carrier })
    if (this.#siblings.send(carrier, server, worker, this.#underNumber(ask.number, message))) {
      // Nobody answers an ACK.
      if (message.kind === 'forward' && message.request.method === 'ACK') this.#asks.remove(ask)
      if (isInviteForward(message) && this.earlyCancels.has(message.from)) this.cancel(message.from)
      return true
    }
    this.#asks.remove(ask)
    return false
  }

  /** NOTIFYs: each request of them is answered for itself. */
  #sendOwn(server: string, worker: number, message: SendMessage): boolean {
    const numbered = message.requests.map((request): { request: OwnRequest; number: number } => {
      const from = { ...message.from, number: request.number }
      const single = { ...message, requests: [request] }
      return {
        request,
        number: this.#asks.add({ from, message: single, server, worker, isRetry: false, carrier: null }).number,
      }
    })
    const requests = numbered.map(({ request, number }) => ({ ...request, number }))
    const { number: _, ...from } = this.#address(0)
    if (this.#ports.links.send(server, worker, { ...message, from, requests })) return true
    for (const { number } of numbered) {
      const ask = this.#asks.find(number)
      if (ask) this.#asks.remove(ask)
    }
    return false
  }

  /** A token goes back to the home that made it, from the server whose flow it is about; and nowhere else. */
  #withoutSecrets(message: AskingMessage): AskingMessage {
    switch (message.kind) {
      case 'deliver':
      case 'locate':
        return { ...message, ...withoutIdentity(message) }
      case 'request':
      case 'forward':
        return isOwnPlace(message.from.worker) && this.#isOwnFlow(message) ? message : withoutSourceIdentity(message)
      default:
        return message
    }
  }

  #isOwnFlow({ source }: RequestMessage | ForwardMessage): boolean {
    return source !== null && this.#places.isOwnFlow(source.flow)
  }

  /** As it leaves. */
  #underNumber(number: number, message: AskingMessage): BusMessage {
    return { ...this.#withoutSecrets(message), from: this.#address(number) } as BusMessage
  }

  #address(number: number): ReplyAddress {
    const { worker, incarnation } = this.#ports.bus
    return { worker, incarnation, half: 'routes', number }
  }
}

function withoutIdentity({ identity, source }: DeliverMessage | LocateMessage) {
  return {
    identity: identity === null ? null : { ...identity, token: null },
    source: { ...source, identity: null },
  }
}

function withoutSourceIdentity<Message extends RequestMessage | ForwardMessage>(message: Message): Message {
  return message.source === null ? message : { ...message, source: { ...message.source, identity: null } }
}
